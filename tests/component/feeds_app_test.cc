// telex-feeds, wired as it is, on the client library's own broker.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "feeds/adapters/view_count_record.h"
#include "feeds/app.h"
#include "platform/kafka/publisher.h"
#include "platform/runtime/deadline.h"
#include "telex/views/v1/view_counts.pb.h"
#include "tests/support/article_records.h"
#include "tests/support/articles.h"
#include "tests/support/mock_cluster.h"
#include "tests/support/temp_dir.h"
#include "tests/support/translation_records.h"
#include "tests/unit/feeds/replica.h"

namespace telex::feeds {
namespace {

using ::telex::testing::MockCluster;
using tests::MakeArticle;
using tests::RecordOf;

constexpr int kWindow = 100;  // records at once

class FeedsAppTest : public ::testing::Test {
 protected:
  FeedsAppTest() {
    cluster_.CreateTopic(kTopic, kPartitions);
    cluster_.CreateTopic(kTranslationsTopic, kPartitions);
    publisher_ = *kafka::Publisher::Create({.client = {.brokers = cluster_.brokers()}});
  }

  Config MakeConfig() {
    Config config;
    config.service.instance = "feeds-test";
    config.service.data_dir = dir_ / "store";
    config.service.store_bytes_max = 64 << 20;
    config.service.kafka_brokers = cluster_.brokers();
    config.service.loop_silence_max = absl::Seconds(60);
    config.http_listen = {"127.0.0.1", 0};
    config.public_url = "https://feeds.example.org";
    config.publisher_name = "News";
    config.max_age = absl::Minutes(1);
    config.fold_wait_max = absl::Milliseconds(500);
    config.stale_max = absl::Hours(1);
    config.body_cache_bytes = config.fragment_cache_bytes = 1 << 20;
    return config;
  }

  void Append(int count) {
    std::vector<kafka::Record> records;
    for (int i = 0; i < count; ++i, ++articles_) {
      records.push_back(RecordOf(MakeArticle(articles_), articles_ % kPartitions, -1));
    }
    const auto positions = publisher_->PublishAll(std::move(records));
    ASSERT_TRUE(positions.ok()) << positions.status();
  }
  // One view of each of the first articles.
  void AppendCounts(int count) {
    std::vector<kafka::Record> records;
    for (int i = 0; i < count; ++i) {
      ::telex::views::v1::DayCounts counts;
      counts.set_position(i);
      counts.set_views(1);
      records.push_back({.topic = kViewCountsTopic,
                         .partition = i % kPartitions,
                         .key = "articles/" + MakeArticle(i).id.ToString() + "/days/2027-01-15",
                         .value = counts.SerializeAsString()});
    }
    const auto positions = publisher_->PublishAll(std::move(records));
    ASSERT_TRUE(positions.ok()) << positions.status();
  }
  // One of each of the first articles.
  void AppendTranslations(int count) {
    std::vector<kafka::Record> records;
    for (int i = 0; i < count; ++i) {
      records.push_back(
          RecordOf(tests::MakeTranslation(MakeArticle(i), "es", i + 1), i % kPartitions, -1));
    }
    const auto positions = publisher_->PublishAll(std::move(records));
    ASSERT_TRUE(positions.ok()) << positions.status();
  }
  void AppendUnreadable() {
    ASSERT_TRUE(
        publisher_->PublishAll({{.topic = kTopic, .partition = 0, .key = "k", .value = "\xff"}})
            .ok());
  }

