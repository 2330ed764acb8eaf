#include "feeds/domain/feed_tag.h"

#include <charconv>

namespace telex::feeds {
namespace {

constexpr std::size_t kResourceDigits = 8;

class Fnv1a {
 public:
  // Parts cannot run into each other: each is followed by a byte that no UTF-8 text has.
  Fnv1a& Add(std::string_view part) {
    for (const char c : part) AddByte(static_cast<unsigned char>(c));
    AddByte(0xFF);
    return *this;
  }
  std::uint32_t value() const { return value_; }

 private:
  void AddByte(unsigned char byte) {
    value_ ^= byte;
    value_ *= 16777619u;
  }
  std::uint32_t value_ = 2166136261u;
};

void AppendResource(ResourceNumber resource, std::string& text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  for (int shift = 28; shift >= 0; shift -= 4) text += kHex[(resource >> shift) & 0xF];
}

std::optional<ResourceNumber> ReadResource(std::string_view text) {
  ResourceNumber resource = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, resource, 16);
  if (fault != std::errc() || rest != end || text.size() != kResourceDigits) return std::nullopt;
  return resource;
}

}  // namespace

std::string_view SuffixOf(Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return "";
    case Coding::kGzip:
      return "-gzip";
    case Coding::kBrotli:
      return "-br";
  }
  return "";
}

ResourceNumber ResourceOf(const FeedKey& key, std::string_view format, bool with_views) {
  Fnv1a hash;
  hash.Add("feed").Add(key.section).Add(key.language).Add(format);
  if (with_views) hash.Add("views");
  return hash.value();
}

ResourceNumber ResourceOf(const news::ArticleId& id, std::string_view format) {
  return Fnv1a().Add("article").Add(id.bytes()).Add(format).value();
}

std::string FormatTag(std::string_view encoded_stamp, ResourceNumber resource,
                      std::string_view hash, Coding coding) {
  const std::string_view suffix = SuffixOf(coding);
  std::string text;
  text.reserve(encoded_stamp.size() + kResourceDigits + hash.size() + suffix.size() + 4);
  text += '"';
  text += encoded_stamp;
  text += '.';
  AppendResource(resource, text);
  text += '.';
  text += hash;
  text += suffix;
  text += '"';
  return text;
}

std::string FormatTag(const FeedTag& tag) {
  return FormatTag(Encode(tag.stamp), tag.resource, tag.hash, tag.coding);
}

std::optional<FeedTag> ParseOpaqueTag(std::string_view opaque) {
  const auto first = opaque.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = opaque.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  FeedTag tag;
  std::string_view hash = opaque.substr(second + 1);
  for (const Coding coding : {Coding::kGzip, Coding::kBrotli}) {
    if (hash.ends_with(SuffixOf(coding))) {
      tag.coding = coding;
      hash.remove_suffix(SuffixOf(coding).size());
      break;
    }
  }
  if (hash.empty()) return std::nullopt;
  const auto resource = ReadResource(opaque.substr(first + 1, second - first - 1));
  auto stamp = DecodeStamp(opaque.substr(0, first));
  if (!resource || !stamp) return std::nullopt;
  tag.stamp = *std::move(stamp);
  tag.resource = *resource;
  tag.hash = std::string(hash);
  return tag;
}

std::optional<FeedTag> ParseTag(std::string_view text) {
  const auto tag = http::ParseEntityTag(text);
  return tag ? ParseOpaqueTag(tag->opaque) : std::nullopt;
}

}  // namespace telex::feeds
