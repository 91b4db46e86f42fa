#pragma once

#include <cstdint>
#include <string>

#include "daemon/store/database.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::store {

/// A generation is one life of a database: it goes on over restarts, and ends when an older
/// state comes back. Whoever remembers another generation knows that what was once
/// acknowledged may be gone, and that sequence numbers may have been given twice.
///
/// A database notices that it is a copy in two ways. A backup says so itself: its place is
/// empty. And a database remembers its place, the file that it is: a copy, or what comes out of
/// an archive, is another file. What cannot be noticed here: the whole disk going back in time,
/// and a raw copy written into the same file. Peers find out then, because they remember more
/// than the server.

/// Which file this is, for as long as it exists: inode and time of birth. Empty if the system
/// cannot tell.
std::string place_of_file(const std::string& path);

/// The database's generation: a new one, of 53 random bits, if this is a new database or a
/// copy. A copy also gives up the client ids that it could still lease: the original may have
/// leased them.
Result<std::uint64_t> settle_generation(Database& database, const std::string& place,
                                        WallTime now, Random& random);

/// For a copy that is meant to be one.
Result<void> forget_place(Database& database);

}  // namespace plait::store
