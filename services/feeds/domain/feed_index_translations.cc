// Translations in the index: items of their own, made of an article's row and what is known of its
// translations.
#include <algorithm>

#include "feeds/domain/feed_index.h"

namespace telex::feeds {

bool FeedIndex::Apply(const TranslationSummary& summary, std::vector<FeedNumber>* changed) {
  const auto known = translations_.Apply(summary);
  if (!known) return false;
  const auto found = rows_.find(summary.article);
  if (found == rows_.end()) return true;
  const Row article = found->second;
  // The article's own item names its translations.
  NoteTranslated(article.belongs);
  if (changed != nullptr) {
    const auto& feeds = sets_[article.belongs];
    changed->insert(changed->end(), feeds.begin(), feeds.end());
  }
  // Its siblings name it, too, but their feeds are translated already.
  Replace(article, known->before ? &*known->before : nullptr, article, known->now, changed);
  return true;
}

void FeedIndex::Replace(const Row& article_before, const TranslationSummary* before,
                        const Row& article, const TranslationSummary& now,
                        std::vector<FeedNumber>* changed) {
  const news::ArticleId item = now.article.OfTranslation(now.language);
  if (before != nullptr) Erase(item, RowOf(article_before, *before));
  const Row row = RowOf(article, now);
  Insert(item, row);
  NoteTranslated(row.belongs);
  // Not the one that holds alone: the feed's date does not go back with a clock.
  Note(row, std::max(row.versioncreated_ms, now.last_ms), changed);
}

void FeedIndex::NoteTranslated(FeedSet belongs) {
  for (const FeedNumber number : sets_[belongs]) {
    if (feeds_[number].translated) continue;
    feeds_[number].translated = true;
    translated_feeds_.push_back(number);
  }
}

FeedIndex::Row FeedIndex::RowOf(const Row& article, const TranslationSummary& translation) {
  if (article.version == 0) return {};
  Row row{.version = article.version + translation.revision,
          .published_ms = PublishedOf(article, translation),
          .versioncreated_ms = std::max(article.versioncreated_ms, translation.made_ms),
          .partition = article.partition,
          .state = StateOf(article, translation)};
  row.belongs = InLanguage(article.belongs, translation.language);
  row.standing = row.state == ArticleState::kVisible
                     ? InLanguage(article.standing, translation.language)
                     : row.belongs;
  return row;
}

FeedIndex::FeedSet FeedIndex::InLanguage(FeedSet feeds, const std::string& language) {
  const std::vector<FeedNumber> of_article = sets_[feeds];
  std::vector<FeedNumber> translated;
  translated.reserve(of_article.size());
  for (const FeedNumber number : of_article) {
    translated.push_back(NumberOf({.section = feeds_[number].key.section, .language = language}));
  }
  return Intern(std::move(translated));
}

// What is purged has no translations any more that could say when they came.
std::int64_t FeedIndex::PublishedOf(const Row& article, const TranslationSummary& translation) {
  if (article.published_ms == kNeverPublished || article.state == ArticleState::kPurged) {
    return article.published_ms;
  }
  const bool as_news = translation.first_ms > article.published_ms &&
                       translation.first_ms - article.published_ms <= kNewsMillisMax;
  return as_news ? translation.first_ms : article.published_ms;
}

// An article that is in that language itself by now takes the place of its translation.
ArticleState FeedIndex::StateOf(const Row& article, const TranslationSummary& translation) const {
  if (article.state != ArticleState::kVisible) return article.state;
  const bool stands = translation.shown && LanguageOf(article) != translation.language;
  return stands ? ArticleState::kVisible : ArticleState::kWithheld;
}

std::string_view FeedIndex::LanguageOf(const Row& article) const {
  const std::vector<FeedNumber>& standing = sets_[article.standing];
  return standing.empty() ? std::string_view() : feeds_[standing.front()].key.language;
}

WindowItem FeedIndex::ItemOf(const Place& place, bool translated) const {
  WindowItem item{.id = place.id,
                  .version = place.version,
                  .published_ms = place.published_ms,
                  .state = place.state};
  if (translated) Describe(item);
  return item;
}

void FeedIndex::Describe(WindowItem& item) const {
  if (const TranslationSummary* translation = translations_.Find(item.id)) {
    const Row& article = rows_.at(translation->article);
    item.translation =
        TranslationOf{.article = translation->article,
                      .article_version = article.version,
                      .language = translation->language,
                      .version = translation->version,
                      .revision = translation->revision,
                      .updated_ms = std::max(article.versioncreated_ms, translation->made_ms),
                      .rejected = article.state == ArticleState::kVisible && item.IsTombstone()};
  }
  const auto* all = translations_.Of(item.article());
  if (all == nullptr || item.IsTombstone()) return;
  const std::string_view own = LanguageOf(rows_.at(item.article()));
  for (const TranslationSummary& one : *all) {
    const bool itself = item.translation && one.language == item.translation->language;
    if (one.shown && one.language != own && !itself) item.languages.push_back(one.language);
  }
}

std::optional<FeedIndex::Standing> FeedIndex::Find(const news::ArticleId& id) const {
  auto found = rows_.find(id);
  const TranslationSummary* const translation =
      found == rows_.end() ? translations_.Find(id) : nullptr;
  if (translation != nullptr) found = rows_.find(translation->article);
  if (found == rows_.end()) return std::nullopt;
  const Row& article = found->second;
  Standing standing;
  standing.id = id;
  standing.version = article.version + (translation != nullptr ? translation->revision : 0);
  standing.published_ms =
      translation != nullptr ? PublishedOf(article, *translation) : article.published_ms;
  standing.state = translation != nullptr ? StateOf(article, *translation) : article.state;
  standing.was_published = article.published_ms != kNeverPublished;
  standing.partition = article.partition;
  Describe(standing);
  standing.updated_ms =
      standing.translation ? standing.translation->updated_ms : article.versioncreated_ms;
  if (const auto* all = translations_.Of(standing.article())) {
    for (const TranslationSummary& one : *all) standing.revisions += one.revision;
  }
  return standing;
}

}  // namespace telex::feeds
