#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "daemon/store/answer.h"
#include "protocol/base/result.h"

namespace plait::store {

/// What a request needs around it.
enum class Needs : std::uint8_t {
  Nothing,      ///< it only reads
  Transaction,  ///< it collects what the commit will write
  Savepoint,    ///< it writes, and leaves nothing behind if it fails
};

/// Something that was asked for, until it is answered. Runs on the thread of the database, is
/// answered on the loop's. `Of` are the tables that it is asked of.
template <class Of>
class RequestOf {
 public:
  RequestOf() = default;
  RequestOf(const RequestOf&) = delete;
  RequestOf& operator=(const RequestOf&) = delete;
  virtual ~RequestOf() = default;

  [[nodiscard]] virtual Needs needs() const = 0;
  [[nodiscard]] virtual Haste haste() const = 0;
  /// Memory that it holds while it waits, more or less.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  virtual Result<void> run(Of& tables) = 0;
  /// Its group could not be committed: whatever run() found, this is the answer.
  virtual void fail(const Error& error) = 0;
  virtual void answer() = 0;
};

/// How requests wait and what they need.
struct Manner {
  Needs needs = Needs::Nothing;
  Haste haste = Haste::Now;
  /// What the request holds besides itself.
  std::size_t bytes = 0;
};

/// A request around a function from Of& to Result<T>.
template <class Of, class T, class Work>
class WorkRequest final : public RequestOf<Of> {
 public:
  WorkRequest(const Manner& manner, Work work, Answer<T> answer)
      : manner_(manner), work_(std::move(work)), answer_(std::move(answer)) {}

  [[nodiscard]] Needs needs() const override { return manner_.needs; }
  [[nodiscard]] Haste haste() const override { return manner_.haste; }
  [[nodiscard]] std::size_t bytes() const override { return manner_.bytes + sizeof(*this); }
  Result<void> run(Of& tables) override {
    result_.emplace(work_(tables));
    if (result_->has_value()) return {};
    return Failure{result_->error()};
  }
  void fail(const Error& error) override { result_.emplace(Failure{error}); }
  void answer() override {
    if (answer_) answer_(std::move(*result_));
  }

 private:
  Manner manner_;
  Work work_;
  Answer<T> answer_;
  std::optional<Result<T>> result_;
};

template <class Of, class T, class Work>
std::unique_ptr<RequestOf<Of>> make_request(const Manner& manner, Work work, Answer<T> answer) {
  return std::make_unique<WorkRequest<Of, T, Work>>(manner, std::move(work), std::move(answer));
}

/// In place of one that there is no room for.
template <class Of, class T>
std::unique_ptr<RequestOf<Of>> make_refusal(Answer<T> answer) {
  auto refuse = [](Of&) -> Result<T> {
    return fail(ErrorCode::LimitExceeded, "too much waits for the disk");
  };
  return make_request<Of, T>({}, refuse, std::move(answer));
}

/// Something long that is done in steps, between groups.
template <class Of>
class JobOf {
 public:
  JobOf() = default;
  JobOf(const JobOf&) = delete;
  JobOf& operator=(const JobOf&) = delete;
  virtual ~JobOf() = default;

  /// A few milliseconds of it. True once there is nothing left to do.
  virtual bool step(Of& tables) = 0;
  /// The program ends before it is done.
  virtual void abandon() = 0;
  virtual void answer() = 0;
};

// Of a server's store.
class Tables;
using Request = RequestOf<Tables>;
using Job = JobOf<Tables>;

}  // namespace plait::store
