// Against a real broker: what the client library's own one can not do. Skipped unless
// TELEX_TEST_KAFKA_BROKERS names a broker on which topics may be created and deleted.
// TELEX_TEST_KAFKA_KILL and TELEX_TEST_KAFKA_START are shell commands that kill it and start it
// again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>

#include "platform/errors/errors.h"
#include "platform/kafka/admin.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/publisher.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/delete_topic.h"

namespace telex::kafka {
namespace {

using testing::Guarded;
using testing::kCallMax;
using testing::MakeRecord;
using testing::MakeRecords;
using testing::Noted;
using testing::NotingHandler;

std::string Env(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class BrokerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    client_ = {.brokers = Env("TELEX_TEST_KAFKA_BROKERS"), .client_id = "test", .properties = {}};
    if (client_.brokers.empty()) GTEST_SKIP() << "TELEX_TEST_KAFKA_BROKERS is not set";
    auto admin = Admin::Create(client_);
    ASSERT_TRUE(admin.ok()) << admin.status();
    admin_ = *std::move(admin);
    topic_ = std::string("telex.test.") +
             ::testing::UnitTest::GetInstance()->current_test_info()->name();
    ASSERT_TRUE(Delete());
    Create();
  }
  void TearDown() override {
    if (admin_ != nullptr) Delete();
  }
  // True when the topic is gone, or never was.
  bool Delete() const { return ::telex::testing::DeleteTopic(client_.brokers, topic_, kCallMax); }
  void Create() {
    const auto catalogue = TopicCatalogue::Parse(
        "partitions: 3\nreplication_factor: 1\ntopics:\n  - name: " + topic_ +
        "\n    about: articles\n    config: {cleanup.policy: delete, retention.ms: 60000000}\n");
    ASSERT_TRUE(catalogue.ok()) << catalogue.status();
    catalogue_ = *catalogue;
    // A topic that was just deleted may linger for a moment.
    absl::Status status = absl::UnknownError("");
    for (int attempt = 0; attempt < 50 && !status.ok(); ++attempt) {
      const auto report = admin_->CreateTopics(catalogue_, kCallMax);
      status = report.status();
      if (report.ok() && report->created.size() != 1) status = absl::UnknownError("still there");
    }
    ASSERT_TRUE(status.ok()) << status;
  }
  std::unique_ptr<Publisher> MakePublisher() {
    PublisherConfig config;
    config.client = client_;
    config.message_timeout = absl::ZeroDuration();
    config.fatal_is_fatal = true;
    auto publisher = Publisher::Create(config);
    EXPECT_TRUE(publisher.ok());
    EXPECT_TRUE((*publisher)->WarmUp(std::vector<std::string>{topic_}, kCallMax).ok());
    return *std::move(publisher);
  }
  std::unique_ptr<LogReader> Read(NotingHandler& handler, std::optional<int64_t> offset = {},
                                  std::optional<Fingerprint> before = {}) {
    LogReaderConfig config;
    config.client = client_;
    config.from = {
        {.partition = {topic_, 0}, .offset = offset, .skip_expired = false, .before = before}};
    LogReaderObserver observer;
    observer.on_fatal = handler.NoteFatal();
    auto reader = LogReader::Create(config, handler, observer);
    EXPECT_TRUE(reader.ok());
    return *std::move(reader);
  }

  ClientConfig client_;
  std::string topic_;
  TopicCatalogue catalogue_;
  std::unique_ptr<Admin> admin_;
};

TEST_F(BrokerTest, CreatesTopicsOnceAndTellsWhatDiffers) {
  EXPECT_FALSE(admin_->ClusterId(kCallMax)->empty());
  auto report = admin_->CreateTopics(catalogue_, kCallMax);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->created.empty());
  EXPECT_TRUE(report->mismatches.empty());
  const auto other =
      TopicCatalogue::Parse("partitions: 5\nreplication_factor: 1\ntopics:\n  - name: " + topic_ +
                            "\n    about: articles\n    config: {cleanup.policy: compact}\n");
  report = admin_->CreateTopics(*other, kCallMax);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->mismatches.size(), 2u);
  EXPECT_EQ(report->mismatches[0].what, "partitions");
  EXPECT_EQ(report->mismatches[1].what, "cleanup.policy");
  EXPECT_EQ(admin_->EndOffsets(topic_, kCallMax)->size(), 3u);
  EXPECT_TRUE(errors::Is(admin_->EndOffsets("no.such", kCallMax).status(), errors::kTopicMissing));
}

