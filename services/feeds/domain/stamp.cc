#include "feeds/domain/stamp.h"

#include <absl/strings/escaping.h>
#include <absl/strings/string_view.h>

namespace telex::feeds {
namespace {

constexpr std::uint64_t kEncodingVersion = 1;

void AppendVarint(std::string& bytes, std::uint64_t value) {
  while (value >= 0x80) {
    bytes += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes += static_cast<char>(value);
}

// Only the shortest form is a varint here, so that a stamp has one text.
std::optional<std::uint64_t> TakeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) {
      if (byte == 0 && shift > 0) return std::nullopt;
      return value;
    }
  }
  return std::nullopt;
}

// Only what Encode writes: no padding, no blanks, no bits left over, so that a stamp has one text.
std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &bytes))
    return std::nullopt;
  if (absl::WebSafeBase64Escape(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace

Order Compare(const Stamp& first, const Stamp& second) {
  if (first.epoch != second.epoch || first.sums.size() != second.sums.size()) {
    return Order::kUnrelated;
  }
  bool behind = false;
  bool ahead = false;
  for (std::size_t i = 0; i < first.sums.size(); ++i) {
    behind = behind || first.sums[i] < second.sums[i];
    ahead = ahead || first.sums[i] > second.sums[i];
  }
  if (behind && ahead) return Order::kConcurrent;
  if (behind) return Order::kBehind;
  return ahead ? Order::kAhead : Order::kEqual;
}

std::string Encode(const Stamp& stamp) {
  std::string bytes;
  bytes.reserve(8 + stamp.sums.size() * 3);
  AppendVarint(bytes, kEncodingVersion);
  AppendVarint(bytes, stamp.epoch);
  AppendVarint(bytes, stamp.sums.size());
  for (const std::int64_t sum : stamp.sums) AppendVarint(bytes, static_cast<std::uint64_t>(sum));
  return absl::WebSafeBase64Escape(bytes);
}

std::optional<Stamp> DecodeStamp(std::string_view text) {
  if (text.empty() || text.size() > kStampTextBytesMax) return std::nullopt;
  const auto decoded = FromBase64Url(text);
  if (!decoded) return std::nullopt;
  std::string_view bytes = *decoded;
  if (TakeVarint(bytes) != kEncodingVersion) return std::nullopt;
  const auto epoch = TakeVarint(bytes);
  const auto count = TakeVarint(bytes);
  if (!epoch || *epoch > UINT32_MAX || !count || *count > kStampPartitionsMax) return std::nullopt;
  Stamp stamp{.epoch = static_cast<std::uint32_t>(*epoch)};
  stamp.sums.reserve(*count);
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto sum = TakeVarint(bytes);
    if (!sum || *sum > INT64_MAX) return std::nullopt;
    stamp.sums.push_back(static_cast<std::int64_t>(*sum));
  }
  if (!bytes.empty()) return std::nullopt;
  return stamp;
}

std::uint32_t EpochOf(std::string_view cluster_id, std::uint32_t generation) {
  std::uint32_t hash = 2166136261u;
  const auto add = [&hash](unsigned char byte) {
    hash ^= byte;
    hash *= 16777619u;
  };
  for (const char c : cluster_id) add(static_cast<unsigned char>(c));
  // Nothing for generation 0: the tags of logs that were never restored stay what they were.
  for (; generation != 0; generation >>= 8) add(static_cast<unsigned char>(generation & 0xff));
  return hash;
}

}  // namespace telex::feeds
