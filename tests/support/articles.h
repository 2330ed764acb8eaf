// Articles as tests need them.
#pragma once

#include <absl/time/time.h>

#include <string>

#include "news/article.h"

namespace telex::tests {

inline news::Article MakeArticle(int n, std::int64_t version = 1) {
  const absl::Time first = absl::FromUnixSeconds(1'790'000'000 + 60 * n);
  news::Article article;
  article.id = news::ArticleId::Of("sources/caliber", std::to_string(n));
  article.version = {version};
  article.source = *news::SourceId::Parse("caliber");
  article.source_name = "Caliber.Az";
  article.key = "secret-key-" + std::to_string(n);
  article.canonical_url = "https://caliber.example/post/" + std::to_string(n);
  article.content.headline = "Story number " + std::to_string(n);
  article.content.byline = "A. Writer";
  article.content.body_html = "<p>Body of story " + std::to_string(n) + ".</p>";
  article.content.section = *news::Section::Parse("world");
  article.content.language = *news::LanguageTag::Parse("en");
  article.content.terms = {.text = "Use of materials only with a hyperlink to Caliber.Az",
                           .attribution = "Caliber.Az",
                           .link = "https://caliber.example/post/" + std::to_string(n)};
  article.firstcreated = first;
  article.versioncreated = first + absl::Seconds(version - 1);
  article.published = first;
  article.shelves = {{article.content.section, article.content.language}};
  article.actor = "editor-anna";
  return article;
}

inline news::Article Withhold(news::Article article) {
  article.status = news::PubStatus::kWithheld;
  article.status_reason = "legal";
  article.status_note = "take it down & tell <your> readers";
  article.version = article.version.Next();
  article.versioncreated += absl::Seconds(1);
  return article;
}

inline news::Article Kill(news::Article article) {
  article = Withhold(std::move(article));
  article.status = news::PubStatus::kCanceled;
  return article;
}

// As ingestion forgets: nothing but identity, times and shelves stays.
inline news::Article Purge(news::Article article) {
  article = Kill(std::move(article));
  article.content = {};
  article.canonical_url.clear();
  article.key.clear();
  article.source_name.clear();
  article.purged = true;
  return article;
}

}  // namespace telex::tests
