// The counting pipeline: a topic of views is counted from its beginning by the owner of all its
// partitions, with a group and a publisher of its own; measured from the assignment until all
// totals are on record.
//   telex-bench-count-log --brokers HOST:PORT [--topic telex-bench.views] [--windows 1]
// `windows` 0: views by story, and nothing else. There is no local store that reads the totals
// back.
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "platform/kafka/admin.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/owner/partition_owner.h"
#include "tests/benchmark/bench_topics.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/made_views.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/counting_fold.h"

namespace {

using namespace telex;

const std::string kTotalsTopic = "telex-bench.view-counts";

// Nothing of earlier runs is known, nor read back: totals stay in the fold's memory.
class NothingRecorded final : public views::RecordedCounts {
 public:
  std::optional<views::DayTotals> Totals(const views::DayKey&) const override { return {}; }
  std::optional<views::Checkpoint> CheckpointOf(std::int32_t) const override { return {}; }
  views::Overtaken OvertakenIn(std::int32_t) const override { return {}; }
};

// What has come, and what of it is on record with its totals.
struct Progress {
  std::uint64_t all = 0;
  std::uint64_t recorded = 0;
  std::uint64_t appended = 0;
  std::unordered_map<std::string, std::string> totals;  // the last ones
  std::optional<bench::Cost> cost;
  std::string result;
  std::atomic<bool> done = false;

  void Appended(const kafka::Record& record) {
    ++appended;
    totals.insert_or_assign(record.key, *record.value);
  }
  void Recorded(std::uint64_t views) {
    recorded += views;
    if (recorded < all) return;
    result = cost->Json(recorded);
    done = true;
    done.notify_all();
  }
};

// A fold of ours, with its totals in a topic of the benchmark's. What it has taken counts as
// recorded when totals are written after it.
class Measured final : public owner::Fold {
 public:
  Measured(std::unique_ptr<owner::Fold> fold, Progress& progress)
      : fold_(std::move(fold)), progress_(progress) {}
  std::int64_t KnownEnd() const override { return fold_->KnownEnd(); }
  void OnOwned(std::int64_t end) override { fold_->OnOwned(end); }
  void Take(std::span<const kafka::RecordView> records) override { fold_->Take(records); }
  absl::StatusOr<owner::Round> Next(bool read) override { return Redirected(fold_->Next(read)); }
  absl::StatusOr<owner::Round> Idle(absl::Time now) override {
    return Redirected(fold_->Idle(now));
  }
  void Recorded() override {
    fold_->Recorded();
    taken_ += std::exchange(taken_now_, 0);
    if (std::exchange(written_, false)) progress_.Recorded(std::exchange(taken_, 0));
  }

 private:
  absl::StatusOr<owner::Round> Redirected(absl::StatusOr<owner::Round> round) {
    if (!round.ok()) return round;
    taken_now_ = round->taken;
    for (std::vector<kafka::Record>& step : round->steps) {
      written_ = written_ || !step.empty();
      for (kafka::Record& record : step) {
        record.topic = kTotalsTopic;
        progress_.Appended(record);
      }
    }
    return round;
  }

  const std::unique_ptr<owner::Fold> fold_;
  Progress& progress_;
  std::uint64_t taken_ = 0;
  std::uint64_t taken_now_ = 0;
  bool written_ = false;
};

// Views by story; totals as often as CountingFold writes its own.
class PlainFold final : public owner::Fold {
 public:
  explicit PlainFold(std::int32_t partition) : partition_(partition) {}
  std::int64_t KnownEnd() const override { return 0; }
  void Take(std::span<const kafka::RecordView> records) override { batch_ = records; }
  absl::StatusOr<owner::Round> Next(bool) override {
    for (const kafka::RecordView& record : batch_) {
      const auto view = bench::OrDie("view", reader_.Read(record));
      ++counts_[view.article];
      changed_.insert(view.article);
    }
    owner::Round round{.taken = std::exchange(batch_, {}).size()};
    since_written_ += round.taken;
    if (since_written_ >= kWriteAfter) Append(round);
    return round;
  }
  absl::StatusOr<owner::Round> Idle(absl::Time now) override {
    owner::Round round;
    if (changed_.empty()) return round;
    if (!dirty_since_) dirty_since_ = now;
    if (now - *dirty_since_ >= views::CountingFold::kWriteAfter) Append(round);
    return round;
  }
  void Recorded() override {}

