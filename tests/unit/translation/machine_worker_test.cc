#include "translation/adapters/machine/machine_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "platform/errors/errors.h"
#include "tests/unit/translation/fake_desk.h"
#include "tests/unit/translation/fake_engine.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class MachineWorkerTest : public ::testing::Test {
 protected:
  MachineWorkerTest() { Make(); }

  void Make(int threads = 0) {
    worker_.reset();
    worker_ = std::make_unique<MachineWorker>(
        MachineWorkerOptions{.actor = "engines/a1", .threads = threads, .jobs_per_claim = 4},
        MachineWorkerPorts{.desk = desk_,
                           .engines = {&engine_},
                           .metrics = machine_metrics_,
                           .plan = [this](const JobRow&, const JobText&) { return plan_; },
                           .glossary = [](const Pair&) { return nullptr; },
                           .now = [this] { return now_; }});
  }
  JobRow Add(int story, std::string body = "<p>Boats leave harbour 11.</p>",
             const v1::Translation* before = nullptr) {
    JobRow row{.id = JobOf(story, "es"), .from = Language("en"), .version = {1}};
    row.since = 100 + story;
    row.attempts = 1;
    desk_.jobs.push_back(row);
    news::Article article = StoryOf("Prices rise", std::move(body));
    article.id = row.id.article;
    desk_.texts.insert_or_assign({row.id, row.version},
                                 Opened({.article = article, .to = kEs, .before = before}));
    return row;
  }
  bool Work() { return worker_->WorkOnce(stop_.get_token()); }
  std::uint64_t Count(const std::string& outcome) {
    return metrics_.Counter("telex_translation_machine_jobs_total", "", {{"outcome", outcome}})
        .Value();
  }

  absl::Time now_ = absl::FromUnixSeconds(1'767'225'600);
  FakeEngine engine_{"fake"};
  FakeDesk desk_;
  EnginePlan plan_;
  observe::Metrics metrics_;
  MachineMetrics machine_metrics_{metrics_};
  std::stop_source stop_;
  std::unique_ptr<MachineWorker> worker_;
};

TEST_F(MachineWorkerTest, ClaimsAndCompletes) {
  const JobRow row = Add(1);
  EXPECT_TRUE(Work());
  EXPECT_EQ(desk_.wishes[0].worker, Worker::kMachine);
  EXPECT_EQ(desk_.wishes[0].count, 4U);
  EXPECT_EQ(desk_.askers[0], "engines/a1");
  EXPECT_EQ(desk_.leases[0], absl::Minutes(5));
  ASSERT_THAT(desk_.appended, SizeIs(1));
  const JobFact& fact = desk_.appended[0].fact;
  EXPECT_EQ(fact.job, row.id);
  EXPECT_EQ(fact.actor, "engines/a1");
  EXPECT_EQ(fact.request_id.size(), 36U);
  EXPECT_EQ(std::get<Completed>(fact.what), (Completed{.token = 101, .version = {1}}));
  EXPECT_EQ(desk_.appended[0].text.headline(), "Suben los precios");
  EXPECT_EQ(desk_.appended[0].text.costs(0).engine(), "fake");
  EXPECT_EQ(Count("completed"), 1U);
  EXPECT_FALSE(Work());
}

TEST_F(MachineWorkerTest, ACorrectionThatChangesNothingNeedsNoEngine) {
  const JobText first =
      Opened({.article = StoryOf("Prices rise", "<p>Boats leave harbour 11.</p>"), .to = kEs});
  const v1::Translation before = TranslationOf(first, Finished(first, Done(first)));
  Add(1, "<p>Boats leave harbour 11.</p>", &before);
  engine_.closed = {.fault = EngineFault::kUnavailable, .retry_after = absl::Hours(1)};
  EXPECT_TRUE(Work());
  EXPECT_THAT(desk_.All<Completed>(), SizeIs(1));
  EXPECT_THAT(engine_.requests, IsEmpty());
  EXPECT_EQ(Count("unchanged"), 1U);
}

TEST_F(MachineWorkerTest, WhatEnginesCannotDoGoesToAPersonWithItsCosts) {
  Add(1);
  engine_.answers["Boats leave harbour 11."] = "Los barcos salen del puerto 99.";
  Work();
  ASSERT_THAT(desk_.All<Failed>(), SizeIs(1));
  const Failed failed = desk_.All<Failed>()[0];
  EXPECT_EQ(failed.token, 101);
  EXPECT_TRUE(failed.escalate);
  EXPECT_EQ(failed.reason, "CHECKS_FAILED");
  EXPECT_THAT(failed.note, HasSubstr("body.p1.s1: fake: NUMBERS_DIFFER"));
  const v1::Text& told = desk_.appended[0].text;
  EXPECT_EQ(told.costs(0).segments(), 2);
  ASSERT_EQ(told.segments_size(), 2);
  EXPECT_EQ(told.segments(0).target(), "Suben los precios");
  EXPECT_EQ(told.segments(1).place(), "body.p1.s1");
  EXPECT_EQ(told.segments(1).source(), "Boats leave harbour 11.");
  EXPECT_EQ(told.segments(1).target(), "Los barcos salen del puerto 99.");
  EXPECT_EQ(told.segments(1).engine(), "fake");
  EXPECT_EQ(told.segments(1).origin(), v1::ORIGIN_ENGINE);
  EXPECT_EQ(Count("CHECKS_FAILED"), 1U);
}

