#pragma once

// Stories, submissions and heads for the tests of ingestion: small, whole, and the same every time.

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <utility>

#include "ingestion/domain/decide.h"
#include "news/content_hash.h"

namespace telex::ingestion::testing {

inline const std::string kCluster = "cluster-a";

inline absl::Time At(double seconds) {
  return absl::FromUnixMillis(1'700'000'000'000) + absl::Seconds(seconds);
}

inline news::SourceId SourceOf(std::string_view id = "caliber.az") {
  return *news::SourceId::Parse(id);
}
inline news::Section SectionOf(std::string_view slug) { return *news::Section::Parse(slug); }
inline news::LanguageTag LanguageOf(std::string_view tag) { return *news::LanguageTag::Parse(tag); }
inline news::ArticleId Story(std::string_view key = "story-1") {
  return news::ArticleId::Of("caliber.az", key);
}

inline SubmissionPosition Position(std::int64_t offset, std::int32_t partition = 3) {
  return {.cluster = kCluster, .partition = partition, .offset = offset};
}

inline SetContent Words(std::string headline) {
  SetContent set;
  set.source = SourceOf();
  set.source_name = "Caliber.Az";
  set.key = "story-1";
  set.canonical_url = "https://caliber.az/story-1";
  set.content.headline = std::move(headline);
  set.content.byline = "A. Reporter";
  set.content.body_html = "<p>It happened.</p>";
  set.content.section = SectionOf("world");
  set.content.language = LanguageOf("en");
  set.content.terms = {"Use with a hyperlink to the source.", "Caliber.Az",
                       "https://caliber.az/story-1"};
  return set;
}

// The source itself says these words.
inline SetContent FromSource(SetContent set,
                             std::optional<absl::Time> upstream_time = std::nullopt) {
  set.upstream = Upstream{news::ContentHash(set.content), upstream_time};
  return set;
}

template <typename Action>
Submission Submit(Action action, double seconds = 0) {
  Submission submission;
  submission.rule = 1;
  submission.time = At(seconds);
  submission.actor = "desk";
  submission.subject = Story();
  submission.action = std::move(action);
  return submission;
}

template <typename Action>
Submission SubmitAs(std::string request_id, Action action, double seconds = 0) {
  Submission submission = Submit(std::move(action), seconds);
  submission.request_id = std::move(request_id);
  return submission;
}

inline Source Caliber() {
  Source source;
  source.id = SourceOf();
  source.display_name = "Caliber.Az";
  source.home_page = "https://caliber.az/";
  source.usage_terms = "Use with a hyperlink to the source.";
  source.default_language = LanguageOf("en");
  return source;
}

inline Submission SubmitSource(Source source, std::optional<news::Version> base = std::nullopt,
                               double seconds = 0) {
  Submission submission = Submit(SetSource{.source = source, .base = base}, seconds);
  submission.subject = source.id;
  return submission;
}

// An owner's sequence of decisions on one article: each submission is decided against what the ones
// before it made.
class History {
 public:
  explicit History(Rule rule = {}) : rule_(rule) {}

  Outcome<ArticleHead> Decide(const Submission& submission, const Decision* earlier = nullptr) {
    position_ = Position(next_offset_++);
    auto outcome = DecideArticle(rule_, head_ ? &*head_ : nullptr, earlier, submission, position_);
    if (outcome.next) head_ = outcome.next;
    return outcome;
  }

  bool has_head() const { return head_.has_value(); }
  const ArticleHead& head() const { return head_.value(); }
  const news::Article& article() const { return head_.value().article; }
  const SubmissionPosition& last_position() const { return position_; }

 private:
  Rule rule_;
  std::optional<ArticleHead> head_;
  SubmissionPosition position_;
  std::int64_t next_offset_ = 10;
};

}  // namespace telex::ingestion::testing
