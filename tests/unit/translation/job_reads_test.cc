#include "translation/adapters/rpc/job_reads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/unit/translation/desk_log.h"
#include "translation/adapters/desk/job_answers.h"

namespace telex::translation {
namespace {

using testing::HasSubstr;

class JobReadsTest : public ::testing::Test {
 protected:
  JobReadsTest() { reads_ = std::make_unique<JobReads>(Parts()); }

  JobReads::Parts Parts() { return {.desk = log_.desk, .workers = workers_, .engines = {}}; }

  DeskLog log_;
  rpc::CallWorkers workers_;
  std::unique_ptr<JobReads> reads_;
};

TEST_F(JobReadsTest, APauseIsAnsweredOnceItIsReadWithWhatThePairHas) {
  log_.read.ReadFact(Queued::Wanting(1));
  std::optional<absl::StatusOr<v1::PairStats>> answer;
  const auto keep = [&](auto stats) { answer = std::move(stats); };
  reads_->Pause(DeskLog::CallOf("anna"), "en", "hy", true, "", keep);
  EXPECT_EQ(log_.appended(), 1u);
  EXPECT_FALSE(answer.has_value());
  log_.Read();
  ASSERT_TRUE(answer.has_value() && answer->ok());
  EXPECT_TRUE((*answer)->paused());
  EXPECT_EQ((*answer)->open_machine(), 1);
  EXPECT_EQ((*answer)->to(), "hy");
  reads_->Pause(DeskLog::CallOf("anna"), "en", "ru", false, "", keep);
  log_.Read();
  EXPECT_FALSE((*answer)->paused());
  EXPECT_EQ((*answer)->to(), "ru");
}

TEST_F(JobReadsTest, WhatIsCompletedIsShownBeforeItIsPublished) {
  v1::GetTranslationRequest request;
  request.set_article("articles/" + log_.read.job.article.ToString());
  request.set_language("hy");
  const auto headline = [&] {
    const auto shown = reads_->GetTranslation(request);
    return shown.ok() ? shown->text().headline() : errors::ReasonOf(shown.status());
  };
  EXPECT_EQ(headline(), errors::kTranslationNotFound);
  log_.read.ReadCompleted(1, "Navakner");
  EXPECT_EQ(headline(), "Navakner");
  log_.read.Read(log_.read.Published(log_.read.Unpublished()[0]));
  EXPECT_EQ(headline(), "Navakner");
  log_.read.ReadCompleted(2, "Naver");
  EXPECT_EQ(headline(), "Naver");
  log_.read.ReadArticle(log_.read.Purged(3));
  EXPECT_EQ(headline(), errors::kTranslationNotFound);
}

TEST_F(JobReadsTest, WhyAReviewerHasRejectedIsToldUntilItIsDoneAgain) {
  log_.read.ReadArticle(log_.read.Article(1));
  const std::int64_t revision = log_.read.ReadCompleted(1, "Navakner");
  v1::GetJobRequest request;
  request.set_name(NameOf(log_.read.job));
  v1::GetJobTextRequest of_text;
  of_text.set_name(request.name());
  log_.read.ReadFact(Reviewed{.version = {1},
                              .revision = revision,
                              .verdict = ReviewVerdict::kRejected,
                              .note = "names as in the glossary",
                              .from = Language("en")});
  constexpr char kNote[] = "rejected by anna: names as in the glossary";
  EXPECT_EQ(reads_->GetJob(request, "")->note(), kNote);
  EXPECT_EQ(reads_->GetJobText(of_text)->note(), kNote);
  const std::int64_t token = log_.read.ReadFact(Claimed{Worker::kPerson, 60'000});
  EXPECT_EQ(reads_->GetJobText(of_text)->note(), kNote);
  log_.read.ReadFact(Completed{token, {1}}, "Naver");
  EXPECT_EQ(reads_->GetJob(request, "")->note(), "");
}

TEST_F(JobReadsTest, WhatEnginesHaveMadeIsSuggestedToThePersonThatTheyGiveItTo) {
  log_.read.ReadArticle(log_.read.Article(1));
  log_.read.ReadFact(Queued::Wanting(1));
  const std::int64_t token = log_.read.ReadFact(Claimed{Worker::kMachine, 60'000});
  v1::Text made;
  v1::Segment& segment = *made.add_segments();
  segment.set_source("Boats leave harbour");
  segment.set_target("Navakner");
  segment.set_engine("deepl");
  log_.read.Read(RecordOf(JobFact{log_.read.job, "engines/a", "",
                                  Failed{.token = token, .escalate = true, .reason = "NO_ENGINE"}},
                          "f1", 1, &made));
  v1::GetJobTextRequest request;
  request.set_name(NameOf(log_.read.job));
  const auto suggested = [&] {
    std::string all;
    const v1::JobText text = reads_->GetJobText(request).value_or(v1::JobText());
    for (const v1::JobSegment& one : text.segments())
      for (const v1::Suggestion& suggestion : one.suggestions())
        all += one.place() + " " + suggestion.engine() + " " + suggestion.target() + ";";
    return all;
  };
  EXPECT_EQ(suggested(), "headline deepl Navakner;");
  const std::int64_t again = log_.read.ReadFact(Claimed{Worker::kPerson, 60'000});
  EXPECT_EQ(suggested(), "headline deepl Navakner;");
  log_.read.ReadFact(Completed{again, {1}}, "Naver");
  EXPECT_TRUE(log_.read.store().jobs().MadeOf(log_.read.job).empty());
}

TEST_F(JobReadsTest, TheTextOfAJobThatNobodyIsToDoIsRefusedWithWhatIsTheMatter) {
  log_.read.ReadArticle(log_.read.Article(1));
  log_.read.ReadCompleted(1, "Navakner");
  v1::GetJobTextRequest request;
  request.set_name(NameOf(log_.read.job));
  EXPECT_TRUE(reads_->GetJobText(request).ok()) << "it may be reviewed";
  log_.read.ReadArticle(log_.read.Article(2));
  const auto outdated = reads_->GetJobText(request).status();
  EXPECT_EQ(errors::ReasonOf(outdated), errors::kJobNotOpen);
  EXPECT_THAT(outdated.message(), HasSubstr("is done, for version 1; nobody asks for version 2"));
  log_.read.ReadFact(Queued::Wanting(2));
  log_.read.ReadFact(Canceled{.version = {2}, .cause = CancelCause::kPerson, .note = "not for us"});
  const auto canceled = reads_->GetJobText(request).status();
  EXPECT_EQ(errors::ReasonOf(canceled), errors::kJobNotOpen);
  EXPECT_THAT(canceled.message(), HasSubstr("is canceled: not for us"));
  news::Article killed = log_.read.Article(3);
  killed.status = news::PubStatus::kCanceled;
  log_.read.ReadArticle(killed);
  log_.read.ReadFact(Canceled{.version = {3}, .cause = CancelCause::kWithdrawn});
  EXPECT_EQ(errors::ReasonOf(reads_->GetJobText(request).status()), errors::kArticleWithdrawn);
}

TEST_F(JobReadsTest, JobsChangeWhenNobodyReadsThemAnyMore) {
  reads_.reset();
  log_.read.ReadFact(Queued::Wanting(1));
  reads_ = std::make_unique<JobReads>(Parts());
}

}  // namespace
}  // namespace telex::translation
