#pragma once

#include "tests/simulation/kernel/random.h"
#include "tests/simulation/subjects.h"

namespace telex::simulation {

// What may happen next.
enum class Event {
  kSubmit,
  kRead,
  kOwnerStep,
  kDeliver,
  kSendDueTimes,
  kForgetLate,
  kSetClock,
  kRebalance,
  kCrash,
  kStart,
  kPause,
  kLoseOffset,
  kCompact,
  kSilence,
  kBelowMinInsync,
};
inline constexpr std::size_t kEvents = 15;

// How a world goes wrong. Each world has a faults of its own: in one there is a takeover every
// other moment, in the next one reading is slow or nothing is ever lost. Faults that must come
// together to do harm meet far sooner than in worlds that are all alike.
struct FaultProfile {
  static FaultProfile Draw(Random& random);

  // Two fault profiles on purpose: owners that go on while others decide what they do not read; and
  // logs that are compacted again and again while they are read.
  void MakeOvertaken(Random& random);
  void MakeCompacted(Random& random);
  // From now on nothing goes wrong.
  void MakeQuiet();

  Weights<Event, kEvents> weights;
  int stories = kQuietStory;  // how many there are: few meet more often
  int steps = 0;
  int read_most = 8;   // records at once
  int batch_most = 6;  // submissions at once
  // Two topics are read at two paces: how often one of them is left out.
  int versions_unread_percent = 30;
  int decisions_unread_percent = 0;
  int request_percent = 40;         // of what is submitted: has a request id
  int request_ids = 8;              // how many there are to be repeated
  int request_repeat_percent = 30;  // of these: one of a few
  int purge_percent = 3;            // of what is submitted: a purge comes right behind it
  int unreadable_percent = 0;       // of what is submitted: bytes that no release wrote, before it
  int new_rule_percent = 10;        // of what is submitted: under a rule of the next release
  int new_values_percent = 0;       // of what is submitted: with values of the next release
  bool rolled_back = false;         // to this release, before all is brought to the next one
  int zombie_percent = 50;          // of owners that lose their partition: have not heard of it
  int let_go_percent = 0;     // of an owner's steps with a batch: the partition is lost or given up
  int stall_percent = 0;      // of an owner's steps: it hangs in it for a while
  int stuck_percent = 0;      // of appends: come late
  int delay_percent = 30;     // of what a zombie or a dead replica has in flight: comes late
  int twice_percent = 10;     // of appends: come twice
  int unsent_percent = 0;     // of what timers send: does not reach the log
  int pause_steps_max = 100;  // of a pause, a stall, an append that is stuck
  int cut_at_step = -1;       // the log is cut short; -1: never
};

}  // namespace telex::simulation
