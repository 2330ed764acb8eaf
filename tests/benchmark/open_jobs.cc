// What many open jobs cost a replica, in process: loading them from its local store, their memory,
// and choosing, folding and storing a claim.
//   telex-bench-open-jobs --folder FOLDER --jobs 1000000 --claims 5000
#include <fmt/format.h>
#include <malloc.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/benchmark/cost.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "translation/adapters/records/topics.h"
#include "translation/adapters/store/translation_store.h"

namespace {

using namespace telex;
using namespace telex::translation;

constexpr std::int32_t kPartitions = 12;
constexpr std::int64_t kSources = 50;
constexpr std::size_t kBatchRecords = 10'000;
constexpr std::int64_t kBeginMs = 1'700'000'000'000;

absl::Time Now() { return absl::FromUnixMillis(kBeginMs); }

std::unique_ptr<TranslationStore> OpenStore(const std::string& folder) {
  replica::Options options = TranslationStore::Options();
  options.store.path = folder;
  auto log = bench::OrDie("store", replica::LogReplica::Open(std::move(options), Now()));
  auto store = std::make_unique<TranslationStore>(std::move(log), "bench");
  bench::OrDie("load", store->Load());
  return store;
}

// The replica, and the end of its log; records come one a millisecond.
class Replica {
 public:
  explicit Replica(const std::string& folder) : store_(OpenStore(folder)) {
    bench::OrDie("bind", store_->Bind("bench", kPartitions, Now()));
    store_->Follow({});
    for (std::int32_t partition = 0; partition < kPartitions; ++partition)
      ends_[partition] = store_->log().PositionOf({kJobsTopic, partition});
  }
  JobQueues& queues() { return store_->queues(); }

  // Job number n: five languages of an article, nine urgencies.
  void Want(std::int64_t n) {
    static const std::array languages = {
        *news::LanguageTag::Parse("es"), *news::LanguageTag::Parse("hy"),
        *news::LanguageTag::Parse("ru"), *news::LanguageTag::Parse("fr"),
        *news::LanguageTag::Parse("de")};
    static const news::LanguageTag from = *news::LanguageTag::Parse("en");
    Add({{news::ArticleId::Of("bench", std::to_string(n / 5)), languages[n % 5]},
         "owners/bench",
         "",
         Wanted{.version = {1},
                .from = from,
                .urgency = 1 + static_cast<int>(n % 9),
                .source = fmt::format("source-{}", n / 5 % kSources),
                .policy = 1}});
    if (batch_.size() >= kBatchRecords) Flush();
  }
  void Add(const JobFact& fact) {
    kafka::Record record = RecordOf(fact, std::to_string(++appended_), kPartitions);
    record.offset = ends_[record.partition]++;
    record.timestamp_ms = kBeginMs + appended_;
    batch_.push_back(std::move(record));
  }
  void Flush() {
    if (store_->log().OnBatch(batch_, {}).kind() != kafka::Outcome::Kind::kDone)
      bench::OrDie("batch", absl::InternalError("it failed"));
    batch_.clear();
  }
  void Close() {
    Flush();
    bench::OrDie("close", store_->log().Close());
  }

 private:
  std::unique_ptr<TranslationStore> store_;
  std::array<std::int64_t, kPartitions> ends_{};
  std::vector<kafka::Record> batch_;
  std::int64_t appended_ = 0;
};

std::size_t Used() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double Cpu() { return bench::CpuSeconds(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const std::string folder = flags.Text("folder", "");
  const std::int64_t jobs = flags.Integer("jobs", 1'000'000);
  const std::int64_t claims = flags.Integer("claims", 5'000);
  flags.Finish();
  const auto began = bench::Clock::now();
  {
    Replica filled(folder);
    for (std::int64_t n = 0; n < jobs; ++n) filled.Want(n);
    filled.Close();
  }
  const double filled_seconds = bench::MillisecondsSince(began) / 1000;
  malloc_trim(0);
  const std::size_t before = Used();
  const auto start = bench::Clock::now();
  const double cpu = Cpu();
  Replica replica(folder);
  const double load_seconds = bench::MillisecondsSince(start) / 1000;
  const double load_cpu_seconds = Cpu() - cpu;
  const std::size_t bytes = (Used() - before) / static_cast<std::size_t>(jobs);

  bench::Samples choice_us;
  bench::Samples claim_us;
  for (std::int64_t n = 0; n < claims; ++n) {
    const double begun = Cpu();
    const std::vector<JobRow> chosen = replica.queues().Choose({.count = 1});
    choice_us.Add((Cpu() - begun) * 1e6);
    replica.Add({chosen.front().id, "engines/bench", "", Claimed{Worker::kMachine, 60'000}});
    replica.Flush();
    claim_us.Add((Cpu() - begun) * 1e6);
    replica.Want(jobs + n);  // as many stay open
    replica.Flush();
  }
  replica.Close();
  fmt::print(
      "{{\"jobs\":{},\"filled_seconds\":{:.3f},\"load_seconds\":{:.4f},\"load_cpu_seconds\":{:.4f},"
      "\"bytes_per_job\":{},\"choice_us\":{{\"p50\":{:.2f},\"p99\":{:.2f}}},\"claim_us\":{{\"p50\":"
      "{:.2f},\"p99\":{:.2f}}}}}\n",
      jobs, filled_seconds, load_seconds, load_cpu_seconds, bytes, choice_us.Percentile(0.5),
      choice_us.Percentile(0.99), claim_us.Percentile(0.5), claim_us.Percentile(0.99));
  return 0;
}
