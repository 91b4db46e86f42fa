#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crypto/device_key.h"
#include "daemon/crypto/login_proof.h"
#include "tests/attack/stage.h"

namespace plait::attack {

/// Somebody at /v1/connect who writes his own messages.
class Caller {
 public:
  /// Ends this program if nobody answers.
  explicit Caller(Stage& stage);

  /// Asks, and waits for the answer; empty if there is none.
  std::string asks(std::string_view method, std::string_view params = "{}");
  /// What the answer says, in short: "ok", "-32030", or how the connection ended.
  std::string tries(std::string_view method, std::string_view params = "{}");
  /// Without waiting for anything. What was asked has this id.
  int sends(std::string_view method, std::string_view params);
  /// The answer to what was sent.
  std::string answer_to(int id);

  bool greets();
  /// What a login with a key would say here.
  [[nodiscard]] crypto::LoginChallenge challenge();
  [[nodiscard]] static std::string login_params(const crypto::DeviceKey& device,
                                                const crypto::LoginChallenge& challenge);
  /// Greets and logs in, as whoever has the key or the token.
  bool logs_in(const crypto::DeviceKey& device);
  bool logs_in(const std::string& token);
  bool opens(const std::string& workspace);
  /// Opens a document, and says on which channel it is; empty if it is not.
  std::string opens_document(const std::string& document);

  [[nodiscard]] Visitor& visitor() noexcept { return *visitor_; }

 private:
  std::unique_ptr<Visitor> visitor_;
  int last_id_ = 0;
  std::string nonce_;
  std::string server_id_;
};

/// A device that nobody knows.
[[nodiscard]] crypto::DeviceKey new_device();

}  // namespace plait::attack
