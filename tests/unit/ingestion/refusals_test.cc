#include "ingestion/adapters/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

using ::testing::Contains;
using ::testing::Pair;

Decision Make(Verdict verdict, Reason reason) {
  Decision decision;
  decision.subject = "articles/x";
  decision.verdict = verdict;
  decision.reason = reason;
  decision.version = news::Version{4};
  return decision;
}

TEST(RefusalsTest, WhatStandsIsNoRefusal) {
  EXPECT_TRUE(RefusalOf(Make(Verdict::kAccepted, Reason::kNone)).ok());
  for (const Reason reason :
       {Reason::kSameContent, Reason::kSameUpstream, Reason::kAlreadySo, Reason::kOtherVersion}) {
    EXPECT_TRUE(RefusalOf(Make(Verdict::kUnchanged, reason)).ok());
  }
}

TEST(RefusalsTest, EveryOtherDecisionHasItsCodeItsReasonAndTheName) {
  struct Row {
    Verdict verdict;
    Reason reason;
    absl::StatusCode code;
    std::string_view wanted;
  };
  const Row rows[] = {
      {Verdict::kStale, Reason::kBaseNotHead, absl::StatusCode::kAborted, errors::kStaleEtag},
      {Verdict::kStale, Reason::kOlderUpstream, absl::StatusCode::kAborted, errors::kStaleEtag},
      {Verdict::kHeld, Reason::kEditedByEditor, absl::StatusCode::kFailedPrecondition,
       errors::kArticleHeld},
      {Verdict::kRefused, Reason::kArticleNotFound, absl::StatusCode::kNotFound,
       errors::kArticleNotFound},
      {Verdict::kRefused, Reason::kArticlePurged, absl::StatusCode::kFailedPrecondition,
       errors::kArticlePurged},
      {Verdict::kRefused, Reason::kTooManyShelves, absl::StatusCode::kFailedPrecondition,
       errors::kTooManyShelves},
      {Verdict::kRefused, Reason::kArticleTooLarge, absl::StatusCode::kFailedPrecondition,
       errors::kArticleTooLarge},
  };
  for (const Row& row : rows) {
    const absl::Status status = RefusalOf(Make(row.verdict, row.reason));
    EXPECT_EQ(status.code(), row.code) << status;
    EXPECT_EQ(errors::ReasonOf(status), row.wanted);
    const auto details = errors::DetailsOf(status);
    ASSERT_TRUE(details);
    EXPECT_THAT(details->metadata, Contains(Pair("name", "articles/x")));
  }
}

TEST(RefusalsTest, AStaleAnswerTellsTheVersionThatStands) {
  const absl::Status stale = RefusalOf(Make(Verdict::kStale, Reason::kBaseNotHead));
  EXPECT_EQ(errors::DetailsOf(stale)->metadata.at("version"), "4");
  const absl::Status exists = ArticleExists(stale);
  EXPECT_EQ(exists.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(errors::ReasonOf(exists), errors::kArticleExists);
  EXPECT_EQ(errors::DetailsOf(exists)->metadata.at("version"), "4");
  EXPECT_EQ(errors::DetailsOf(exists)->metadata.at("name"), "articles/x");
}

TEST(RefusalsTest, ASourceIsToldWhatItMayCorrectItsStoryWith) {
  const absl::Status stale = RefusalOf(Make(Verdict::kStale, Reason::kBaseNotHead));
  EXPECT_NE(ArticleExists(stale).message().find("UpdateArticle"), absl::string_view::npos);
  const absl::Status exists = ArticleExistsForSource(stale, "sources/s", "4711");
  EXPECT_EQ(errors::ReasonOf(exists), errors::kArticleExists);
  EXPECT_NE(exists.message().find("ImportDocument"), absl::string_view::npos) << exists;
  EXPECT_THAT(errors::DetailsOf(exists)->metadata,
              ::testing::IsSupersetOf(
                  {Pair("source", "sources/s"), Pair("key", "4711"), Pair("name", "articles/x")}));
  // Half a key would name another story.
  const absl::Status cut = ArticleExistsForSource(stale, "sources/s", std::string(300, 'k'));
  EXPECT_FALSE(errors::DetailsOf(cut)->metadata.contains("key"));
}

TEST(RefusalsTest, AStaleEtagNamesTheVersionThatStandsAndTheEtagThatDoesNot) {
  const absl::Status stale = StaleEtag("articles/x", news::Version{4}, "\"3\"");
  EXPECT_EQ(errors::DetailsOf(stale)->metadata.at("version"), "4");
  EXPECT_NE(stale.message().find("\"3\""), absl::string_view::npos) << stale;
}

TEST(RefusalsTest, ThoseOfSources) {
  EXPECT_EQ(SourceNotFound("sources/a").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(errors::ReasonOf(SourceNotFound("sources/a")), errors::kSourceNotFound);
  EXPECT_EQ(SourceExists("sources/a").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(errors::ReasonOf(SourceExists("sources/a")), errors::kSourceExists);
}

}  // namespace
}  // namespace telex::ingestion
