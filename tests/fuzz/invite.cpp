// Any bytes as an invite link: what is read can be printed and means the same again.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crypto/invite_link.h"
#include "protocol/base/assert.h"

namespace {

using plait::crypto::InviteLink;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto link = InviteLink::parse(bytes);
  if (!link) return 0;

  const auto text = link->text();
  PLAIT_ASSERT(text.has_value(), "what was read to be printed");
  PLAIT_ASSERT(text->size() == bytes.size(), "nothing but capitals to be lost");
  const auto again = InviteLink::parse(*text);
  PLAIT_ASSERT(again.has_value(), "what was printed to be read");
  PLAIT_ASSERT(again->host == link->host && again->port == link->port &&
                   again->workspace == link->workspace &&
                   again->secret.matches(link->secret.hash()) &&
                   again->fingerprint == link->fingerprint,
               "a printed link to mean what it meant");
  return 0;
}
