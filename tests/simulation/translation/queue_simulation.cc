#include "tests/simulation/translation/queue_simulation.h"

#include <fmt/format.h>

#include <cstdlib>

#include "platform/observe/log.h"
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
    case QueueRuleTakenAway::kKeptUntilReadBack:
      return "what is to be published is kept until it is read back";
    case QueueRuleTakenAway::kReadFirst:
      return "what an article asks for is said once the jobs' log is read";
    case QueueRuleTakenAway::kUndoneInMemory:
      return "what the store undoes is undone in the queues";
    case QueueRuleTakenAway::kDueAskedAgain:
      return "what is due is asked for again";
  }
  return "";
}

void QueueReport::Add(const QueueReport& other) {
  facts += other.facts;
  claims += other.claims;
  completions += other.completions;
  refused_late += other.refused_late;
  drafts += other.drafts;
  reviews += other.reviews;
  repeats += other.repeats;
  published += other.published;
  unchanged += other.unchanged;
  withdrawn += other.withdrawn;
  purged += other.purged;
  undone += other.undone;
  crashes += other.crashes;
  lost_stores += other.lost_stores;
  takeovers += other.takeovers;
  set_back += other.set_back;
  forgotten += other.forgotten;
  read_again += other.read_again;
  compacted += other.compacted;
}

std::string TextOf(const QueueReport& report) {
  return fmt::format(
      "{} facts, {} claims, {} completions, {} refused late, {} drafts, {} reviews, {} repeated "
      "answers, {} translations published, {} unchanged corrections, {} versions withdrawn, {} "
      "articles purged, {} batches undone, {} crashes, {} stores lost, {} takeovers, {} owners set "
      "back, {} jobs forgotten, {} read again, {} records compacted",
      report.facts, report.claims, report.completions, report.refused_late, report.drafts,
      report.reviews, report.repeats, report.published, report.unchanged, report.withdrawn,
      report.purged, report.undone, report.crashes, report.lost_stores, report.takeovers,
      report.set_back, report.forgotten, report.read_again, report.compacted);
}

QueueReport RunQueueSimulation(const QueueRun& run) {
  // What the stores sync is not what is tried: in memory they sync fast.
  static const bool in_memory = ::setenv("TMPDIR", "/dev/shm", /*overwrite=*/0) == 0;
  (void)in_memory;
  // Stores that are loaded are told in the log of the process.
  static const bool quiet = [] {
    observe::ConfigureLog({.service = "simulation", .severity_min = observe::Severity::kError});
    return true;
  }();
  (void)quiet;
  return QueueWorld(run).Run();
}

}  // namespace telex::simulation
