// Counting the views of one partition: views::CountingFold over records in memory, what it appends
// kept as a local store would have it.
//   telex-bench-count-views [--views 1000000] [--articles 1000] [--visitors-percent 50]
//                           [--pace 1000] [--batch 500]
// `pace`: views a second by the log's clock, which decides how many of them lie in the windows.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "platform/kafka/dead_letter.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/made_views.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/counting_fold.h"

namespace {

using namespace telex;

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

// All in one partition.
std::vector<kafka::Record> MakeViews(std::size_t count, bench::MadeViewsOptions options) {
  bench::MadeViews made(options);
  std::vector<kafka::Record> records(count);
  for (std::size_t n = 0; n < count; ++n) {
    const views::View view = made.Next();
    records[n] = bench::RecordOf(view, made.append_ms());
    records[n].partition = 0;
    records[n].offset = static_cast<std::int64_t>(n);
  }
  return records;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const auto count = static_cast<std::size_t>(flags.Integer("views", 1'000'000));
  const bench::MadeViewsOptions options = {
      .stories = static_cast<std::size_t>(flags.Integer("articles", 1'000)),
      .visitors_percent = static_cast<std::uint64_t>(flags.Integer("visitors-percent", 50)),
      .pace = flags.Integer("pace", 1'000)};
  const auto batch = static_cast<std::size_t>(flags.Integer("batch", 500));
  flags.Finish();
  const std::vector<kafka::Record> records = MakeViews(count, options);
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
