// Whether the loops of the Kafka room are told from hung ones: a handler that does not come back is
// one, a dependency that is away is none. Time is the test's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "platform/kafka/group_consumer.h"
#include "platform/kafka/log_reader.h"
#include "platform/runtime/health.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/mock_cluster.h"

namespace telex::kafka {
namespace {

using ::telex::testing::MockCluster;
using ::testing::ElementsAre;
using testing::Guarded;
using ::testing::HasSubstr;
using testing::kCallMax;
using testing::kWaitMax;
using testing::MakeRecords;
using testing::Noted;
using testing::NotingHandler;
using ::testing::StartsWith;

constexpr char kTopic[] = "telex.test.v1";
constexpr absl::Duration kSilenceMax = absl::Seconds(60);

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() { cluster_.CreateTopic(kTopic, 1); }

  ClientConfig Client() const {
    return {.brokers = cluster_.brokers(), .client_id = "test", .properties = {}};
  }
  std::unique_ptr<Publisher> MakePublisher(
      std::shared_ptr<observe::Heartbeat> heartbeat = nullptr) {
    auto publisher =
        Publisher::Create({.client = Client(), .message_timeout = absl::ZeroDuration()},
                          {.heartbeat = std::move(heartbeat)});
    EXPECT_TRUE(publisher.ok()) << publisher.status();
    return *std::move(publisher);
  }
  void Append(int count) {
    const auto positions = MakePublisher()->PublishAll(MakeRecords(kTopic, 0, count));
    ASSERT_TRUE(positions.ok()) << positions.status();
  }
  std::unique_ptr<GroupConsumer> Consume(NotingHandler& handler) {
    GroupConsumerConfig config;
    config.client = Client();
    config.group = "test";
    config.topics = {kTopic};
    config.retry_backoff_min = absl::Milliseconds(5);
    config.retry_backoff_max = absl::Milliseconds(20);
    auto consumer =
        GroupConsumer::Create(std::move(config), handler, {.heartbeat = Watch("consumer")});
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }
  std::unique_ptr<LogReader> Read(NotingHandler& handler) {
    LogReaderConfig config;
    config.client = Client();
    config.from = {{.partition = {kTopic, 0}, .offset = {}}};
    config.retry_backoff_min = absl::Milliseconds(5);
    config.retry_backoff_max = absl::Milliseconds(20);
    auto reader = LogReader::Create(std::move(config), handler, {.heartbeat = Watch("reader")});
    EXPECT_TRUE(reader.ok()) << reader.status();
    return *std::move(reader);
  }
  std::shared_ptr<observe::Heartbeat> Watch(const std::string& name) {
    return health_.Watch({.name = name,
                          .business_impact = "",
                          .technical_summary = "",
                          .panic_guide = "",
                          .silence_max = kSilenceMax});
  }

  void Pass(std::chrono::seconds time) { passed_s_ += time.count(); }
  // By the real clock, bounded: threads need a moment to get where the test wants them.
  template <typename Condition>
  bool Await(const Condition& condition) {
    const auto until = std::chrono::steady_clock::now() + kWaitMax;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  bool AwaitAlive() {
    return Await([&] { return health_.Alive().ok; });
  }
  bool AwaitWaiting(std::string_view what) {
    return Await([&] { return health_.Alive().json.find(what) != std::string::npos; });
  }

  std::atomic<int64_t> passed_s_ = 0;
  runtime::HealthChecks health_{[this] {
    return std::chrono::steady_clock::time_point(std::chrono::seconds(passed_s_.load()));
  }};
  MockCluster cluster_;
};

// A handler that does not come back until it is released.
class Stuck {
 public:
  explicit Stuck(NotingHandler& handler) {
    handler.decide = [this](std::span<const Record>, std::stop_token) {
      entered_.With([](bool& now) { now = true; });
      release_.Await([](bool now) { return now; });
      return Outcome::Done();
    };
  }
  ~Stuck() { Release(); }
  bool AwaitEntered() {
    return entered_.Await([](bool now) { return now; });
  }
  void Release() {
    release_.With([](bool& now) { now = true; });
  }

