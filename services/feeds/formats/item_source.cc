#include "feeds/formats/item_source.h"

#include <algorithm>
#include <utility>

#include "feeds/formats/format.h"

namespace telex::feeds {
namespace {

std::string UrnOf(const news::ArticleId& id) { return "urn:uuid:" + id.ToString(); }

Alternate AlternateOf(const news::ArticleId& id, std::string language,
                      const ChannelSettings& settings) {
  return {.language = std::move(language), .urn = UrnOf(id), .url = settings.ArticleUrl(id)};
}

void PutText(const news::Translation& translation, news::Content& content) {
  content.headline = translation.headline;
  content.body_html = translation.body_html;
  for (news::Media& media : content.media) {
    const auto alt = std::ranges::find(translation.alt_texts, media.href, &news::AltText::href);
    media.alt_text = alt == translation.alt_texts.end() ? std::string() : alt->text;
  }
}

void PutTranslation(const WindowItem& item, const std::optional<news::Translation>& translation,
                    news::Article& article) {
  const TranslationOf& of = *item.translation;
  article.id = item.id;
  article.version = news::Version{item.version};
  article.versioncreated = absl::FromUnixMillis(of.updated_ms);
  article.published = absl::FromUnixMillis(item.published_ms);
  article.printed_views = 0;
  article.content.language = news::LanguageTag::Parse(of.language).value_or(news::LanguageTag());
  if (of.rejected) article.status = news::PubStatus::kWithheld;
  if (translation) PutText(*translation, article.content);
}

}  // namespace

ItemSource SourceOf(const WindowItem& item, news::Article article,
                    const std::optional<news::Translation>& translation,
                    const ChannelSettings& settings) {
  ItemSource source{.article = std::move(article)};
  if (item.translation && translation) {
    const TranslationOf& of = *item.translation;
    source.translation = TranslationNote{.original = UrnOf(of.article),
                                         .from = translation->from.text(),
                                         .version = of.version,
                                         .revision = of.revision,
                                         .standing = translation->standing,
                                         .engine_had_part = translation->engine_had_part,
                                         .is_stale = of.IsStale()};
    source.alternates.push_back(
        AlternateOf(of.article, source.article.content.language.text(), settings));
    source.alternates.back().is_original = true;
  }
  for (const std::string& language : item.languages) {
    source.alternates.push_back(
        AlternateOf(item.article().OfTranslation(language), language, settings));
  }
  if (item.translation) PutTranslation(item, translation, source.article);
  return source;
}

}  // namespace telex::feeds
