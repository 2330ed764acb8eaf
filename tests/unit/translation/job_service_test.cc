// What the edge of the queue refuses. Nothing is appended here: what would be is refused as
// NOT_CAUGHT_UP.
#include "translation/adapters/rpc/job_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/unit/translation/read_store.h"
#include "translation/adapters/desk/job_answers.h"

namespace telex::translation {
namespace {

using testing::HasSubstr;

class JobServiceTest : public ::testing::Test {
 protected:
  JobServiceTest() { read.ReadArticle(read.Article(1)); }

  template <typename Answer, typename Request>
  absl::Status Ask(void (JobService::*method)(const rpc::Call&, const Request&, rpc::Done<Answer>),
                   const Request& request) {
    std::promise<absl::Status> answered;
    (service.*method)({.actor = {.name = "anna"}, .deadline = absl::InfiniteFuture()}, request,
                      [&](const absl::StatusOr<Answer>& a) { answered.set_value(a.status()); });
    return answered.get_future().get();
  }
  // "worker FIELD_INVALID"; without fields the reason alone.
  static std::string FaultIn(const absl::Status& status) {
    const auto details = errors::DetailsOf(status);
    if (!details) return status.ToString();
    if (details->fields.empty()) return details->reason;
    return details->fields[0].field + " " + details->fields[0].reason;
  }
  absl::Status Appended(JobFact fact) {
    absl::Status told;
    desk.Append(std::move(fact), nullptr, absl::InfiniteFuture(),
                [&](const absl::StatusOr<Outcome>& outcome) { told = outcome.status(); });
    return told;
  }

