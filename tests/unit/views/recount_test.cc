// Random views, repeated events, late arrivals, owners that die, and owners that go on though the
// partition is no longer theirs, against a recount that knows nothing of windows. A failure names
// its seed: TELEX_SIMULATION_SEED replays it.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/worlds.h"
#include "tests/unit/views/counts_log.h"
#include "tests/unit/views/naive_recount.h"
#include "views/domain/partition_counts.h"

namespace telex::views {
namespace {

using simulation::Random;

constexpr std::uint64_t kWorlds = 500;

// An owner of the partition, or who believes to be. It forgets every total that it may.
class Owner {
 public:
  Owner(const CountingRule& rule, std::span<const Arrival> views, CountsLog& log, Random& random)
      : views_(views), log_(log), reader_(log) {
    reader_.ReadAll();
    const Checkpoint from = reader_.CheckpointOf(0).value_or(Checkpoint{});
    // The group's offset may be an older one.
    next_ = std::max<std::int64_t>(0, from.rewind_offset - random.Below(50));
    counts_.emplace(
        rule, absl::UTCTimeZone(), from,
        [this](const DayKey& key) -> absl::StatusOr<std::optional<DayTotals>> {
          return reader_.Totals(key);
        },
        /*totals_bytes_max=*/0);
  }

  bool AtEnd() const { return next_ == static_cast<std::int64_t>(views_.size()); }
  bool Writing() const { return !totals_.empty() || checkpoint_; }

  // Nothing new while what it has written is not acknowledged.
  void Count(int views) {
    for (; views > 0 && !AtEnd() && !Writing(); --views, ++next_) {
      const Arrival& arrival = views_[static_cast<std::size_t>(next_)];
      EXPECT_TRUE(counts_->Count(next_, arrival.append_ms, arrival.view).ok());
    }
  }
  void Write() {
    if (Writing() || counts_->position() < 0) return;
    for (const auto& [key, totals] : counts_->Changed()) totals_.emplace_back(key, *totals);
    checkpoint_ = counts_->CheckpointNow();
  }
  // What it has written gets into the log, in any order; the checkpoint behind all totals.
  void Land(Random& random) {
    if (!totals_.empty()) {
      const auto drawn =
          totals_.begin() + static_cast<std::ptrdiff_t>(random.Below(totals_.size()));
      log_.Append(*drawn);
      totals_.erase(drawn);
    } else if (checkpoint_) {
      log_.Append(*checkpoint_);
      checkpoint_.reset();
      counts_->Recorded();
    }
  }
  void LandAll(Random& random) {
    while (Writing()) Land(random);
  }
  void Read(Random& random) {
    const auto left = static_cast<std::uint64_t>(log_.end() - reader_.next());
    reader_.ReadUpTo(reader_.next() + static_cast<std::int64_t>(random.Below(left + 1)));
  }
  void ReadAll() { reader_.ReadAll(); }
  // False: nothing of what it has read is overtaken.
  bool AppendAgain() {
    const Overtaken overtaken = reader_.OvertakenIn(0);
    if (Writing() || (overtaken.days.empty() && !overtaken.checkpoint)) return false;
    for (const DayKey& key : overtaken.days) EXPECT_TRUE(counts_->MarkChanged(key).ok());
    Write();
    return true;
  }
  // If nothing comes for so long now.
  void Rest() {
    if (AtEnd() || next_ != counts_->position() + 1) return;
    counts_->RewindToEnd(views_[static_cast<std::size_t>(next_)].append_ms);
  }

 private:
  const std::span<const Arrival> views_;
  CountsLog& log_;
  CountsReader reader_;
  std::optional<PartitionCounts> counts_;
  std::int64_t next_ = 0;
  std::vector<std::pair<DayKey, DayTotals>> totals_;  // written and not in the log yet
  std::optional<Checkpoint> checkpoint_;
};

// One partition and its owners.
class World {
 public:
  explicit World(const CountingRule& rule) : rule_(rule) {}

  // As one owner counts that nothing happens to.
  DaysCounted Undisturbed(std::span<const Arrival> views) {
    Random random(0);
    TakeOver(views, random);
    while (!owners_.back()->AtEnd()) owners_.back()->Count(100);
    owners_.back()->Write();
    owners_.back()->LandAll(random);
    return ReadAll().Days();
  }

