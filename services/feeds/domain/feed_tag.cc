#include "feeds/domain/feed_tag.h"

namespace telex::feeds {

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

std::string FormatTag(std::string_view encoded_stamp, std::string_view hash, Coding coding) {
  const std::string_view suffix = SuffixOf(coding);
  std::string text;
  text.reserve(encoded_stamp.size() + hash.size() + suffix.size() + 3);
  text += '"';
  text += encoded_stamp;
  text += '.';
  text += hash;
  text += suffix;
  text += '"';
  return text;
}

std::string FormatTag(const FeedTag& tag) {
  return FormatTag(Encode(tag.stamp), tag.hash, tag.coding);
}

std::optional<FeedTag> ParseTag(std::string_view text) {
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  FeedTag tag;
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::string_view hash = text.substr(dot + 1);
  for (const Coding coding : {Coding::kGzip, Coding::kBrotli}) {
    if (hash.ends_with(SuffixOf(coding))) {
      tag.coding = coding;
      hash.remove_suffix(SuffixOf(coding).size());
      break;
    }
  }
  if (hash.empty()) return std::nullopt;
  auto stamp = DecodeStamp(text.substr(0, dot));
  if (!stamp) return std::nullopt;
  tag.stamp = *std::move(stamp);
  tag.hash = std::string(hash);
  return tag;
}

Verdict Judge(const FeedTag& client, const Stamp& own, std::string_view hash, Coding coding) {
  switch (Compare(client.stamp, own)) {
    case Order::kEqual:
    case Order::kBehind:
      return client.hash == hash && client.coding == coding ? Verdict::kNotModified
                                                            : Verdict::kSend;
    case Order::kAhead:
    case Order::kConcurrent:
      return Verdict::kAwait;
    case Order::kUnrelated:
      return Verdict::kSend;
  }
  return Verdict::kSend;
}

}  // namespace telex::feeds