  ReadStore read;
  AppendNames names;
  LogJobDesk desk{read.store(), names};
  rpc::CallWorkers workers;
  JobService service{{desk, workers}};
};

// A number that no release has given a meaning would hold the job's partition on every replica.
TEST_F(JobServiceTest, AnEnumeratorThatIsNoneOfOursIsRefusedNamingItsField) {
  v1::RequestTranslationRequest wanted;
  wanted.set_article(news::NameOf(read.job.article));
  wanted.set_language("hy");
  EXPECT_EQ(FaultIn(Ask(&JobService::RequestTranslation, wanted)), "NOT_CAUGHT_UP");
  wanted.set_workflow(static_cast<v1::Workflow>(9));
  EXPECT_EQ(FaultIn(Ask(&JobService::RequestTranslation, wanted)), "workflow FIELD_INVALID");
  wanted.set_workflow(static_cast<v1::Workflow>(-1));
  EXPECT_EQ(FaultIn(Ask(&JobService::RequestTranslation, wanted)), "workflow FIELD_INVALID");

  read.ReadFact(Queued::Wanting(1));
  v1::ClaimJobsRequest claim;
  claim.set_name(NameOf(read.job));
  EXPECT_EQ(FaultIn(Ask(&JobService::ClaimJobs, claim)), "NOT_CAUGHT_UP");
  claim.set_worker(static_cast<v1::Worker>(7));
  EXPECT_EQ(FaultIn(Ask(&JobService::ClaimJobs, claim)), "worker FIELD_INVALID");
  claim.clear_name();
  EXPECT_EQ(FaultIn(Ask(&JobService::ClaimJobs, claim)), "worker FIELD_INVALID");

  v1::ReviewTranslationRequest review;
  review.set_name(NameOf(read.job));
  review.set_version(1);
  review.set_verdict(static_cast<v1::ReviewVerdict>(7));
  EXPECT_THAT(FaultIn(Ask(&JobService::ReviewTranslation, review)), HasSubstr("verdict"));
}

// So that no handler, whoever writes it, can append what stops all readers.
TEST_F(JobServiceTest, TheDeskAppendsNothingThatCannotBeReadBack) {
  EXPECT_EQ(FaultIn(Appended({read.job, "anna", "", Queued::Wanting(1)})), "NOT_CAUGHT_UP");
  Wanted wanted = Queued::Wanting(1);
  wanted.workflow = static_cast<Workflow>(9);
  for (const JobFact& fact :
       {JobFact{read.job, "anna", "", wanted},
        JobFact{read.job, "anna", "", Claimed{static_cast<Worker>(7), 1}},
        JobFact{read.job, "anna", "", Canceled{{1}, static_cast<CancelCause>(9)}},
        JobFact{read.job, "anna", "", Completed{.token = 1}},
        JobFact{read.job, "\xff", "", Released{1}}}) {
    const absl::Status refused = Appended(fact);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInternal) << fact.what.index();
    EXPECT_EQ(FaultIn(refused), "INTERNAL") << fact.what.index();
  }
}

// Of a job that is forgotten nobody else knows what stands.
TEST_F(JobServiceTest, AReviewOfAForgottenJobIsOfTheTranslationThatStands) {
  const auto publish = [&](std::int64_t revision, v1::Standing standing) {
    v1::Translation translation;
    translation.set_article(news::NameOf(read.job.article));
    translation.set_version(1);
    translation.set_language("hy");
    translation.set_revision(revision);
    translation.set_standing(standing);
    translation.mutable_text()->set_headline("Navakner");
    read.Read({.topic = news::kTranslationsTopic,
               .key = news::KeyOf({read.job.article, {1}, Language("hy"), revision}),
               .value = translation.SerializeAsString()});
  };
  const auto review = [&](std::int64_t version, std::int64_t revision) {
    v1::ReviewTranslationRequest request;
    request.set_name(NameOf(read.job));
    request.set_version(version);
    request.set_revision(revision);
    request.set_verdict(v1::REVIEW_VERDICT_APPROVED);
    return FaultIn(Ask(&JobService::ReviewTranslation, request));
  };
  EXPECT_EQ(review(1, 3), "JOB_NOT_FOUND") << "nothing was ever translated";
  publish(3, v1::STANDING_MACHINE);
  EXPECT_EQ(review(1, 3), "NOT_CAUGHT_UP") << "it would be appended";
  publish(7, v1::STANDING_PERSON);
  EXPECT_EQ(review(1, 3), "TRANSLATION_OUTDATED") << "of an old tab";
  EXPECT_EQ(review(1, 5), "TRANSLATION_OUTDATED") << "there never was one";
  EXPECT_EQ(review(1, 7), "NOT_CAUGHT_UP");
  publish(9, v1::STANDING_REJECTED);
  EXPECT_EQ(review(1, 9), "TRANSLATION_OUTDATED");
  publish(11, v1::STANDING_PERSON);

  read.ReadArticle(read.Article(2));
  EXPECT_EQ(review(1, 11), "JOB_OUTDATED") << "a rejected one would be offered to nobody";
  EXPECT_EQ(review(2, 11), "TRANSLATION_OUTDATED");
  news::Article killed = read.Article(3);
  killed.status = news::PubStatus::kCanceled;
  read.ReadArticle(killed);
  EXPECT_EQ(review(3, 11), "ARTICLE_WITHDRAWN");
}

TEST_F(JobServiceTest, WhatIsSaidOfAFailureOrAnEngineIsBounded) {
  v1::FailJobRequest failed;
  failed.set_name(NameOf(read.job));
  failed.set_reason(std::string(kFailReasonBytesMax, 'A'));
  EXPECT_EQ(FaultIn(Ask(&JobService::FailJob, failed)), "NOT_CAUGHT_UP");
  failed.set_reason(std::string(kFailReasonBytesMax + 1, 'A'));
  EXPECT_EQ(FaultIn(Ask(&JobService::FailJob, failed)), "reason FIELD_TOO_LONG");
  failed.set_reason("source unclear");
  EXPECT_EQ(FaultIn(Ask(&JobService::FailJob, failed)), "reason FIELD_INVALID");

  v1::CompleteJobRequest completed;
  completed.set_name(NameOf(read.job));
  completed.set_version(1);
  completed.set_engine(std::string(kDoneByBytesMax + 1, 'a'));
  EXPECT_EQ(FaultIn(Ask(&JobService::CompleteJob, completed)), "engine FIELD_TOO_LONG");
}

}  // namespace
}  // namespace telex::translation
