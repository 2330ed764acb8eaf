// An owner of partitions as a part of the host, on the client library's own broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "platform/service/host_owner.h"
#include "tests/support/mock_cluster.h"
#include "tests/support/temp_dir.h"

namespace telex::service {
namespace {

using ::testing::HasSubstr;

constexpr HostTexts kTexts = {
    .not_ready_impact = "x", .broker_away_impact = "x", .not_ready_runbook = "x"};
constexpr OwnerTexts kOwnerTexts = {.role = "owner",
                                    .loop = {"owner", 1, "x", "x"},
                                    .ends_loop = {"ends", 1, "x", "x"},
                                    .severity = 1,
                                    .held_check = "inputs",
                                    .held_impact = "x",
                                    .held_summary = "x",
                                    .held_runbook = "x",
                                    .takeover_impact = "x",
                                    .takeover_runbook = "x",
                                    .lag_seconds = {"test_lag_seconds", "x"},
                                    .lag_records = {"test_lag_records", "x"},
                                    .owned_partitions = {"test_owned_partitions", "x"}};

// Appends nothing.
class SilentFold final : public owner::Fold {
 public:
  std::int64_t KnownEnd() const override { return 0; }
  void Take(std::span<const kafka::RecordView> records) override { taken_ = records.size(); }
  absl::StatusOr<owner::Round> Next(bool) override { return owner::Round{.taken = taken_}; }
  void Recorded() override {}

 private:
  std::size_t taken_ = 0;
};

class ServiceOwnerTest : public ::testing::Test {
 protected:
  ServiceOwnerTest() : first_(Open("first")) {
    cluster_.CreateTopic("in", 1);
    ServiceSettings settings;
    settings.kafka_brokers = cluster_.brokers();
    host_ = std::make_unique<Host>(settings, kTexts, lifecycle_, health_, metrics_,
                                   [this] { return now_.load(); });
    EXPECT_TRUE(host_->AwaitCluster(std::vector<std::string>{"in"}, {}).ok());
    auto publisher = host_->MakePublisher("owner", owner::OwnerPublisherConfig(1), nullptr);
    EXPECT_TRUE(publisher.ok()) << publisher.status();
    publisher_ = *std::move(publisher);
  }
  ~ServiceOwnerTest() override { host_->Abandon(); }

  std::unique_ptr<replica::LogReplica> Open(const std::string& name) {
    auto opened = replica::LogReplica::Open(
        {.store = {.path = folder_ / name, .databases = {"rows"}, .map_bytes_max = 1 << 20},
         .topics = {{"in"}}},
        absl::UnixEpoch());
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  // As a process that died leaves it.
  std::unique_ptr<replica::LogReplica> OpenAfterDeath() {
    std::filesystem::copy(folder_ / "first", folder_ / "second",
                          std::filesystem::copy_options::recursive);
    return Open("second");
  }
  absl::StatusOr<std::unique_ptr<owner::GroupOwner>> Start(const replica::LogReplica& replica,
                                                           std::stop_token stop) {
    return StartOwner(*host_, kOwnerTexts, replica,
                      {.group = "g",
                       .input = "in",
                       .make_fold = [](std::int32_t) { return std::make_unique<SilentFold>(); }},
                      *publisher_, std::move(stop));
  }

  telex::testing::MockCluster cluster_;
  std::atomic<std::chrono::steady_clock::time_point> now_{std::chrono::steady_clock::time_point()};
  runtime::HealthChecks health_;
  runtime::Lifecycle lifecycle_{health_, {.drain_delay = absl::ZeroDuration()}};
  observe::Metrics metrics_;
  tests::TempDir folder_;
  std::unique_ptr<replica::LogReplica> first_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<kafka::Publisher> publisher_;
  std::stop_source stopped_ = [] {
    std::stop_source source;
    source.request_stop();
    return source;
  }();
};

TEST_F(ServiceOwnerTest, OwnsWhatTheGroupGivesAndSaysSo) {
  const auto owner = Start(*first_, {});
  ASSERT_TRUE(owner.ok()) << owner.status();
  while (metrics_.Render().find("test_owned_partitions 1\n") == std::string::npos)
    std::this_thread::yield();
  EXPECT_THAT(metrics_.Render(), HasSubstr("test_lag_records 0\n"));
  EXPECT_THAT(health_.Ready().json, HasSubstr("\"inputs\""));
  host_->Abandon();
}

// A stop ends a wait at once, and shows that there was one.
TEST_F(ServiceOwnerTest, JoinsWhenTheSessionOfAProcessThatDiedIsOver) {
  const auto unclean = OpenAfterDeath();
  EXPECT_TRUE(absl::IsCancelled(Start(*unclean, stopped_.get_token()).status()));
  now_ = now_.load() + absl::ToChronoSeconds(kafka::GroupConsumerConfig{}.session_timeout);
  const auto owner = Start(*unclean, stopped_.get_token());
  EXPECT_TRUE(owner.ok()) << owner.status();
  host_->Abandon();
}

TEST_F(ServiceOwnerTest, WaitsForNobodyThatHasLeft) {
  const auto owner = Start(*first_, stopped_.get_token());
  EXPECT_TRUE(owner.ok()) << owner.status();
  host_->Abandon();
}

}  // namespace
}  // namespace telex::service
