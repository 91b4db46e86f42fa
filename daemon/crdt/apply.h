#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/id.h"
#include "daemon/crdt/replica.h"

namespace plait::crdt {

/// What has arrived but builds on something that has not: kept as updates, the way Yjs keeps
/// it, and sent on to others with the rest of the document.
struct Pending {
  std::string structs;  ///< an update; empty: nothing is pending
  std::map<ClientId, Clock>
      missing;        ///< per client, a clock whose arrival makes a retry worthwhile
  DeleteSet deletes;  ///< of items that are not here yet

  [[nodiscard]] bool empty() const noexcept { return structs.empty() && deletes.empty(); }
};

/// Applies decoded updates to a replica, inside of a transaction that the caller has begun:
/// each struct as soon as what it refers to is there (integrateStructs in Yjs), the rest is
/// kept. An object is reused for its memory.
class UpdateApplier {
 public:
  explicit UpdateApplier(Replica& replica) noexcept : replica_(replica) {}

  Result<void> apply(const DecodedUpdate& update, Pending& pending);

 private:
  /// One client's structs that are still to be integrated.
  struct Source {
    ClientId client{};
    ClientRef ref{};
    std::uint32_t next = 0;
    std::uint32_t end = 0;
  };
  struct Waiting {
    std::size_t source = 0;
    std::uint32_t index = 0;
  };

  void apply_once(const DecodedUpdate& update, Pending& pending, bool& retry);
  void collect_sources(const DecodedUpdate& update);
  [[nodiscard]] Source* find_source(ClientId client) noexcept;
  void integrate_structs(const DecodedUpdate& update, Pending& rest);
  [[nodiscard]] std::optional<Waiting> integrate_or_find(const DecodedUpdate& update,
                                                         const Waiting& head, Pending& rest);
  void give_up();
  [[nodiscard]] const ClientId* missing(const Source& source,
                                        const DecodedStruct& s) const noexcept;
  void integrate(const DecodedUpdate& update, const Source& source, const DecodedStruct& s,
                 std::uint32_t offset);
  void integrate_item(const DecodedUpdate& update, ClientRef client, const DecodedStruct& s,
                      std::uint32_t offset);
  void cut_for_known(const DecodedStruct& s);
  void apply_deletes(std::span<const DeleteRange> deletes, DeleteSet& unapplied);
  [[nodiscard]] std::string encode_rest(const DecodedUpdate& update);

  Replica& replica_;
  std::vector<Source> sources_;  // ascending by client; taken from the back
  std::vector<Waiting> stack_;
  std::vector<Source> rest_;
};

}  // namespace plait::crdt
