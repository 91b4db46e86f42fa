#include "daemon/folder/entry.h"

namespace plait::folder {

std::string_view words_for(LeftOutReason reason) noexcept {
  switch (reason) {
    case LeftOutReason::Never: return "never shared";
    case LeftOutReason::OwnRule: return "excluded by your own rules";
    case LeftOutReason::Secret: return "looks like a secret";
    case LeftOutReason::Ignored: return "ignored by .gitignore";
    case LeftOutReason::HeldIgnored: return "ignored until you accept the new .gitignore";
    case LeftOutReason::NoFile: return "neither a file nor a folder";
    case LeftOutReason::Name: return "its name cannot be used everywhere";
    case LeftOutReason::OtherMount: return "another file system is mounted there";
    case LeftOutReason::CannotBeRead: return "cannot be read";
  }
  return "";
}

}  // namespace plait::folder
