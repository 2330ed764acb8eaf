#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <thread>

#include "platform/errors/errors.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/publisher.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/mock_cluster.h"

namespace telex::kafka {
namespace {

using ::telex::testing::MockCluster;
using testing::Guarded;
using testing::kCallMax;
using testing::MakeRecord;
using testing::MakeRecords;
using testing::NotingHandler;
using Request = MockCluster::Request;

constexpr char kTopic[] = "telex.test.v1";

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() { cluster_.CreateTopic(kTopic, 4); }

  PublisherConfig Config() const {
    PublisherConfig config;
    config.client = {.brokers = cluster_.brokers(), .client_id = "test", .properties = {}};
    return config;
  }
  static std::unique_ptr<Publisher> Make(PublisherConfig config, PublisherObserver observer = {}) {
    auto publisher = Publisher::Create(std::move(config), std::move(observer));
    EXPECT_TRUE(publisher.ok()) << publisher.status();
    return *std::move(publisher);
  }
  // Everything in the partition, as a reader of the whole log gets it.
  std::vector<Record> ReadAll(int32_t partition) {
    NotingHandler handler;
    LogReaderConfig config;
    config.client = Config().client;
    config.from = {{.partition = {kTopic, partition}, .offset = {}, .skip_expired = false}};
    auto reader = LogReader::Create(config, handler);
    EXPECT_TRUE(reader.ok()) << reader.status();
    EXPECT_TRUE((*reader)->AwaitCaughtUp(kCallMax).ok());
    return handler.noted.Copy().records;
  }

  MockCluster cluster_;
};

TEST_F(PublisherTest, AppendsInOrderAndTellsPositions) {
  auto publisher = Make(Config());
  ASSERT_TRUE(publisher->WarmUp(std::vector<std::string>{kTopic}, kCallMax).ok());
  const auto positions = publisher->PublishAll(MakeRecords(kTopic, 2, 100));
  ASSERT_TRUE(positions.ok()) << positions.status();
  for (int i = 0; i < 100; ++i) EXPECT_EQ((*positions)[i], (Position{2, i}));
  const auto records = ReadAll(2);
  ASSERT_EQ(records.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(records[i].value, std::to_string(i));
  EXPECT_EQ(publisher->Flush(absl::ZeroDuration()), 0u);
}

TEST_F(PublisherTest, KeepsHeadersTombstonesAndEmptyValuesApart) {
  auto publisher = Make(Config());
  Record full = MakeRecord(kTopic, 0, "key", "value");
  full.headers = {{"ce_id", "1"}, {"twice", "a"}, {"twice", "b"}, {"empty", ""}};
  full.timestamp_ms = 1'700'000'000'123;
  Record tombstone = MakeRecord(kTopic, 0, "key", "");
  tombstone.value.reset();
  const Record empty = MakeRecord(kTopic, 0, "", "");
  ASSERT_TRUE(publisher->PublishAll({full, tombstone, empty}).ok());
  const auto records = ReadAll(0);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].headers, full.headers);
  EXPECT_EQ(FindHeader(records[0], "twice"), "b");
  EXPECT_EQ(records[0].timestamp_ms, full.timestamp_ms);
  EXPECT_EQ(records[0].key, "key");
  EXPECT_EQ(records[1].value, std::nullopt);
  EXPECT_EQ(records[2].value, "");
  EXPECT_EQ(records[2].key, "");
}

TEST_F(PublisherTest, RefusesWhatCanNotBeSent) {
  PublisherConfig config = Config();
  config.record_bytes_max = 100;
  auto publisher = Make(config);
  absl::Status status;
  const auto note = [&](const absl::StatusOr<Position>& result) { status = result.status(); };
  publisher->Publish(MakeRecord(kTopic, 0, "k", std::string(101, 'x')), note);
  EXPECT_TRUE(errors::Is(status, errors::kRecordTooLarge)) << status;
  publisher->Publish(MakeRecord(kTopic, -1, "k", "v"), note);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  publisher->Publish(MakeRecord("", 0, "k", "v"), note);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(publisher->PublishAll({MakeRecord(kTopic, 0, "k", "v")}).ok());
}