TEST_F(BrokerTest, OfTheConfigurationTheKeysAskedForAreHeldAgainstTheCatalogue) {
  const auto other =
      TopicCatalogue::Parse("partitions: 3\nreplication_factor: 1\ntopics:\n  - name: " + topic_ +
                            "\n    about: articles\n    config: {cleanup.policy: compact, "
                            "message.timestamp.type: CreateTime, retention.ms: 1}\n");
  ASSERT_TRUE(other.ok()) << other.status();
  const std::vector<std::string> topics = {topic_};
  const std::vector<std::string_view> keys = {"cleanup.policy", "message.timestamp.type",
                                              "not.declared"};
  const auto found = admin_->VerifyConfiguration(*other, topics, keys, kCallMax);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().what, "cleanup.policy");
  EXPECT_EQ(found->front().declared, "compact");
  EXPECT_EQ(found->front().found, "delete");
  EXPECT_TRUE(admin_->VerifyConfiguration(catalogue_, topics, keys, kCallMax)->empty());
  EXPECT_TRUE(admin_->VerifyPartitions(*other, topics, kCallMax)->empty());
}

TEST_F(BrokerTest, TellsTheEndsAndAGroupGoesOnWhereItLeft) {
  auto publisher = MakePublisher();
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(topic_, 1, 10)).ok());
  EXPECT_EQ(*admin_->EndOffsets(topic_, kCallMax), (std::vector<int64_t>{0, 10, 0}));
  const std::vector<TopicPartition> some = {{topic_, 1}, {topic_, 2}};
  EXPECT_EQ(*admin_->EndOffsets(some, kCallMax),
            (std::map<TopicPartition, int64_t>{{{topic_, 1}, 10}, {{topic_, 2}, 0}}));

  NotingHandler handler;
  NotingHandler second;
  GroupConsumerConfig config;
  config.client = client_;
  config.group = topic_ + std::to_string(absl::ToUnixNanos(absl::Now()));
  config.topics = {topic_};
  auto consumer = GroupConsumer::Create(config, handler);
  ASSERT_TRUE(consumer.ok());
  ASSERT_TRUE(handler.AwaitRecords(10));
  EXPECT_TRUE((*consumer)->Close(kCallMax).ok());
  consumer = GroupConsumer::Create(config, second);
  ASSERT_TRUE(consumer.ok());
  ASSERT_TRUE(second.noted.Await([](const Noted& noted) { return noted.assigned.size() == 3; }));
  const Noted noted = second.noted.Copy();
  EXPECT_EQ(noted.assigned[1].partition.partition, 1);
  EXPECT_EQ(noted.assigned[1].committed, 10);
}

TEST_F(BrokerTest, ARecordIsSeenSoonAfterItIsPublished) {
  auto publisher = MakePublisher();
  Guarded<std::map<std::string, absl::Time>> seen;
  NotingHandler handler;
  handler.decide = [&](std::span<const Record> records, std::stop_token) {
    seen.With([&](auto& s) {
      for (const Record& record : records) s[*record.value] = absl::Now();
    });
    return Outcome::Done();
  };
  auto reader = Read(handler);
  ASSERT_TRUE(reader->AwaitCaughtUp(kCallMax).ok());
  std::vector<double> acks_ms;
  std::vector<double> reads_ms;
  for (int i = 0; i < 1000; ++i) {
    const std::string value = std::to_string(i);
    const absl::Time begin = absl::Now();
    ASSERT_TRUE(publisher->PublishAll({MakeRecord(topic_, 0, "k", value)}).ok());
    acks_ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    ASSERT_TRUE(seen.Await([&](const auto& s) { return s.contains(value); }));
    reads_ms.push_back(
        absl::ToDoubleMilliseconds(seen.With([&](auto& s) { return s[value]; }) - begin));
  }
  for (auto* figures : {&acks_ms, &reads_ms}) {
    std::sort(figures->begin(), figures->end());
    std::printf("{\"what\":\"%s\",\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f}\n",
                figures == &acks_ms ? "publish to ack" : "publish to read", (*figures)[500],
                (*figures)[900], (*figures)[990]);
  }
}

