// Counting as it runs in production, but for the broker: CountingFold in an owner::OwnedPartition,
// from record bytes to record bytes, with owners that die and others that go on though the
// partition is no longer theirs. A failure names its seed: TELEX_SIMULATION_SEED replays it.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "platform/owner/owned_partition.h"
#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/worlds.h"
#include "tests/unit/views/counting_records.h"
#include "tests/unit/views/naive_recount.h"
#include "views/adapters/counting_fold.h"

namespace telex::views {
namespace {

using simulation::Random;
using State = kafka::Progress::State;

constexpr std::uint64_t kWorlds = 300;
const kafka::TopicPartition kInput{kViewsTopic, 0};

// The broker: logs, and the group's offset.
struct Broker {
  std::vector<kafka::Record> views;
  CountsLog counts;
  std::set<std::int64_t> set_aside;  // offsets of views
  std::optional<std::int64_t> committed;
};

// An owner, or who believes to be, with a replica of its own.
class Owner final : public owner::Surroundings {
 public:
  Owner(const CountingRule& rule, std::size_t totals_bytes_max, Broker& broker,
        const absl::Time& now)
      : broker_(broker), now_(now), reader_(broker.counts), next_(broker.committed.value_or(0)) {
    auto fold =
        std::make_unique<CountingFold>(0, CountingParts{.rule = rule,
                                                        .zone = absl::UTCTimeZone(),
                                                        .totals_bytes_max = totals_bytes_max,
                                                        .recorded = reader_,
                                                        .dead_letters = dead_letters_,
                                                        .on_recorded = {}});
    machine_.emplace(
        owner::Takeover{.assigned = {kInput, broker.committed}, .derived = {{kViewCountsTopic, 0}}},
        std::move(fold), *this);
  }

  void AskForEnds(std::vector<kafka::TopicPartition> places) override {
    asked_ = std::move(places);
  }
  std::int64_t PositionOf(const kafka::TopicPartition&) const override { return reader_.next(); }
  void Append(kafka::Record record) override { outbox_.push_back(std::move(record)); }
  absl::Time Now() const override { return now_; }

  bool Resting() const { return outbox_.empty() && batch_.empty() && next_ == End(); }
  const CountsReader& reader() const { return reader_; }

  void Turn(Random& random) {
    if (!asked_.empty()) Answer();
    if (acked_records_ > 0) {
      machine_->OnAppended(std::exchange(acked_records_, 0), std::exchange(acked_bytes_, 0),
                           absl::OkStatus());
    }
    EXPECT_TRUE(machine_->Advance().ok());
    if (batch_.empty()) Fetch(random);
    if (batch_.empty()) return;
    const auto progress = machine_->OnBatch(batch_, /*finishing=*/false);
    ASSERT_TRUE(progress.ok()) << progress.status();
    ASSERT_NE(progress->state, State::kHeld) << machine_->held();
    if (progress->state == State::kDone) batch_.clear();
  }
  void Land(Random& random) {
    if (outbox_.empty()) return;
    const auto drawn = outbox_.begin() + static_cast<std::ptrdiff_t>(random.Below(outbox_.size()));
    ++acked_records_;
    acked_bytes_ += kafka::WeightOf(*drawn);
    if (drawn->topic == kViewCountsTopic) {
      AppendRecord(broker_.counts, *drawn);
    } else {
      const auto input = kafka::RestoreDeadLetter(*drawn);
      EXPECT_TRUE(input.ok());
      const auto offset = kafka::FindHeader(*drawn, kafka::kDlqOffsetHeader).value_or("");
      broker_.set_aside.insert(std::stoll(std::string(offset)));
    }
    outbox_.erase(drawn);
  }
  void Read(Random& random) {
    const auto left = static_cast<std::uint64_t>(broker_.counts.end() - reader_.next());
    reader_.ReadUpTo(reader_.next() + static_cast<std::int64_t>(random.Below(left + 1)));
  }
  void ReadAll() { reader_.ReadAll(); }
  void Commit() {
    if (const auto from = machine_->ResumeFrom(next_)) broker_.committed = *from;
  }

 private:
  std::int64_t End() const { return static_cast<std::int64_t>(broker_.views.size()); }
  void Answer() {
    owner::Ends ends;
    for (const kafka::TopicPartition& place : std::exchange(asked_, {}))
      ends[place] = place == kInput ? End() : broker_.counts.end();
    machine_->OnEnds(std::move(ends));
  }
  void Fetch(Random& random) {
    for (int left = 1 + random.Below(30); left > 0 && next_ < End(); --left)
      batch_.emplace_back(broker_.views[static_cast<std::size_t>(next_++)]);
  }

