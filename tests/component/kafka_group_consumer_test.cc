#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "platform/errors/errors.h"
#include "platform/kafka/group_consumer.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/mock_cluster.h"

namespace telex::kafka {
namespace {

using ::telex::testing::MockCluster;
using testing::Guarded;
using testing::kCallMax;
using testing::MakeRecords;
using testing::Noted;
using testing::NotingHandler;
using Request = MockCluster::Request;

constexpr char kTopic[] = "telex.test.v1";

class GroupConsumerTest : public ::testing::Test {
 protected:
  GroupConsumerTest() {
    cluster_.CreateTopic(kTopic, 2);
    auto publisher = Publisher::Create({.client = Client()});
    EXPECT_TRUE(publisher.ok());
    publisher_ = *std::move(publisher);
  }
  ClientConfig Client() const {
    return {.brokers = cluster_.brokers(), .client_id = "test", .properties = {}};
  }
  void Append(int32_t partition, int count, int first = 0) {
    const auto positions = publisher_->PublishAll(MakeRecords(kTopic, partition, count, first));
    ASSERT_TRUE(positions.ok()) << positions.status();
  }
  GroupConsumerConfig Config() const {
    GroupConsumerConfig config;
    config.client = Client();
    config.group = "test";
    config.topics = {kTopic};
    config.retry_backoff_min = absl::Milliseconds(5);
    return config;
  }
  static std::unique_ptr<GroupConsumer> Make(GroupConsumerConfig config, NotingHandler& handler,
                                             GroupConsumerObserver observer = {}) {
    observer.on_fatal = handler.NoteFatal();
    auto consumer = GroupConsumer::Create(std::move(config), handler, std::move(observer));
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }
  void AwaitCommitted(int32_t partition, int64_t offset) {
    const absl::Time until = absl::Now() + kCallMax;
    while (cluster_.CommittedOffset("test", kTopic, partition) != offset) {
      ASSERT_LT(absl::Now(), until) << "not committed: " << partition << "@" << offset;
      absl::SleepFor(absl::Milliseconds(10));
    }
  }

