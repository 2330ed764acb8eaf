#pragma once

// Keys whose bytes sort as their parts do: numbers big-endian, texts escaped and terminated, so
// that no text is a prefix of another part. A key is built by KeyBuilder and taken apart by
// KeyReader in the same order. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace telex::store {

// LMDB's bound on a key; a longer one, and an empty one, is refused by Put.
inline constexpr std::size_t kKeyBytesMax = 511;

class KeyBuilder {
 public:
  KeyBuilder& U8(std::uint8_t value);
  KeyBuilder& U32(std::uint32_t value);
  KeyBuilder& U64(std::uint64_t value);
  // Negative numbers sort before positive ones.
  KeyBuilder& I64(std::int64_t value);
  // The greatest first: for "newest first" in a forward scan.
  KeyBuilder& U64Descending(std::uint64_t value);
  // Any bytes; takes its size + 2, and one more for each NUL in it.
  KeyBuilder& Text(std::string_view text);
  // As it is, for parts of a fixed size and for the last part.
  KeyBuilder& Raw(std::string_view bytes);

  const std::string& bytes() const& { return bytes_; }
  std::string bytes() && { return std::move(bytes_); }
  operator std::string_view() const { return bytes_; }  // NOLINT: a key is its bytes

 private:
  std::string bytes_;
};

// Each call takes the next part; nullopt when the bytes do not hold it (and for ever after).
class KeyReader {
 public:
  explicit KeyReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::uint8_t> U8();
  std::optional<std::uint32_t> U32();
  std::optional<std::uint64_t> U64();
  std::optional<std::int64_t> I64();
  std::optional<std::uint64_t> U64Descending();
  std::optional<std::string> Text();
  std::optional<std::string_view> Raw(std::size_t size);
  // All that is left; a view into the bytes given.
  std::string_view Rest();

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// Big-endian numbers as values.
std::string EncodeU64(std::uint64_t value);
std::optional<std::uint64_t> DecodeU64(std::string_view bytes);

}  // namespace telex::store
