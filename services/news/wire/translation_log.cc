#include "news/wire/translation_log.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <utility>

#include "news/article_name.h"

namespace telex::news {
namespace {

constexpr std::string_view kTranslations = "/translations/";

}  // namespace

std::string KeyOf(const TranslationKey& key) {
  return fmt::format("{}{}{}@{}", NameOf(key.article, key.version), kTranslations,
                     key.language.text(), key.revision);
}

std::optional<TranslationKey> ParseTranslationKey(std::string_view key) {
  const std::size_t middle = key.find(kTranslations);
  if (middle == key.npos) return std::nullopt;
  const auto name = ArticleName::Parse(key.substr(0, middle));
  if (!name || !name->version) return std::nullopt;
  const std::string_view rest = key.substr(middle + kTranslations.size());
  const std::size_t at = rest.find('@');
  if (at == rest.npos) return std::nullopt;
  auto language = LanguageTag::Parse(rest.substr(0, at));
  std::int64_t revision = 0;
  if (!language || !absl::SimpleAtoi(std::string(rest.substr(at + 1)), &revision))
    return std::nullopt;
  TranslationKey parsed{name->id, *name->version, *std::move(language), revision};
  if (KeyOf(parsed) != key) return std::nullopt;
  return parsed;
}

}  // namespace telex::news
