#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crypto/digest.h"
#include "daemon/crypto/random.h"
#include "daemon/crypto/signing_key.h"
#include "daemon/server/office.h"
#include "tests/support/counting_random.h"
#include "tests/support/memory_server_store.h"
#include "tests/unit/server/world.h"

namespace plait::server {

/// Passwords are hashed when the test says so.
class PasswordBench final : public PasswordWork {
 public:
  void run(std::function<void()> job, std::function<void()> done) override {
    jobs_.emplace_back(std::move(job), std::move(done));
  }
  [[nodiscard]] std::size_t waiting() const { return jobs_.size(); }
  void work() {
    while (!jobs_.empty()) {
      const auto next = std::move(jobs_.front());
      jobs_.pop_front();
      next.first();
      next.second();
    }
  }

 private:
  std::deque<std::pair<std::function<void()>, std::function<void()>>> jobs_;
};

/// An office with its store, and everything that its listener heard.
class Bureau {
 public:
  Bureau() { opens(); }

  /// A new office over what is on disk.
  void opens() {
    office.reset();
    directory.emplace(store.load_directory().value(), limits, random);
    office = std::make_unique<Office>(
        *directory, store,
        crypto::TokenIssuer(crypto::SigningKey::generate(system_random).value(),
                            {"plait", "test"}),
        passwords, clock, random);
    office->set_listener(&ears_);
  }
  /// The store writes and answers, and passwords are hashed, until nothing moves any more.
  void settles() {
    while (store.asked() + store.synced() + passwords.waiting() > 0) {
      passwords.work();
      store.sync();
      store.answer();
    }
  }

  /// An answer, in a word: "…" while there is none.
  template <class T>
  struct Told {
    std::optional<people::Outcome<T>> outcome;
    [[nodiscard]] std::string text() const {
      if (!outcome) return "…";
      return *outcome ? "done" : outcome->refusal().message;
    }
    [[nodiscard]] std::int64_t code() const { return outcome->refusal().code; }
    const T& operator*() const { return **outcome; }
    const T* operator->() const { return &**outcome; }
  };
  template <class T>
  static Office::Answer<T> into(Told<T>& told) {
    return [&told](people::Outcome<T> outcome) { told.outcome = std::move(outcome); };
  }

  /// What the feed and the audit log hold, oldest first, as the store has it.
  std::vector<std::string> feed(const std::string& workspace) {
    std::vector<std::string> words;
    store.feed_since(workspace, 0, store::kMaxPage, [&](const auto& entries) {
      for (const store::FeedEntry& entry : entries.value()) {
        const auto said = read_activity(entry.body).value();
        words.push_back(name(workspace, entry.member) + " " + said.kind +
                        (said.user ? " " + name(workspace, *said.user) : "") +
                        (said.role ? " " + std::string(jsonrpc::name_of(*said.role)) : ""));
      }
    });
    settles();
    return words;
  }
  std::vector<std::string> audit(const std::string& workspace) {
    std::vector<std::string> words;
    store.audit_before(workspace, 1'000'000, store::kMaxPage, [&](const auto& entries) {
      for (const store::AuditEntry& entry : entries.value()) {
        const auto line = shown(entry, *directory).value();
        words.insert(words.begin(), (line.actor ? line.actor->name + " " : "") + line.action +
                                        (line.user ? " " + line.user->name : ""));
      }
    });
    settles();
    return words;
  }
  [[nodiscard]] std::string name(const std::string& workspace, const std::string& id) const {
    return id.empty() ? "the operator" : directory->user(workspace, id).name;
  }

  static people::PublicKey device(std::string_view person) { return crypto::sha256(person); }

  StoryClock clock;
  support::MemoryServerStore store;
  support::CountingRandom random;
  crypto::SystemRandom system_random;
  PasswordBench passwords;
  people::Directory::Limits limits;
  std::optional<people::Directory> directory;
  std::unique_ptr<Office> office;
  std::vector<std::string> heard;

 private:
  /// Writes down what it hears.
  struct Ears final : OfficeListener {
    explicit Ears(Bureau& bureau) : in(bureau) {}

    void member_changed(const std::string& workspace, const std::string& member) override {
      in.heard.push_back("changed " + in.name(workspace, member));
    }
    void member_removed(const std::string& workspace, const std::string& member,
                        messages::connect::CloseReason why,
                        const std::string& reason) override {
      in.heard.push_back("removed " + in.name(workspace, member) + " " +
                         std::to_string(static_cast<int>(why)) + " " + reason);
    }
    void kicked(const std::string& workspace, const std::string& member,
                const std::string& /*reason*/) override {
      in.heard.push_back("kicked " + in.name(workspace, member));
    }
    void waiting_changed(const std::string& /*workspace*/) override {
      in.heard.emplace_back("waiting");
    }
    void decided(const std::string& /*workspace*/, const people::PublicKey& /*device*/,
                 bool approved) override {
      in.heard.emplace_back(approved ? "let in" : "turned away");
    }
    void token_revoked(const std::string& token) override {
      in.heard.push_back("token " + token + " revoked");
    }
    void activity(const std::string& /*workspace*/, std::uint64_t sequence) override {
      in.heard.push_back("feed " + std::to_string(sequence));
    }

    Bureau& in;
  };

  Ears ears_{*this};
};

}  // namespace plait::server