TEST_F(BrokerTest, AKilledBrokerLosesAndDoublesNothing) {
  const std::string kill = Env("TELEX_TEST_KAFKA_KILL");
  const std::string start = Env("TELEX_TEST_KAFKA_START");
  if (kill.empty() || start.empty()) GTEST_SKIP() << "no commands to kill and start the broker";
  auto publisher = MakePublisher();
  constexpr int kRecords = 100'000;
  Guarded<int> done;
  int failed = 0;
  for (int i = 0; i < kRecords; ++i) {
    if (i == kRecords / 4) {
      ASSERT_EQ(std::system(kill.c_str()), 0);
      ASSERT_EQ(std::system(start.c_str()), 0);
    }
    publisher->Publish(MakeRecord(topic_, 0, "k", std::to_string(i)), [&](const auto& result) {
      if (!result.ok()) ++failed;
      done.With([](int& d) { ++d; });
    });
  }
  EXPECT_EQ(publisher->Flush(absl::Seconds(90)), 0u);
  EXPECT_EQ(failed, 0);
  NotingHandler handler;
  auto reader = Read(handler);
  ASSERT_TRUE(reader->AwaitCaughtUp(absl::Seconds(30)).ok());
  const Noted noted = handler.noted.Copy();
  ASSERT_EQ(noted.records.size(), static_cast<size_t>(kRecords));
  for (int i = 0; i < kRecords; ++i) ASSERT_EQ(noted.records[i].value, std::to_string(i));
}

TEST_F(BrokerTest, ALogMadeAnewIsRefused) {
  auto publisher = MakePublisher();
  ASSERT_TRUE(publisher->PublishAll(MakeRecords(topic_, 0, 10)).ok());
  NotingHandler running;
  auto reader = Read(running);
  ASSERT_TRUE(running.AwaitRecords(10));
  ASSERT_TRUE(Delete());
  Create();
  // At a start, with what was known before.
  NotingHandler resuming;
  auto second = Read(resuming, 10);
  EXPECT_TRUE(resuming.AwaitFatal());
  EXPECT_TRUE(errors::Is(resuming.noted.Copy().fatal, errors::kLogTruncated));
  // And of one that was reading.
  EXPECT_TRUE(running.AwaitFatal());
  EXPECT_TRUE(errors::Is(running.noted.Copy().fatal, errors::kLogTruncated));
}

// Even with the very same records: their times are others.
TEST_F(BrokerTest, ALogMadeAnewIsRefusedThoughItHasGrownPastWhatIsKnown) {
  ASSERT_TRUE(MakePublisher()->PublishAll(MakeRecords(topic_, 0, 10)).ok());
  NotingHandler first;
  Read(first)->AwaitCaughtUp(kCallMax).IgnoreError();
  const auto known = first.noted.Copy().records;
  ASSERT_EQ(known.size(), 10u);
  const Fingerprint before = FingerprintOf(known[6]);

  NotingHandler same;
  auto reader = Read(same, 7, before);
  ASSERT_TRUE(reader->AwaitCaughtUp(kCallMax).ok()) << reader->status();
  EXPECT_EQ(same.noted.Copy().records.size(), 3u);
  reader.reset();

  ASSERT_TRUE(Delete());
  Create();
  ASSERT_TRUE(MakePublisher()->PublishAll(MakeRecords(topic_, 0, 20)).ok());
  NotingHandler resuming;
  reader = Read(resuming, 7, before);
  EXPECT_TRUE(resuming.AwaitFatal());
  EXPECT_TRUE(errors::Is(resuming.noted.Copy().fatal, errors::kLogTruncated));
  EXPECT_TRUE(resuming.noted.Copy().records.empty());
}

}  // namespace
}  // namespace telex::kafka
