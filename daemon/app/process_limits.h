#pragma once

#include <sys/stat.h>

namespace plait::app {

/// What this process asks of the system before it does anything else. Files it makes are
/// nobody else's, and its memory, which holds keys, is never written to a file nor read by
/// another process of this user. Its sockets may be as many as the system lets it have.
void set_process_limits();

/// What it was given before that: files in a person's folder are made with it, and so are
/// programs that are started.
mode_t umask_of_person() noexcept;

}  // namespace plait::app
