// What the translation queue costs, without a log: facts folded a second by one core (each job is
// wanted, claimed and completed), the choice of a claim and its fold among few and among many open
// jobs, and bytes an open job.
//   telex-bench-queue-fold [--jobs 1000000] [--cycles 200000] [--partitions 12]
#include <fmt/format.h>
#include <malloc.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/benchmark/cost.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "translation/domain/claim_choice.h"
#include "translation/domain/partition_queue.h"

namespace {

using namespace telex;
using namespace telex::translation;

constexpr std::int64_t kSources = 50;

const news::LanguageTag& From() {
  static const news::LanguageTag tag = *news::LanguageTag::Parse("en");
  return tag;
}
const news::LanguageTag& Into(std::int64_t n) {
  static const news::LanguageTag tags[] = {
      *news::LanguageTag::Parse("es"), *news::LanguageTag::Parse("hy"),
      *news::LanguageTag::Parse("ru"), *news::LanguageTag::Parse("fr"),
      *news::LanguageTag::Parse("de")};
  return tags[n % 5];
}

// The partitions of a replica; records come one a millisecond.
class Replica {
 public:
  explicit Replica(std::int64_t partitions) {
    for (std::int64_t i = 0; i < partitions; ++i) {
      queues_.push_back(std::make_unique<PartitionQueue>());
      pointers_.push_back(queues_.back().get());
    }
  }
  Outcome Append(std::size_t partition, JobFact fact) {
    PartitionQueue& queue = *queues_[partition];
    return queue.Apply(queue.position() + 1, ++now_ms_, fact);
  }
  void Want(std::int64_t n) {
    const JobId job{news::ArticleId::Of("bench", std::to_string(n / 5)), Into(n)};
    const auto partition = static_cast<std::size_t>(n / 5) % queues_.size();
    Append(partition, {job, "owner", "",
                       Wanted{.version = {1},
                              .from = From(),
                              .urgency = 1 + static_cast<int>(n % 9),
                              .source = fmt::format("source-{}", n / 5 % kSources),
                              .policy = 1}});
  }
  std::vector<ChosenJob> Choose(std::size_t count) {
    return choice_.Choose(pointers_, {.count = count}, pauses_);
  }
  std::int64_t Claim(const ChosenJob& chosen) {
    return Append(chosen.queue, {chosen.job.id, "engine", "", Claimed{Worker::kMachine, 60'000}})
        .position;
  }
  void Complete(const ChosenJob& chosen, std::int64_t token) {
    Append(chosen.queue, {chosen.job.id, "engine", "", Completed{token, {1}}});
  }

 private:
  std::vector<std::unique_ptr<PartitionQueue>> queues_;
  std::vector<PartitionQueue*> pointers_;
  ClaimChoice choice_;
  PairPauses pauses_;
  std::int64_t now_ms_ = 1'700'000'000'000;
};

std::size_t Used() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double Now() { return bench::CpuSeconds(CLOCK_THREAD_CPUTIME_ID); }

// Jobs are claimed one by one, and as many wanted, so that as many stay open.
void Choices(std::int64_t partitions, std::int64_t jobs, std::int64_t cycles) {
  const std::size_t before = Used();
  Replica replica(partitions);
  const double begun = Now();
  for (std::int64_t n = 0; n < jobs; ++n) replica.Want(n);
  const double wanted = Now() - begun;
  const std::size_t bytes = (Used() - before) / static_cast<std::size_t>(jobs);
  bench::Samples choice_us;
  bench::Samples claim_us;
  for (std::int64_t n = 0; n < cycles; ++n) {
    const double start = Now();
    const auto chosen = replica.Choose(1);
    const double chose = Now();
    replica.Claim(chosen.front());
    claim_us.Add((Now() - start) * 1e6);
    choice_us.Add((chose - start) * 1e6);
    replica.Want(jobs + n);
  }
  fmt::print(
      "{{\"open_jobs\":{},\"bytes_per_open_job\":{},\"wanted_per_second\":{:.0f},"
      "\"choice_us\":{{\"p50\":{:.2f},\"p99\":{:.2f}}},\"claim_us\":{{\"p50\":{:.2f},\"p99\":{:.2f}"
      "}}"
      "}}\n",
      jobs, bytes, static_cast<double>(jobs) / wanted, choice_us.Percentile(0.5),
      choice_us.Percentile(0.99), claim_us.Percentile(0.5), claim_us.Percentile(0.99));
}

// Claimed and completed in batches, out of as many open jobs as there are cycles.
void Cycles(std::int64_t partitions, std::int64_t cycles, std::size_t batch) {
  Replica replica(partitions);
  for (std::int64_t n = 0; n < cycles; ++n) replica.Want(n);
  const double begun = Now();
  std::int64_t done = 0;
  while (done < cycles) {
    const auto chosen = replica.Choose(batch);
    if (chosen.empty()) break;
    for (const ChosenJob& job : chosen) {
      replica.Complete(job, replica.Claim(job));
      ++done;
    }
  }
  const double seconds = Now() - begun;
  fmt::print(
      "{{\"batch\":{},\"cycles\":{},\"cpu_seconds\":{:.3f},\"cycles_per_second\":{:.0f},"
      "\"facts_per_second\":{:.0f}}}\n",
      batch, done, seconds, static_cast<double>(done) / seconds,
      2 * static_cast<double>(done) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const std::int64_t jobs = flags.Integer("jobs", 1'000'000);
  const std::int64_t cycles = flags.Integer("cycles", 200'000);
  const std::int64_t partitions = flags.Integer("partitions", 12);
  flags.Finish();
  for (const std::size_t batch : {1, 100}) Cycles(partitions, cycles, batch);
  constexpr std::int64_t kChoices = 20'000;
  for (const std::int64_t open : {std::int64_t{1'000}, jobs}) Choices(partitions, open, kChoices);
  return 0;
}
