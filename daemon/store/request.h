#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "daemon/store/server_store.h"
#include "protocol/base/result.h"

namespace plait::store {

class Tables;

/// What a request needs around it.
enum class Needs : std::uint8_t {
  Nothing,      ///< it only reads
  Transaction,  ///< it collects what the commit will write
  Savepoint,    ///< it writes, and leaves nothing behind if it fails
};

/// Something that was asked for, until it is answered. Runs on the thread of the database, is
/// answered on the loop's.
class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  virtual ~Request() = default;

  [[nodiscard]] virtual Needs needs() const = 0;
  /// Memory that it holds while it waits, more or less.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  /// True if it succeeded.
  virtual bool run(Tables& tables) = 0;
  /// Its group could not be committed: whatever run() found, this is the answer.
  virtual void fail(const Error& error) = 0;
  virtual void answer() = 0;
};

/// A request around a function from Tables& to Result<T>.
template <class T, class Work>
class RequestOf final : public Request {
 public:
  RequestOf(Needs needs, std::size_t bytes, Work work, Answer<T> answer)
      : needs_(needs), bytes_(bytes), work_(std::move(work)), answer_(std::move(answer)) {}

  [[nodiscard]] Needs needs() const override { return needs_; }
  [[nodiscard]] std::size_t bytes() const override { return bytes_; }
  bool run(Tables& tables) override {
    result_.emplace(work_(tables));
    return result_->has_value();
  }
  void fail(const Error& error) override { result_.emplace(Failure{error}); }
  void answer() override {
    if (answer_) answer_(std::move(*result_));
  }

 private:
  Needs needs_;
  std::size_t bytes_;
  Work work_;
  Answer<T> answer_;
  std::optional<Result<T>> result_;
};

template <class T, class Work>
std::unique_ptr<Request> make_request(Needs needs, std::size_t bytes, Work work,
                                      Answer<T> answer) {
  return std::make_unique<RequestOf<T, Work>>(needs, bytes + sizeof(RequestOf<T, Work>),
                                              std::move(work), std::move(answer));
}

/// Something long that is done in steps, between groups.
class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  /// A few milliseconds of it. True once there is nothing left to do.
  virtual bool step(Tables& tables) = 0;
  /// The program ends before it is done.
  virtual void abandon() = 0;
  virtual void answer() = 0;
};

}  // namespace plait::store
