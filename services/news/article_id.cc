#include "news/article_id.h"

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>

namespace telex::news {
namespace {

// The name space of Telex' article names, itself a version 5 UUID over the DNS name space. Fixed
// for ever.
const boost::uuids::uuid& ArticleNamespace() {
  static const boost::uuids::uuid name_space =
      boost::uuids::name_generator_sha1(boost::uuids::ns::dns())("articles.telex.news");
  return name_space;
}

constexpr std::size_t kTextSize = 36;
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::uint8_t kNoDigit = 0xff;

// Ids are read and written for each view and each count: by table.
constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::uint8_t value = 0; value < 16; ++value) {
    const char digit = kDigits[value];
    values[static_cast<unsigned char>(digit)] = value;
    if (digit >= 'a') values[static_cast<unsigned char>(digit - 'a' + 'A')] = value;
  }
  return values;
}();

// Where the two digits of each byte are; a dash is before those of 4, 6, 8 and 10.
constexpr bool DashBefore(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

ArticleId ArticleId::Of(std::string_view source, std::string_view key) {
  // A source name holds no line break, so the pair is told apart from every other pair.
  std::string name(source);
  name += '\n';
  name += key;
  const auto uuid = boost::uuids::name_generator_sha1(ArticleNamespace())(name.data(), name.size());
  ArticleId id;
  std::copy(uuid.begin(), uuid.end(), id.bytes_.begin());
  return id;
}

ArticleId ArticleId::OfTranslation(std::string_view language) const {
  boost::uuids::uuid article{};
  std::copy(bytes_.begin(), bytes_.end(), article.begin());
  std::string name = "translations/";
  name += language;
  const auto uuid = boost::uuids::name_generator_sha1(article)(name.data(), name.size());
  ArticleId id;
  std::copy(uuid.begin(), uuid.end(), id.bytes_.begin());
  return id;
}

std::optional<ArticleId> ArticleId::Parse(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  ArticleId id;
  std::size_t at = 0;
  for (std::size_t byte = 0; byte < id.bytes_.size(); ++byte, at += 2) {
    if (DashBefore(byte) && text[at++] != '-') return std::nullopt;
    const std::uint8_t high = kValues[static_cast<unsigned char>(text[at])];
    const std::uint8_t low = kValues[static_cast<unsigned char>(text[at + 1])];
    if (high == kNoDigit || low == kNoDigit) return std::nullopt;
    id.bytes_[byte] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

std::optional<ArticleId> ArticleId::FromBytes(std::string_view bytes) {
  ArticleId id;
  if (bytes.size() != id.bytes_.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
  return id;
}

std::string ArticleId::ToString() const {
  std::string text(kTextSize, '-');
  std::size_t at = 0;
  for (std::size_t byte = 0; byte < bytes_.size(); ++byte) {
    if (DashBefore(byte)) ++at;
    text[at++] = kDigits[bytes_[byte] >> 4];
    text[at++] = kDigits[bytes_[byte] & 0x0f];
  }
  return text;
}

}  // namespace telex::news