TEST_F(PublisherTest, RefusesAPartitionThatIsNotThere) {
  PublisherConfig config = Config();
  auto publisher = Make(config);
  ASSERT_TRUE(publisher->WarmUp(std::vector<std::string>{kTopic}, kCallMax).ok());
  const auto positions = publisher->PublishAll({MakeRecord(kTopic, 99, "k", "v")});
  EXPECT_TRUE(errors::Is(positions.status(), errors::kTopicMissing)) << positions.status();
}

TEST_F(PublisherTest, RefusesUnknownProperties) {
  PublisherConfig config = Config();
  config.client.properties["no.such.property"] = "1";
  const auto publisher = Publisher::Create(config);
  EXPECT_EQ(publisher.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PublisherTest, GoesOnOverPassingErrorsWithoutLossOrDuplicate) {
  // The mock broker does not look at sequence numbers. No broken connections: a batch whose answer
  // is lost with its connection would stand in it twice. One request under way: a later one that it
  // accepts would tell the library that a timed out one before it was appended. kafka_broker_test
  // kills a real broker.
  PublisherConfig config = Config();
  config.client.properties["max.in.flight.requests.per.connection"] = "1";
  auto publisher = Make(config);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 1, 1)).ok());
  cluster_.FailNext(Request::kProduce, {MockCluster::kNotLeader, MockCluster::kRequestTimedOut,
                                        MockCluster::kNotEnoughReplicas});
  const auto positions = publisher->PublishAll(MakeRecords(kTopic, 1, 50, 1));
  ASSERT_TRUE(positions.ok()) << positions.status();
  const auto records = ReadAll(1);
  ASSERT_EQ(records.size(), 51u);
  for (int i = 0; i < 51; ++i) EXPECT_EQ(records[i].value, std::to_string(i));
}

TEST_F(PublisherTest, WaitsForRoom) {
  PublisherConfig config = Config();
  config.inflight_records_max = 10;
  auto publisher = Make(config);
  cluster_.SetRoundTripMs(1, 20);
  int published = 0;
  int most = 0;
  std::atomic<int> done = 0;
  for (const Record& record : MakeRecords(kTopic, 0, 100)) {
    publisher->Publish(record, [&](const absl::StatusOr<Position>& result) {
      EXPECT_TRUE(result.ok()) << result.status();
      ++done;
    });
    most = std::max(most, ++published - done);
  }
  EXPECT_EQ(publisher->Flush(kCallMax), 0u);
  EXPECT_EQ(done, 100);
  EXPECT_EQ(most, 10);
}

TEST_F(PublisherTest, MayPublishFromACallbackWithoutDeadlock) {
  PublisherConfig config = Config();
  config.inflight_records_max = 1;
  auto publisher = Make(config);
  Guarded<int> done;
  publisher->Publish(MakeRecord(kTopic, 0, "k", "first"), [&](const auto&) {
    publisher->Publish(MakeRecord(kTopic, 0, "k", "second"),
                       [&](const auto&) { done.With([](int& d) { ++d; }); });
  });
  EXPECT_TRUE(done.Await([](int d) { return d == 1; }));
}

TEST_F(PublisherTest, CancelsAWaitThatIsStopped) {
  PublisherConfig config = Config();
  config.message_timeout = absl::ZeroDuration();
  auto publisher = Make(config);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.SetDown(1);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto positions = publisher->PublishAll(MakeRecords(kTopic, 0, 3), stop.get_token());
  EXPECT_TRUE(absl::IsCancelled(positions.status())) << positions.status();
}

