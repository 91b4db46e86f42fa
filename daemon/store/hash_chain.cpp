#include "daemon/store/hash_chain.h"

#include <array>
#include <cstddef>

#include "daemon/crypto/byte_array.h"
#include "protocol/base/bytes.h"

namespace plait::store {

crypto::Sha256Digest next_in_chain(crypto::Sha256& hasher, const crypto::Sha256Digest& previous,
                                   const EntryHead& head, std::string_view updates) {
  std::array<char, 5 * kMaxVarUintSize> numbers{};
  char* end = numbers.data();
  for (const std::uint64_t number :
       {head.document, head.sequence, head.generation, static_cast<std::uint64_t>(head.time),
        std::uint64_t{head.author.size()}}) {
    end = put_varuint_at(end, number);
  }
  hasher.update(crypto::view_of(previous));
  hasher.update({numbers.data(), static_cast<std::size_t>(end - numbers.data())});
  hasher.update(head.author);
  end = put_varuint_at(numbers.data(), updates.size());
  hasher.update({numbers.data(), static_cast<std::size_t>(end - numbers.data())});
  hasher.update(updates);
  return hasher.finish();
}

}  // namespace plait::store
