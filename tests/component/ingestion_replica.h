// A replica of ingestion of the parts that app.cc wires, on the client library's own broker and
// without gRPC; and the callers of its tests.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "ingestion/adapters/deciding_owner.h"
#include "ingestion/adapters/intake.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "platform/kafka/admin.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/partitioner.h"
#include "platform/kafka/publisher.h"
#include "platform/owner/partition_owner.h"
#include "tests/support/mock_cluster.h"
#include "tests/support/owner_ports.h"
#include "tests/support/temp_dir.h"

namespace telex::ingestion::testing {

inline constexpr std::int32_t kPartitions = 3;
inline constexpr absl::Duration kWithin = absl::Seconds(30);

// The broker, with the topics of ingestion.
class Cluster {
 public:
  Cluster() {
    for (const std::string& topic : kArticleTopics) broker.CreateTopic(topic, kPartitions);
    broker.CreateTopic(kafka::DeadLetterTopic(kSubmissionsTopic, kDecidersGroup), kPartitions);
    auto made = kafka::Admin::Create(Client("admin"));
    if (!made.ok()) std::abort();
    admin = *std::move(made);
    const auto asked = admin->ClusterId(kWithin);
    if (!asked.ok()) std::abort();
    id = *asked;
  }
  kafka::ClientConfig Client(const std::string& name) const {
    return {.brokers = broker.brokers(), .client_id = name};
  }

  // All records of a topic, up to its end now, in order of partition and offset.
  std::vector<kafka::Record> RecordsOf(const std::string& topic) {
    struct Collector final : kafka::LogHandler {
      std::vector<kafka::Record> records;
      kafka::Outcome OnBatch(std::span<const kafka::Record> batch, std::stop_token) override {
        records.insert(records.end(), batch.begin(), batch.end());
        return kafka::Outcome::Done();
      }
      void OnCaughtUp(const kafka::TopicPartition&, std::int64_t) override {}
    } collector;
    std::vector<kafka::ReadFrom> from;
    for (std::int32_t p = 0; p < kPartitions; ++p) from.push_back({.partition = {topic, p}});
    auto reader =
        kafka::LogReader::Create({.client = Client("collector"), .from = from}, collector);
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE((*reader)->AwaitCaughtUp(kWithin).ok());
    EXPECT_TRUE((*reader)->Stop(kWithin).ok());
    std::stable_sort(collector.records.begin(), collector.records.end(),
                     [](const auto& a, const auto& b) {
                       return std::pair(a.partition, a.offset) < std::pair(b.partition, b.offset);
                     });
    return std::move(collector.records);
  }

  telex::testing::MockCluster broker;
  std::unique_ptr<kafka::Admin> admin;
  std::string id;
};

struct ReplicaOptions {
  std::string instance = "ingestion-0";
  bool decides = true;
  int rule = 1;
  std::function<absl::Time()> now = [] { return absl::Now(); };
  std::size_t record_bytes_max = 0;  // of what is submitted; 0: the service's own
};

class Replica {
 public:
  Replica(Cluster& cluster, ReplicaOptions options)
      : cluster_(cluster), options_(std::move(options)) {
    log_store = Must(LogStore::Open(
        {.folder = dir_ / "store", .cluster_id = cluster.id, .partitions = kPartitions}));
    kafka::PublisherConfig of_owner = owner::OwnerPublisherConfig(kPartitions);
    of_owner.client = cluster.Client("owner");
    owner_publisher = Must(kafka::Publisher::Create(std::move(of_owner)));
    kafka::PublisherConfig of_edge = EdgePublisherConfig();
    of_edge.client = cluster.Client("edge");
    if (options_.record_bytes_max > 0) of_edge.record_bytes_max = options_.record_bytes_max;
    intake =
        std::make_unique<Intake>(log_settings(), *log_store,
                                 Must(kafka::Publisher::Create(std::move(of_edge))), options_.now);
    edge_publisher = &intake->publisher();
    submitter = &intake->submitter();
    reader = Must(kafka::LogReader::Create(
        {.client = cluster.Client("log-store"), .from = log_store->log().StartPositions()},
        log_store->log(), {.on_fatal = [](const absl::Status& why) { ADD_FAILURE() << why; }}));
    EXPECT_TRUE(reader->AwaitCaughtUp(kWithin).ok());
    if (options_.decides) StartDeciding();
  }
  ~Replica() {
    StopDeciding();
    submitter->Stop();
    EXPECT_EQ(edge_publisher->Flush(kWithin), 0u);
    EXPECT_EQ(owner_publisher->Flush(kWithin), 0u);
    EXPECT_TRUE(reader->Stop(kWithin).ok());
    EXPECT_TRUE(log_store->log().Close().ok());
  }

