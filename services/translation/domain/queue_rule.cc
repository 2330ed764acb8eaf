#include "translation/domain/queue_rule.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace telex::translation {
namespace {

// FNV-1a: the same in every process and release, as rows keep it.
class Hash {
 public:
  Hash& Add(std::string_view bytes) {
    for (const char c : bytes) AddByte(static_cast<std::uint8_t>(c));
    AddByte(0);
    return *this;
  }
  Hash& AddByte(std::uint8_t byte) {
    value_ = (value_ ^ byte) * 0x100000001b3u;
    return *this;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

}  // namespace

std::int64_t AllowanceMs(int urgency) {
  static constexpr std::array<std::int64_t, 9> kMinutes = {1, 3, 8, 15, 30, 60, 120, 240, 480};
  return kMinutes[static_cast<std::size_t>(std::clamp(urgency, 1, 9) - 1)] * kMinuteMs;
}

std::int64_t RankMs(std::int64_t wanted_ms, int urgency, std::int64_t deadline_ms) {
  const std::int64_t rank = wanted_ms + AllowanceMs(urgency);
  return deadline_ms > 0 ? std::min(rank, deadline_ms) : rank;
}

std::int64_t BackoffMs(const JobId& job, int attempt) {
  const int doublings = std::clamp(attempt - 1, 0, 20);
  const std::int64_t longest = std::min(kBackoffMsMin << doublings, kBackoffMsMax);
  const std::uint64_t hash = Hash()
                                 .Add(job.article.bytes())
                                 .Add(job.language.text())
                                 .AddByte(static_cast<std::uint8_t>(attempt))
                                 .value();
  const std::int64_t jitter = longest / 2;
  return longest - static_cast<std::int64_t>((hash >> 16) % static_cast<std::uint64_t>(jitter));
}

std::int64_t LeaseMs(std::int64_t asked_ms) {
  return std::clamp(asked_ms, kLeaseMsMin, kLeaseMsMax);
}

Worker FirstWorker(Workflow workflow) {
  return workflow == Workflow::kPerson ? Worker::kPerson : Worker::kMachine;
}

std::uint64_t RequestHash(const JobFact& fact) {
  if (fact.request_id.empty()) return 0;
  const std::uint64_t hash = Hash()
                                 .Add(fact.request_id)
                                 .Add(fact.actor)
                                 .AddByte(static_cast<std::uint8_t>(fact.what.index()))
                                 .value();
  return hash == 0 ? 1 : hash;
}

}  // namespace telex::translation
