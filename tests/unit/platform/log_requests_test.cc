#include "platform/requests/log_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace telex::requests {
namespace {

using kafka::Position;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LogRequestsTest : public ::testing::Test {
 protected:
  static constexpr absl::Duration kLong = absl::Hours(1);

  runtime::Deadline In(absl::Duration within) const {
    return runtime::Deadline::After(within, Now());
  }
  runtime::Deadline::Clock::time_point Now() const {
    return runtime::Deadline::Clock::time_point(std::chrono::seconds(seconds_));
  }
  void Ask(absl::Duration within = kLong) {
    requests_.Request(
        {.topic = "t"}, In(within), [this](const absl::StatusOr<std::string>& answer) {
          told_.push_back(answer.ok() ? *answer : std::string(errors::ReasonOf(answer.status())));
          ++told_count_;
        });
  }
  void Appended(std::size_t request, absl::StatusOr<Position> where) {
    appends_.at(request)(std::move(where));
  }
  void Read(const Position& place, const std::string& answer) {
    const std::pair<Position, std::string> read{place, answer};
    requests_.AnswersRead({&read, 1});
  }

  std::vector<kafka::Publisher::Callback> appends_;
  std::map<Position, std::string> known_;
  std::atomic<bool> readable_ = true;
  std::atomic<std::int64_t> seconds_ = 1'700'000'000;
  std::vector<std::string> told_;
  std::atomic<int> told_count_ = 0;
  LogRequests<std::string> requests_{
      {.append = [this](const kafka::Record&,
                        kafka::Publisher::Callback done) { appends_.push_back(std::move(done)); },
       .find = [this](const Position& place) -> std::optional<std::string> {
         const auto found = known_.find(place);
         return found == known_.end() ? std::nullopt : std::optional(found->second);
       },
       .is_readable = [this](const std::string&) { return readable_.load(); },
       .now = [this] { return Now(); }}};
};

TEST_F(LogRequestsTest, EachIsToldTheAnswerToItsOwnPlace) {
  Ask();
  Ask();
  Appended(1, Position{0, 8});
  Appended(0, Position{0, 7});
  Read({0, 8}, "eight");
  Read({1, 7}, "of another partition");
  EXPECT_THAT(told_, ElementsAre("eight"));
  Read({0, 7}, "seven");
  Read({0, 7}, "again");
  EXPECT_THAT(told_, ElementsAre("eight", "seven"));
  EXPECT_EQ(requests_.waiting(), 0u);
}

TEST_F(LogRequestsTest, AnAnswerThatWasReadBeforeTheAppendIsAcknowledgedCounts) {
  Ask();
  known_[{2, 5}] = "early";
  Appended(0, Position{2, 5});
  EXPECT_THAT(told_, ElementsAre("early"));
}

TEST_F(LogRequestsTest, AnAnswerWaitsForWhatItNames) {
  Ask();
  Appended(0, Position{0, 1});
  readable_ = false;
  Read({0, 1}, "answer");
  EXPECT_THAT(told_, IsEmpty());
  readable_ = true;
  Read({0, 9}, "another's");
  EXPECT_THAT(told_, ElementsAre("answer"));
}

TEST_F(LogRequestsTest, WhatCannotBeAppendedIsToldAndIsSafeToRepeat) {
  Ask();
  Ask();
  Appended(0, absl::DeadlineExceededError("no broker"));
  Appended(1, errors::Error(absl::StatusCode::kInvalidArgument, errors::kRecordTooLarge, "large"));
  EXPECT_THAT(told_, ElementsAre(errors::kBrokerUnavailable, errors::kRecordTooLarge));
}

TEST_F(LogRequestsTest, WhenItsDeadlineComesItIsPendingAndIsToldNothingMore) {
  Ask(absl::Seconds(5));
  Appended(0, Position{0, 1});
  seconds_ = seconds_ + 5;
  while (told_count_ == 0) std::this_thread::yield();
  EXPECT_THAT(told_, ElementsAre(errors::kDecisionPending));
  Read({0, 1}, "late");
  EXPECT_THAT(told_, ElementsAre(errors::kDecisionPending));
}

TEST_F(LogRequestsTest, NoMoreWaitThanMay) {
  for (std::size_t i = 0; i <= LogRequests<std::string>::kWaitersMax; ++i) Ask();
  EXPECT_THAT(told_, ElementsAre(errors::kOverloaded));
  EXPECT_EQ(appends_.size(), LogRequests<std::string>::kWaitersMax);
}

TEST_F(LogRequestsTest, AStopTellsAllWhoWaitAndAllWhoComeLater) {
  Ask();
  requests_.Stop();
  Ask();
  EXPECT_THAT(told_, ElementsAre(errors::kStopping, errors::kStopping));
  Appended(0, Position{0, 1});
  EXPECT_EQ(told_.size(), 2u);
}

TEST_F(LogRequestsTest, AnAppendIsToldWhenItIsAcknowledged) {
  std::vector<absl::Status> recorded;
  requests_.Append({.topic = "t"}, In(kLong),
                   [&](const absl::Status& status) { recorded.push_back(status); });
  EXPECT_THAT(recorded, IsEmpty());
  Appended(0, Position{0, 1});
  EXPECT_THAT(recorded, ElementsAre(absl::OkStatus()));
}

}  // namespace
}  // namespace telex::requests
