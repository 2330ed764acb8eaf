#include "tests/simulation/trace.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace telex::simulation {

using namespace telex::ingestion;

std::string TextOf(const FaultProfile& faults) {
  return fmt::format(
      "weights {} stories {} steps {} reads {} batches {} purges {}% new rules {}% new values {}% "
      "zombies {}% stalls {}% stuck {}% twice {}% pauses {} cut at {} rolled back {}",
      fmt::join(faults.weights.all(), " "), faults.stories, faults.steps, faults.read_most,
      faults.batch_most, faults.purge_percent, faults.new_rule_percent, faults.new_values_percent,
      faults.zombie_percent, faults.stall_percent, faults.stuck_percent, faults.twice_percent,
      faults.pause_steps_max, faults.cut_at_step, faults.rolled_back);
}

std::string TextOf(const Submission& submission) {
  static constexpr std::array<const char*, 7> kActions = {
      "content", "withhold", "kill", "reinstate", "time reached", "purge", "source"};
  return fmt::format("{} {} rule {} request '{}'", NameOf(IndexOf(submission.subject)),
                     kActions[submission.action.index()], submission.rule, submission.request_id);
}

std::string TextOf(const VersionKey& key) { return NameOf(key); }

std::string TextOf(const VersionRecord& record) {
  const auto text = [&record](const auto& head) {
    return fmt::format("{} of submission {}/{} rule {}", NameOf(record.key),
                       head.position.partition, head.position.offset, head.rule);
  };
  if (record.article != nullptr) return text(*record.article);
  if (record.source != nullptr) return text(*record.source);
  return fmt::format("tombstone {}", NameOf(record.key));
}

std::string TextOf(const Decision& decision) {
  return fmt::format("decision on {}/{}: verdict {} {} version {}", decision.position.partition,
                     decision.position.offset, static_cast<int>(decision.verdict),
                     ReasonText(decision.reason), decision.version.number);
}

}  // namespace telex::simulation