 private:
  static constexpr std::uint64_t kWriteAfter = 100'000;
  void Append(owner::Round& round) {
    auto& totals = round.steps.emplace_back();
    for (const news::ArticleId& article : changed_) {
      totals.push_back({.topic = kTotalsTopic,
                        .partition = partition_,
                        .key = std::string(article.bytes()),
                        .value = std::to_string(counts_[article])});
    }
    changed_.clear();
    since_written_ = 0;
    dirty_since_.reset();
  }

  const std::int32_t partition_;
  views::ViewReader reader_;
  std::span<const kafka::RecordView> batch_;
  absl::flat_hash_map<news::ArticleId, std::uint64_t> counts_;
  absl::flat_hash_set<news::ArticleId> changed_;
  std::uint64_t since_written_ = 0;
  std::optional<absl::Time> dirty_since_;
};

// What was counted, and what was filtered: the same as the rival's.
std::string Result(const Progress& progress) {
  std::int64_t views = 0;
  std::int64_t repeats = 0;
  std::int64_t late = 0;
  for (const auto& [key, value] : progress.totals) {
    if (!key.starts_with("articles/")) continue;  // a checkpoint
    const auto day = bench::OrDie("totals", views::DecodeDayTotals(value));
    views += day.views;
    repeats += day.filtered[static_cast<std::size_t>(views::Filter::kRepeat)];
    late += day.filtered[static_cast<std::size_t>(views::Filter::kLate)];
  }
  return fmt::format("{{\"views\":{},\"repeats\":{},\"late\":{}}}", views, repeats, late);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const kafka::ClientConfig client{.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                                   .client_id = "telex-bench-count"};
  kafka::GroupConsumerConfig group{.client = client,
                                   .group = fmt::format("telex-bench-count-{}", getpid()),
                                   .topics = {flags.Text("topic", bench::kMadeViewsTopic)}};
  const bool windows = flags.Integer("windows", 1) == 1;
  flags.Finish();
  bench::MakeTopics(client, std::vector{kTotalsTopic});

  const auto admin = bench::OrDie("admin", kafka::Admin::Create(client));
  const auto ends =
      bench::OrDie("ends", admin->EndOffsets(group.topics.front(), absl::Seconds(10)));
  kafka::PublisherConfig publishing = owner::OwnerPublisherConfig(bench::kMadeViewsPartitions);
  publishing.client = client;
  const auto publisher = bench::OrDie("publisher", kafka::Publisher::Create(publishing));
  bench::OrDie("warm up", publisher->WarmUp(std::vector{kTotalsTopic}, absl::Seconds(10)));

  const NothingRecorded recorded;
  const kafka::DeadLetters letters("bench", 1);
  Progress progress;
  progress.all =
      static_cast<std::uint64_t>(std::accumulate(ends.begin(), ends.end(), std::int64_t{0}));
  const auto make_fold = [&](std::int32_t partition) -> std::unique_ptr<owner::Fold> {
    if (!windows) return std::make_unique<PlainFold>(partition);
    return std::make_unique<views::CountingFold>(partition,
                                                 views::CountingParts{.zone = absl::UTCTimeZone(),
                                                                      .recorded = recorded,
                                                                      .dead_letters = letters,
                                                                      .on_recorded = {}});
  };
  owner::PartitionOwner owner(
      {.derived = {kTotalsTopic},
       .make_fold =
           [&](std::int32_t partition) {
             if (!progress.cost) progress.cost.emplace();
             return std::make_unique<Measured>(make_fold(partition), progress);
           },
       .position_of =
           [](const kafka::TopicPartition&) { return std::numeric_limits<std::int64_t>::max(); },
       .ends =
           [&](std::span<const kafka::TopicPartition> places) {
             return admin->EndOffsets(places, absl::Seconds(2));
           }},
      *publisher);
  const auto consumer = bench::OrDie(
      "consumer", kafka::GroupConsumer::Create(std::move(group), owner,
                                               {.on_fatal = [](const absl::Status& status) {
                                                 bench::OrDie("consuming", status);
                                               }}));
  progress.done.wait(false);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  fmt::print("{{\"cost\":{},\"counted\":{},\"appended\":{},\"peak_bytes\":{}}}\n", progress.result,
             windows ? Result(progress) : "null", progress.appended, used.ru_maxrss * 1024);
  bench::OrDie("close", consumer->Close(absl::Seconds(5)));
  return 0;
}
