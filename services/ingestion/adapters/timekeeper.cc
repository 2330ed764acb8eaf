#include "ingestion/adapters/timekeeper.h"

#include <stop_token>
#include <utility>
#include <vector>

namespace telex::ingestion {

Timekeeper::Timekeeper(const LogStore& log_store, std::int32_t partitions, int rule, Ports ports)
    : log_store_(log_store),
      ports_(std::move(ports)),
      times_(partitions, rule),
      task_(kInterval, ports_.heartbeat, [this](const std::stop_token&) { Tick(); }) {}

std::size_t Timekeeper::Tick() {
  const std::lock_guard lock(mutex_);
  const std::vector<Submission> due =
      times_.Due(ports_.now(), ports_.owned(),
                 std::bind_front(&LogStore::VisitPending, std::cref(log_store_)));
  for (const Submission& submission : due) ports_.submit(submission);
  return due.size();
}

void Timekeeper::Stop() { task_.Stop(); }

}  // namespace telex::ingestion
