#include "translation/domain/engine_gate.h"

#include <algorithm>

namespace telex::translation {
namespace {

constexpr int kDoublingsMax = 20;
constexpr std::size_t kPairsMax = 1'000;

// What is about one text or one request says nothing about the next.
bool IsAboutTheRequest(EngineFault fault) {
  return fault == EngineFault::kTooLarge || fault == EngineFault::kTextRefused ||
         fault == EngineFault::kBadAnswer;
}

}  // namespace

EngineGate::Pause EngineGate::PauseOf(EngineFault fault) {
  switch (fault) {
    case EngineFault::kBusy:
      return {absl::Seconds(1), absl::Minutes(1)};
    case EngineFault::kQuotaSpent:
      return {absl::Minutes(10), absl::Hours(6)};
    case EngineFault::kNotAllowed:
      return {absl::Minutes(1), absl::Hours(1)};
    case EngineFault::kPairUnknown:
      return {absl::Minutes(10), absl::Hours(6)};
    case EngineFault::kUnavailable:
      return {absl::Seconds(1), absl::Minutes(5)};
    case EngineFault::kTooLarge:
    case EngineFault::kTextRefused:
    case EngineFault::kBadAnswer:
      break;
  }
  return {absl::ZeroDuration(), absl::ZeroDuration()};
}

void EngineGate::State::Close(const Pause& pause, std::optional<absl::Duration> stated,
                              absl::Time now) {
  const int doublings = std::min(failures++, kDoublingsMax);
  const absl::Duration own = std::min(pause.first * (1 << doublings), pause.longest);
  until = std::max(until, now + std::max(own, stated.value_or(absl::ZeroDuration())));
}

void EngineGate::Succeeded(const EngineRequest& request) {
  states_.clear();
  pairs_.erase({request.source, request.target});
}

void EngineGate::Failed(const EngineRequest& request, const EngineFailure& failure,
                        absl::Time now) {
  if (IsAboutTheRequest(failure.fault)) return;
  const Pause pause = PauseOf(failure.fault);
  if (failure.fault != EngineFault::kPairUnknown) {
    return states_[failure.fault].Close(pause, failure.retry_after, now);
  }
  if (pairs_.size() >= kPairsMax) pairs_.clear();
  pairs_[{request.source, request.target}].Close(pause, failure.retry_after, now);
}

std::optional<EngineGate::Closed> EngineGate::ClosedFor(const EngineRequest& request,
                                                        absl::Time now) const {
  std::optional<Closed> closed;
  const auto consider = [&](EngineFault fault, const State& state) {
    if (state.until <= now || (closed && closed->until >= state.until)) return;
    closed = Closed{fault, state.until};
  };
  for (const auto& [fault, state] : states_) consider(fault, state);
  const auto pair = pairs_.find({request.source, request.target});
  if (pair != pairs_.end()) consider(EngineFault::kPairUnknown, pair->second);
  return closed;
}

std::vector<EngineFault> EngineGate::ClosedFaults(absl::Time now) const {
  std::vector<EngineFault> faults;
  for (const auto& [fault, state] : states_)
    if (state.until > now) faults.push_back(fault);
  const auto is_closed = [&](const auto& pair) { return pair.second.until > now; };
  if (std::ranges::any_of(pairs_, is_closed)) faults.push_back(EngineFault::kPairUnknown);
  return faults;
}

std::vector<Pair> EngineGate::ClosedPairs(absl::Time now) const {
  std::vector<Pair> closed;
  for (const auto& [pair, state] : pairs_)
    if (state.until > now && closed.size() < kClosedPairsTold) closed.push_back(pair);
  return closed;
}

}  // namespace telex::translation
