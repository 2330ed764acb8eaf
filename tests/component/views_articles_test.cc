// What a replica says of stories that it does not know, over the client library's own broker.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "platform/kafka/admin.h"
#include "platform/kafka/publisher.h"
#include "tests/support/article_records.h"
#include "tests/support/articles.h"
#include "tests/support/mock_cluster.h"
#include "tests/support/temp_dir.h"
#include "views/adapters/topics.h"
#include "views/adapters/views_store.h"

namespace telex::views {
namespace {

constexpr absl::Duration kWithin = absl::Seconds(30);

template <typename T>
T Must(absl::StatusOr<T> made) {
  if (!made.ok()) {
    ADD_FAILURE() << made.status();
    std::abort();
  }
  return *std::move(made);
}

void Await(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoSeconds(kWithin);
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// The replica behind a gate: what is read waits for `open` before it is applied.
class Gate final : public kafka::LogHandler {
 public:
  Gate(kafka::LogHandler& behind, std::shared_future<void> open)
      : behind_(behind), open_(std::move(open)) {}

  kafka::Outcome OnBatch(std::span<const kafka::Record> records, std::stop_token stop) override {
    open_.wait();
    return behind_.OnBatch(records, std::move(stop));
  }
  void OnCaughtUp(const kafka::TopicPartition& partition, std::int64_t end_offset) override {
    behind_.OnCaughtUp(partition, end_offset);
  }
  void OnAllCaughtUp() override { behind_.OnAllCaughtUp(); }

 private:
  kafka::LogHandler& behind_;
  const std::shared_future<void> open_;
};

TEST(KnownArticles, NoStoryIsUnknownWhileTheFoldLags) {
  telex::testing::MockCluster broker;
  const auto client = [&](const std::string& name) {
    return kafka::ClientConfig{.brokers = broker.brokers(), .client_id = name};
  };
  for (const std::string& topic : {news::kArticlesTopic, kViewCountsTopic})
    broker.CreateTopic(topic, 1);
  const auto admin = Must(kafka::Admin::Create(client("admin")));
  const tests::TempDir dir;
  replica::Options options = ViewsStore::Options();
  options.store.path = dir / "store";
  ViewsStore store(Must(replica::LogReplica::Open(std::move(options), absl::Now())),
                   absl::UTCTimeZone());
  ASSERT_TRUE(store.Bind(Must(admin->ClusterId(kWithin)), 1, absl::Now()).ok());
  store.Follow({});
  EXPECT_FALSE(store.KnowsAllArticles());

  std::promise<void> open;
  Gate gate(store.log(), open.get_future().share());
  const auto reader = Must(kafka::LogReader::Create(
      {.client = client("follower"), .from = store.log().StartPositions()}, gate));
  store.ReadBy(*reader);
  Await([&] { return store.KnowsAllArticles(); });

  const news::Article story = tests::MakeArticle(1);
  const auto publisher = Must(kafka::Publisher::Create({.client = client("newsroom")}));
  ASSERT_TRUE(publisher->PublishAll({tests::RecordOf(story, 0, 0)}).ok());
  Await([&] { return !store.KnowsAllArticles(); });
  EXPECT_TRUE(store.caught_up()) << "as it was at the start";
  EXPECT_EQ(store.articles().Find(story.id), nullptr);
  open.set_value();
  Await([&] { return store.KnowsAllArticles(); });
  EXPECT_NE(store.articles().Find(story.id), nullptr);
  EXPECT_TRUE(reader->Stop(kWithin).ok());
}

}  // namespace
}  // namespace telex::views