  // Up to the last view, until nothing is under way and nothing overtaken; then compaction.
  DaysCounted Disturbed(std::span<const Arrival> views, Random& random) {
    TakeOver(views, random);
    while (!owners_.back()->AtEnd()) Step(views, random);
    Owner& last = *owners_.back();
    last.LandAll(random);
    last.Write();
    // Its own first, and what zombies have under way behind it.
    for (auto owner = owners_.rbegin(); owner != owners_.rend(); ++owner) (*owner)->LandAll(random);
    last.ReadAll();
    while (last.AppendAgain()) {
      last.LandAll(random);
      last.ReadAll();
    }
    owners_.clear();
    const auto checkpoint = ReadAll().CheckpointOf(0);
    Compact(log_);
    lost_checkpoint_ = lost_checkpoint_ || ReadAll().CheckpointOf(0) != checkpoint;
    return ReadAll().Days();
  }
  // Compaction has taken the last one.
  bool lost_checkpoint() const { return lost_checkpoint_; }

 private:
  void TakeOver(std::span<const Arrival> views, Random& random) {
    owners_.push_back(std::make_unique<Owner>(rule_, views, log_, random));
  }
  // By a replica that has read nothing before.
  CountsReader ReadAll() const {
    CountsReader reader(log_);
    reader.ReadAll();
    return reader;
  }

  void Step(std::span<const Arrival> views, Random& random) {
    // The last is the owner, and those before it do not know that they are not.
    Owner& owner = *owners_[random.Below(owners_.size())];
    switch (random.Below(20)) {
      case 0:
        if (random.Chance(30)) TakeOver(views, random);
        return;
      case 1:
        if (owners_.size() > 1) owners_.erase(owners_.begin());
        return;
      case 2:
      case 3:
        return owner.Write();
      case 4:
        return owner.Read(random);
      case 5:
        return static_cast<void>(owner.AppendAgain());
      case 6:
        return owner.Rest();
      case 7:
      case 8:
      case 9:
      case 10:
        return owner.Land(random);
      default:
        return owner.Count(random.Below(10));
    }
  }

  const CountingRule rule_;
  CountsLog log_;
  bool lost_checkpoint_ = false;
  std::vector<std::unique_ptr<Owner>> owners_;
};

// Where the counts of owners that die, and of zombies, differ from those of one that does not.
std::string Disturb(const CountingRule& rule, std::span<const Arrival> views, Random& random) {
  const DaysCounted undisturbed = World(rule).Undisturbed(views);
  World world(rule);
  // Who begins behind compaction has nothing else to begin with.
  world.Disturbed(views.first(views.size() * 3 / 4), random);
  const DaysCounted disturbed = world.Disturbed(views, random);
  if (world.lost_checkpoint()) return "compaction has taken the last checkpoint";
  if (disturbed == undisturbed) return "";
  const std::string difference = Difference(Tell(disturbed), Tell(undisturbed));
  return difference.empty() ? "the names have other numbers" : difference;
}

void ExpectNoneBroken(const std::function<std::string(Random&)>& world) {
  const auto broken =
      simulation::RunWorlds(simulation::WorldsFromEnvironment(kWorlds), [&](std::uint64_t seed) {
        Random random(seed);
        return world(random);
      });
  EXPECT_EQ(broken.law, "") << "TELEX_SIMULATION_SEED=" << broken.seed;
}

TEST(Recount, ComesToWhatWasCountedWhoeverDiedMeanwhile) {
  ExpectNoneBroken([](Random& random) {
    CountingRule rule;
    rule.lateness_ms = 40'000 + random.Below(100) * 1'000;
    rule.same_event_within_ms = 20'000 + random.Below(100) * 1'000;
    const std::vector<Arrival> views = RandomArrivals(random, rule);
    const std::string naive =
        Difference(Tell(World(rule).Undisturbed(views)), NaiveRecount(rule).Of(views));
    return naive.empty() ? Disturb(rule, views, random) : naive;
  });
}

// The naive recount knows no bounds.
TEST(Recount, AtItsBoundsEveryOwnerComesToTheSame) {
  ExpectNoneBroken([](Random& random) {
    CountingRule rule;
    rule.lateness_ms = 120'000;
    rule.visitors_max = 2 + static_cast<std::size_t>(random.Below(10));
    rule.events_per_second_max = 1 + static_cast<std::size_t>(random.Below(2));
    const std::vector<Arrival> views = RandomArrivals(random, rule);
    return Disturb(rule, views, random);
  });
}

}  // namespace
}  // namespace telex::views