  MockCluster cluster_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(GroupConsumerTest, PreparesReadsInOrderAndGoesOnWhereItLeft) {
  Append(0, 50);
  Append(1, 50);
  NotingHandler first;
  auto consumer = Make(Config(), first);
  ASSERT_TRUE(first.AwaitRecords(100));
  Noted noted = first.noted.Copy();
  ASSERT_EQ(noted.assigned.size(), 2u);
  EXPECT_EQ(noted.assigned[0].committed, std::nullopt);
  int64_t next[2] = {0, 0};
  for (const Record& record : noted.records) EXPECT_EQ(record.offset, next[record.partition]++);
  EXPECT_EQ(consumer->Lag().size(), 2u);
  const absl::Status closed = consumer->Close(kCallMax);
  ASSERT_TRUE(closed.ok()) << closed;
  EXPECT_EQ(first.noted.Copy().revoked.size(), 2u);

  Append(0, 5, 50);
  NotingHandler second;
  consumer = Make(Config(), second);
  ASSERT_TRUE(second.AwaitRecords(5));
  noted = second.noted.Copy();
  EXPECT_EQ(noted.assigned[0].committed, 50);
  EXPECT_EQ(noted.records.front().offset, 50);
  EXPECT_EQ(noted.records.size(), 5u);
}

TEST_F(GroupConsumerTest, GivesABatchAgainUntilItIsDealtWith) {
  Append(0, 10);
  NotingHandler handler;
  std::atomic<int> left = 4;
  handler.decide = [&](std::span<const Record> records, std::stop_token) {
    EXPECT_EQ(records.front().offset, 0);
    return left-- > 0 ? Outcome::Retry(absl::UnavailableError("not now")) : Outcome::Done();
  };
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.AwaitRecords(10));
  const Noted noted = handler.noted.Copy();
  EXPECT_EQ(noted.records.size(), 10u);
  EXPECT_EQ(noted.retries, 4);
}

TEST_F(GroupConsumerTest, CommitsFromWhereItsHandlerWillReadAgain) {
  Append(0, 10);
  NotingHandler handler;
  std::atomic<int64_t> from = -1;
  Guarded<int> asked;
  handler.resume_from = [&](const TopicPartition&, int64_t next) -> std::optional<int64_t> {
    EXPECT_EQ(next, 10);
    asked.With([](int& times) { ++times; });
    return from < 0 ? std::nullopt : std::optional(from.load());
  };
  GroupConsumerConfig config = Config();
  config.commit_interval = absl::Milliseconds(10);
  auto consumer = Make(config, handler);
  ASSERT_TRUE(asked.Await([](int times) { return times > 3; })) << "without a batch, too";
  EXPECT_EQ(consumer->Lag().front().next_offset, 10) << "all is dealt with";
  EXPECT_EQ(cluster_.CommittedOffset("test", kTopic, 0), std::nullopt) << "not known yet";
  from = 4;
  AwaitCommitted(0, 4);
  from = 7;
  AwaitCommitted(0, 7);
  ASSERT_TRUE(consumer->Close(kCallMax).ok());

  NotingHandler second;
  consumer = Make(Config(), second);
  ASSERT_TRUE(second.AwaitRecords(3));
  EXPECT_EQ(second.noted.Copy().records.front().offset, 7);
}

TEST_F(GroupConsumerTest, APartitionThatStaysInWorkHoldsUpItselfAlone) {
  Append(0, 10);
  NotingHandler handler;
  std::atomic<bool> away = true;
  handler.progress = [&](const PartitionBatch& batch, bool) -> std::optional<Progress> {
    if (batch.partition.partition == 1 || !away) return std::nullopt;
    return Progress{Progress::State::kWorking, 0};
  };
  auto consumer = Make(Config(), handler);
  for (int first = 0; first < 2000; first += 200) Append(1, 200, first);
  ASSERT_TRUE(handler.AwaitRecords(2000));
  for (const Record& record : handler.noted.Copy().records) EXPECT_EQ(record.partition, 1);
  away = false;
  ASSERT_TRUE(handler.AwaitRecords(2010));
}

TEST_F(GroupConsumerTest, APartitionThatIsHeldIsReadNoFurtherAndKeepsItsOffset) {
  Append(0, 10);
  Append(1, 10);
  NotingHandler handler;
  std::atomic<int> asked = 0;
  handler.progress = [&](const PartitionBatch& batch, bool) -> std::optional<Progress> {
    if (batch.partition.partition == 1) return std::nullopt;
    ++asked;
    return Progress{Progress::State::kHeld, 4};
  };
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.AwaitRecords(10));
  while (asked == 0) std::this_thread::yield();
  Append(0, 10, 10);
  Append(1, 10, 10);
  ASSERT_TRUE(handler.AwaitRecords(20));
  EXPECT_EQ(asked, 1);
  ASSERT_TRUE(consumer->Close(kCallMax).ok());
  NotingHandler second;
  consumer = Make(Config(), second);
  ASSERT_TRUE(second.AwaitRecords(16));
  for (const AssignedPartition& one : second.noted.Copy().assigned)
    EXPECT_EQ(one.committed, one.partition.partition == 0 ? 4 : 20);
}

TEST_F(GroupConsumerTest, WhatIsGivenUpInOrderIsFinishedUpToWhereItsHandlerStops) {
  Append(0, 10);
  NotingHandler handler;
  std::atomic<int> finishing_turns = 0;
  handler.progress = [&](const PartitionBatch&, bool finishing) -> std::optional<Progress> {
    if (!finishing) return Progress{Progress::State::kWorking, 2};
    if (++finishing_turns < 3) return Progress{Progress::State::kWorking, 3};
    return Progress{Progress::State::kStopped, 7};
  };
  auto consumer = Make(Config(), handler);
  AwaitCommitted(0, 2);  // what is done of the batch
  ASSERT_TRUE(consumer->Close(kCallMax).ok());
  EXPECT_EQ(finishing_turns, 3);
  NotingHandler second;
  consumer = Make(Config(), second);
  ASSERT_TRUE(second.AwaitRecords(3));
  EXPECT_EQ(second.noted.Copy().records.front().offset, 7);
}

TEST_F(GroupConsumerTest, ServesTheGroupDuringALongRetryAndLosesNothing) {
  Append(0, 10);
  Append(1, 10);
  NotingHandler handler;
  const absl::Time until = absl::Now() + absl::Seconds(8);
  handler.decide = [&](std::span<const Record>, std::stop_token) {
    return absl::Now() < until ? Outcome::Retry(absl::UnavailableError("not now"))
                               : Outcome::Done();
  };
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.noted.Await([](const Noted& n) { return n.retries > 8; }));
  Append(0, 10, 10);  // while it is paused
  ASSERT_TRUE(handler.AwaitRecords(30));
  int64_t next[2] = {0, 0};
  for (const Record& record : handler.noted.Copy().records) {
    EXPECT_EQ(record.offset, next[record.partition]++);
  }
}