  // Without the looks: the tests say when they look.
  void StartDeciding() {
    owner_ = Must(owner::GroupOwner::Start(
        DecidingOptions(log_settings(), *log_store, *dead_letters, {}), *owner_publisher,
        tests::OwnerPorts(log_store->log(), *cluster_.admin, cluster_.Client("decider"))));
    partition_owner = &owner_->owner();
    consumer = &owner_->consumer();
  }
  // While it decides.
  void StartLooks() {
    owner_->Every(
        kTimekeeperInterval, nullptr,
        SubmitDueTimes(*owner_, log_settings(), *log_store,
                       [this](const Submission& due) { submitter->SubmitAndForget(due); }));
    owner_->Every(kPurgeEnforcerInterval, nullptr,
                  AppendTombstonesAgain(*owner_, log_settings(), *log_store));
  }
  LogSettings log_settings() const {
    return {.cluster_id = cluster_.id, .partitions = kPartitions, .rule = options_.rule};
  }
  // Of a decider beside it.
  DeciderParts decider_parts() const {
    return {.rules = KnownRules(),
            .cluster_id = cluster_.id,
            .ledger = *log_store,
            .dead_letters = *dead_letters,
            .on_decided = {}};
  }
  void StopDeciding() {
    if (!owner_) return;
    EXPECT_TRUE(consumer->Close(kWithin).ok());
    partition_owner = nullptr;
    consumer = nullptr;
    owner_.reset();
  }

  std::unique_ptr<LogStore> log_store;
  std::unique_ptr<kafka::Publisher> owner_publisher;
  std::unique_ptr<Intake> intake;
  kafka::Publisher* edge_publisher = nullptr;  // the intake's
  Submitter* submitter = nullptr;              // likewise
  std::unique_ptr<kafka::LogReader> reader;
  const std::unique_ptr<kafka::DeadLetters> dead_letters =
      std::make_unique<kafka::DeadLetters>(kDecidersGroup, kPartitions);
  const owner::PartitionOwner* partition_owner = nullptr;  // while it decides
  kafka::GroupConsumer* consumer = nullptr;                // likewise

 private:
  template <typename T>
  static T Must(absl::StatusOr<T> made) {
    if (!made.ok()) {
      ADD_FAILURE() << made.status();
      std::abort();
    }
    return *std::move(made);
  }

  Cluster& cluster_;
  const ReplicaOptions options_;
  tests::TempDir dir_;
  std::unique_ptr<owner::GroupOwner> owner_;
};

// A call that is under way.
template <typename Answer>
class Asked {
 public:
  Asked() : future_(promise_->get_future()) {}
  Done<Answer> done() {
    return [promise = promise_](absl::StatusOr<Answer> answer) {
      promise->set_value(std::move(answer));
    };
  }
  bool IsReady() const {
    return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  absl::StatusOr<Answer> Await() {
    if (future_.wait_for(absl::ToChronoMilliseconds(kWithin)) != std::future_status::ready) {
      return absl::DeadlineExceededError("the test has waited long enough");
    }
    return future_.get();
  }

 private:
  std::shared_ptr<std::promise<absl::StatusOr<Answer>>> promise_ =
      std::make_shared<std::promise<absl::StatusOr<Answer>>>();
  std::future<absl::StatusOr<Answer>> future_;
};

inline Call Editor(absl::Duration within = kWithin) {
  return {.actor = "desk", .is_editor = true, .deadline = absl::Now() + within};
}
inline Call SourceCall(absl::Duration within = kWithin) {
  return {.actor = "caliber", .is_editor = false, .deadline = absl::Now() + within};
}

template <typename Service>
Service& Of(Intake& intake) {
  if constexpr (std::is_same_v<Service, ArticleService>) return intake.articles;
  if constexpr (std::is_same_v<Service, ImportService>) return intake.imports;
  if constexpr (std::is_same_v<Service, SourceService>) return intake.sources;
}

// Calls `method` of its service and starts waiting.
template <typename Service, typename Answer, typename Request>
Asked<Answer> Start(Replica& replica,
                    void (Service::*method)(const Call&, const Request&, Done<Answer>),
                    const Call& call, const Request& request) {
  Asked<Answer> pending;
  (Of<Service>(*replica.intake).*method)(call, request, pending.done());
  return pending;
}
template <typename Service, typename Answer, typename Request>
absl::StatusOr<Answer> Ask(Replica& replica,
                           void (Service::*method)(const Call&, const Request&, Done<Answer>),
                           const Call& call, const Request& request) {
  return Start(replica, method, call, request).Await();
}

// Waits for a condition that another thread makes true.
inline bool AwaitThat(const std::function<bool()>& condition) {
  const absl::Time until = absl::Now() + kWithin;
  while (!condition()) {
    if (absl::Now() > until) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

inline v1::CreateSourceRequest CaliberRequest() {
  v1::CreateSourceRequest request;
  request.set_source_id("caliber.az");
  v1::Source& source = *request.mutable_source();
  source.set_display_name("Caliber.Az");
  source.set_home_page("https://caliber.az/");
  source.set_usage_terms("Use with a hyperlink to the source.");
  source.set_default_language("en");
  source.set_time_zone("Asia/Baku");
  return request;
}

inline v1::CreateArticleRequest StoryRequest(const std::string& key,
                                             const std::string& headline = "A headline") {
  v1::CreateArticleRequest request;
  news::v1::Article& article = *request.mutable_article();
  article.set_source("sources/caliber.az");
  article.set_key(key);
  article.set_headline(headline);
  article.set_section("world");
  request.set_body_text("It happened.");
  return request;
}

}  // namespace telex::ingestion::testing