  Broker& broker_;
  const absl::Time& now_;
  CountsReader reader_;
  const kafka::DeadLetters dead_letters_{kCountersGroup, 1};
  std::vector<kafka::TopicPartition> asked_;
  std::vector<kafka::Record> outbox_;
  std::size_t acked_records_ = 0;
  std::size_t acked_bytes_ = 0;
  std::vector<kafka::RecordView> batch_;
  std::int64_t next_;
  std::optional<owner::OwnedPartition> machine_;
};

class World {
 public:
  World(const CountingRule& rule, std::uint64_t seed) : rule_(rule), random_(seed) {
    views_ = RandomArrivals(random_, rule_);
    for (const Arrival& arrival : views_) {
      if (random_.Chance(3)) {
        broken_.insert(static_cast<std::int64_t>(broker_.views.size()));
        broker_.views.push_back(Record(arrival));
        broker_.views.back().value = "\xff";
      }
      broker_.views.push_back(Record(arrival));
    }
  }

  // What is wrong in the end; "": nothing.
  std::string Run() {
    TakeOver();
    for (int step = 0; step < 2'000; ++step) Step();
    for (const auto& owner : owners_) {
      for (int i = 0; i < 100; ++i) owner->Land(random_);
    }
    Owner& last = *owners_.back();
    for (int quiet = 0, turns = 0; quiet < 30; ++turns) {
      if (turns == 20'000) return "it never comes to rest";
      now_ += absl::Seconds(1);
      last.ReadAll();
      last.Turn(random_);
      last.Land(random_);
      quiet = last.Resting() ? quiet + 1 : 0;
    }
    const Overtaken overtaken = last.reader().OvertakenIn(0);
    if (!overtaken.days.empty() || overtaken.checkpoint) return "something is overtaken still";
    if (broker_.set_aside != broken_) return "what cannot be decoded was not set aside";
    owners_.clear();
    Compact(broker_.counts);
    CountsReader reader(broker_.counts);
    reader.ReadAll();
    return Difference(Tell(reader.Days()), NaiveRecount(rule_).Of(views_));
  }

 private:
  kafka::Record Record(const Arrival& arrival) const {
    return ViewRecord(arrival, static_cast<std::int64_t>(broker_.views.size()));
  }
  void TakeOver() {
    // At 0 it keeps nothing that has been read back, and awaits that for each batch.
    const auto bytes_max = static_cast<std::size_t>(random_.OneOf({0, 2'000, 1'000'000}));
    owners_.push_back(std::make_unique<Owner>(rule_, bytes_max, broker_, now_));
  }

  void Step() {
    // The last is the owner, and those before it do not know that they are not.
    Owner& owner = *owners_[random_.Below(owners_.size())];
    const int event = random_.Below(100);
    if (event == 0) {
      TakeOver();
    } else if (event < 4) {
      if (owners_.size() > 1) owners_.erase(owners_.begin());
    } else if (event < 20) {
      owner.Read(random_);
    } else if (event < 40) {
      owner.Land(random_);
    } else if (event < 45) {
      owners_.back()->Commit();
    } else if (event < 50) {
      now_ += absl::Milliseconds(random_.Below(3'000));
    } else {
      owner.Turn(random_);
    }
  }

  const CountingRule rule_;
  Random random_;
  std::vector<Arrival> views_;
  std::set<std::int64_t> broken_;  // offsets
  Broker broker_;
  absl::Time now_ = absl::FromUnixMillis(kMidnight);
  std::vector<std::unique_ptr<Owner>> owners_;
};

TEST(CountingOwners, ComeToWhatARecountSaysWhoeverDiedMeanwhile) {
  const auto broken =
      simulation::RunWorlds(simulation::WorldsFromEnvironment(kWorlds), [](std::uint64_t seed) {
        CountingRule rule;
        rule.lateness_ms = 60'000;
        rule.same_event_within_ms = 40'000;
        return World(rule, seed).Run();
      });
  EXPECT_EQ(broken.law, "") << "TELEX_SIMULATION_SEED=" << broken.seed;
}

}  // namespace
}  // namespace telex::views
