#include "platform/store/keys.h"

namespace telex::store {
namespace {

// Inside a text a NUL is written as these two bytes, and its end as NUL + kEnd. kEnd is less than
// any escaped byte, so that a text sorts before all that it is a prefix of.
constexpr char kNul = '\x00';
constexpr char kEnd = '\x01';
constexpr char kEscapedNul = '\xff';

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

template <typename Number>
void AppendBigEndian(std::string& bytes, Number value) {
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

template <typename Number>
std::optional<Number> TakeBigEndian(std::string_view& rest, bool& failed) {
  if (failed || rest.size() < sizeof(Number)) {
    failed = true;
    return std::nullopt;
  }
  Number value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    value = static_cast<Number>((static_cast<std::uint64_t>(value) << 8) |
                                static_cast<unsigned char>(rest[i]));
  }
  rest.remove_prefix(sizeof(Number));
  return value;
}

}  // namespace

KeyBuilder& KeyBuilder::U8(std::uint8_t value) {
  bytes_.push_back(static_cast<char>(value));
  return *this;
}

KeyBuilder& KeyBuilder::U32(std::uint32_t value) {
  AppendBigEndian(bytes_, value);
  return *this;
}

KeyBuilder& KeyBuilder::U64(std::uint64_t value) {
  AppendBigEndian(bytes_, value);
  return *this;
}

KeyBuilder& KeyBuilder::I64(std::int64_t value) {
  return U64(static_cast<std::uint64_t>(value) ^ kSignBit);
}

KeyBuilder& KeyBuilder::U64Descending(std::uint64_t value) { return U64(~value); }

KeyBuilder& KeyBuilder::Text(std::string_view text) {
  for (const char c : text) {
    bytes_.push_back(c);
    if (c == kNul) bytes_.push_back(kEscapedNul);
  }
  bytes_.push_back(kNul);
  bytes_.push_back(kEnd);
  return *this;
}

KeyBuilder& KeyBuilder::Raw(std::string_view bytes) {
  bytes_.append(bytes);
  return *this;
}

std::optional<std::uint8_t> KeyReader::U8() { return TakeBigEndian<std::uint8_t>(rest_, failed_); }

std::optional<std::uint32_t> KeyReader::U32() {
  return TakeBigEndian<std::uint32_t>(rest_, failed_);
}

std::optional<std::uint64_t> KeyReader::U64() {
  return TakeBigEndian<std::uint64_t>(rest_, failed_);
}

std::optional<std::int64_t> KeyReader::I64() {
  const auto value = U64();
  if (!value.has_value()) return std::nullopt;
  return static_cast<std::int64_t>(*value ^ kSignBit);
}

std::optional<std::uint64_t> KeyReader::U64Descending() {
  const auto value = U64();
  if (!value.has_value()) return std::nullopt;
  return ~*value;
}

std::optional<std::string> KeyReader::Text() {
  std::string text;
  for (std::size_t i = 0; !failed_ && i + 1 < rest_.size(); ++i) {
    if (rest_[i] != kNul) {
      text.push_back(rest_[i]);
      continue;
    }
    const char next = rest_[++i];
    if (next == kEnd) {
      rest_.remove_prefix(i + 1);
      return text;
    }
    if (next != kEscapedNul) break;
    text.push_back(kNul);
  }
  failed_ = true;
  return std::nullopt;
}

std::optional<std::string_view> KeyReader::Raw(std::size_t size) {
  if (failed_ || rest_.size() < size) {
    failed_ = true;
    return std::nullopt;
  }
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

std::string_view KeyReader::Rest() {
  if (failed_) return {};
  return std::exchange(rest_, {});
}

std::string EncodeU64(std::uint64_t value) { return KeyBuilder().U64(value).bytes(); }

std::optional<std::uint64_t> DecodeU64(std::string_view bytes) {
  if (bytes.size() != sizeof(std::uint64_t)) return std::nullopt;
  return KeyReader(bytes).U64();
}

}  // namespace telex::store
