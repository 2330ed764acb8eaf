// The state machine of an owner without the world around it: an OwnedPartition whose appends are
// acknowledged at once, over batches in memory; and the same fold called by hand.
//   telex-bench-pure-owner [--records 10000000] [--batch 500]
#include <fmt/format.h>

#include "platform/kafka/record.h"
#include "platform/owner/owned_partition.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/counting_fold.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"

namespace {

using namespace telex;

class AtOnce final : public owner::Surroundings {
 public:
  void AskForEnds(std::vector<kafka::TopicPartition>) override {}
  std::int64_t PositionOf(const kafka::TopicPartition&) const override { return 0; }
  void Append(kafka::Record record) override {
    ++records;
    bytes += kafka::WeightOf(record);
  }
  absl::Time Now() const override { return absl::UnixEpoch(); }

  std::size_t records = 0;  // not acknowledged
  std::size_t bytes = 0;
};

// The same records as often as they are asked for, with offsets that go on.
class Input {
 public:
  explicit Input(std::size_t batch) {
    for (std::size_t n = 0; n < batch; ++n) records_.push_back(bench::SmallRecord(n));
    for (const kafka::Record& record : records_) views_.emplace_back(record);
  }
  std::span<const kafka::RecordView> Next() {
    for (kafka::Record& record : records_) record.offset = next_++;
    return views_;
  }

 private:
  std::vector<kafka::Record> records_;
  std::vector<kafka::RecordView> views_;
  std::int64_t next_ = 0;
};

std::string Owned(std::uint64_t records, std::size_t batch) {
  AtOnce log;
  std::uint64_t recorded = 0;
  const kafka::TopicPartition place{bench::kSmallTopic, 0};
  owner::OwnedPartition partition(
      {.assigned = {place, {}}, .derived = {}},
      std::make_unique<bench::CountingFold>(0, 100, [&](std::uint64_t more) { recorded += more; }),
      log);
  partition.OnEnds(owner::Ends{});
  bench::OrDie("taken over", partition.Advance());
  partition.OnEnds(owner::Ends{{place, 0}});
  Input input(batch);
  const bench::Cost cost;
  while (recorded < records) {
    const auto views = input.Next();
    while (bench::OrDie("batch", partition.OnBatch(views, false)).state !=
           kafka::Progress::State::kDone) {
      partition.OnAppended(std::exchange(log.records, 0), std::exchange(log.bytes, 0),
                           absl::OkStatus());
    }
  }
  return cost.Json(recorded);
}

std::string FoldAlone(std::uint64_t records, std::size_t batch) {
  std::uint64_t recorded = 0;
  bench::CountingFold fold(0, 100, [&](std::uint64_t more) { recorded += more; });
  Input input(batch);
  const bench::Cost cost;
  while (recorded < records) {
    fold.Take(input.Next());
    bench::OrDie("round", fold.Next(false).status());
    fold.Recorded();
  }
  return cost.Json(recorded);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const auto records = static_cast<std::uint64_t>(flags.Integer("records", 10'000'000));
  const auto batch = static_cast<std::size_t>(flags.Integer("batch", 500));
  flags.Finish();
  const std::string owned = Owned(records, batch);
  fmt::print("{{\"owned\":{},\"fold\":{}}}\n", owned, FoldAlone(records, batch));
  return 0;
}
