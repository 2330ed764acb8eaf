// Counting over the client library's own broker: views in, counts out, one owner after the other.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/kafka/admin.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/partitioner.h"
#include "platform/replica/log_replica.h"
#include "tests/support/mock_cluster.h"
#include "tests/support/owner_ports.h"
#include "tests/support/temp_dir.h"
#include "views/adapters/counting_owner.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_codec.h"

namespace telex::views {
namespace {

constexpr std::int32_t kPartitions = 2;
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

// A replica that follows the counts and owns what the group gives to it.
class Replica final : public replica::Fold {
 public:
  Replica(const std::string& brokers, kafka::Admin& admin, const std::string& cluster_id)
      : brokers_(brokers),
        log_(Must(replica::LogReplica::Open(
            {.store = {.path = dir_ / "store", .databases = CountsStore::Databases()},
             .topics = {{kViewCountsTopic}}},
            absl::Now()))),
        counts_(log_->store(), [this](const store::WriteTxn&, const news::ArticleId& article) {
          const std::lock_guard lock(mutex_);
          return purged_.contains(article);
        }) {
    EXPECT_TRUE(log_->Bind(cluster_id, kPartitions, absl::Now()).ok());
    log_->Follow(*this);
    reader_ = Must(kafka::LogReader::Create(
        {.client = Client("counts"), .from = log_->StartPositions()}, *log_));
    kafka::PublisherConfig config = owner::OwnerPublisherConfig(kPartitions);
    config.client = Client("owner");
    publisher_ = Must(kafka::Publisher::Create(std::move(config)));
    owner_ = Must(
        owner::GroupOwner::Start(CountingOptions({.recorded = counts_, .dead_letters = letters_}),
                                 *publisher_, tests::OwnerPorts(*log_, admin, Client("counter"))));
    forget_purged_ = ForgetPurged(*owner_, kPartitions, counts_);
  }
  ~Replica() override {
    EXPECT_TRUE(owner_->consumer().Close(kWithin).ok());
    owner_.reset();
    EXPECT_EQ(publisher_->Flush(kWithin), 0u);
    EXPECT_TRUE(reader_->Stop(kWithin).ok());
  }

  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override {
    return counts_.Apply(txn, record);
  }

  std::int64_t Views() const {
    std::int64_t views = 0;
    counts_.VisitAll([&](const DayKey&, const DayTotals& totals) {
      views += totals.views;
      return true;
    });
    return views;
  }
  std::size_t Unpurged() const {
    std::size_t unpurged = 0;
    counts_.VisitUnpurged([&](const DayKey&) { ++unpurged; });
    return unpurged;
  }
  void Purge(const news::ArticleId& article) {
    const absl::Status purged = log_->store().Write([&](store::WriteTxn& txn) {
      const std::lock_guard lock(mutex_);
      purged_.insert(article);
      return counts_.Purge(txn, article);
    });
    EXPECT_TRUE(purged.ok()) << purged;
  }
  void LookForPurged() { forget_purged_({}); }
  const CountsStore& counts() const { return counts_; }

 private:
  kafka::ClientConfig Client(const std::string& name) const {
    return {.brokers = brokers_, .client_id = name};
  }

  const std::string brokers_;
  tests::TempDir dir_;
  std::unique_ptr<replica::LogReplica> log_;
  std::mutex mutex_;
  std::set<news::ArticleId> purged_;
  CountsStore counts_;
  std::unique_ptr<kafka::LogReader> reader_;
  std::unique_ptr<kafka::Publisher> publisher_;
  const kafka::DeadLetters letters_{kCountersGroup, kPartitions};
  std::unique_ptr<owner::GroupOwner> owner_;
  owner::GroupOwner::Look forget_purged_;
};

class CountingOwnerTest : public ::testing::Test {
 protected:
  CountingOwnerTest() {
    for (const std::string& topic : {kViewsTopic, kViewCountsTopic})
      broker_.CreateTopic(topic, kPartitions);
    admin_ = Must(kafka::Admin::Create({.brokers = broker_.brokers(), .client_id = "admin"}));
    cluster_id_ = Must(admin_->ClusterId(kWithin));
    edge_ = Must(
        kafka::Publisher::Create({.client = {.brokers = broker_.brokers(), .client_id = "edge"}}));
  }
  std::unique_ptr<Replica> Start() {
    return std::make_unique<Replica>(broker_.brokers(), *admin_, cluster_id_);
  }
  // So many looks, each by somebody else.
  void Look(const news::ArticleId& article, int looks) {
    std::vector<kafka::Record> records;
    for (; looks > 0; --looks) {
      View view;
      view.article = article;
      view.id[0] = static_cast<std::uint8_t>(++events_);
      view.id[1] = static_cast<std::uint8_t>(events_ >> 8);
      view.visitor = static_cast<Visitor>(events_) * 0x9e3779b97f4a7c15;
      view.time_ms = absl::ToUnixMillis(absl::Now());
      view.language = "en";
      records.push_back({.topic = kViewsTopic,
                         .partition = PartitionOf(article),
                         .key = std::string(article.bytes()),
                         .value = EncodeView(view)});
    }
    ASSERT_TRUE(edge_->PublishAll(std::move(records)).ok());
  }
  static std::int32_t PartitionOf(const news::ArticleId& article) {
    return kafka::PartitionOf(article.ToString(), kPartitions);
  }

  const news::ArticleId story_ = news::ArticleId::Of("desk.example", "story");
  const news::ArticleId other_ = news::ArticleId::Of("desk.example", "other");
  telex::testing::MockCluster broker_;
  std::unique_ptr<kafka::Admin> admin_;
  std::string cluster_id_;
  std::unique_ptr<kafka::Publisher> edge_;
  int events_ = 0;
};

TEST_F(CountingOwnerTest, ViewsAreCountedAndASuccessorCountsOn) {
  auto first = Start();
  Look(story_, 40);
  Look(other_, 2);
  Await([&] { return first->Views() == 42; });
  const std::int32_t partition = PartitionOf(story_);
  Await([&] { return broker_.CommittedOffset(kCountersGroup, kViewsTopic, partition) == 0; });
  EXPECT_GE(first->counts().CheckpointOf(partition)->position, 39) << "it would be read again";
  first.reset();

  Look(story_, 5);
  const auto second = Start();
  Await([&] { return second->Views() == 47; });
}

TEST_F(CountingOwnerTest, TheCountsOfAPurgedArticleAreForgottenInTheLog) {
  const auto replica = Start();
  Look(story_, 3);
  Look(other_, 4);
  Await([&] { return replica->Views() == 7; });
  replica->Purge(story_);
  EXPECT_EQ(replica->Views(), 4);
  Look(story_, 1);  // came behind it
  Await([&] {
    replica->LookForPurged();
    return replica->Unpurged() == 0;
  });
  EXPECT_EQ(replica->Views(), 4);
}

}  // namespace
}  // namespace telex::views