  const std::string kTopic{kArticlesTopic};
  MockCluster cluster_;
  tests::TempDir dir_;
  std::unique_ptr<kafka::Publisher> publisher_;
  int articles_ = 0;
};

// A process that does not come as far as its stop: its parts are destroyed while the reader's
// thread, the server and the tasks run, in whatever they are.
struct Process {
  explicit Process(const Config& config)
      : host(config.service, kHostTexts, lifecycle, health, metrics), app(MakeApp(config, host)) {
    host.Start([this](std::stop_token stop) { return app->Begin(std::move(stop)); });
  }
  // As in service::RunService.
  ~Process() { host.Abandon(); }
  // The value of that line of the metrics; -1: there is none yet.
  double Metric(const std::string& line) const {
    const std::string text = metrics.Render();
    const auto at = text.find("\n" + line + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + line.size() + 2));
  }
  template <typename Condition>
  static void Await(const Condition& condition) {
    const auto end = runtime::Deadline::After(absl::Seconds(60));
    while (!condition()) {
      ASSERT_FALSE(end.Passed());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  runtime::HealthChecks health;
  runtime::Lifecycle lifecycle{health, {.drain_delay = absl::ZeroDuration()}};
  observe::Metrics metrics;
  service::Host host;
  std::unique_ptr<service::App> app;
};

TEST_F(FeedsAppTest, MayBeDestroyedWhileItStarts) {
  Append(kWindow);
  for (int round = 0; round < 3; ++round) const Process process(MakeConfig());
}

TEST_F(FeedsAppTest, MayBeDestroyedWhileItReadsAndGoesOnFromThere) {
  for (int round = 1; round <= 3; ++round) {
    const Process process(MakeConfig());
    const std::jthread writer([this] { Append(kWindow); });
    // What was read before is there again, and more comes in.
    process.Await(
        [&] { return process.Metric("telex_feeds_articles") >= round * kWindow - kWindow / 2; });
  }
  Process process(MakeConfig());
  process.Await([&] {
    return process.Metric("telex_feeds_articles") == 3 * kWindow && process.health.Ready().ok;
  });
}

TEST_F(FeedsAppTest, FoldsTheCountsOfViewsBesideTheArticles) {
  cluster_.CreateTopic(kViewCountsTopic, kPartitions);
  Append(kWindow);
  AppendCounts(kWindow);
  for (int round = 0; round < 2; ++round) {
    Process process(MakeConfig());
    process.Await([&] {
      return process.Metric("telex_feeds_view_counts_known") == 1 && process.health.Ready().ok;
    });
    // What was just counted is not shown before the minute is over, what was stored is at once.
    if (round == 1) {
      EXPECT_EQ(process.Metric("telex_feeds_view_count_articles"), kWindow);
    }
    EXPECT_EQ(process.Metric("telex_feeds_view_count_records_total"), round == 0 ? kWindow : 0);
  }
}

TEST_F(FeedsAppTest, FoldsTranslationsWithTheArticles) {
  AppendTranslations(kWindow);  // before their articles
  Append(kWindow);
  for (int round = 0; round < 2; ++round) {
    Process process(MakeConfig());
    process.Await([&] { return process.health.Ready().ok; });
    EXPECT_EQ(process.Metric("telex_feeds_articles"), kWindow);
    EXPECT_EQ(process.Metric("telex_feeds_translations"), kWindow);
    // Read once, and then from the store.
    EXPECT_EQ(process.Metric("telex_feeds_records_total"), round == 0 ? 2 * kWindow : 0);
  }
}

TEST_F(FeedsAppTest, IsReadyWithoutTheTopicOfCounts) {
  Append(kWindow);
  Process process(MakeConfig());
  process.Await([&] { return process.health.Ready().ok; });
  EXPECT_EQ(process.Metric("telex_feeds_articles"), kWindow);
}

// Nothing can be set aside: the batch comes again and again.
TEST_F(FeedsAppTest, MayBeDestroyedWhileABatchWaitsForItsNextAttempt) {
  AppendUnreadable();
  for (int round = 0; round < 2; ++round) {
    constexpr int kNo = MockCluster::kTopicAuthorizationFailed;
    cluster_.ClearFailures(MockCluster::Request::kProduce);
    cluster_.FailNext(MockCluster::Request::kProduce, {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo});
    Process process(MakeConfig());
    process.Await(
        [&] { return process.Metric("telex_kafka_retries_total{client=\"follower\"}") > 0; });
    EXPECT_FALSE(process.health.Ready().ok);
  }
}

}  // namespace
}  // namespace telex::feeds
