#include "feeds/domain/article_summary.h"

namespace telex::feeds {

std::string_view NameOf(ArticleState state) {
  switch (state) {
    case ArticleState::kVisible:
      return "visible";
    case ArticleState::kWithheld:
      return "withheld";
    case ArticleState::kCanceled:
      return "canceled";
    case ArticleState::kEmbargoed:
      return "embargoed";
    case ArticleState::kExpired:
      return "expired";
    case ArticleState::kPurged:
      return "purged";
  }
  return "unknown";
}

ArticleState StateOf(const news::Article& article) {
  if (article.purged) return ArticleState::kPurged;
  if (article.status == news::PubStatus::kCanceled) return ArticleState::kCanceled;
  if (article.status == news::PubStatus::kWithheld) return ArticleState::kWithheld;
  if (article.availability == news::Availability::kEmbargoed) return ArticleState::kEmbargoed;
  if (article.availability == news::Availability::kExpired) return ArticleState::kExpired;
  return ArticleState::kVisible;
}

ArticleSummary SummaryOf(const news::Article& article) {
  ArticleSummary summary{.id = article.id,
                         .version = article.version.number,
                         .versioncreated_ms = absl::ToUnixMillis(article.versioncreated),
                         .state = StateOf(article)};
  if (article.published) summary.published_ms = absl::ToUnixMillis(*article.published);
  for (const news::Shelf& shelf : article.shelves) {
    summary.shelves.push_back({.section = shelf.section.slug(), .language = shelf.language.text()});
  }
  if (!article.content.section.empty() && !article.content.language.empty()) {
    summary.shelf = FeedKey{.section = article.content.section.slug(),
                            .language = article.content.language.text()};
  }
  return summary;
}

}  // namespace telex::feeds
