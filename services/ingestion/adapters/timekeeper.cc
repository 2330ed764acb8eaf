#include "ingestion/adapters/timekeeper.h"

#include <condition_variable>

#include "platform/kafka/partitioner.h"

namespace telex::ingestion {

Timekeeper::Timekeeper(const Library& library, std::int32_t partitions, int rule, Ports ports)
    : library_(library),
      partitions_(partitions),
      rule_(rule),
      ports_(std::move(ports)),
      thread_([this](std::stop_token stop) {
        const observe::ScopedPulse pulse(ports_.pulse);
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
          observe::Beat();
          Tick();
          stopped.wait_for(lock, stop, absl::ToChronoMilliseconds(kInterval), [] { return false; });
        }
      }) {}

Timekeeper::~Timekeeper() { Stop(); }

std::size_t Timekeeper::Tick() {
  const absl::Time now = ports_.now();
  const std::set<std::int32_t> owned = ports_.owned();
  std::size_t said = 0;
  const std::lock_guard lock(mutex_);
  std::erase_if(said_, [&](const auto& entry) { return now - entry.second >= kSayAgainAfter; });
  const auto is_owned = [&](const news::ArticleId& article) {
    return owned.contains(kafka::PartitionOf(article.ToString(), partitions_));
  };
  for (const Pending& due : library_.PendingUntil(now, kDueAtOnceMax, is_owned)) {
    if (!said_.try_emplace({due.article, due.version}, now).second) continue;
    Submission submission;
    submission.rule = rule_;
    submission.time = absl::FromUnixMillis(absl::ToUnixMillis(now));
    submission.actor = "telex";
    submission.subject = due.article;
    submission.action = TimeReached{.version = due.version, .instant = due.instant};
    ports_.submit(submission);
    ++said;
  }
  return said;
}

void Timekeeper::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace telex::ingestion
