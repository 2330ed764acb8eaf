// Counting the views of one partition: views::CountingFold over records in memory, what it appends
// kept as a local store would have it. Stories as readers choose them (Zipf).
//   telex-bench-count-views [--views 1000000] [--articles 1000] [--visitors-percent 50]
//                           [--pace 1000] [--batch 500]
// `pace`: views a second by the log's clock, which decides how many of them lie in the windows.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <unordered_map>
#include <vector>

#include "platform/kafka/dead_letter.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/counting_fold.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_codec.h"

namespace {

using namespace telex;

constexpr std::int64_t kBeginMs = 1'795'000'000'000;

// Read back as soon as it is appended.
class Recorded final : public views::RecordedCounts {
 public:
  void Put(kafka::Record record) {
    values_.insert_or_assign(std::move(record.key), *std::move(record.value));
  }
  std::size_t size() const { return values_.size(); }

  std::optional<views::DayTotals> Totals(const views::DayKey& key) const override {
    const auto found = values_.find(views::DayCountsKey(key));
    if (found == values_.end()) return std::nullopt;
    return bench::OrDie("totals", views::DecodeDayTotals(found->second));
  }
  std::optional<views::Checkpoint> CheckpointOf(std::int32_t) const override { return {}; }
  views::Overtaken OvertakenIn(std::int32_t) const override { return {}; }

 private:
  std::unordered_map<std::string, std::string> values_;
};

// Ranks with a probability of 1/rank.
class Zipf {
 public:
  explicit Zipf(std::size_t ranks) {
    for (std::size_t rank = 1; rank <= ranks; ++rank)
      sums_.push_back((sums_.empty() ? 0 : sums_.back()) + 1 / static_cast<double>(rank));
  }
  std::size_t operator()(std::mt19937_64& random) const {
    const double at = std::uniform_real_distribution<>(0, sums_.back())(random);
    return static_cast<std::size_t>(std::upper_bound(sums_.begin(), sums_.end(), at) -
                                    sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

std::vector<kafka::Record> MakeViews(std::size_t count, std::size_t articles, std::uint64_t percent,
                                     std::int64_t pace) {
  std::mt19937_64 random(1);
  const Zipf choose(articles);
  std::vector<news::ArticleId> ids;
  for (std::size_t n = 0; n < articles; ++n)
    ids.push_back(news::ArticleId::Of("bench.example", std::to_string(n)));
  const std::uint64_t visitors = std::max<std::uint64_t>(1, count * percent / 100);
  std::vector<kafka::Record> records(count);
  for (std::size_t n = 0; n < count; ++n) {
    views::View view{.article = ids[choose(random)],
                     .visitor = (random() % visitors + 1) * 0x9e3779b97f4a7c15,
                     .language = random() % 4 == 0 ? "ru" : "en",
                     .partner = random() % 3 == 0 ? "panorama" : "",
                     .agent_class = views::AgentClass::kBrowser,
                     .agent_list = 1};
    const std::uint64_t halves[2] = {random(), random()};
    std::memcpy(view.id.data(), halves, sizeof halves);
    kafka::Record& record = records[n];
    record.timestamp_ms = kBeginMs + static_cast<std::int64_t>(n) * 1'000 / pace;
    view.time_ms = record.timestamp_ms - static_cast<std::int64_t>(random() % 2'000);
    record.topic = views::kViewsTopic;
    record.partition = 0;
    record.offset = static_cast<std::int64_t>(n);
    record.key = std::string(view.article.bytes());
    record.value = views::EncodeView(view);
  }
  return records;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const auto count = static_cast<std::size_t>(flags.Integer("views", 1'000'000));
  const auto articles = static_cast<std::size_t>(flags.Integer("articles", 1'000));
  const auto percent = static_cast<std::uint64_t>(flags.Integer("visitors-percent", 50));
  const std::int64_t pace = flags.Integer("pace", 1'000);
  const auto batch = static_cast<std::size_t>(flags.Integer("batch", 500));
  flags.Finish();
  const std::vector<kafka::Record> records = MakeViews(count, articles, percent, pace);
  const std::vector<kafka::RecordView> seen(records.begin(), records.end());

  Recorded recorded;
  const kafka::DeadLetters letters("views", 1);
  views::CountingFold fold(0, {.zone = absl::UTCTimeZone(),
                               .recorded = recorded,
                               .dead_letters = letters,
                               .on_recorded = {}});
  fold.OnOwned(0);
  std::uint64_t appended = 0;
  const bench::Cost cost;
  for (std::size_t at = 0; at < seen.size(); at += batch) {
    const auto views = std::span(seen).subspan(at, std::min(batch, seen.size() - at));
    fold.Take(views);
    bool read = false;
    for (std::size_t taken = 0; taken < views.size();) {
      owner::Round round = bench::OrDie("round", fold.Next(read));
      read = !round.read_first.empty();
      if (read) continue;
      for (std::vector<kafka::Record>& step : round.steps) {
        appended += step.size();
        for (kafka::Record& record : step) recorded.Put(std::move(record));
      }
      taken += round.taken;
      fold.Recorded();
    }
  }
  fmt::print("{{\"fold\":{},\"appended\":{},\"totals\":{}}}\n", cost.Json(count), appended,
             recorded.size());
  return 0;
}
