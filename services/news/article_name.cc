#include "news/article_name.h"

#include <fmt/format.h>

#include <charconv>

namespace telex::news {
namespace {
constexpr std::string_view kCollection = "articles/";
}

std::optional<ArticleName> ArticleName::Parse(std::string_view text) {
  if (!text.starts_with(kCollection)) return std::nullopt;
  text.remove_prefix(kCollection.size());
  ArticleName name;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    const std::string_view digits = text.substr(at + 1);
    Version version;
    const auto [end, fault] =
        std::from_chars(digits.data(), digits.data() + digits.size(), version.number);
    if (fault != std::errc() || end != digits.data() + digits.size() || version.number < 1)
      return std::nullopt;
    name.version = version;
    text = text.substr(0, at);
  }
  const auto id = ArticleId::Parse(text);
  if (!id) return std::nullopt;
  name.id = *id;
  return name;
}

std::string ArticleName::ToString() const { return version ? NameOf(id, *version) : NameOf(id); }

std::string NameOf(const ArticleId& id) { return fmt::format("{}{}", kCollection, id.ToString()); }

std::string NameOf(const ArticleId& id, Version version) {
  return fmt::format("{}{}@{}", kCollection, id.ToString(), version.number);
}

}  // namespace telex::news