 private:
  Guarded<bool> entered_;
  Guarded<bool> release_;
};

TEST_F(WatchTest, AConsumersHandlerThatHangsIsSeen) {
  Append(1);
  NotingHandler handler;
  Stuck stuck(handler);
  const auto consumer = Consume(handler);
  ASSERT_TRUE(stuck.AwaitEntered());
  EXPECT_TRUE(health_.Alive().ok);
  Pass(std::chrono::seconds(61));
  EXPECT_THAT(health_.Alive().why_not, ElementsAre("consumer: hung, no progress for 61000 ms"));
  stuck.Release();
  ASSERT_TRUE(handler.AwaitRecords(1));
  EXPECT_TRUE(AwaitAlive());
  EXPECT_TRUE(consumer->Close(kCallMax).ok());
  Pass(std::chrono::seconds(61));
  EXPECT_TRUE(health_.Alive().ok) << "it has ended";
}

TEST_F(WatchTest, AReadersHandlerThatHangsIsSeen) {
  Append(1);
  NotingHandler handler;
  Stuck stuck(handler);
  const auto reader = Read(handler);
  ASSERT_TRUE(stuck.AwaitEntered());
  Pass(std::chrono::seconds(61));
  EXPECT_THAT(health_.Alive().why_not, ElementsAre("reader: hung, no progress for 61000 ms"));
  stuck.Release();
  ASSERT_TRUE(handler.AwaitRecords(1));
  EXPECT_TRUE(AwaitAlive());
}

TEST_F(WatchTest, ACallbackThatHoldsUpThePublisherIsSeen) {
  auto publisher = MakePublisher(Watch("publisher"));
  Guarded<bool> entered;
  Guarded<bool> release;
  publisher->Publish(MakeRecords(kTopic, 0, 1).front(), [&](const absl::StatusOr<Position>&) {
    entered.With([](bool& now) { now = true; });
    release.Await([](bool now) { return now; });
  });
  ASSERT_TRUE(entered.Await([](bool now) { return now; }));
  Pass(std::chrono::seconds(61));
  EXPECT_THAT(health_.Alive().why_not, ElementsAre(StartsWith("publisher: hung")));
  release.With([](bool& now) { now = true; });
  EXPECT_TRUE(AwaitAlive());
}

TEST_F(WatchTest, IdleLoopsAreAlive) {
  NotingHandler consumed;
  NotingHandler read;
  const auto consumer = Consume(consumed);
  const auto reader = Read(read);
  const auto publisher = MakePublisher(Watch("publisher"));
  ASSERT_TRUE(read.noted.Await([](const Noted& n) { return n.all_caught_up; }));
  ASSERT_TRUE(consumed.noted.Await([](const Noted& n) { return n.assigned.size() == 1; }));
  for (int hour = 0; hour < 3; ++hour) {
    Pass(std::chrono::hours(1));
    EXPECT_TRUE(AwaitAlive()) << health_.Alive().json;
  }
}

TEST_F(WatchTest, ABrokerThatIsAwayIsNoHang) {
  Append(1);
  cluster_.SetDown(1);
  NotingHandler consumed;
  NotingHandler read;
  const auto consumer = Consume(consumed);
  const auto reader = Read(read);
  const auto publisher = MakePublisher(Watch("publisher"));
  for (int hour = 0; hour < 3; ++hour) {
    Pass(std::chrono::hours(1));
    EXPECT_TRUE(AwaitAlive()) << health_.Alive().json;
  }
  cluster_.SetUp(1);
  EXPECT_TRUE(consumed.AwaitRecords(1));
  EXPECT_TRUE(read.AwaitRecords(1));
}

TEST_F(WatchTest, AHandlerThatAsksForTheNextAttemptForHoursIsNoHang) {
  Append(1);
  NotingHandler consumed;
  NotingHandler read;
  std::atomic<bool> away = true;
  consumed.decide = read.decide = [&](std::span<const Record>, std::stop_token) {
    return away ? Outcome::Retry(absl::UnavailableError("away")) : Outcome::Done();
  };
  const auto consumer = Consume(consumed);
  const auto reader = Read(read);
  ASSERT_TRUE(consumed.noted.Await([](const Noted& n) { return n.retries > 8; }));
  for (int hour = 0; hour < 5; ++hour) {
    const int retries = consumed.noted.Copy().retries;
    Pass(std::chrono::hours(1));
    EXPECT_TRUE(AwaitAlive()) << health_.Alive().json;
    ASSERT_TRUE(consumed.noted.Await([&](const Noted& n) { return n.retries > retries; }));
  }
  away = false;
  EXPECT_TRUE(consumed.AwaitRecords(1));
  EXPECT_TRUE(read.AwaitRecords(1));
}

TEST_F(WatchTest, APublisherWithoutRoomIsNoHang) {
  auto publisher = Publisher::Create(
      {.client = Client(), .message_timeout = absl::ZeroDuration(), .inflight_records_max = 1});
  ASSERT_TRUE(publisher.ok());
  cluster_.SetDown(1);
  std::thread caller([&] {
    const observe::ScopedHeartbeat carried(Watch("caller"));
    for (const Record& record : MakeRecords(kTopic, 0, 2)) (*publisher)->Publish(record, {});
  });
  ASSERT_TRUE(AwaitWaiting("room among the records"));
  Pass(std::chrono::hours(1));
  EXPECT_TRUE(health_.Alive().ok) << health_.Alive().json;
  cluster_.SetUp(1);
  caller.join();
}

}  // namespace
}  // namespace telex::kafka
