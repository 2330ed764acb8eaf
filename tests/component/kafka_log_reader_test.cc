#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "platform/errors/errors.h"
#include "platform/kafka/log_reader.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/mock_cluster.h"

namespace telex::kafka {
namespace {

using ::telex::testing::MockCluster;
using testing::kCallMax;
using testing::MakeRecords;
using testing::Noted;
using testing::NotingHandler;

constexpr char kTopic[] = "telex.test.v1";

class LogReaderTest : public ::testing::Test {
 protected:
  LogReaderTest() {
    cluster_.CreateTopic(kTopic, 3);
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
  LogReaderConfig Config(std::vector<std::optional<int64_t>> offsets) const {
    LogReaderConfig config;
    config.client = Client();
    for (size_t i = 0; i < offsets.size(); ++i) {
      config.from.push_back({.partition = {kTopic, static_cast<int32_t>(i)},
                             .offset = offsets[i],
                             .skip_expired = false});
    }
    config.retry_backoff_min = absl::Milliseconds(5);
    return config;
  }
  std::unique_ptr<LogReader> Make(LogReaderConfig config) {
    LogReaderObserver observer;
    observer.on_fatal = handler_.NoteFatal();
    auto reader = LogReader::Create(std::move(config), handler_, observer);
    EXPECT_TRUE(reader.ok()) << reader.status();
    return *std::move(reader);
  }

  MockCluster cluster_;
  std::unique_ptr<Publisher> publisher_;
  NotingHandler handler_;
};

TEST_F(LogReaderTest, ReadsAllTellsTheEndAndGoesOn) {
  Append(0, 100);
  Append(1, 10);
  auto reader = Make(Config({std::nullopt, std::nullopt, std::nullopt}));
  ASSERT_TRUE(reader->AwaitCaughtUp(kCallMax).ok());
  EXPECT_TRUE(reader->caught_up());
  Noted noted = handler_.noted.Copy();
  EXPECT_EQ(noted.records.size(), 110u);
  EXPECT_EQ(noted.caught_up.size(), 3u);
  EXPECT_TRUE(noted.all_caught_up);
  Append(2, 5);
  EXPECT_TRUE(handler_.AwaitRecords(115));
  EXPECT_TRUE(reader->Stop(kCallMax).ok());
  EXPECT_TRUE(absl::IsCancelled(reader->status()));
}

TEST_F(LogReaderTest, ResumesFromGivenOffsets) {
  Append(0, 100);
  auto reader = Make(Config({97}));
  ASSERT_TRUE(reader->AwaitCaughtUp(kCallMax).ok());
  const Noted noted = handler_.noted.Copy();
  ASSERT_EQ(noted.records.size(), 3u);
  EXPECT_EQ(noted.records.front().offset, 97);
  const auto lag = reader->Lag();
  ASSERT_EQ(lag.size(), 1u);
  EXPECT_EQ(lag[0].next_offset, 100);
  EXPECT_EQ(lag[0].records, 0);
}

TEST_F(LogReaderTest, StandsAtTheEndWithoutReading) {
  Append(0, 10);
  auto reader = Make(Config({10}));
  ASSERT_TRUE(reader->AwaitCaughtUp(kCallMax).ok());
  EXPECT_TRUE(handler_.noted.Copy().records.empty());
}

TEST_F(LogReaderTest, RefusesALogThatIsShorterThanWhatIsKnown) {
  Append(0, 10);
  auto reader = Make(Config({11}));
  ASSERT_TRUE(handler_.AwaitFatal());
  const absl::Status fatal = handler_.noted.Copy().fatal;
  EXPECT_TRUE(errors::Is(fatal, errors::kLogTruncated)) << fatal;
  EXPECT_EQ(errors::DetailsOf(fatal)->metadata.at("wanted"), "11");
  EXPECT_FALSE(reader->AwaitCaughtUp(kCallMax).ok());
}

TEST_F(LogReaderTest, GoesOnInTheLogThatItsPositionsAreOf) {
  Append(0, 10);
  Append(1, 5);
  auto first = Make(Config({std::nullopt, std::nullopt}));
  ASSERT_TRUE(first->AwaitCaughtUp(kCallMax).ok());
  std::map<TopicPartition, Fingerprint> last;
  for (const Record& record : handler_.noted.Copy().records) {
    last[{record.topic, record.partition}] = FingerprintOf(record);
  }
  first.reset();
  handler_.noted.With([](Noted& n) { n = {}; });
  Append(0, 2, 10);

  LogReaderConfig config = Config({10, 5});
  for (ReadFrom& from : config.from) from.before = last.at(from.partition);
  auto again = Make(config);
  ASSERT_TRUE(again->AwaitCaughtUp(kCallMax).ok());
  const Noted noted = handler_.noted.Copy();
  ASSERT_EQ(noted.records.size(), 2u) << "and not the records before";
  EXPECT_EQ(noted.records.front().offset, 10);
}

TEST_F(LogReaderTest, RefusesALogThatWasReplacedAndHasGrownPastWhatIsKnown) {
  Append(0, 10);
  Append(1, 10);
  LogReaderConfig config = Config({7, 7});
  Record known = MakeRecords(kTopic, 0, 1, 6).front();
  known.offset = 6;
  known.timestamp_ms = 1'700'000'000'000;
  config.from[0].before = FingerprintOf(known);
  auto reader = Make(config);
  ASSERT_TRUE(handler_.AwaitFatal());
  const absl::Status fatal = handler_.noted.Copy().fatal;
  EXPECT_TRUE(errors::Is(fatal, errors::kLogTruncated)) << fatal;
  EXPECT_EQ(errors::DetailsOf(fatal)->metadata.at("offset"), "6");
  EXPECT_FALSE(reader->AwaitCaughtUp(kCallMax).ok());
  for (const Record& record : handler_.noted.Copy().records) EXPECT_NE(record.partition, 0);
}

// It stands at the end: caught up at once, were it not that it is another log's end.
TEST_F(LogReaderTest, RefusesALogThatWasReplacedAndEndsWhereItStands) {
  Append(0, 10);
  LogReaderConfig config = Config({10});
  config.from[0].before = Fingerprint{.offset = 9, .timestamp_ms = 1, .hash = 2};
  auto reader = Make(config);
  EXPECT_TRUE(errors::Is(reader->AwaitCaughtUp(kCallMax), errors::kLogTruncated));
  EXPECT_FALSE(reader->caught_up());
  EXPECT_TRUE(handler_.noted.Copy().caught_up.empty());
}

TEST_F(LogReaderTest, RepeatsABatchUntilItIsDone) {
  Append(0, 10);
  int left = 3;
  handler_.decide = [&](std::span<const Record> records, std::stop_token) {
    EXPECT_EQ(records.front().offset, 0);
    return left-- > 0 ? Outcome::Retry(absl::UnavailableError("not now")) : Outcome::Done();
  };
  LogReaderConfig config = Config({std::nullopt});
  auto reader = Make(config);
  ASSERT_TRUE(reader->AwaitCaughtUp(kCallMax).ok());
  const Noted noted = handler_.noted.Copy();
  EXPECT_EQ(noted.retries, 3);
  EXPECT_EQ(noted.records.size(), 10u);
}

TEST_F(LogReaderTest, StopsWhereTheHandlerSaysFatal) {
  Append(0, 10);
  handler_.decide = [](std::span<const Record>, std::stop_token) {
    return Outcome::Fatal(absl::DataLossError("no"));
  };
  auto reader = Make(Config({std::nullopt}));
  EXPECT_TRUE(absl::IsDataLoss(reader->AwaitCaughtUp(kCallMax)));
}

TEST_F(LogReaderTest, WaitsForABrokerThatIsDown) {
  Append(0, 10);
  cluster_.SetDown(1);
  testing::Guarded<std::vector<bool>> connected;
  LogReaderObserver observer;
  observer.on_connected = [&](bool now) { connected.With([&](auto& c) { c.push_back(now); }); };
  auto reader = LogReader::Create(Config({std::nullopt}), handler_, observer);
  ASSERT_TRUE(reader.ok());
  EXPECT_TRUE(connected.Await([](const auto& c) { return c == std::vector<bool>{false}; }));
  cluster_.SetUp(1);
  EXPECT_TRUE((*reader)->AwaitCaughtUp(kCallMax).ok());
  EXPECT_TRUE(connected.Copy().back());
  EXPECT_EQ(handler_.noted.Copy().records.size(), 10u);
}

TEST_F(LogReaderTest, SeesThatBrokersAreBackThoughTheLogIsIdle) {
  Append(0, 1);
  testing::Guarded<std::vector<bool>> connected;
  LogReaderObserver observer;
  observer.on_connected = [&](bool now) { connected.With([&](auto& c) { c.push_back(now); }); };
  auto reader = LogReader::Create(Config({std::nullopt}), handler_, observer);
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->AwaitCaughtUp(kCallMax).ok());
  cluster_.SetDown(1);
  EXPECT_TRUE(connected.Await([](const auto& c) { return !c.back(); }));
  cluster_.SetUp(1);
  EXPECT_TRUE(connected.Await([](const auto& c) { return c.back(); }));
}

// Its connections stand, and nothing comes over them.
TEST_F(LogReaderTest, SeesThatABrokerIsFrozen) {
  Append(0, 1);
  testing::Guarded<std::vector<bool>> connected;
  LogReaderObserver observer;
  observer.on_connected = [&](bool now) { connected.With([&](auto& c) { c.push_back(now); }); };
  LogReaderConfig config = Config({std::nullopt});
  config.broker_silence_max = absl::Seconds(1);
  auto reader = LogReader::Create(config, handler_, observer);
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->AwaitCaughtUp(kCallMax).ok());
  EXPECT_TRUE(connected.Copy().back());
  cluster_.SetRoundTripMs(1, 3'000);
  EXPECT_TRUE(connected.Await([](const auto& c) { return !c.back(); }));
  EXPECT_TRUE((*reader)->status().ok());
  cluster_.SetRoundTripMs(1, 0);
  EXPECT_TRUE(connected.Await([](const auto& c) { return c.back(); }));
}

// The batch waits, the client does not: what becomes of the brokers is told meanwhile.
TEST_F(LogReaderTest, SeesWhatHappensWhileABatchWaitsForItsNextAttempt) {
  Append(0, 1);
  handler_.decide = [](std::span<const Record>, std::stop_token) {
    return Outcome::Retry(absl::UnavailableError("not now"));
  };
  testing::Guarded<std::vector<bool>> connected;
  testing::Guarded<int> retries;
  LogReaderObserver observer;
  observer.on_connected = [&](bool now) { connected.With([&](auto& c) { c.push_back(now); }); };
  observer.on_retry = [&](int32_t, const absl::Status&) { retries.With([](int& r) { ++r; }); };
  LogReaderConfig config = Config({std::nullopt, std::nullopt});
  config.retry_backoff_min = config.retry_backoff_max = absl::Hours(1);
  auto reader = LogReader::Create(config, handler_, observer);
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE(retries.Await([](int r) { return r == 1; }));
  cluster_.SetDown(1);
  EXPECT_TRUE(connected.Await([](const auto& c) { return !c.back(); }));
  cluster_.SetUp(1);
  EXPECT_TRUE(connected.Await([](const auto& c) { return c.back(); }));
  EXPECT_EQ(retries.Copy(), 1) << "all between two attempts";
  EXPECT_TRUE((*reader)->Stop(kCallMax).ok());
}

TEST_F(LogReaderTest, GoesOnAfterFailedFetches) {
  Append(0, 10);
  cluster_.FailNext(MockCluster::Request::kFetch,
                    {MockCluster::kNotLeader, MockCluster::kTransport});
  auto reader = Make(Config({std::nullopt}));
  ASSERT_TRUE(reader->AwaitCaughtUp(kCallMax).ok());
  EXPECT_EQ(handler_.noted.Copy().records.size(), 10u);
}

TEST_F(LogReaderTest, RefusesNonsense) {
  EXPECT_FALSE(LogReader::Create(Config({}), handler_).ok());
  EXPECT_FALSE(LogReader::Create(Config({-3}), handler_).ok());
  LogReaderConfig twice = Config({0});
  twice.from.push_back(twice.from.front());
  EXPECT_FALSE(LogReader::Create(twice, handler_).ok());
  LogReaderConfig elsewhere = Config({10});
  elsewhere.from.front().before = Fingerprint{.offset = 8};
  EXPECT_FALSE(LogReader::Create(elsewhere, handler_).ok());
}

}  // namespace
}  // namespace telex::kafka