TEST_F(GroupConsumerTest, StopsWhereTheHandlerSaysFatalAndReadsAgainAfterwards) {
  Append(0, 10);
  NotingHandler first;
  first.decide = [](std::span<const Record>, std::stop_token) {
    return Outcome::Fatal(absl::DataLossError("no"));
  };
  auto consumer = Make(Config(), first);
  ASSERT_TRUE(first.AwaitFatal());
  EXPECT_TRUE(absl::IsDataLoss(consumer->Close(kCallMax)));
  EXPECT_TRUE(absl::IsDataLoss(consumer->status()));
  NotingHandler second;
  consumer = Make(Config(), second);
  ASSERT_TRUE(second.AwaitRecords(10));
  EXPECT_EQ(second.noted.Copy().records.front().offset, 0);
}

// The broker was killed or stood still: requests to join and to sync are lost, and so is the
// session. (The mock loses requests; a broker that loses answers is tests/chaos' to make.)
TEST_F(GroupConsumerTest, AMemberThatLostItsSessionJoinsAgain) {
  Append(0, 5);
  NotingHandler handler;
  cluster_.FailNext(Request::kJoinGroup, {MockCluster::kTransport, MockCluster::kTransport});
  cluster_.FailNext(Request::kSyncGroup, {MockCluster::kTransport});
  Guarded<int> joined;
  GroupConsumerObserver observer;
  observer.on_rebalance = [&](size_t, bool assigned, bool) {
    if (assigned) joined.With([](int& times) { ++times; });
  };
  auto consumer = Make(Config(), handler, observer);
  ASSERT_TRUE(handler.AwaitRecords(5));
  for (const int told : {MockCluster::kUnknownMemberId, MockCluster::kIllegalGeneration}) {
    const int before = joined.With([](int& times) { return times; });
    cluster_.FailNext(Request::kJoinGroup, {MockCluster::kTransport});
    cluster_.FailNext(Request::kHeartbeat, {told});
    ASSERT_TRUE(joined.Await([&](int times) { return times > before; }));
  }
  Append(0, 1, 5);
  ASSERT_TRUE(handler.noted.Await([](const Noted& n) { return n.records.back().offset == 5; }));
  EXPECT_TRUE(consumer->status().ok()) << consumer->status();
  EXPECT_TRUE(consumer->Close(kCallMax).ok());
}

TEST_F(GroupConsumerTest, ACoordinatorThatDoesNotSayWhereToStartIsAskedAgain) {
  Append(0, 5);
  NotingHandler handler;
  cluster_.FailNext(Request::kOffsetFetch, {MockCluster::kTransport, MockCluster::kRequestTimedOut,
                                            MockCluster::kTransport});
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.AwaitRecords(5));
  EXPECT_TRUE(consumer->status().ok()) << consumer->status();
}

TEST_F(GroupConsumerTest, WithoutTheRightToItsGroupItEnds) {
  NotingHandler handler;
  cluster_.FailNext(Request::kJoinGroup, {MockCluster::kGroupAuthorizationFailed});
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.AwaitFatal());
  EXPECT_TRUE(errors::Is(consumer->status(), errors::kKafkaRefused)) << consumer->status();
}

// The client library has given up for good: the consumer says so once, and does not go on.
TEST_F(GroupConsumerTest, EndsWhenItsClientDies) {
  NotingHandler handler;
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.noted.Await([](const Noted& n) { return n.assigned.size() == 2; }));
  cluster_.FailNext(Request::kHeartbeat, {MockCluster::kFencedInstanceId});
  ASSERT_TRUE(handler.AwaitFatal());
  EXPECT_TRUE(errors::Is(handler.noted.Copy().fatal, errors::kKafkaRefused))
      << handler.noted.Copy().fatal;
  EXPECT_TRUE(errors::Is(consumer->status(), errors::kKafkaRefused)) << consumer->status();
  EXPECT_TRUE(errors::Is(consumer->Close(kCallMax), errors::kKafkaRefused));
  EXPECT_EQ(handler.noted.Copy().revoked.size(), 2u);
}

TEST_F(GroupConsumerTest, EndsWhenItsClientDiesWhileItsHandlerTriesAgain) {
  Append(0, 1);
  NotingHandler handler;
  handler.decide = [](std::span<const Record>, std::stop_token) {
    return Outcome::Retry(absl::UnavailableError("not now"));
  };
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.noted.Await([](const Noted& n) { return n.retries > 0; }));
  cluster_.FailNext(Request::kHeartbeat, {MockCluster::kFencedInstanceId});
  ASSERT_TRUE(handler.AwaitFatal());
  EXPECT_TRUE(errors::Is(handler.noted.Copy().fatal, errors::kKafkaRefused))
      << handler.noted.Copy().fatal;
}

