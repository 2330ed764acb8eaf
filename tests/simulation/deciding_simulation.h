#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tests/simulation/kernel/report.h"

namespace telex::simulation {

// The rules of an owner, and of those around it, that a run may do without: each has to be missed
// (rules_taken_away_test.cc). docs/adr/the-log-decides.md says why each of them is there.
enum class TakenAway {
  kNothing,
  kVersionsBeforeDecisions,
  kTombstonesBeforeDecisions,
  kAllTombstones,         // the newest version that a purge replaces gets none
  kLateContentForgotten,  // nobody looks for content that comes after its tombstone
  kDecisionsAwaited,      // the offset is stored while decisions are on their way
  kOffsetLast,            // the offset is stored when the versions are acknowledged
  kOffsetBeforeEnds,      // the stored offset is read after the ends of the logs
  kVersionsReadAtTakeOver,
  kDecisionsReadAtTakeOver,
  kTakeoverWithinLag,       // a takeover may read on while what it reads is compacted
  kOvertakenWaits,          // an owner that was overtaken does not read what was decided meanwhile
  kFromTheBeginning,        // without a stored offset folding starts at the end
  kDecisionsKept,           // for two days only
  kToldFromTheLog,          // callers are told when a decision is made, not when it is read back
  kForgottenAgain,          // a late content's tombstone is appended once
  kSeenTwice,               // a purge under way is taken for one that is incomplete
  kTimeNotEarly,            // timers send before the instant
  kSentAgain,               // and once only
  kSentWithPauses,          // and at each look, as if they had not
  kPeersSendToo,            // only the owner's timers send
  kLogClockBounds,          // the clock of whoever sends is believed
  kRememberedOnceRecorded,  // an owner builds on what it has not appended yet
  kUnknownRuleStops,        // it is decided by the rule before
  kShortLogRefused,
  kSetAside,           // what cannot be decoded is skipped
  kNewerIsReadable,    // what a newer release has submitted is set aside as if none had
  kNewerHolds,         // or skipped
  kNewerHoldsReaders,  // what a newer release has decided is not read, but what comes behind it
  kPartitionsApart,    // one that cannot be written stalls the others of its owner
};
std::string_view NameOf(TakenAway rule);

// One run of the deciding fold in a world that goes wrong; README.md lists the faults and the laws.
// The same seed gives the same run. Thread-safe: runs share nothing.
struct RunOptions {
  std::uint64_t seed = 1;
  bool trace = false;  // print each step to stdout
  TakenAway taken_away = TakenAway::kNothing;
};

struct RunReport {
  std::string broken_law;  // the first one, in words; empty when all held
  // How much happened; a world in which nothing goes wrong proves nothing.
  std::int64_t submissions = 0;
  std::int64_t unreadable = 0;  // submissions that cannot be decoded
  std::int64_t versions = 0;
  std::int64_t purges = 0;
  std::int64_t crashes = 0;
  std::int64_t pauses = 0;
  std::int64_t takeovers = 0;
  std::int64_t zombie_appends = 0;
  std::int64_t late_contents = 0;    // content appended behind its tombstone
  std::int64_t times_sent = 0;       // by timers, each time
  std::int64_t forgotten_again = 0;  // tombstones appended for late contents
  std::int64_t quiet_days = 0;       // worlds that went on when nothing went wrong any more
  std::int64_t hung_days = 0;        // and in which a partition could not be written
  std::int64_t let_go = 0;           // partitions lost or given up in the middle of a batch
  std::int64_t rule_stops = 0;       // partitions held at a rule that their owner does not know
  std::int64_t newer_stops = 0;      // partitions held at what their owner cannot decode
  std::int64_t held_readers = 0;     // logs held at what a replica cannot decode, at a roll back
  std::int64_t logs_cut = 0;         // worlds whose log was cut short or exchanged
  std::int64_t refused_starts = 0;   // and this many starts or reads refused it

  static std::span<const Happening<RunReport>> Happenings();
};
RunReport RunDecidingSimulation(const RunOptions& options);

}  // namespace telex::simulation
