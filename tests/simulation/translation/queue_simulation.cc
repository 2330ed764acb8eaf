#include "tests/simulation/translation/queue_simulation.h"

#include <array>
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
    case QueueRuleTakenAway::kUndoneInMemory:
      return "what the store undoes is undone in the queues";
    case QueueRuleTakenAway::kDueAskedAgain:
      return "what is due is asked for again";
  }
  return "";
}

std::span<const Happening<QueueReport>> QueueReport::Happenings() {
  using R = QueueReport;
  static constexpr std::array kHappenings = {
      Happening<R>{&R::facts, "facts"},
      Happening<R>{&R::claims, "claims"},
      Happening<R>{&R::completions, "completions"},
      Happening<R>{&R::refused_late, "refused late"},
      Happening<R>{&R::drafts, "drafts"},
      Happening<R>{&R::reviews, "reviews"},
      Happening<R>{&R::repeats, "repeated answers"},
      Happening<R>{&R::published, "translations published"},
      Happening<R>{&R::unchanged, "unchanged corrections"},
      Happening<R>{&R::withdrawn, "versions withdrawn"},
      Happening<R>{&R::purged, "articles purged"},
      Happening<R>{&R::undone, "batches undone"},
      Happening<R>{&R::crashes, "crashes"},
      Happening<R>{&R::lost_stores, "stores lost"},
      Happening<R>{&R::takeovers, "takeovers"},
      Happening<R>{&R::set_back, "owners set back"},
      Happening<R>{&R::forgotten, "jobs forgotten"},
      Happening<R>{&R::read_again, "read again"},
      Happening<R>{&R::compacted, "records compacted"},
  };
  return kHappenings;
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
