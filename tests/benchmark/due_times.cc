// What a look at due embargoes costs when many are due, as after an outage: a local store of
// telex-ingestion that is filled with them, and DueTimes of a replica that owns all partitions (or,
// as a peer, none) and reads nothing back.
//   telex-bench-due --path FOLDER --due 100000 [--looks 50]
#include "ingestion/adapters/due_times.h"

#include <fmt/format.h>

#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "ingestion/domain/rule.h"
#include "news/article_name.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

namespace {

using namespace telex;

constexpr std::int32_t kPartitions = 12;
constexpr char kCluster[] = "bench";
const absl::Time kBegin = absl::FromUnixSeconds(1'700'000'000);

// One embargo a millisecond, from kBegin on.
kafka::Record Embargoed(std::uint64_t n) {
  news::Article article = bench::Story(n, n, 300);
  article.content.embargoed = kBegin + absl::Milliseconds(n);
  article.availability = news::Availability::kEmbargoed;
  const auto head = bench::HeadOf(std::move(article), kCluster, kPartitions);
  kafka::Record record{.topic = ingestion::kArticlesTopic, .partition = head.position.partition};
  record.offset = static_cast<std::int64_t>(n);  // ascending, with gaps as compaction leaves them
  record.key = news::NameOf(head.article.id, head.article.version);
  record.value = ingestion::EncodeArticleHead(head);
  return record;
}

void Fill(ingestion::LogStore& store, std::uint64_t due) {
  constexpr std::uint64_t kBatch = 2'000;
  std::vector<kafka::Record> batch;
  for (std::uint64_t n = 0; n < due; ++n) {
    batch.push_back(Embargoed(n));
    if (batch.size() < kBatch && n + 1 < due) continue;
    bench::OrDie("fill", store.log().OnBatch(batch, {}).status());
    batch.clear();
  }
}

// Median of the CPU time in microseconds, once what may be under way is.
double Looks(const ingestion::LogStore& store, const std::set<std::int32_t>& owned,
             std::int64_t looks) {
  constexpr std::int64_t kWarmUp = 20;
  ingestion::DueTimes times(kPartitions, ingestion::KnownRules().rbegin()->first);
  bench::Samples samples;
  absl::Time now = kBegin + absl::Hours(1);
  for (std::int64_t look = 0; look < kWarmUp + looks; ++look) {
    now += absl::Milliseconds(200);
    const double start = bench::CpuSeconds(CLOCK_THREAD_CPUTIME_ID);
    (void)times.Due(now, owned, [&](const auto&... asked) { store.VisitPending(asked...); });
    if (look >= kWarmUp) samples.Add((bench::CpuSeconds(CLOCK_THREAD_CPUTIME_ID) - start) * 1e6);
  }
  return samples.Percentile(0.5);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const std::string path = flags.Text("path", "");
  const auto due = static_cast<std::uint64_t>(flags.Integer("due", 100'000));
  const std::int64_t looks = flags.Integer("looks", 50);
  flags.Finish();
  const auto store = bench::OrDie(
      "store", ingestion::LogStore::Open(
                   {.folder = path, .cluster_id = kCluster, .partitions = kPartitions}));
  Fill(*store, due);
  std::set<std::int32_t> all;
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) all.insert(partition);
  const double owner_us = Looks(*store, all, looks);
  fmt::print("{{\"due\":{},\"owner_us\":{:.1f},\"peer_us\":{:.1f}}}\n", due, owner_us,
             Looks(*store, {}, looks));
  bench::OrDie("close", store->log().Close());
  return 0;
}
