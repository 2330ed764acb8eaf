#include "news/article_id.h"

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

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

bool LooksLikeUuid(std::string_view text) {
  if (text.size() != kTextSize) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
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
  if (!LooksLikeUuid(text)) return std::nullopt;
  const auto uuid = boost::uuids::string_generator()(text.begin(), text.end());
  ArticleId id;
  std::copy(uuid.begin(), uuid.end(), id.bytes_.begin());
  return id;
}

std::optional<ArticleId> ArticleId::FromBytes(std::string_view bytes) {
  ArticleId id;
  if (bytes.size() != id.bytes_.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
  return id;
}

std::string ArticleId::ToString() const {
  boost::uuids::uuid uuid{};
  std::copy(bytes_.begin(), bytes_.end(), uuid.begin());
  return boost::uuids::to_string(uuid);
}

}  // namespace telex::news
