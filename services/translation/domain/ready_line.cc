#include "translation/domain/ready_line.h"

namespace telex::translation {

void ReadyLine::Add(std::string_view source, const ReadyJob& job) {
  Jobs& jobs = by_source_[source];
  if (jobs.empty() || job < *jobs.begin()) {
    if (!jobs.empty()) heads_.erase(Head{*jobs.begin(), source});
    heads_.insert(Head{job, source});
  }
  jobs.insert(job);
  ++size_;
}

void ReadyLine::Remove(std::string_view source, const ReadyJob& job) {
  const auto found = by_source_.find(source);
  if (found == by_source_.end()) return;
  Jobs& jobs = found->second;
  const bool was_first = job == *jobs.begin();
  if (jobs.erase(job) == 0) return;
  --size_;
  if (was_first) {
    heads_.erase(Head{job, source});
    if (!jobs.empty()) heads_.insert(Head{*jobs.begin(), source});
  }
  if (jobs.empty()) by_source_.erase(found);
}

std::optional<ReadyJob> ReadyLine::First() const {
  if (heads_.empty()) return std::nullopt;
  return heads_.begin()->job;
}

std::optional<ReadyLine::Turn> ReadyLine::FirstBehind(std::string_view source) const {
  const auto next = by_source_.upper_bound(source);
  if (next == by_source_.end()) return std::nullopt;
  return Turn{next->first, *next->second.begin()};
}

}  // namespace telex::translation
