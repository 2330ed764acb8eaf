// How long a claim of one job takes that has the queue for itself, from call to answer; each is
// released again, so that as many stay open.
//   telex-bench-claim-jobs --address HOST:PORT --token-file F --claims 500
#include <fmt/format.h>

#include "tests/benchmark/flags.h"
#include "tests/benchmark/queue_client.h"
#include "tests/benchmark/samples.h"

int main(int argc, char** argv) {
  using namespace telex;
  namespace v1 = translation::v1;
  using Stub = bench::QueueClient::Stub;
  bench::Flags flags(argc, argv);
  bench::QueueClient queue(flags.Text("address", "127.0.0.1:8060"), flags.Text("token-file", ""));
  const std::int64_t claims = flags.Integer("claims", 500);
  flags.Finish();
  const std::int64_t open = queue.Open();
  bench::Samples samples;
  for (std::int64_t n = 0; n < claims; ++n) {
    const auto start = bench::Clock::now();
    const auto claimed = queue.Call(&Stub::ClaimJobs, v1::ClaimJobsRequest());
    samples.Add(bench::MillisecondsSince(start));
    if (claimed.jobs_size() != 1) bench::OrDie("claim", absl::NotFoundError("no job is open"));
    v1::ReleaseJobRequest release;
    release.set_name(claimed.jobs(0).name());
    release.set_token(claimed.jobs(0).token());
    queue.Call(&Stub::ReleaseJob, release);
  }
  fmt::print("{{\"open\":{},\"claims\":{},\"p50_ms\":{:.3f},\"p99_ms\":{:.3f}}}\n", open, claims,
             samples.Percentile(0.5), samples.Percentile(0.99));
  return 0;
}
