#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "news/article_id.h"
#include "news/language_tag.h"
#include "news/translation.h"
#include "news/version.h"

namespace telex::translation::v1 {
class Translation;
}

namespace telex::news {

// Translations as the log has them: telex.translation.v1.Translation
// (proto/telex/translation/v1/translation.proto) under the key
// `articles/{article}@{version}/translations/{language}@{revision}`, in the article's partition.
inline const std::string kTranslationsTopic = "telex.translations.v1";

struct TranslationKey {
  ArticleId article;
  Version version;  // of the article
  LanguageTag language;
  std::int64_t revision = 0;  // of one version and language the greatest holds

  auto operator<=>(const TranslationKey&) const = default;
};

// Pure; any thread.
std::string KeyOf(const TranslationKey& key);
// nullopt for what KeyOf does not write.
std::optional<TranslationKey> ParseTranslationKey(std::string_view key);

// The value of the record with that key. INVALID_ARGUMENT for what no release wrote, or what is of
// another translation. Pure; any thread.
absl::StatusOr<translation::v1::Translation> ParseTranslation(const TranslationKey& key,
                                                              const std::string& value);

// What a record of telex.translations.v1 says of one translation.
struct TranslationRecord {
  TranslationKey key;
  std::optional<Translation> translation;  // none: a tombstone, its article is purged
};

// INVALID_ARGUMENT for a key or a value that no release wrote, or that name different translations;
// UNIMPLEMENTED for a standing of a newer release. Pure; any thread.
absl::StatusOr<TranslationRecord> ReadTranslation(std::string_view key,
                                                  const std::optional<std::string>& value);

}  // namespace telex::news