TEST_F(MachineWorkerTest, AJobThatNobodyCouldTryWaitsAndIsNoAttempt) {
  Add(1);
  engine_.closed = {.fault = EngineFault::kBusy, .retry_after = absl::Seconds(30)};
  Work();
  ASSERT_THAT(desk_.All<Failed>(), SizeIs(1));
  EXPECT_EQ(desk_.All<Failed>()[0], (Failed{.token = 101,
                                            .retry_after_ms = 30'000,
                                            .reason = "ENGINE_CLOSED",
                                            .note = "headline: fake: busy; body.p1.s1: fake: busy",
                                            .untried = true}));
}

TEST_F(MachineWorkerTest, WhoseQuestionClosedTheEngineComesBackLaterEachTimeAndThenGoesToAPerson) {
  engine_.fails_with = EngineFault::kUnavailable;
  engine_.on_request = [this] {
    engine_.closed = {.fault = EngineFault::kUnavailable, .retry_after = absl::Seconds(1)};
  };
  const auto failed_at = [&](int attempts) {
    engine_.closed.reset();
    Add(1);
    desk_.jobs.back().attempts = attempts;
    Work();
    return desk_.All<Failed>().back();
  };
  EXPECT_EQ(failed_at(1).retry_after_ms, 1'000);
  EXPECT_FALSE(failed_at(1).untried);
  EXPECT_EQ(failed_at(kAttemptsMax - 3).retry_after_ms, 5 * kMinuteMs);
  EXPECT_EQ(failed_at(kAttemptsMax - 1).retry_after_ms, kHourMs);
  EXPECT_FALSE(failed_at(kAttemptsMax - 1).escalate);
  EXPECT_TRUE(failed_at(kAttemptsMax).escalate);
}

TEST_F(MachineWorkerTest, WhatWasMadeBeforeAnEngineClosedIsNotMadeAgain) {
  Add(1);
  engine_.answers["Prices rise"] = std::nullopt;
  engine_.on_request = [this] {
    engine_.closed = {.fault = EngineFault::kBusy, .retry_after = absl::Seconds(1)};
  };
  Work();
  engine_ = FakeEngine("fake");
  Add(1);
  Work();
  EXPECT_THAT(engine_.Asked(), ElementsAre("Prices rise"));
  EXPECT_THAT(desk_.All<Completed>(), SizeIs(1));
}

TEST_F(MachineWorkerTest, NothingIsKeptOfAStoryThatIsPurged) {
  for (const bool while_it_is_asked : {false, true}) {
    const news::ArticleId article = Add(1).id.article;
    engine_ = FakeEngine("fake");
    engine_.answers["Prices rise"] = std::nullopt;
    engine_.on_request = [&] {
      engine_.closed = {.fault = EngineFault::kBusy, .retry_after = absl::Seconds(1)};
      if (while_it_is_asked) desk_.purge(article);
    };
    Work();
    if (!while_it_is_asked) desk_.purge(article);
    engine_ = FakeEngine("fake");
    Add(1);
    Work();
    EXPECT_THAT(engine_.Asked(), ElementsAre("Prices rise Boats leave harbour 11."));
    Make();
  }
}

TEST_F(MachineWorkerTest, AJobWhoseStoryHasGoneOnWaitsForIt) {
  Add(1);
  desk_.texts.clear();
  Work();
  ASSERT_THAT(desk_.All<Failed>(), SizeIs(1));
  EXPECT_EQ(desk_.All<Failed>()[0].reason, "JOB_OUTDATED");
  EXPECT_TRUE(desk_.All<Failed>()[0].untried);
  EXPECT_FALSE(desk_.All<Failed>()[0].escalate);
  EXPECT_THAT(engine_.requests, IsEmpty());
}

TEST_F(MachineWorkerTest, AnAppendWhoseEndIsUnknownIsRepeatedAsTheSameRequest) {
  Add(1);
  desk_.answers.emplace_back(
      errors::Error(absl::StatusCode::kUnavailable, errors::kDecisionPending, "late"));
  Work();
  ASSERT_THAT(desk_.appended, SizeIs(2));
  EXPECT_EQ(desk_.appended[0].fact, desk_.appended[1].fact);
  EXPECT_EQ(Count("completed"), 1U);
}

TEST_F(MachineWorkerTest, ACompletionThatIsRefusedIsLost) {
  Add(1);
  desk_.answers.emplace_back(Outcome{.refusal = Refusal::kLeaseLost});
  Work();
  EXPECT_THAT(desk_.appended, SizeIs(1));
  EXPECT_EQ(Count("lost"), 1U);
}

TEST_F(MachineWorkerTest, LeasesOfAllThatItHoldsAreExtended) {
  std::string body;
  for (int i = 10; i < 140; ++i) body += "<p>" + SentenceOf(i) + "</p>";
  Add(1, body);
  Add(2);
  engine_.on_request = [this] { now_ += absl::Seconds(101); };
  Work();
  std::vector<std::pair<std::int64_t, int>> extended;
  for (const Extended& one : desk_.All<Extended>()) {
    EXPECT_EQ(one.lease_ms, 300'000);
    extended.emplace_back(one.token, one.segments_done);
  }
  EXPECT_THAT(extended, ElementsAre(std::pair(101, 50), std::pair(102, 0), std::pair(101, 100),
                                    std::pair(102, 0), std::pair(102, 0)));
  EXPECT_THAT(desk_.All<Completed>(), SizeIs(2));
}

TEST_F(MachineWorkerTest, AJobThatIsSomebodyElsesByNowIsLeft) {
  std::string body;
  for (int i = 10; i < 140; ++i) body += "<p>" + SentenceOf(i) + "</p>";
  Add(1, body);
  engine_.on_request = [this] { now_ += absl::Seconds(101); };
  desk_.answers.emplace_back(Outcome{.refusal = Refusal::kLeaseLost});
  Work();
  EXPECT_EQ(engine_.requests.size(), 1U);
  EXPECT_THAT(desk_.All<Completed>(), IsEmpty());
  EXPECT_THAT(desk_.All<Released>(), IsEmpty());
  EXPECT_EQ(Count("lost"), 1U);
}

TEST_F(MachineWorkerTest, AskedToStopItGivesBackWhatItHolds) {
  Add(1);
  Add(2);
  engine_.on_request = [this] { stop_.request_stop(); };
  Work();
  std::vector<std::int64_t> released;
  for (const Released& one : desk_.All<Released>()) released.push_back(one.token);
  EXPECT_THAT(released, ElementsAre(101, 102));
  EXPECT_THAT(desk_.appended, SizeIs(2));
}

TEST_F(MachineWorkerTest, WhatAnEarlierProcessHeldIsGivenBackAtOnceAndCountsAsAnAttempt) {
  Add(1);
  desk_.leftovers = {desk_.jobs.begin(), desk_.jobs.end()};
  desk_.jobs.clear();
  desk_.leftovers_of = "engines/a1";
  Make(0);
  worker_->Start();
  const std::vector<Failed> failed = desk_.All<Failed>();
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_EQ(failed[0].token, 101);
  EXPECT_EQ(failed[0].reason, "WORKER_RESTARTED");
  EXPECT_FALSE(failed[0].untried);
  EXPECT_FALSE(failed[0].permanent || failed[0].escalate);
}

TEST_F(MachineWorkerTest, AClaimThatFailsIsNoWork) {
  Add(1);
  desk_.claim_status = errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp, "soon");
  EXPECT_FALSE(Work());
  EXPECT_THAT(desk_.appended, IsEmpty());
}

TEST_F(MachineWorkerTest, EachThreadCarriesAHeartbeat) {
  const auto clock = [] { return std::chrono::steady_clock::now(); };
  std::vector<std::shared_ptr<observe::Heartbeat>> carried;
  std::promise<void> asked;
  std::promise<void> go_on;
  engine_.on_request = [&] {
    asked.set_value();
    go_on.get_future().wait();
  };
  Add(1);
  Make(1);
  worker_->Start([&](int thread) {
    return carried.emplace_back(
        std::make_shared<observe::Heartbeat>("engines " + std::to_string(thread), clock));
  });
  asked.get_future().wait();
  ASSERT_THAT(carried, SizeIs(1));
  EXPECT_EQ(carried[0]->name(), "engines 1");
  EXPECT_TRUE(carried[0]->Read().running);
  go_on.set_value();
  worker_->Stop();
  EXPECT_FALSE(carried[0]->Read().running);
}

TEST_F(MachineWorkerTest, ThreadsAreWokenByJobsAndJoined) {
  std::promise<void> completed;
  engine_.on_request = [&] { completed.set_value(); };
  Make(2);
  worker_->Start();
  {
    const std::lock_guard lock(desk_.mutex);
    Add(1);
  }
  desk_.listener();
  completed.get_future().wait();
  worker_->Stop();
  worker_->Stop();
  EXPECT_THAT(desk_.appended, SizeIs(1));
  worker_.reset();
  desk_.listener();  // the desk is there longer
}

}  // namespace
}  // namespace telex::translation
