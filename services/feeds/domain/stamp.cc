#include "feeds/domain/stamp.h"

#include <absl/strings/escaping.h>
#include <absl/strings/string_view.h>

#include <algorithm>

namespace telex::feeds {
namespace {

constexpr std::uint64_t kStoriesAlone = 1;  // versions of the encoding
constexpr std::uint64_t kStoriesAndViews = 2;
constexpr std::uint64_t kWithTranslations = 3;

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

void AppendList(std::string& bytes, const std::vector<std::int64_t>& list) {
  AppendVarint(bytes, list.size());
  for (const std::int64_t number : list) AppendVarint(bytes, static_cast<std::uint64_t>(number));
}

std::optional<std::vector<std::int64_t>> TakeList(std::string_view& bytes) {
  const auto count = TakeVarint(bytes);
  if (!count || *count > kStampPartitionsMax) return std::nullopt;
  std::vector<std::int64_t> list;
  list.reserve(*count);
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto number = TakeVarint(bytes);
    if (!number || *number > INT64_MAX) return std::nullopt;
    list.push_back(static_cast<std::int64_t>(*number));
  }
  return list;
}

bool TakeInto(std::vector<std::int64_t>& into, std::string_view& bytes) {
  auto list = TakeList(bytes);
  if (!list) return false;
  into = *std::move(list);
  return true;
}

// What has been found so far of how one stands to the other.
struct Comparison {
  bool behind = false;
  bool ahead = false;
  bool related = true;

  // A list that is not there is one of zeros.
  void Add(const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& second) {
    if (first.size() != second.size() && !first.empty() && !second.empty()) related = false;
    if (!related) return;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
      const std::int64_t one = first.empty() ? 0 : first[i];
      const std::int64_t other = second.empty() ? 0 : second[i];
      behind = behind || one < other;
      ahead = ahead || one > other;
    }
  }
  Order Result() const {
    if (!related) return Order::kUnrelated;
    if (behind && ahead) return Order::kConcurrent;
    if (behind) return Order::kBehind;
    return ahead ? Order::kAhead : Order::kEqual;
  }
};

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
  Comparison comparison;
  comparison.Add(first.sums, second.sums);
  comparison.Add(first.articles, second.articles);
  comparison.Add(first.translations, second.translations);
  return comparison.Result();
}

Order CompareViews(const Stamp& first, const Stamp& second) {
  if (first.epoch != second.epoch || first.views.size() != second.views.size() ||
      first.views.empty()) {
    return Order::kUnrelated;
  }
  Comparison comparison;
  comparison.Add(first.views, second.views);
  return comparison.Result();
}

std::string Encode(const Stamp& stamp) {
  const bool translated = !stamp.translations.empty();
  std::string bytes;
  bytes.reserve(8 + stamp.sums.size() * 3 + stamp.views.size() * 5 + stamp.articles.size() * 4 +
                stamp.translations.size() * 4);
  AppendVarint(bytes, translated            ? kWithTranslations
                      : stamp.views.empty() ? kStoriesAlone
                                            : kStoriesAndViews);
  AppendVarint(bytes, stamp.epoch);
  AppendList(bytes, stamp.sums);
  if (translated) {
    AppendList(bytes, stamp.articles);
    AppendList(bytes, stamp.translations);
  }
  if (translated || !stamp.views.empty()) AppendList(bytes, stamp.views);
  return absl::WebSafeBase64Escape(bytes);
}

std::optional<Stamp> DecodeStamp(std::string_view text) {
  if (text.empty() || text.size() > kStampTextBytesMax) return std::nullopt;
  const auto decoded = FromBase64Url(text);
  if (!decoded) return std::nullopt;
  std::string_view bytes = *decoded;
  const auto version = TakeVarint(bytes);
  if (!version || *version < kStoriesAlone || *version > kWithTranslations) return std::nullopt;
  const auto epoch = TakeVarint(bytes);
  if (!epoch || *epoch > UINT32_MAX) return std::nullopt;
  Stamp stamp{.epoch = static_cast<std::uint32_t>(*epoch)};
  if (!TakeInto(stamp.sums, bytes)) return std::nullopt;
  if (*version == kWithTranslations &&
      !(TakeInto(stamp.articles, bytes) && TakeInto(stamp.translations, bytes) &&
        TakeInto(stamp.views, bytes) && !stamp.translations.empty())) {
    return std::nullopt;
  }
  if (*version == kStoriesAndViews && !(TakeInto(stamp.views, bytes) && !stamp.views.empty())) {
    return std::nullopt;
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
