#include "tests/support/plait_serve.h"

#include <cstdlib>
#include <utility>

#include "protocol/base/assert.h"

namespace plait::support {

PlaitServe::PlaitServe(std::string program, std::string data, std::string log)
    : program_(std::move(program)), data_(std::move(data)), log_(std::move(log)) {}

void PlaitServe::start() {
  const std::string listen = "127.0.0.1:" + std::to_string(port_);
  process_.emplace(ChildProcess::Order{
      .command = {program_, "serve", "--listen", listen, "--data", data_}, .errors = log_});
  const std::string address = next("listening on ");
  port_ = static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1));
  fingerprint_ = next("fingerprint ");
}

std::string PlaitServe::first_owner() { return next("first owner "); }

std::string PlaitServe::next(const std::string& name) {
  for (;;) {
    const std::string line = process_->read_line();
    PLAIT_ASSERT(!line.empty(), "the server to come up");
    if (line.starts_with(name)) return line.substr(name.size());
  }
}

}  // namespace plait::support
