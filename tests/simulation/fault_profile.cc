#include "tests/simulation/fault_profile.h"

namespace telex::simulation {
namespace {

constexpr int kWorldsCutPercent = 8;

}  // namespace

FaultProfile FaultProfile::Draw(Random& random) {
  const auto one_of = [&](std::initializer_list<int> choices) { return random.OneOf(choices); };
  FaultProfile faults;
  faults.weights[Event::kSubmit] = one_of({60, 90, 140});
  faults.weights[Event::kRead] = one_of({60, 120, 210});
  faults.weights[Event::kOwnerStep] = 320;
  faults.weights[Event::kDeliver] = one_of({150, 310, 310});
  faults.weights[Event::kSendDueTimes] = one_of({5, 20, 40});
  faults.weights[Event::kForgetLate] = 10;
  faults.weights[Event::kSetClock] = one_of({0, 0, 2});
  faults.weights[Event::kRebalance] = one_of({5, 15, 40});
  faults.weights[Event::kCrash] = one_of({0, 0, 2, 8});
  faults.weights[Event::kStart] = one_of({30, 60});
  faults.weights[Event::kPause] = one_of({0, 8, 15, 25});
  faults.weights[Event::kLoseOffset] = one_of({0, 0, 2});
  faults.weights[Event::kCompact] = one_of({0, 8, 15, 25});
  faults.weights[Event::kSilence] = one_of({0, 1, 2});
  faults.weights[Event::kBelowMinInsync] = one_of({0, 0, 4, 10});
  faults.stories = one_of({1, 2, 3, kQuietStory, kQuietStory});
  faults.steps = 200 + random.Below(one_of({400, 1'500}));
  faults.read_most = one_of({2, 8, 30});
  faults.batch_most = one_of({1, 3, 6});
  faults.purge_percent = one_of({0, 1, 5, 12});
  faults.unreadable_percent = one_of({0, 0, 3});
  faults.new_rule_percent = one_of({0, 5, 30});
  faults.new_values_percent = one_of({0, 0, 3, 15});
  faults.rolled_back = random.Chance(20);
  faults.zombie_percent = one_of({20, 50, 90});
  faults.stuck_percent = one_of({0, 0, 5, 20});
  faults.delay_percent = one_of({0, 50, 90});
  faults.twice_percent = one_of({0, 10, 30});
  faults.stall_percent = one_of({0, 2, 6});
  faults.let_go_percent = one_of({0, 0, 3, 10});
  faults.versions_unread_percent = one_of({0, 30, 80});
  faults.decisions_unread_percent = one_of({0, 30, 80});
  faults.request_percent = one_of({10, 40, 80});
  faults.request_repeat_percent = one_of({30, 70});
  faults.unsent_percent = one_of({0, 10, 40});
  faults.pause_steps_max = one_of({80, 300});
  faults.request_ids = one_of({2, 8});
  const int kind = random.Below(5);
  if (kind == 0) faults.MakeOvertaken(random);
  if (kind == 1) faults.MakeCompacted(random);
  if (random.Chance(kWorldsCutPercent)) faults.cut_at_step = faults.steps / 2;
  return faults;
}

void FaultProfile::MakeOvertaken(Random& random) {
  weights[Event::kCompact] = 0;
  weights[Event::kCrash] = 0;
  weights[Event::kPause] = 25;
  weights[Event::kSilence] = 0;
  stories = 1 + random.Below(2);
  purge_percent = 0;
  zombie_percent = 90;
  versions_unread_percent = random.Chance(50) ? 80 : 0;
  decisions_unread_percent = 80 - versions_unread_percent;
  request_percent = 80;
  request_repeat_percent = 70;
}

void FaultProfile::MakeCompacted(Random& random) {
  weights[Event::kCompact] = 40;
  weights[Event::kCrash] = 0;
  weights[Event::kRead] = 60;
  stories = 1 + random.Below(3);
  read_most = 2;
  twice_percent = 60;
  purge_percent = random.Chance(50) ? 0 : 5;
}

void FaultProfile::MakeQuiet() {
  unreadable_percent = 0;
  stuck_percent = 0;
  twice_percent = 0;
  stall_percent = 0;
  let_go_percent = 0;
  unsent_percent = 0;
  versions_unread_percent = 0;
  decisions_unread_percent = 0;
}

}  // namespace telex::simulation
