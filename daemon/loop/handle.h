#pragma once

#include <memory>

namespace plait::loop {

/// Lets go of what belongs to a libuv handle. libuv may use the handle until its close
/// callback, so that is what frees it, at the end of the turn; this only starts the closing.
///
/// Everything here keeps its libuv handle and its callbacks in such a State. A callback may
/// therefore destroy the object that it came from: what is running stays until the turn ends.
/// uv_handle.h has the definition, for the .cpp files.
template <class State>
struct CloseLater {
  void operator()(State* state) const noexcept;
};

template <class State>
using HandlePtr = std::unique_ptr<State, CloseLater<State>>;

}  // namespace plait::loop