TEST_F(GroupConsumerTest, RefusesALogThatIsShorterThanItsGroupsOffset) {
  Append(0, 10);
  cluster_.CommitOffset("test", kTopic, 0, 11);
  NotingHandler handler;
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.AwaitFatal());
  EXPECT_TRUE(errors::Is(consumer->status(), errors::kLogTruncated)) << consumer->status();
}

TEST_F(GroupConsumerTest, BoundsBatches) {
  Append(0, 100);
  NotingHandler handler;
  std::atomic<size_t> most = 0;
  handler.decide = [&](std::span<const Record> records, std::stop_token) {
    most = std::max(most.load(), records.size());
    return Outcome::Done();
  };
  GroupConsumerConfig config = Config();
  config.batch_records_max = 7;
  auto consumer = Make(config, handler);
  ASSERT_TRUE(handler.AwaitRecords(100));
  EXPECT_LE(most, 7u);
}

TEST_F(GroupConsumerTest, TellsThatABatchTakesLong) {
  Append(0, 1);
  NotingHandler handler;
  handler.decide = [](std::span<const Record>, std::stop_token) {
    return Outcome::Retry(absl::UnavailableError("not now"));
  };
  Guarded<int> stuck;
  GroupConsumerObserver observer;
  observer.on_batch_stuck = [&](const TopicPartition&, absl::Duration in_work) {
    EXPECT_GE(in_work, absl::Milliseconds(50));
    stuck.With([](int& s) { ++s; });
  };
  GroupConsumerConfig config = Config();
  config.batch_limit = absl::Milliseconds(50);
  auto consumer = Make(config, handler, observer);
  ASSERT_TRUE(stuck.Await([](int s) { return s > 1; }));
}

TEST_F(GroupConsumerTest, GivesUpClosingWhenAHandlerDoesNotComeBack) {
  Append(0, 1);
  NotingHandler handler;
  Guarded<bool> entered;
  Guarded<bool> release;
  handler.decide = [&](std::span<const Record>, std::stop_token) {
    entered.With([](bool& now) { now = true; });
    release.Await([](bool now) { return now; });
    return Outcome::Done();
  };
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(entered.Await([](bool now) { return now; }));
  EXPECT_TRUE(absl::IsDeadlineExceeded(consumer->Close(absl::Milliseconds(50))));
  release.With([](bool& now) { now = true; });
  EXPECT_TRUE(consumer->Close(kCallMax).ok());
}

// A coordinator that is away while a member stops: nothing is undone, and the member says so.
TEST_F(GroupConsumerTest, AGroupThatCannotBeLeftInTimeIsNoFault) {
  Append(0, 1);
  NotingHandler handler;
  auto consumer = Make(Config(), handler);
  ASSERT_TRUE(handler.AwaitRecords(1));
  cluster_.SetRoundTripMs(1, 60'000);
  const absl::Status closed = consumer->Close(absl::Seconds(2));
  EXPECT_TRUE(absl::IsUnavailable(closed)) << closed;
  cluster_.SetRoundTripMs(1, 0);
}

TEST_F(GroupConsumerTest, SharesPartitionsAndTakesThemOver) {
  Append(0, 10);
  Append(1, 10);
  NotingHandler first;
  NotingHandler second;
  auto one = Make(Config(), first);
  ASSERT_TRUE(first.AwaitRecords(20));
  // The mock refuses commits while it rebalances, where a real broker takes them.
  AwaitCommitted(0, 10);
  AwaitCommitted(1, 10);
  auto two = Make(Config(), second);
  ASSERT_TRUE(second.noted.Await([](const Noted& n) { return n.assigned.size() == 1; }));
  ASSERT_TRUE(one->Close(kCallMax).ok());
  ASSERT_TRUE(second.noted.Await([](const Noted& n) { return n.assigned.size() == 2; }));
  Append(0, 1, 10);
  Append(1, 1, 10);
  ASSERT_TRUE(second.AwaitRecords(2));
  EXPECT_EQ(second.noted.Copy().records.size(), 2u);  // what the first had done is committed
}

TEST_F(GroupConsumerTest, RefusesNonsense) {
  NotingHandler handler;
  GroupConsumerConfig config = Config();
  config.group.clear();
  EXPECT_FALSE(GroupConsumer::Create(config, handler).ok());
  config = Config();
  config.topics.clear();
  EXPECT_FALSE(GroupConsumer::Create(config, handler).ok());
  config = Config();
  config.batch_records_max = 0;
  EXPECT_FALSE(GroupConsumer::Create(config, handler).ok());
}

}  // namespace
}  // namespace telex::kafka
