#include "tests/support/load/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"

namespace telex::load {
namespace {

using Json = nlohmann::ordered_json;

double Seconds(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

Json SecondsOrNull(std::optional<absl::Time> time) {
  return time ? Json(Seconds(*time)) : Json(nullptr);
}

Json ResultOf(const std::optional<news::v1::WriteResult>& result) {
  if (!result) return nullptr;
  const auto submitted = absl::FromUnixSeconds(result->submit_time().seconds()) +
                         absl::Nanoseconds(result->submit_time().nanos());
  return {{"verdict", news::v1::WriteResult::Verdict_Name(result->verdict())},
          {"reason", result->reason()},
          {"version", result->version()},
          {"repeated", result->repeated()},
          {"decision", result->decision()},
          {"submit_time", Seconds(submitted)}};
}

// The nearest rank.
double Percentile(const std::vector<double>& sorted, double percent) {
  if (sorted.empty()) return 0;
  const auto rank =
      static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

double Rounded(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

std::string LineOf(const Outcome& outcome, const Stories& stories) {
  const Json line = {
      {"story", outcome.story},
      {"step", NameOf(outcome.step)},
      {"key", stories.KeyOf(outcome.story)},
      {"name", outcome.name},
      {"version", outcome.version},
      {"code", absl::StatusCodeToString(outcome.status.code())},
      {"reason", errors::ReasonOf(outcome.status)},
      {"pub_status", outcome.pub_status},
      {"headline", outcome.headline},
      {"body_crc32", outcome.body_crc32},
      {"result", ResultOf(outcome.result)},
      {"embargoed", SecondsOrNull(outcome.embargoed)},
      {"expires", SecondsOrNull(outcome.expires)},
      {"mark", stories.MarkOf(outcome.story)},
      {"request_id", stories.RequestIdOf(outcome.story, outcome.step)},
      {"address", outcome.address},
      {"tries", outcome.tries},
      {"due", Seconds(outcome.due)},
      {"started", Seconds(outcome.started)},
      {"tried", Seconds(outcome.tried)},
      {"acked", Seconds(outcome.ended)},
      {"latency_ms", Rounded(absl::ToDoubleMilliseconds(outcome.ended - outcome.due))},
  };
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void Summary::Add(const Outcome& outcome) {
  repeats_ += outcome.tries - 1;
  if (outcome.status.ok()) {
    ++steps_[std::string(NameOf(outcome.step))];
    latencies_ms_.push_back(absl::ToDoubleMilliseconds(outcome.ended - outcome.due));
  } else {
    ++failures_[fmt::format("{} {}", absl::StatusCodeToString(outcome.status.code()),
                            errors::ReasonOf(outcome.status))];
  }
}

std::string Summary::Line(const std::string& run, absl::Duration took) const {
  std::vector<double> sorted = latencies_ms_;
  std::sort(sorted.begin(), sorted.end());
  const double seconds = absl::ToDoubleSeconds(took);
  std::int64_t failed = 0;
  for (const auto& [what, count] : failures_) failed += count;
  const Json line = {
      {"run", run},
      {"acknowledged", sorted.size()},
      {"by_step", steps_},
      {"failed", failed},
      {"failures", failures_},
      {"repeats", repeats_},
      {"seconds", Rounded(seconds)},
      {"calls_per_second", Rounded(seconds > 0 ? static_cast<double>(sorted.size()) / seconds : 0)},
      {"latency_ms",
       {{"p50", Rounded(Percentile(sorted, 50))},
        {"p90", Rounded(Percentile(sorted, 90))},
        {"p99", Rounded(Percentile(sorted, 99))},
        {"p99_9", Rounded(Percentile(sorted, 99.9))},
        {"max", Rounded(sorted.empty() ? 0 : sorted.back())}}},
  };
  return line.dump() + "\n";
}

}  // namespace telex::load
