#include "translation/adapters/engines/engine_client.h"

#include <absl/time/clock.h>

#include <chrono>
#include <deque>
#include <utility>

#include "platform/observe/heartbeat.h"
#include "platform/runtime/loop.h"

namespace telex::translation {
namespace {

// A part of the request, and where its first text stands in the whole.
struct Part {
  EngineRequest request;
  std::size_t at = 0;
};

}  // namespace

EngineClient::EngineClient(std::unique_ptr<Engine> engine, http_client::HttpClient& http,
                           EngineClientOptions options)
    : engine_(std::move(engine)),
      http_(http),
      options_(std::move(options)),
      bucket_({.per_second = options_.requests_per_second,
               .burst = std::max(1.0, options_.requests_per_second)},
              std::chrono::steady_clock::now()) {}

EngineOutcome EngineClient::Translate(const EngineRequest& request, const std::stop_token& stop) {
  EngineOutcome outcome;
  outcome.targets.resize(request.texts.size());
  std::deque<Part> parts;
  for (std::size_t at = 0; EngineRequest & part : SplitByLimits(request, engine_->limits())) {
    const std::size_t texts = part.texts.size();
    parts.push_back({std::move(part), at});
    at += texts;
  }
  while (!parts.empty()) {
    const Part part = std::move(parts.front());
    parts.pop_front();
    EngineResult result = Ask(part.request, stop);
    if (auto* const answer = std::get_if<EngineAnswer>(&result)) {
      outcome.characters += answer->characters;
      for (std::size_t i = 0; i < answer->targets.size(); ++i)
        outcome.targets[part.at + i] = std::move(answer->targets[i]);
      continue;
    }
    outcome.failure = std::get<EngineFailure>(std::move(result));
    if (!HalvesMaySucceed(outcome.failure->fault)) break;
    if (part.request.texts.size() == 1) continue;
    auto [first, second] = Halved(part.request);
    const std::size_t middle = part.at + first.texts.size();
    parts.push_front({std::move(second), middle});
    parts.push_front({std::move(first), part.at});
  }
  const bool whole = std::ranges::all_of(outcome.targets, &std::optional<std::string>::has_value);
  if (whole) outcome.failure.reset();
  return outcome;
}

EngineResult EngineClient::Ask(const EngineRequest& request, const std::stop_token& stop) {
  if (auto closed = ClosedFor(request)) return *std::move(closed);
  if (!AwaitTurn(stop))
    return EngineFailure{.fault = EngineFault::kUnavailable, .text = "stopping"};
  const absl::Time asked = options_.now();
  const http_client::Request question = engine_->Compose(request);
  const auto send = [&] {
    const observe::Waiting waiting("an engine's answer");
    return http_.Send(question, stop);
  };
  EngineResult result = engine_->Read(request, send());
  const absl::Time answered = options_.now();
  const auto* const failure = std::get_if<EngineFailure>(&result);
  {
    const std::lock_guard lock(mutex_);
    if (failure == nullptr) {
      gate_.Succeeded(request);
    } else if (!stop.stop_requested()) {
      gate_.Failed(request, *failure, answered);
    }
  }
  if (failure == nullptr && options_.on_answer) options_.on_answer(answered - asked);
  if (failure != nullptr && options_.on_failure) options_.on_failure(*failure);
  return result;
}

std::optional<EngineFailure> EngineClient::ClosedFor(const EngineRequest& request) const {
  const absl::Time now = options_.now();
  const std::lock_guard lock(mutex_);
  const auto closed = gate_.ClosedFor(request, now);
  if (!closed) return std::nullopt;
  return EngineFailure{.fault = closed->fault,
                       .text = "it is left alone after it has failed",
                       .retry_after = closed->until - now};
}

bool EngineClient::AwaitTurn(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto wait = bucket_.TakeOrWait(std::chrono::steady_clock::now());
    if (wait == wait.zero()) return true;
    const observe::Waiting waiting("an engine's rate");
    runtime::SleepFor(absl::FromChrono(wait), stop);
  }
  return false;
}

std::vector<EngineFault> EngineClient::ClosedFaults() const {
  const absl::Time now = options_.now();
  const std::lock_guard lock(mutex_);
  return gate_.ClosedFaults(now);
}

std::vector<Pair> EngineClient::ClosedPairs() const {
  const absl::Time now = options_.now();
  const std::lock_guard lock(mutex_);
  return gate_.ClosedPairs(now);
}

}  // namespace telex::translation
