#include "tests/simulation/translation/queue_simulation.h"

#include <fmt/format.h>

#include "tests/simulation/translation/queue_world.h"

namespace telex::simulation {

std::string_view NameOf(QueueRuleTakenAway rule) {
  switch (rule) {
    case QueueRuleTakenAway::kNone:
      return "none";
    case QueueRuleTakenAway::kKeyOfItsOwn:
      return "each record has a key of its own";
    case QueueRuleTakenAway::kForgottenBeforeTombstones:
      return "a job is forgotten before its facts get tombstones";
    case QueueRuleTakenAway::kPublishedFromStore:
      return "what is to be published outlives its owner";
  }
  return "";
}

void QueueReport::Add(const QueueReport& other) {
  facts += other.facts;
  claims += other.claims;
  completions += other.completions;
  refused_late += other.refused_late;
  drafts += other.drafts;
  repeats += other.repeats;
  crashes += other.crashes;
  takeovers += other.takeovers;
  forgotten += other.forgotten;
  read_again += other.read_again;
  compacted += other.compacted;
}

std::string TextOf(const QueueReport& report) {
  return fmt::format(
      "{} facts, {} claims, {} completions, {} refused late, {} drafts, {} repeated answers, {} "
      "crashes, {} takeovers, {} jobs forgotten, {} read again, {} records compacted",
      report.facts, report.claims, report.completions, report.refused_late, report.drafts,
      report.repeats, report.crashes, report.takeovers, report.forgotten, report.read_again,
      report.compacted);
}

QueueReport RunQueueSimulation(const QueueRun& run) { return QueueWorld(run).Run(); }

}  // namespace telex::simulation
