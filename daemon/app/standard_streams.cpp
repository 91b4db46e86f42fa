#include "daemon/app/standard_streams.h"

#include <array>
#include <string_view>
#include <utility>

#include <fcntl.h>

#include "daemon/app/descriptor.h"

namespace plait::app {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{64} << 10;

void copy(const Descriptor& from, const Descriptor& to) {
  std::array<char, kCopyBytes> room{};
  for (;;) {
    const std::string_view piece = read_some(from.get(), room);
    if (piece.empty() || !write_all(to.get(), piece)) return;
  }
}

std::thread copying(Descriptor from, Descriptor to) {
  return std::thread([from = std::move(from), to = std::move(to)] { copy(from, to); });
}

/// Another descriptor of it. The standard ones stay open, so that nothing else gets their
/// numbers.
Descriptor copy_of(int standard) {
  return Descriptor(::fcntl(standard, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

Result<std::unique_ptr<loop::PipeStream>> adopt(loop::Loop& loop, Descriptor& descriptor) {
  auto stream = loop::PipeStream::adopt(loop, descriptor.get());
  if (stream) static_cast<void>(descriptor.release());
  return stream;
}

}  // namespace

Result<StandardStreams> StandardStreams::open(loop::Loop& loop) {
  StandardStreams streams;
  Descriptor input = copy_of(STDIN_FILENO);
  auto in = adopt(loop, input);
  if (!in) {
    auto pipe = make_pipe();
    if (!pipe) return forward_error(pipe);
    // Left alone: it may wait for a terminal for ever, and ends with the process.
    copying(std::move(input), std::move(pipe->in)).detach();
    in = adopt(loop, pipe->out);
    if (!in) return forward_error(in);
  }
  streams.in_ = *std::move(in);
  Descriptor output = copy_of(STDOUT_FILENO);
  auto out = adopt(loop, output);
  if (!out) {
    auto pipe = make_pipe();
    if (!pipe) return forward_error(pipe);
    streams.copies_out_ = copying(std::move(pipe->out), std::move(output));
    out = adopt(loop, pipe->in);
    if (!out) return forward_error(out);
  }
  streams.out_ = *std::move(out);
  return streams;
}

StandardStreams::~StandardStreams() {
  out_.reset();  // of which the thread hears
  if (copies_out_ && copies_out_->joinable()) copies_out_->join();
}

}  // namespace plait::app
