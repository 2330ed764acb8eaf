// PartitionQueue against the naive queue, over random logs: duplicates, facts that come too late,
// clocks of the broker that are set, restarts from rows, compaction.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/worlds.h"
#include "tests/unit/translation/naive_queue.h"
#include "tests/unit/translation/queued.h"
#include "translation/domain/claim_choice.h"

namespace telex::translation {
namespace {

using simulation::Random;

struct Logged {
  std::int64_t position = 0;
  std::int64_t append_ms = 0;
  JobFact fact;
  std::int64_t tombstone_of = -1;  // the position of the record whose key it has
  std::int64_t up_to = -1;
};

class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) {}

  // In words what went wrong; empty: nothing.
  std::string Run(int steps) {
    for (int step = 0; step < steps && broken_.empty(); ++step) {
      now_ += random_.OneOf({0, 1, 500, 3'000, 20'000, 200'000});
      if (random_.Chance(1)) now_ -= random_.Below(3'600'000);
      if (random_.Chance(2)) now_ += kRestMs / 2;
      if (random_.Chance(15)) AppendDue();
      Append(random_.Chance(5) && !log_.empty() ? Old() : Fresh());
      if (random_.Chance(5)) Redeliver();
      if (random_.Chance(3)) Restart();
      if (random_.Chance(5)) CompareOrder();
      if (random_.Chance(10)) AppendTombstones();
    }
    CompareRows();
    AppendTombstones();
    for (const int percent : {100, 50}) CompareCompacted(percent);
    for (int ends = 0; ends < 5; ++ends) CompareCompactedTo(random_.Below(log_.size() + 1));
    return broken_;
  }

 private:
  void Break(const std::string& what) {
    if (broken_.empty()) broken_ = fmt::format("at {}: {}", log_.size(), what);
  }

  JobId AnyJob() { return JobOf(random_.Below(3), random_.Chance(50) ? "hy" : "ru"); }
  // One that the job knows, mostly.
  std::int64_t Token(const JobRow& row) {
    if (random_.Chance(85)) return row.since;
    return random_.Below(static_cast<int>(log_.size()) + 1);
  }
  news::Version Near(news::Version version) {
    return {std::max<std::int64_t>(1, version.number + random_.OneOf({-1, 0, 0, 0, 0, 1}))};
  }

  JobFact Old() {
    for (int tries = 0; tries < 10; ++tries) {
      const Logged& old = log_[random_.Below(log_.size())];
      if (old.tombstone_of < 0) return old.fact;
    }
    return Fresh();
  }
  JobFact Fresh() {
    JobFact fact{AnyJob(), random_.Chance(50) ? "anna" : "ben", "", Replayed{}};
    if (random_.Chance(50)) fact.request_id = std::to_string(random_.Below(30));
    const auto found = naive_.rows.find(fact.job);
    const JobRow row = found == naive_.rows.end() ? JobRow{} : found->second;
    switch (random_.Below(14)) {
      case 0:
      case 1:
        fact.what = AnyWanted(row);
        break;
      case 2:
      case 3:
      case 4:
        fact.what = Claimed{random_.Chance(60) ? row.worker : AnyWorker(), 30'000};
        break;
      case 5:
        fact.what = Extended{Token(row), 60'000, random_.Below(5)};
        break;
      case 6:
      case 7:
        fact.what = Completed{Token(row), Near(row.version)};
        break;
      case 8:
        fact.what = Released{Token(row)};
        break;
      case 9:
        fact.what = Failed{.token = Token(row),
                           .permanent = random_.Chance(10),
                           .escalate = random_.Chance(10),
                           .retry_after_ms = random_.Below(100'000),
                           .untried = random_.Chance(20)};
        break;
      case 10:
        fact.what = Due{row.due_ms - random_.Below(2), Token(row)};
        break;
      case 11:
        fact.what = AnyCanceled(row);
        break;
      case 12:
        fact.what = AnyReviewed(row);
        break;
      default:
        if (random_.Chance(10))
          fact.what = Forgotten{row.last - random_.Below(2), now_ + random_.OneOf({-1, 0, 1})};
    }
    return fact;
  }
  Worker AnyWorker() { return static_cast<Worker>(1 + random_.Below(3)); }
  Wanted AnyWanted(const JobRow& row) {
    return {.version = {std::max<std::int64_t>(1, row.version.number + random_.OneOf({-1, 0, 1}))},
            .from = Language("en"),
            .workflow = static_cast<Workflow>(1 + random_.Below(4)),
            .urgency = 1 + random_.Below(9),
            .deadline_ms = random_.Chance(20) ? now_ + random_.Below(100'000) : 0,
            .not_before_ms = random_.Chance(10) ? now_ + random_.Below(100'000) : 0,
            .source = std::to_string(random_.Below(3)),
            .policy = 1 + random_.Below(4),
            .backfill = random_.Chance(20) ? 1 + random_.Below(2) : 0,
            .requested = random_.Chance(20),
            .carried = random_.Chance(20)};
  }
  Canceled AnyCanceled(const JobRow& row) {
    return {.version = Near(row.version),
            .cause = static_cast<CancelCause>(1 + random_.Below(4)),
            .backfill = row.backfill,
            .note = ""};
  }
  Reviewed AnyReviewed(const JobRow& row) {
    return {.version = Near(row.version),
            .revision = random_.Chance(80) ? row.revision : random_.Below(100),
            .verdict = static_cast<ReviewVerdict>(1 + random_.Below(3)),
            .note = "",
            .from = Language("en"),
            .source = "0",
            .forgotten = random_.Chance(30)};
  }

  void Append(const JobFact& fact) {
    const Logged logged{static_cast<std::int64_t>(log_.size()), now_, fact};
    log_.push_back(logged);
    const Outcome expected = naive_.Apply(logged.position, now_, fact);
    const Outcome outcome = queue_->Apply(logged.position, now_, fact);
    Compare(expected, outcome, fact);
    Keep(fact.job, outcome);
    if (outcome.forgotten) forgotten_.push_back({fact.job, *outcome.forgotten});
    if (outcome.discard) Discard(logged);
  }
  // As a local store does.
  void Keep(const JobId& job, const Outcome& outcome) {
    if (!outcome.changed && !outcome.noted) return;
    if (auto row = queue_->RowOf(job)) {
      stored_[job] = *row;
    } else {
      stored_.erase(job);
    }
  }
  void Compare(const Outcome& expected, const Outcome& outcome, const JobFact& fact) {
    const auto text = [](const Outcome& of) {
      return fmt::format(
          "refusal {} repeats {} position {} draft {} changed {} noted {} publishes {} {} "
          "forgotten {} discard {}",
          static_cast<int>(of.refusal), of.repeats, of.position, of.is_draft, of.changed, of.noted,
          of.publication ? static_cast<int>(of.publication->what) : 0,
          of.publication ? of.publication->text : 0, of.forgotten.value_or(-1), of.discard);
    };
    if (text(expected) != text(outcome) || expected.publication != outcome.publication) {
      Break(fmt::format("fact {}: expected {}; came {}", fact.what.index(), text(expected),
                        text(outcome)));
    }
    const auto row = naive_.rows.find(fact.job);
    const auto own = queue_->RowOf(fact.job);
    if (own.has_value() != (row != naive_.rows.end()) || (own && *own != row->second))
      Break(fmt::format("fact {}: another row", fact.what.index()));
  }

  void AppendDue() {
    std::vector<JobFact> facts;
    queue_->VisitDue(now_, [&](const DueJob& due) {
      facts.push_back(FactOf(due, "owner"));
      return true;
    });
    std::size_t due = 0;
    for (const auto& [id, row] : naive_.rows) due += row.due_ms != 0 && row.due_ms <= now_;
    if (due != facts.size()) Break("not all that is due was visited");
    for (const JobFact& fact : facts) {
      Append(fact);
      if (random_.Chance(20)) Append(fact);  // by two owners
    }
  }

  void Redeliver() {
    const Logged& old = log_[random_.Below(log_.size())];
    if (old.tombstone_of < 0 && queue_->Apply(old.position, old.append_ms, old.fact).changed)
      Break("a record was applied twice");
  }
  std::vector<JobRow> Stored() const {
    std::vector<JobRow> rows;
    for (const auto& [id, row] : stored_) rows.push_back(row);
    return rows;
  }
  void Restart() {
    queue_.emplace(queue_->position(), Stored());
    CompareRows();
  }
  void CompareRows() {
    if (Rows(*queue_) != naive_.rows) Break("other rows");
  }
  static std::map<JobId, JobRow> Rows(const PartitionQueue& queue) {
    std::map<JobId, JobRow> rows;
    queue.jobs().Visit([&](const Job& job) {
      const JobRow row = queue.RowOf(job);
      rows.emplace(row.id, row);
    });
    return rows;
  }
  void CompareOrder() {
    PartitionQueue copy(queue_->position(), Stored());
    PartitionQueue* queues[] = {&copy};
    const Worker worker = AnyWorker();
    std::vector<JobId> order;
    ClaimChoice choice;
    for (const ChosenJob& chosen : choice.Choose(queues, {worker, {}, 4}, {}))
      order.push_back(chosen.job.id);
    if (order != naive_.Order(worker, 4)) Break("another order");
  }

  // Of every record of the job up to there, as its owner appends them from what its store knows.
  void AppendTombstones() {
    for (const auto& [job, up_to] : forgotten_) {
      for (std::size_t i = 0; i <= static_cast<std::size_t>(up_to); ++i) {
        if (log_[i].tombstone_of < 0 && log_[i].fact.job == job) Tombstone(log_[i], up_to);
      }
    }
    forgotten_.clear();
  }
  void Discard(const Logged& of) { Tombstone(of, of.position); }
  void Tombstone(const Logged& of, std::int64_t up_to) {
    const Logged tombstone{
        static_cast<std::int64_t>(log_.size()), now_, {of.fact.job}, of.position, up_to};
    log_.push_back(tombstone);
    const auto applied = queue_->ApplyTombstone(tombstone.position, tombstone.fact.job, up_to);
    if (applied.changed || applied.read_again) Break("a tombstone changed what was read whole");
  }

  // A reader that begins in a log from which `percent` of what has a tombstone is gone, and where
  // all is gone its tombstones, too.
  void CompareCompacted(int percent) {
    std::map<std::int64_t, bool> gone;
    for (const Logged& logged : log_) {
      if (logged.tombstone_of >= 0) gone.emplace(logged.tombstone_of, random_.Chance(percent));
    }
    PartitionQueue late;
    for (const Logged& logged : log_) {
      if (logged.tombstone_of >= 0) {
        if (percent == 100) continue;
        const auto applied = late.ApplyTombstone(logged.position, logged.fact.job, logged.up_to);
        if (applied.read_again) return CompareCompacted(100);
      } else if (const auto found = gone.find(logged.position);
                 found == gone.end() || !found->second) {
        late.Apply(logged.position, logged.append_ms, logged.fact);
      }
    }
    if (Rows(late) != naive_.rows) Break(fmt::format("compacted to {}: other rows", percent));
  }

  // A reader that begins in a log that was compacted up to there: of tombstones that come in the
  // order of the facts, so that it never has to read again.
  void CompareCompactedTo(std::size_t end) {
    std::set<std::int64_t> gone;
    for (std::size_t i = 0; i < end; ++i) {
      if (log_[i].tombstone_of >= 0) gone.insert(log_[i].tombstone_of);
    }
    PartitionQueue late;
    for (const Logged& logged : log_) {
      if (logged.tombstone_of < 0) {
        if (!gone.contains(logged.position))
          late.Apply(logged.position, logged.append_ms, logged.fact);
      } else if (late.ApplyTombstone(logged.position, logged.fact.job, logged.up_to).read_again) {
        return Break(fmt::format("compacted up to {}: it is to be read again", end));
      }
    }
    if (Rows(late) != naive_.rows) Break(fmt::format("compacted up to {}: other rows", end));
  }

  Random random_;
  std::int64_t now_ = 1'000'000'000;
  std::vector<Logged> log_;
  NaiveQueue naive_;
  std::optional<PartitionQueue> queue_{std::in_place};
  std::map<JobId, JobRow> stored_;
  std::vector<std::pair<JobId, std::int64_t>> forgotten_;
  std::string broken_;
};

// TELEX_SIMULATION_SEED, TELEX_SIMULATION_RUNS: as in tests/simulation.
TEST(QueueModel, DoesAsTheNaiveQueueDoes) {
  const auto options = simulation::WorldsFromEnvironment(400);
  const auto broken =
      simulation::RunWorlds(options, [](std::uint64_t seed) { return Model(seed).Run(400); });
  EXPECT_EQ(broken.law, "") << "replay with TELEX_SIMULATION_SEED=" << broken.seed
                            << " TELEX_SIMULATION_RUNS=1";
}

}  // namespace
}  // namespace telex::translation
