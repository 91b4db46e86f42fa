#include "protocol/base/result.h"

namespace plait {

std::string_view name_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::Malformed: return "malformed";
    case ErrorCode::Unsupported: return "unsupported";
    case ErrorCode::LimitExceeded: return "limit exceeded";
    case ErrorCode::OutOfRange: return "out of range";
    case ErrorCode::NotFound: return "not found";
    case ErrorCode::Refused: return "refused";
    case ErrorCode::OutOfMemory: return "out of memory";
    case ErrorCode::System: return "system";
    case ErrorCode::Damaged: return "damaged";
  }
  return "unknown";
}

}  // namespace plait
