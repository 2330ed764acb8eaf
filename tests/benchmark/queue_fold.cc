// What the fold of the translation queue costs, without a log and without a store: each job is
// wanted, chosen, claimed and completed, by one core.
//   telex-bench-queue-fold [--cycles 200000] [--partitions 12]
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/benchmark/cost.h"
#include "tests/benchmark/flags.h"
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

double Now() { return bench::CpuSeconds(CLOCK_THREAD_CPUTIME_ID); }

// Claimed and completed in batches, out of as many open jobs as there are cycles.
std::string Cycles(std::int64_t partitions, std::int64_t cycles, std::size_t batch) {
  Replica replica(partitions);
  const double begun = Now();
  for (std::int64_t n = 0; n < cycles; ++n) replica.Want(n);
  const double wanted = Now();
  std::int64_t done = 0;
  while (done < cycles) {
    const auto chosen = replica.Choose(batch);
    if (chosen.empty()) break;
    for (const ChosenJob& job : chosen) {
      replica.Complete(job, replica.Claim(job));
      ++done;
    }
  }
  return fmt::format(
      "{{\"cycles\":{},\"wanted_cpu_seconds\":{:.4f},\"cycles_cpu_seconds\":{:.4f}}}", done,
      wanted - begun, Now() - wanted);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const std::int64_t cycles = flags.Integer("cycles", 200'000);
  const std::int64_t partitions = flags.Integer("partitions", 12);
  flags.Finish();
  fmt::print("{{\"single\":{},\"batches\":{}}}\n", Cycles(partitions, cycles, 1),
             Cycles(partitions, cycles, 100));
  return 0;
}
