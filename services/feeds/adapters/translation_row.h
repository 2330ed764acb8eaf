#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "feeds/domain/translation_summary.h"
#include "news/article_id.h"
#include "news/translation.h"
#include "news/wire/translation_log.h"

namespace telex::feeds {

// Translations as the local store has them, under the article's id and the language. All decoding
// gives nothing for bytes that were not written so. Pure.

// Of a tombstone: what it says may not be shown any more.
TranslationSummary SummaryOf(const news::TranslationRecord& record);

std::string TranslationRowKey(const news::ArticleId& article, std::string_view language);

std::string EncodeTranslationRow(const TranslationSummary& summary);
std::optional<TranslationSummary> DecodeTranslationRow(std::string_view key,
                                                       std::string_view bytes);

// The text, with what it is the text of. The log's record has it three times as long, by segments.
std::string EncodeTranslation(const TranslationSummary& of, const news::Translation& translation);
struct StoredTranslation {
  std::int64_t version = 0;
  std::int64_t revision = 0;
  news::Translation translation;
};
std::optional<StoredTranslation> DecodeTranslation(std::string_view bytes);

}  // namespace telex::feeds
