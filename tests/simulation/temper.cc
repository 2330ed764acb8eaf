#include "tests/simulation/temper.h"

namespace telex::simulation {
namespace {

constexpr int kWorldsCutPercent = 8;

int& WeightOf(Temper& temper, Event event) {
  return temper.weights[static_cast<std::size_t>(event)];
}

}  // namespace

Temper Temper::Draw(Random& random) {
  const auto one_of = [&](std::initializer_list<int> choices) {
    return choices.begin()[random.Below(static_cast<int>(choices.size()))];
  };
  Temper temper;
  WeightOf(temper, Event::kSubmit) = one_of({60, 90, 140});
  WeightOf(temper, Event::kRead) = one_of({60, 120, 210});
  WeightOf(temper, Event::kOwnerStep) = 320;
  WeightOf(temper, Event::kDeliver) = one_of({150, 310, 310});
  WeightOf(temper, Event::kTellTime) = one_of({5, 20, 40});
  WeightOf(temper, Event::kForgetLate) = 10;
  WeightOf(temper, Event::kRebalance) = one_of({5, 15, 40});
  WeightOf(temper, Event::kCrash) = one_of({0, 0, 2, 8});
  WeightOf(temper, Event::kStart) = one_of({30, 60});
  WeightOf(temper, Event::kPause) = one_of({0, 8, 15, 25});
  WeightOf(temper, Event::kCompact) = one_of({0, 8, 15, 25});
  WeightOf(temper, Event::kSilence) = one_of({0, 1, 2});
  temper.stories = one_of({1, 2, 3, kStories, kStories});
  temper.steps = 200 + random.Below(one_of({400, 1'500}));
  temper.read_most = one_of({2, 8, 30});
  temper.batch_most = one_of({1, 3, 6});
  temper.purge_percent = one_of({0, 1, 5, 12});
  temper.new_rule_percent = one_of({0, 5, 30});
  temper.zombie_percent = one_of({20, 50, 90});
  temper.stuck_percent = one_of({0, 0, 5, 20});
  temper.delay_percent = one_of({0, 50, 90});
  temper.twice_percent = one_of({0, 10, 30});
  temper.stall_percent = one_of({0, 2, 6});
  temper.retry_percent = one_of({0, 0, 3, 10});
  temper.versions_unread_percent = one_of({0, 30, 80});
  temper.decisions_unread_percent = one_of({0, 30, 80});
  temper.request_percent = one_of({10, 40, 80});
  temper.request_repeat_percent = one_of({30, 70});
  temper.pause_steps_max = one_of({80, 300});
  temper.request_ids = one_of({2, 8});
  const int kind = random.Below(5);
  if (kind == 0) temper.MakeOvertaken(random);
  if (kind == 1) temper.MakeCompacted(random);
  if (random.Chance(kWorldsCutPercent)) temper.cut_at_step = temper.steps / 2;
  return temper;
}

void Temper::MakeOvertaken(Random& random) {
  WeightOf(*this, Event::kCompact) = 0;
  WeightOf(*this, Event::kCrash) = 0;
  WeightOf(*this, Event::kPause) = 25;
  WeightOf(*this, Event::kSilence) = 0;
  stories = 1 + random.Below(2);
  purge_percent = 0;
  zombie_percent = 90;
  versions_unread_percent = random.Chance(50) ? 80 : 0;
  decisions_unread_percent = 80 - versions_unread_percent;
  request_percent = 80;
  request_repeat_percent = 70;
}

void Temper::MakeCompacted(Random& random) {
  WeightOf(*this, Event::kCompact) = 40;
  WeightOf(*this, Event::kCrash) = 0;
  WeightOf(*this, Event::kRead) = 60;
  stories = 1 + random.Below(3);
  read_most = 2;
  twice_percent = 60;
  purge_percent = random.Chance(50) ? 0 : 5;
}

}  // namespace telex::simulation
