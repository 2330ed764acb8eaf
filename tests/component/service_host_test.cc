// The host's Kafka side, on the client library's own broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "platform/errors/errors.h"
#include "platform/service/host.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/failing_sync.h"
#include "tests/support/mock_cluster.h"
#include "tests/support/temp_dir.h"

namespace telex::service {
namespace {

using telex::testing::MockCluster;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr HostTexts kTexts = {
    .not_ready_impact = "x", .broker_away_impact = "x", .not_ready_runbook = "x"};

class HostTest : public ::testing::Test {
 protected:
  std::unique_ptr<Host> MakeHost(std::string topics_file = "") {
    ServiceSettings settings;
    settings.instance = "test-0";
    settings.kafka_brokers = cluster_.brokers();
    settings.topics_file = std::move(topics_file);
    return std::make_unique<Host>(settings, kTexts, lifecycle_, health_, metrics_,
                                  [this] { return now_.load(); });
  }
  std::string WhyNotReady() { return ::testing::PrintToString(health_.Ready().why_not); }

  MockCluster cluster_;
  std::atomic<std::chrono::steady_clock::time_point> now_{std::chrono::steady_clock::time_point()};
  runtime::HealthChecks health_;
  runtime::Lifecycle lifecycle_{health_, {.drain_delay = absl::ZeroDuration()}};
  observe::Metrics metrics_;
  const std::array<std::string, 2> topics_ = {"one", "two"};
};

TEST_F(HostTest, WaitsForATopicThatIsMissingAndSaysSo) {
  cluster_.CreateTopic("one", 3);
  const auto host = MakeHost();
  int attempts = 0;
  const auto found = host->AwaitCluster(topics_, {}, [&] {
    EXPECT_THAT(WhyNotReady(), HasSubstr("topic two is missing"));
    EXPECT_FALSE(host->connected());
    if (++attempts == 1) cluster_.CreateTopic("two", 3);
  });
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->partitions, 3);
  EXPECT_EQ(found->partitions_of.at("two"), 3);
  EXPECT_FALSE(found->id.empty());
  EXPECT_TRUE(host->connected());
}

TEST_F(HostTest, WaitsForABrokerUntilItIsToldToStop) {
  const auto host = MakeHost();
  cluster_.SetDown(1);
  std::stop_source stop;
  const auto found = host->AwaitCluster(topics_, stop.get_token(), [&] { stop.request_stop(); });
  EXPECT_TRUE(absl::IsCancelled(found.status())) << found.status();
  EXPECT_THAT(WhyNotReady(), AllOf(HasSubstr("waiting for the Kafka cluster: UNAVAILABLE: "),
                                   Not(HasSubstr("telex/error"))));
}

TEST_F(HostTest, RefusesTopicsWithDifferentNumbersOfPartitions) {
  cluster_.CreateTopic("one", 3);
  cluster_.CreateTopic("two", 4);
  const auto found = MakeHost()->AwaitCluster(topics_, {});
  EXPECT_TRUE(errors::Is(found.status(), errors::kWrongPartitionCount)) << found.status();
}

TEST_F(HostTest, RefusesTopicsThatAreNotAsDeclared) {
  cluster_.CreateTopic("one", 3);
  cluster_.CreateTopic("two", 3);
  tests::TempDir folder;
  const std::string file = folder.path() + "/topics.yaml";
  const auto declare = [&](int partitions) {
    std::ofstream(file) << "partitions: " << partitions << "\nreplication_factor: 1\ntopics:\n"
                        << "  - {name: one, about: articles}\n  - {name: two, about: articles}\n";
  };
  declare(12);
  const auto found = MakeHost(file)->AwaitCluster(topics_, {});
  EXPECT_TRUE(errors::Is(found.status(), errors::kWrongPartitionCount)) << found.status();
  EXPECT_THAT(found.status().message(), HasSubstr("12"));
  declare(3);
  EXPECT_TRUE(MakeHost(file)->AwaitCluster(topics_, {}).ok());
  EXPECT_FALSE(MakeHost(folder.path() + "/none.yaml")->AwaitCluster(topics_, {}).ok());
}

// A full disk, say: the reader tries for ever, and says so; its replica serves what gets ever
// older.
TEST_F(HostTest, AReplicaThatCannotTakeInWhatItReadsGoesUnreadyUntilItCan) {
  cluster_.CreateTopic("one", 1);
  const auto host = MakeHost();
  host->SetReady();
  std::atomic<bool> full = true;
  kafka::testing::NotingHandler handler;
  handler.decide = [&](std::span<const kafka::Record>, std::stop_token) {
    return full ? kafka::Outcome::Retry(absl::ResourceExhaustedError("the disk is full"))
                : kafka::Outcome::Done();
  };
  auto publisher = host->MakePublisher("edge", {}, nullptr);
  ASSERT_TRUE(publisher.ok()) << publisher.status();
  ASSERT_TRUE(
      (*publisher)->PublishAll({{.topic = "one", .partition = 0, .key = "k", .value = "v"}}).ok());
  const auto reader =
      host->MakeReader("reader", {.from = {{.partition = {"one", 0}}}}, handler, nullptr);
  ASSERT_TRUE(reader.ok()) << reader.status();
  // The second attempt: the host knows of the first.
  ASSERT_TRUE(handler.noted.Await([](const auto& noted) { return noted.retries > 1; }));
  EXPECT_TRUE(health_.Ready().ok) << "a moment is no reason";
  now_ = now_.load() + absl::ToChronoSeconds(Host::kFailingMax + absl::Seconds(1));
  while (health_.Ready().ok) std::this_thread::yield();
  EXPECT_THAT(WhyNotReady(),
              HasSubstr("cannot be applied, for 31 s: RESOURCE_EXHAUSTED: the disk"));
  full = false;
  while (!health_.Ready().ok) std::this_thread::yield();
  ASSERT_TRUE((*reader)->Stop(absl::Seconds(5)).ok());
}

// What the disk has refused may be gone from memory as well: no reader is to be shown what is left.
TEST_F(HostTest, AReplicaWhoseDiskHasRefusedAWriteIsUnreadyUntilItIsStartedAgain) {
  tests::TempDir folder;
  auto replica = replica::LogReplica::Open({.store = {.path = folder / "store",
                                                      .databases = {"rows"},
                                                      .map_bytes_max = 16 << 20,
                                                      .sync_interval = absl::Milliseconds(1)},
                                            .topics = {{"one"}}},
                                           absl::UnixEpoch());
  ASSERT_TRUE(replica.ok()) << replica.status();
  const auto host = MakeHost();
  host->AddStore(**replica);
  host->SetReady();
  EXPECT_TRUE(health_.Ready().ok) << WhyNotReady();
  {
    const tests::FailingSync failing;
    ASSERT_TRUE((*replica)->Bind("c1", 1, absl::UnixEpoch()).ok());
    while (health_.Ready().ok) std::this_thread::yield();
  }
  EXPECT_THAT(WhyNotReady(), HasSubstr("writes to the disk failed"));
  host->Abandon();
}

// Keeps each record as a row; "bad" cannot be understood.
struct Rows final : replica::Fold {
  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override {
    if (*record.value == "bad") return absl::InvalidArgumentError("bad");
    return txn.Put(rows, record.key, *record.value);
  }
  store::Database rows;
};

TEST_F(HostTest, WhatAServiceFollowsIsKeptWhereItsSettingsSayAndWhatItCannotReadIsSetAside) {
  cluster_.CreateTopic("one", 1);
  cluster_.CreateTopic("one.test.dlq", 1);
  tests::TempDir folder;
  ServiceSettings settings;
  settings.data_dir = folder / "data";
  settings.store_bytes_max = 16 << 20;
  settings.kafka_brokers = cluster_.brokers();
  Host host(settings, kTexts, lifecycle_, health_, metrics_);
  const auto replica = host.OpenReplica({.store = {.databases = {"rows"}}, .topics = {{"one"}}});
  ASSERT_TRUE(replica.ok()) << replica.status();
  EXPECT_TRUE(std::filesystem::is_directory(settings.data_dir));
  EXPECT_EQ((*replica)->store().Stats().map_bytes_max, settings.store_bytes_max);
  const auto cluster = host.AwaitCluster(std::vector<std::string>{"one"}, {});
  ASSERT_TRUE(cluster.ok()) << cluster.status();
  ASSERT_TRUE((*replica)->Bind(cluster->id, cluster->partitions, absl::UnixEpoch()).ok());
  const auto publisher = host.MakePublisher("dead-letters", {}, nullptr);
  ASSERT_TRUE(publisher.ok()) << publisher.status();
  ASSERT_TRUE((*publisher)
                  ->PublishAll({{.topic = "one", .partition = 0, .key = "a", .value = "bad"},
                                {.topic = "one", .partition = 0, .key = "b", .value = "good"}})
                  .ok());
  Rows fold;
  fold.rows = (*replica)->store().database("rows");
  (*replica)->Follow(fold, host.MakeSetAside(*cluster, {"one"}, "test", **publisher));
  {
    const auto reader = host.FollowLog("follower", **replica, nullptr);
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_THAT(WhyNotReady(), HasSubstr("reading the log up to the end seen at start"));
    ASSERT_TRUE(AwaitCaughtUp(**reader, {}).ok());
    host.Abandon();
  }
  const auto txn = (*replica)->store().Read();
  ASSERT_TRUE(txn.ok()) << txn.status();
  EXPECT_EQ(txn->Count(fold.rows), 1u);
  EXPECT_EQ(txn->Get(fold.rows, "b"), "good");
  EXPECT_THAT(metrics_.Render(), HasSubstr("telex_kafka_dead_letters_total{"
                                           "reason=\"RECORD_UNREADABLE\",topic=\"one\"} 1\n"));
}

TEST_F(HostTest, ABrokerThatIsAwayAtTheStartIsNoBatchThatFails) {
  cluster_.CreateTopic("one", 1);
  cluster_.SetDown(1);
  const auto host = MakeHost();
  kafka::testing::NotingHandler handler;
  auto reader = host->MakeReader("log", {.from = {{.partition = {"one", 0}}}}, handler, nullptr);
  ASSERT_TRUE(reader.ok()) << reader.status();
  const std::string errors = "telex_kafka_errors_total{client=\"log\"} ";
  while (metrics_.Render().find(errors + "0") != std::string::npos) std::this_thread::yield();
  now_ = now_.load() + absl::ToChronoSeconds(2 * Host::kFailingMax);
  cluster_.SetUp(1);
  ASSERT_TRUE((*reader)->AwaitCaughtUp(kafka::testing::kCallMax).ok());
  host->SetReady();  // of a log without a record, whose batches would say that all is well
  EXPECT_TRUE(health_.Ready().ok) << WhyNotReady();
  ASSERT_TRUE((*reader)->Stop(absl::Seconds(5)).ok());
}

TEST_F(HostTest, AConsumerThatFailsForGoodEndsTheProcessWithItsReason) {
  cluster_.CreateTopic("one", 1);
  const auto host = MakeHost();
  kafka::testing::NotingHandler handler;
  handler.decide = [](std::span<const kafka::Record>, std::stop_token) {
    return kafka::Outcome::Fatal(absl::DataLossError("a bad record"));
  };
  auto publisher = host->MakePublisher("edge", {}, nullptr);
  ASSERT_TRUE(publisher.ok()) << publisher.status();
  ASSERT_TRUE(
      (*publisher)->PublishAll({{.topic = "one", .partition = 0, .key = "k", .value = "v"}}).ok());
  const auto consumer =
      host->MakeConsumer("decider", {.group = "g", .topics = {"one"}}, handler, nullptr);
  ASSERT_TRUE(consumer.ok()) << consumer.status();
  while (!lifecycle_.stopping()) std::this_thread::yield();
  EXPECT_THAT(WhyNotReady(), HasSubstr("decider has stopped: DATA_LOSS: a bad record"));
}

}  // namespace
}  // namespace telex::service