TEST_F(PublisherTest, AStopEndsTheWaitForRoomAndIsNoFailure) {
  PublisherConfig config = Config();
  config.message_timeout = absl::ZeroDuration();
  config.fatal_is_fatal = true;
  config.inflight_records_max = 1;
  auto publisher = Make(config);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.SetDown(1);
  Guarded<int> delivered;
  publisher->Publish(MakeRecord(kTopic, 0, "k", "first"), [&](const auto& result) {
    EXPECT_TRUE(result.ok()) << result.status();
    delivered.With([](int& d) { ++d; });
  });
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  absl::Status second;
  publisher->Publish(
      MakeRecord(kTopic, 0, "k", "second"), [&](const auto& result) { second = result.status(); },
      stop.get_token());
  EXPECT_TRUE(absl::IsCancelled(second)) << second;
  cluster_.SetUp(1);
  EXPECT_TRUE(delivered.Await([](int d) { return d == 1; }));
  EXPECT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
}

TEST_F(PublisherTest, NeverGivesUpWhenToldSo) {
  PublisherConfig config = Config();
  config.message_timeout = absl::ZeroDuration();
  auto publisher = Make(config);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.SetDown(1);
  Guarded<int> done;
  publisher->Publish(MakeRecord(kTopic, 0, "k", "1"), [&](const auto& result) {
    EXPECT_TRUE(result.ok()) << result.status();
    done.With([](int& d) { ++d; });
  });
  EXPECT_EQ(publisher->Flush(absl::Milliseconds(300)), 1u);
  cluster_.SetUp(1);
  EXPECT_TRUE(done.Await([](int d) { return d == 1; }));
}

TEST_F(PublisherTest, GivesUpAtTheTimeout) {
  PublisherConfig config = Config();
  config.message_timeout = absl::Milliseconds(500);
  auto publisher = Make(config);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.SetDown(1);
  const auto positions = publisher->PublishAll(MakeRecords(kTopic, 0, 1));
  EXPECT_EQ(positions.status().code(), absl::StatusCode::kDeadlineExceeded) << positions.status();
}

TEST_F(PublisherTest, StopsAtTheFirstHoleWhenFatalIsFatal) {
  PublisherConfig config = Config();
  config.fatal_is_fatal = true;
  config.message_timeout = absl::ZeroDuration();
  Guarded<std::vector<absl::Status>> fatal;
  PublisherObserver observer;
  observer.on_fatal = [&](const absl::Status& why) {
    fatal.With([&](auto& f) { f.push_back(why); });
  };
  auto publisher = Make(config, observer);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.FailNext(Request::kProduce, {MockCluster::kMessageTooLarge});
  const auto positions = publisher->PublishAll(MakeRecords(kTopic, 0, 1, 1));
  EXPECT_FALSE(positions.ok());
  EXPECT_TRUE(fatal.Await([](const auto& f) { return f.size() == 1; }));
  const auto later = publisher->PublishAll(MakeRecords(kTopic, 0, 1, 2));
  EXPECT_TRUE(errors::Is(later.status(), errors::kPublisherFailed)) << later.status();
  EXPECT_EQ(ReadAll(0).size(), 1u);
  EXPECT_EQ(fatal.Copy().size(), 1u);
}

TEST_F(PublisherTest, IsMadeAnewAfterAFatalErrorOtherwise) {
  Guarded<int> recreated;
  Guarded<std::vector<absl::Status>> told;
  PublisherObserver observer;
  observer.client.on_error = [&](const absl::Status& why) {
    told.With([&](auto& t) { t.push_back(why); });
  };
  observer.on_recreated = [&](const absl::Status& cause) {
    EXPECT_THAT(std::string(cause.message()), ::testing::HasSubstr("sequence")) << cause;
    recreated.With([](int& r) { ++r; });
  };
  auto publisher = Make(Config(), observer);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.FailNext(Request::kProduce, {MockCluster::kOutOfOrderSequence});
  EXPECT_FALSE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  EXPECT_TRUE(recreated.Await([](int r) { return r == 1; }));
  EXPECT_EQ(told.Copy().size(), 1u);
  const auto next = publisher->PublishAll(MakeRecords(kTopic, 0, 1));
  EXPECT_TRUE(next.ok()) << next.status();
}

