#include "feeds/adapters/translation_row.h"

#include <utility>

#include "platform/store/keys.h"

namespace telex::feeds {

TranslationSummary SummaryOf(const news::TranslationRecord& record) {
  TranslationSummary summary{.article = record.key.article,
                             .language = record.key.language.text(),
                             .version = record.key.version.number,
                             .revision = record.key.revision,
                             .shown = record.translation && record.translation->IsShown()};
  if (record.translation) {
    summary.made_ms = absl::ToUnixMillis(record.translation->made);
    summary.first_ms = summary.last_ms = summary.made_ms;
  }
  return summary;
}

std::string TranslationRowKey(const news::ArticleId& article, std::string_view language) {
  return store::KeyBuilder().Raw(article.bytes()).Text(language).bytes();
}

std::string EncodeTranslationRow(const TranslationSummary& summary) {
  return store::KeyBuilder()
      .I64(summary.version)
      .I64(summary.revision)
      .U8(summary.shown)
      .I64(summary.made_ms)
      .I64(summary.first_ms)
      .I64(summary.last_ms)
      .bytes();
}

std::optional<TranslationSummary> DecodeTranslationRow(std::string_view key,
                                                       std::string_view bytes) {
  store::KeyReader name(key);
  const auto id = name.Raw(news::ArticleId().bytes().size());
  const auto article = id ? news::ArticleId::FromBytes(*id) : std::nullopt;
  auto language = name.Text();
  store::KeyReader row(bytes);
  const auto version = row.I64();
  const auto revision = row.I64();
  const auto shown = row.U8();
  const auto made_ms = row.I64();
  const auto first_ms = row.I64();
  const auto last_ms = row.I64();
  if (!article || !language || !version || !revision || !shown || !made_ms || !first_ms ||
      !last_ms) {
    return std::nullopt;
  }
  return TranslationSummary{.article = *article,
                            .language = *std::move(language),
                            .version = *version,
                            .revision = *revision,
                            .shown = *shown != 0,
                            .made_ms = *made_ms,
                            .first_ms = *first_ms,
                            .last_ms = *last_ms};
}

std::string EncodeTranslation(const TranslationSummary& of, const news::Translation& translation) {
  store::KeyBuilder row;
  row.I64(of.version).I64(of.revision).Text(translation.from.text());
  row.U8(static_cast<std::uint8_t>(translation.standing)).U8(translation.engine_had_part);
  row.I64(absl::ToUnixMillis(translation.made));
  row.Text(translation.headline).Text(translation.body_html);
  row.U32(static_cast<std::uint32_t>(translation.alt_texts.size()));
  for (const news::AltText& alt : translation.alt_texts) row.Text(alt.href).Text(alt.text);
  return std::move(row).bytes();
}

std::optional<StoredTranslation> DecodeTranslation(std::string_view bytes) {
  store::KeyReader row(bytes);
  const auto version = row.I64();
  const auto revision = row.I64();
  const auto from = row.Text();
  const auto standing = row.U8();
  const auto engine_had_part = row.U8();
  const auto made = row.I64();
  auto headline = row.Text();
  auto body = row.Text();
  const auto alt_texts = row.U32();
  const auto language = from ? news::LanguageTag::Parse(*from) : std::nullopt;
  if (!version || !revision || !language || !standing || !engine_had_part || !made || !headline ||
      !body || !alt_texts ||
      *standing > static_cast<std::uint8_t>(news::TranslationStanding::kRejected)) {
    return std::nullopt;
  }
  StoredTranslation stored{
      .version = *version,
      .revision = *revision,
      .translation = {.from = *language,
                      .standing = static_cast<news::TranslationStanding>(*standing),
                      .engine_had_part = *engine_had_part != 0,
                      .made = absl::FromUnixMillis(*made),
                      .headline = *std::move(headline),
                      .body_html = *std::move(body)}};
  for (std::uint32_t i = 0; i < *alt_texts; ++i) {
    auto href = row.Text();
    auto text = row.Text();
    if (!href || !text) return std::nullopt;
    stored.translation.alt_texts.push_back({.href = *std::move(href), .text = *std::move(text)});
  }
  return stored;
}

}  // namespace telex::feeds
