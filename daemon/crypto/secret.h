#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace plait::crypto {

/// Overwrites bytes in a way that the compiler does not leave out.
void wipe(std::span<char> bytes) noexcept;

/// Bytes of a secret: wiped when they go, never copied by accident, and of a fixed size, so
/// that growing leaves nothing behind.
class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  /// Zeroes, to be filled through span().
  explicit SecretBytes(std::size_t size) : bytes_(new char[size]()), size_(size) {}
  /// A copy. The original is its owner's to wipe.
  explicit SecretBytes(std::string_view bytes);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(span()); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<char> span() noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace plait::crypto