// A callback may be slow, and there may be many: no bound on draining leaves one out.
TEST_F(PublisherTest, CallsBackOnceForEachRecordOfAClientThatIsReplaced) {
  Guarded<int> recreated;
  PublisherObserver observer;
  observer.on_recreated = [&](const absl::Status&) { recreated.With([](int& r) { ++r; }); };
  auto publisher = Make(Config(), observer);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.SetRoundTripMs(1, 100);
  cluster_.FailNext(Request::kProduce, {MockCluster::kOutOfOrderSequence});
  Guarded<std::map<int, int>> calls;
  for (int i = 0; i < 12; ++i) {
    publisher->Publish(MakeRecord(kTopic, i % 4, "k", std::to_string(i)), [&, i](const auto&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      calls.With([i](auto& c) { ++c[i]; });
    });
  }
  EXPECT_TRUE(recreated.Await([](int r) { return r == 1; }));
  EXPECT_EQ(publisher->Flush(kCallMax), 0u);
  for (const auto& [record, times] : calls.Copy()) EXPECT_EQ(times, 1) << record;
  EXPECT_EQ(calls.Copy().size(), 12u);
}

TEST_F(PublisherTest, CallsBackOnceForEachRecordWhileClientsAreReplaced) {
  constexpr int kThreads = 3;
  constexpr int kRecords = 500;
  std::vector<std::atomic<int>> calls(kThreads * kRecords);
  auto publisher = Make(Config());
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kRecords; ++i) {
          if (i % 100 == 50) {
            cluster_.FailNext(Request::kProduce, {MockCluster::kOutOfOrderSequence});
          }
          std::atomic<int>& called = calls[thread * kRecords + i];
          publisher->Publish(MakeRecord(kTopic, i % 4, "k", std::to_string(i)),
                             [&called](const auto&) { ++called; });
        }
      });
    }
  }
  EXPECT_EQ(publisher->Flush(kCallMax), 0u);
  cluster_.ClearFailures(Request::kProduce);
  publisher.reset();
  for (const std::atomic<int>& called : calls) EXPECT_EQ(called, 1);
}

// Who publishes again what has failed must not be left waiting for ever.
TEST_F(PublisherTest, CallsBackForWhatACallbackPublishesAtTheEnd) {
  PublisherConfig config = Config();
  config.message_timeout = absl::ZeroDuration();
  auto publisher = Make(config);
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(kTopic, 0, 1)).ok());
  cluster_.SetDown(1);
  int calls = 0;
  Publisher& again = *publisher;
  again.Publish(MakeRecord(kTopic, 0, "k", "first"), [&](const auto& first) {
    EXPECT_FALSE(first.ok());
    ++calls;
    again.Publish(MakeRecord(kTopic, 0, "k", "second"), [&](const auto& second) {
      EXPECT_FALSE(second.ok());
      ++calls;
    });
  });
  publisher.reset();
  EXPECT_EQ(calls, 2);
}

TEST_F(PublisherTest, SetsDeadLettersAside) {
  const std::string dlq = DeadLetterTopic(kTopic, "feeds");
  cluster_.CreateTopic(dlq, 1);
  auto publisher = Make(Config());
  std::vector<std::string> reasons;
  DeadLetters letters("feeds", 1,
                      [&](const Record& record, std::string_view reason, const absl::Status&) {
                        reasons.push_back(record.key + " " + std::string(reason));
                      });
  Record input = MakeRecord(kTopic, 3, "k", "v");
  input.offset = 5;
  EXPECT_TRUE(letters.Put(*publisher, input, absl::DataLossError("undecodable")).ok());
  // A fault that names no reason of its own is one that the runbook knows.
  EXPECT_EQ(reasons, std::vector<std::string>{"k RECORD_UNREADABLE"});
}

}  // namespace
}  // namespace telex::kafka
