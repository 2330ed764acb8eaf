#include "platform/owner/side_appends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stop_token>
#include <string>
#include <utility>

namespace telex::owner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SideAppendsTest : public ::testing::Test {
 protected:
  static kafka::Record Tombstone(std::int32_t partition, std::string key) {
    return {.topic = "articles", .partition = partition, .key = std::move(key)};
  }
  void Answer(const std::string& key, const absl::StatusOr<kafka::Position>& result) {
    std::exchange(published_.at(key), {})(result);
  }

  std::map<std::string, kafka::Publisher::Callback> published_;
  SideAppends appends_{
      [this](const kafka::Record& record, kafka::Publisher::Callback done, const std::stop_token&) {
        published_[record.key] = std::move(done);
      }};
};

TEST_F(SideAppendsTest, APartitionThatCannotBeWrittenHoldsUpItselfAlone) {
  EXPECT_THAT(appends_.Idle({0, 1, 2}), ElementsAre(0, 1, 2));
  appends_.Append({Tombstone(0, "a"), Tombstone(1, "b"), Tombstone(0, "c")}, {});
  EXPECT_EQ(published_.size(), 3u) << "none waits for another";
  EXPECT_THAT(appends_.Idle({0, 1, 2}), ElementsAre(2));
  Answer("b", kafka::Position{1, 7});
  EXPECT_THAT(appends_.Idle({0, 1, 2}), ElementsAre(1, 2));
  Answer("a", kafka::Position{0, 7});
  EXPECT_THAT(appends_.Idle({0, 1}), ElementsAre(1)) << "one of two";
  appends_.Append({Tombstone(1, "d")}, {});
  EXPECT_THAT(appends_.Idle({0, 1}), IsEmpty());
  Answer("c", kafka::Position{0, 8});
  EXPECT_THAT(appends_.Idle({0, 1}), ElementsAre(0));
}

TEST_F(SideAppendsTest, WhatHasFailedIsUnderWayNoMore) {
  appends_.Append({Tombstone(0, "a")}, {});
  Answer("a", absl::AbortedError("refused"));
  EXPECT_THAT(appends_.Idle({0}), ElementsAre(0));
}

TEST_F(SideAppendsTest, ARefusalMayComeAtOnceAndAnAcknowledgementAfterTheEnd) {
  std::vector<kafka::Publisher::Callback> late;
  {
    SideAppends appends(
        [&](const kafka::Record& record, kafka::Publisher::Callback done, const std::stop_token&) {
          if (record.partition == 0) return done(absl::AbortedError("refused"));
          late.push_back(std::move(done));
        });
    appends.Append({Tombstone(0, "a"), Tombstone(1, "b")}, {});
    EXPECT_THAT(appends.Idle({0, 1}), ElementsAre(0));
  }
  ASSERT_EQ(late.size(), 1u);
  late.front()(kafka::Position{1, 7});
}

TEST_F(SideAppendsTest, WaitsForRoomNoLongerThanItIsAllowed) {
  std::stop_source stopping;
  std::size_t published = 0;
  SideAppends appends([&](const kafka::Record&, const kafka::Publisher::Callback& done,
                          const std::stop_token& stop) {
    if (published++ > 0) stopping.request_stop();  // there is no room, and then it is to end
    if (stop.stop_requested()) done(absl::CancelledError("publishing was stopped"));
  });
  appends.Append({Tombstone(0, "a"), Tombstone(1, "b"), Tombstone(2, "c")}, stopping.get_token());
  EXPECT_THAT(appends.Idle({0, 1, 2}), ElementsAre(1, 2)) << "for the next look to find again";
}

}  // namespace
}  // namespace telex::owner
