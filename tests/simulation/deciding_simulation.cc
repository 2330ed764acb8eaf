#include "tests/simulation/deciding_simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <variant>
#include <vector>

#include "ingestion/domain/desk.h"
#include "ingestion/domain/log_guard.h"
#include "news/article_name.h"
#include "news/content_hash.h"

namespace telex::simulation {
namespace {

using namespace telex::ingestion;
using news::ArticleId;
using news::Version;

constexpr int kPartitions = 2;
constexpr int kReplicas = 3;
constexpr int kStories = 5;
constexpr char kCluster[] = "cluster-1";
// Decisions outlive submissions (30 days) by a day, the longest that a request id is remembered:
// whatever can still be decided finds all decisions it may repeat. With less, an outage longer than
// the difference would let two owners decide differently.
const absl::Duration kDecisionRetention = absl::Hours(31 * 24);

// ----------------------------------------------------------------------------------------------------------------
// the broker

struct VersionRecord {  // telex.articles.v1 and telex.resources.v1
  std::string key;
  std::variant<std::monostate, ArticleHead, SourceHead> value;  // monostate: tombstone
};
struct DecisionRecord {
  Decision decision;
};

// An append-only log whose records may vanish by compaction or retention; offsets stay.
template <typename Record>
class Log {
 public:
  std::int64_t Append(Record record) {
    records_.emplace_back(std::move(record));
    return end() - 1;
  }
  std::int64_t end() const { return static_cast<std::int64_t>(records_.size()); }
  const std::optional<Record>& at(std::int64_t offset) const {
    return records_[static_cast<std::size_t>(offset)];
  }
  void Erase(std::int64_t offset) { records_[static_cast<std::size_t>(offset)].reset(); }
  void CutTo(std::int64_t new_end) { records_.resize(static_cast<std::size_t>(new_end)); }

 private:
  std::vector<std::optional<Record>> records_;
};

struct Broker {
  std::array<Log<Submission>, kPartitions> submissions;
  std::array<Log<VersionRecord>, kPartitions> versions;
  std::array<Log<DecisionRecord>, kPartitions> decisions;
  std::array<std::optional<std::int64_t>, kPartitions> stored_offset;
};

int PartitionOf(const Subject& subject) {
  if (const auto* id = std::get_if<ArticleId>(&subject))
    return static_cast<unsigned char>(id->bytes()[0]) % kPartitions;
  return static_cast<int>(std::get<news::SourceId>(subject).text().size() % kPartitions);
}

// An append on its way. A producer that is alive sends again until it hears back; one that died may
// still have it in flight.
struct InFlight {
  int partition;
  std::variant<VersionRecord, DecisionRecord> record;
  std::shared_ptr<int> awaited;  // acknowledgements its owner still waits for
  int copies = 1;                // how often it will arrive
};

// ---------------------------------------------------------------------------------------------------------------
// the replica

class LocalLedger : public Ledger {
 public:
  std::optional<ArticleHead> ArticleHeadOf(const ArticleId& article) const override {
    return Lookup(articles, article);
  }
  std::optional<SourceHead> SourceHeadOf(const news::SourceId& source) const override {
    return Lookup(sources, source.text());
  }
  std::optional<Decision> DecisionAt(const SubmissionPosition& position) const override {
    return Lookup(on_record[static_cast<std::size_t>(position.partition)], position.offset);
  }
  std::optional<Decision> StandingDecision(const std::string& subject,
                                           const std::string& request_id) const override {
    return Lookup(standing, subject + '\n' + request_id);
  }

  void Read(const VersionRecord& record) {
    if (const auto* article = std::get_if<ArticleHead>(&record.value)) {
      const auto [place, fresh] = articles.try_emplace(article->article.id, *article);
      if (!fresh && place->second.article.version < article->article.version)
        place->second = *article;
    } else if (const auto* source = std::get_if<SourceHead>(&record.value)) {
      const auto [place, fresh] = sources.try_emplace(source->source.id.text(), *source);
      if (!fresh && place->second.source.version < source->source.version) place->second = *source;
    }
  }
  void Read(const DecisionRecord& record) {
    const Decision& decision = record.decision;
    on_record[static_cast<std::size_t>(decision.position.partition)].insert_or_assign(
        decision.position.offset, decision);
    if (!decision.StandsForRepeats()) return;
    const auto [place, fresh] =
        standing.try_emplace(decision.subject + '\n' + decision.request_id, decision);
    if (!fresh && place->second.position.offset < decision.position.offset)
      place->second = decision;
  }

  std::map<ArticleId, ArticleHead> articles;
  std::map<std::string, SourceHead> sources;
  std::map<std::string, Decision> standing;
  std::array<std::map<std::int64_t, Decision>, kPartitions> on_record;
  std::array<std::int64_t, kPartitions> versions_read{};
  std::array<std::int64_t, kPartitions> decisions_read{};

 private:
  template <typename Map, typename Key>
  static std::optional<typename Map::mapped_type> Lookup(const Map& map, const Key& key) {
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
  }
};

// What a replica does with one partition that it owns, or believes it owns.
struct Ownership {
  bool current = true;                            // the group agrees; false: a zombie
  std::optional<std::int64_t> catch_up_versions;  // ends seen when it was given the partition
  std::optional<std::int64_t> catch_up_decisions;
  std::unique_ptr<Desk> desk;
  std::int64_t next = 0;  // offset of the next submission
  enum class Phase {
    kCatchingUp,
    kFolding,
    kVersions,
    kTombstones,
    kDecisions,
    kStopped
  } phase = Phase::kCatchingUp;
  Desk::Work work;
  std::shared_ptr<int> awaited;
};

struct Replica {
  bool up = true;
  bool refused = false;  // met a log that is shorter than what it knows
  RuleBook rules = KnownRules();
  std::int64_t clock_skew_ms = 0;
  std::unique_ptr<LocalLedger> ledger =
      std::make_unique<LocalLedger>();  // survives a crash; may be wiped
  std::map<int, Ownership> owned;
};

// -----------------------------------------------------------------------------------------------------------------
// the world

RuleBook NextRelease() {
  RuleBook rules = KnownRules();
  rules[2] = Rule{.repeat_window = absl::Hours(1), .version_step_min = absl::Seconds(3)};
  return rules;
}

class World {
 public:
  explicit World(const RunOptions& options) : options_(options), random_(options.seed) {
    for (Replica& replica : replicas_)
      replica.clock_skew_ms = static_cast<std::int64_t>(Below(20'000)) - 10'000;
    may_cut_ = Below(20) == 0;
  }

  RunReport Run();

 private:
  std::uint64_t Below(std::uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }
  bool Chance(int percent) { return Below(100) < static_cast<std::uint64_t>(percent); }
  absl::Time ClockOf(const Replica& replica) const {
    return absl::FromUnixMillis(clock_ms_ + replica.clock_skew_ms);
  }
  template <typename... Args>
  void Trace(fmt::format_string<Args...> format, Args&&... args) {
    if (options_.trace) fmt::print("{}\n", fmt::format(format, std::forward<Args>(args)...));
  }
  void Break(std::string law) {
    if (report_.broken_law.empty()) report_.broken_law = std::move(law);
  }

  void Step();
  void Submit();
  Submission RandomSubmission();
  SetContent RandomContent(const ArticleId& id, int story);
  void TellTime(Replica& replica);
  void ReadSome(Replica& replica, std::int64_t most);
  void ReadAll(Replica& replica);
  void OwnerStep(Replica& replica, int partition, Ownership& owner);
  void Send(int partition, std::variant<VersionRecord, DecisionRecord> record,
            const std::shared_ptr<int>& awaited, bool zombie);
  void Deliver(std::size_t index);
  void Rebalance();
  void Assign(int partition, std::size_t to);
  void Crash(Replica& replica);
  void Start(Replica& replica);
  void Compact();
  void CutShort();
  void Quiesce();
  void CheckLaws();
  void CheckAgainstSequentialFold();
  void CheckReplicasAgree();
  void OnAppended(int partition, const VersionRecord& record);
  void OnAppended(int partition, const DecisionRecord& record);
  LogExtent ExtentOfVersions(const LocalLedger& ledger) const;

  const RunOptions options_;
  std::mt19937_64 random_;
  std::int64_t clock_ms_ = 1'700'000'000'000;
  Broker broker_;
  std::array<Replica, kReplicas> replicas_;
  std::vector<InFlight> in_flight_;
  std::map<std::string, std::variant<std::monostate, ArticleHead, SourceHead>>
      first_bytes_;  // every version ever appended
  std::map<std::pair<int, std::int64_t>, Decision> first_decision_;
  bool may_cut_ = false;
  int next_request_ = 0;
  RunReport report_;
};

// What the world hands in
// ----------------------------------------------------------------------------------------------------

SetContent World::RandomContent(const ArticleId& id, int story) {
  SetContent set;
  set.source = *news::SourceId::Parse("source");
  set.source_name = "Source";
  set.key = fmt::format("story-{}", story);
  set.content.headline = fmt::format("Headline {}", Below(4));
  set.content.body_html = "<p>b</p>";
  set.content.section = *news::Section::Parse(fmt::format("section-{}", Below(3)));
  set.content.language = *news::LanguageTag::Parse("en");
  set.content.terms = {"terms", "Source", "https://example.com/"};
  // On whole ten seconds, so that a correction often keeps the embargo of the version before.
  if (Chance(40))
    set.content.embargoed =
        absl::FromUnixMillis((clock_ms_ / 10'000 + static_cast<std::int64_t>(Below(4))) * 10'000);
  if (Chance(25))
    set.content.expires =
        absl::FromUnixMillis(clock_ms_ + static_cast<std::int64_t>(Below(90'000)) - 10'000);
  if (Chance(50)) {
    set.upstream = Upstream{.hash = news::ContentHash(set.content), .time = std::nullopt};
    if (Chance(50))
      set.upstream->time =
          absl::FromUnixMillis(clock_ms_ - static_cast<std::int64_t>(Below(30'000)));
    set.edited_policy = Chance(50) ? EditedPolicy::kHold : EditedPolicy::kApply;
  } else if (Chance(60)) {
    const Replica& edge = replicas_[Below(kReplicas)];
    const auto head = edge.ledger->ArticleHeadOf(id);
    set.base = head ? head->article.version : Version{};
  }
  return set;
}

Submission World::RandomSubmission() {
  Submission submission;
  submission.rule = Chance(10) ? 2 : 1;
  submission.time = ClockOf(replicas_[Below(kReplicas)]);
  submission.actor = Chance(50) ? "editor" : "source";
  if (Chance(40))
    submission.request_id = fmt::format(
        "request-{}", Chance(30) ? Below(8) : 100 + static_cast<std::uint64_t>(next_request_++));
  if (Chance(5)) {
    Source source;
    source.id = *news::SourceId::Parse(Chance(50) ? "source" : "sources");
    source.display_name = fmt::format("Source {}", Below(3));
    submission.subject = source.id;
    SetSource set{.source = std::move(source)};
    if (Chance(50)) set.base = Version{static_cast<std::int64_t>(Below(4))};
    submission.action = std::move(set);
    return submission;
  }
  const int story = static_cast<int>(Below(kStories));
  const ArticleId id = ArticleId::Of("source", fmt::format("story-{}", story));
  submission.subject = id;
  const auto roll = Below(100);
  if (roll < 70) {
    submission.action = RandomContent(id, story);
  } else if (roll < 78) {
    submission.action = Withhold{.reason = "doubt"};
  } else if (roll < 85) {
    submission.action = Kill{.reason = "wrong"};
  } else if (roll < 97) {
    submission.action = Reinstate{};
  } else {
    submission.action = Purge{.reason = "forget", .link = "https://example.com/"};
  }
  return submission;
}

void World::Submit() {
  Submission submission = RandomSubmission();
  const int partition = PartitionOf(submission.subject);
  auto& log = broker_.submissions[static_cast<std::size_t>(partition)];
  const int copies = Chance(5) ? 2 : 1;  // an edge that repeats itself
  for (int i = 0; i < copies; ++i) {
    const std::int64_t offset = log.Append(submission);
    ++report_.submissions;
    Trace("submit {}/{} {} action {} request '{}'", partition, offset, NameOf(submission.subject),
          submission.action.index(), submission.request_id);
  }
}

// The owner (or a zombie) whose clock says that an embargo or an expiry has come.
void World::TellTime(Replica& replica) {
  if (!replica.up) return;
  for (const auto& [id, head] : replica.ledger->articles) {
    const auto instant = PendingInstant(head.article);
    if (!instant || *instant > ClockOf(replica) || !Chance(60)) continue;
    Submission submission;
    submission.time = ClockOf(replica);
    submission.actor = "telex";
    submission.subject = id;
    submission.action = TimeReached{.version = head.article.version, .instant = *instant};
    const int partition = PartitionOf(submission.subject);
    const std::int64_t offset =
        broker_.submissions[static_cast<std::size_t>(partition)].Append(std::move(submission));
    ++report_.submissions;
    Trace("time reached {}/{} {}@{}", partition, offset, news::NameOf(id),
          head.article.version.number);
  }
}

// Reading
// --------------------------------------------------------------------------------------------------------------------

void World::ReadSome(Replica& replica, std::int64_t most) {
  if (!replica.up) return;
  for (std::size_t p = 0; p < kPartitions; ++p) {
    LocalLedger& ledger = *replica.ledger;
    if (ledger.versions_read[p] > broker_.versions[p].end() ||
        ledger.decisions_read[p] > broker_.decisions[p].end()) {
      // The broker answers OFFSET_OUT_OF_RANGE.
      replica.refused = true;
      ++report_.refused_starts;
      Crash(replica);
      return;
    }
    // Two topics are read at two paces.
    const std::int64_t most_versions = Chance(30) ? 0 : most;
    for (std::int64_t i = 0;
         i < most_versions && ledger.versions_read[p] < broker_.versions[p].end(); ++i) {
      if (const auto& record = broker_.versions[p].at(ledger.versions_read[p]++))
        ledger.Read(*record);
    }
    for (std::int64_t i = 0; i < most && ledger.decisions_read[p] < broker_.decisions[p].end();
         ++i) {
      if (const auto& record = broker_.decisions[p].at(ledger.decisions_read[p]++))
        ledger.Read(*record);
    }
  }
}

void World::ReadAll(Replica& replica) {
  const auto behind = [&] {
    for (std::size_t p = 0; p < kPartitions; ++p) {
      if (replica.ledger->versions_read[p] < broker_.versions[p].end()) return true;
      if (replica.ledger->decisions_read[p] < broker_.decisions[p].end()) return true;
    }
    return false;
  };
  while (replica.up && behind()) ReadSome(replica, 1'000'000);
}

// The owner
// ------------------------------------------------------------------------------------------------------------------

void World::Send(int partition, std::variant<VersionRecord, DecisionRecord> record,
                 const std::shared_ptr<int>& awaited, bool zombie) {
  ++*awaited;
  if (zombie) ++report_.zombie_appends;
  in_flight_.push_back({.partition = partition,
                        .record = std::move(record),
                        .awaited = awaited,
                        .copies = Chance(10) ? 2 : 1});
}

void World::OwnerStep(Replica& replica, int partition, Ownership& owner) {
  const auto p = static_cast<std::size_t>(partition);
  const bool zombie = !owner.current;
  if (owner.awaited && *owner.awaited > 0) return;
  switch (owner.phase) {
    case Ownership::Phase::kCatchingUp: {
      if (!owner.catch_up_versions) {
        // The stored offset first, the ends after it: all that was decided before that offset lies
        // before those ends. The other way round an owner that is overtaken in between starts
        // behind decisions that it has not read.
        owner.next = broker_.stored_offset[p].value_or(0);
        owner.catch_up_versions = broker_.versions[p].end();
        owner.catch_up_decisions = broker_.decisions[p].end();
      }
      if (replica.ledger->versions_read[p] < *owner.catch_up_versions ||
          replica.ledger->decisions_read[p] < *owner.catch_up_decisions) {
        return;
      }
      // Every version names the submission that made it: that submission must be in the log still.
      LogExtent known{.cluster = kCluster};
      for (const auto& [id, head] : replica.ledger->articles) {
        auto& next = known.next_offset[head.position.partition];
        next = std::max(next, head.position.offset + 1);
      }
      auto& next_of_own = known.next_offset[partition];
      next_of_own = std::max(next_of_own, owner.next);
      LogExtent found{.cluster = kCluster};
      for (int q = 0; q < kPartitions; ++q)
        found.next_offset[q] = broker_.submissions[static_cast<std::size_t>(q)].end();
      if (!CheckNotTruncated("telex.submissions.v1", known, found).ok()) {
        replica.refused = true;
        ++report_.refused_starts;
        owner.phase = Ownership::Phase::kStopped;
        return;
      }
      owner.desk = std::make_unique<Desk>(replica.rules, *replica.ledger);
      Trace("replica {} folds {} from {}", &replica - replicas_.data(), partition, owner.next);
      owner.phase = Ownership::Phase::kFolding;
      return;
    }
    case Ownership::Phase::kFolding: {
      std::vector<PositionedSubmission> batch;
      const std::int64_t most = 1 + static_cast<std::int64_t>(Below(6));
      for (std::int64_t offset = owner.next;
           offset < broker_.submissions[p].end() && offset < owner.next + most; ++offset) {
        batch.push_back({{kCluster, partition, offset}, *broker_.submissions[p].at(offset)});
      }
      if (batch.empty()) return;
      auto work = owner.desk->Fold(batch);
      if (!work.ok()) {
        owner.phase = Ownership::Phase::kStopped;  // an unknown rule: waits for its next release
        return;
      }
      owner.work = *std::move(work);
      owner.awaited = std::make_shared<int>(0);
      Trace("replica {}{} folded {}/{} and {} more", &replica - replicas_.data(),
            zombie ? " (zombie)" : "", partition, owner.next, owner.work.taken - 1);
      for (const ArticleHead& head : owner.work.articles) {
        Send(partition, VersionRecord{news::NameOf(head.article.id, head.article.version), head},
             owner.awaited, zombie);
      }
      for (const SourceHead& head : owner.work.sources) {
        Send(partition,
             VersionRecord{fmt::format("{}@{}", head.source.id.Name(), head.source.version.number),
                           head},
             owner.awaited, zombie);
      }
      owner.phase = Ownership::Phase::kVersions;
      return;
    }
    case Ownership::Phase::kVersions:
      for (const auto& [id, version] : owner.work.tombstones) {
        Send(partition, VersionRecord{news::NameOf(id, version), std::monostate{}}, owner.awaited,
             zombie);
      }
      owner.phase = Ownership::Phase::kTombstones;
      return;
    case Ownership::Phase::kTombstones:
      for (const Decision& decision : owner.work.decisions)
        Send(partition, DecisionRecord{decision}, owner.awaited, zombie);
      owner.phase = Ownership::Phase::kDecisions;
      return;
    case Ownership::Phase::kDecisions:
      owner.next += static_cast<std::int64_t>(owner.work.taken);
      if (owner.current) broker_.stored_offset[p] = owner.next;  // the group refuses a zombie's
      owner.phase = Ownership::Phase::kFolding;
      return;
    case Ownership::Phase::kStopped:
      return;
  }
}

// The broker takes one append
// ------------------------------------------------------------------------------------------------

bool SameBytes(const std::variant<std::monostate, ArticleHead, SourceHead>& a,
               const std::variant<std::monostate, ArticleHead, SourceHead>& b) {
  return a == b;
}

void World::OnAppended(int, const VersionRecord& record) {
  if (options_.trace) {
    const auto* head = std::get_if<ArticleHead>(&record.value);
    Trace("appended {} of submission {} rule {}", record.key,
          head != nullptr ? head->position.offset : -1, head != nullptr ? head->rule : 0);
  }
  if (std::holds_alternative<std::monostate>(record.value)) return;
  const auto [place, fresh] = first_bytes_.try_emplace(record.key, record.value);
  if (!fresh && !SameBytes(place->second, record.value))
    Break(fmt::format("{} was appended twice with different bytes", record.key));
  if (fresh) ++report_.versions;
}

void World::OnAppended(int partition, const DecisionRecord& record) {
  const Decision& decision = record.decision;
  Trace("appended decision of {}/{}: verdict {} version {}", partition, decision.position.offset,
        static_cast<int>(decision.verdict), decision.version.number);
  if (decision.verdict == Verdict::kAccepted && !decision.repeats &&
      !first_bytes_.contains(fmt::format("{}@{}", decision.subject, decision.version.number))) {
    Break(fmt::format("{}@{} was decided before it was recorded", decision.subject,
                      decision.version.number));
  }
  const auto [place, fresh] =
      first_decision_.try_emplace({partition, decision.position.offset}, decision);
  if (!fresh && !(place->second == decision)) {
    Break(fmt::format("submission {}/{} was decided twice, differently", partition,
                      decision.position.offset));
  }
}

void World::Deliver(std::size_t index) {
  InFlight& append = in_flight_[index];
  const auto p = static_cast<std::size_t>(append.partition);
  if (auto* version = std::get_if<VersionRecord>(&append.record)) {
    broker_.versions[p].Append(*version);
    OnAppended(append.partition, *version);
  } else {
    auto& decision = std::get<DecisionRecord>(append.record);
    broker_.decisions[p].Append(decision);
    OnAppended(append.partition, decision);
  }
  if (--append.copies == 0) {
    --*append.awaited;
    in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(index));
  }
}

// What goes wrong
// ------------------------------------------------------------------------------------------------------------

void World::Assign(int partition, std::size_t to) {
  for (std::size_t r = 0; r < kReplicas; ++r) {
    const auto held = replicas_[r].owned.find(partition);
    if (held == replicas_[r].owned.end() || !held->second.current) continue;
    if (r == to) return;
    if (Chance(50)) {
      held->second.current = false;  // it has not heard of it: a zombie
      Trace("replica {} is a zombie on {}", r, partition);
    } else {
      replicas_[r].owned.erase(held);
    }
  }
  replicas_[to].owned.insert_or_assign(partition, Ownership{});
  Trace("replica {} owns {}", to, partition);
}

void World::Rebalance() {
  const int partition = static_cast<int>(Below(kPartitions));
  const std::size_t to = Below(kReplicas);
  if (replicas_[to].up && !replicas_[to].refused) Assign(partition, to);
}

void World::Crash(Replica& replica) {
  ++report_.crashes;
  replica.up = false;
  replica.owned.clear();
  // What it had sent is in the network still; some of it never arrives.
  std::erase_if(in_flight_, [&](const InFlight&) { return Chance(10); });
  if (Chance(20))
    replica.ledger = std::make_unique<LocalLedger>();  // its local store is gone as well
}

void World::Start(Replica& replica) {
  replica.up = true;
  replica.rules = Chance(70) ? NextRelease() : KnownRules();
}

// Compaction keeps the last record of a key; retention drops old decisions.
void World::Compact() {
  for (std::size_t p = 0; p < kPartitions; ++p) {
    auto& log = broker_.versions[p];
    const std::int64_t clean_end = log.end() - static_cast<std::int64_t>(Below(5));
    std::map<std::string, std::int64_t> last;
    for (std::int64_t offset = 0; offset < clean_end; ++offset) {
      if (const auto& record = log.at(offset)) {
        const auto [place, fresh] = last.try_emplace(record->key, offset);
        if (!fresh) {
          log.Erase(place->second);
          place->second = offset;
        }
      }
    }
    auto& decisions = broker_.decisions[p];
    for (std::int64_t offset = 0; offset < decisions.end(); ++offset) {
      const auto& record = decisions.at(offset);
      if (record && absl::FromUnixMillis(clock_ms_) - record->decision.time > kDecisionRetention)
        decisions.Erase(offset);
    }
  }
}

void World::CutShort() {
  report_.cut_short = true;
  for (std::size_t p = 0; p < kPartitions; ++p) {
    broker_.versions[p].CutTo(broker_.versions[p].end() / 2);
    broker_.decisions[p].CutTo(broker_.decisions[p].end() / 2);
    broker_.submissions[p].CutTo(broker_.submissions[p].end() / 2);
  }
  in_flight_.clear();
}

void World::Step() {
  clock_ms_ += static_cast<std::int64_t>(Below(400));
  const auto roll = Below(1000);
  if (roll < 90) {
    Submit();
  } else if (roll < 300) {
    ReadSome(replicas_[Below(kReplicas)], 1 + static_cast<std::int64_t>(Below(8)));
  } else if (roll < 620) {
    Replica& replica = replicas_[Below(kReplicas)];
    if (!replica.up || replica.owned.empty()) return;
    auto owned = replica.owned.begin();
    std::advance(owned, Below(replica.owned.size()));
    OwnerStep(replica, owned->first, owned->second);
  } else if (roll < 930) {
    if (!in_flight_.empty()) Deliver(Below(in_flight_.size()));
  } else if (roll < 950) {
    TellTime(replicas_[Below(kReplicas)]);
  } else if (roll < 965) {
    Rebalance();
  } else if (roll < 975) {
    Replica& replica = replicas_[Below(kReplicas)];
    if (replica.up) Crash(replica);
  } else if (roll < 990) {
    Replica& replica = replicas_[Below(kReplicas)];
    if (!replica.up && !replica.refused) Start(replica);
  } else if (roll < 998) {
    Compact();
  } else if (roll < 999) {
    // A long silence; the longest only when all is decided, as an outage must be shorter than what
    // submissions are kept for.
    bool all_decided = true;
    for (std::size_t p = 0; p < kPartitions; ++p) {
      all_decided =
          all_decided && broker_.stored_offset[p].value_or(0) == broker_.submissions[p].end();
    }
    clock_ms_ += absl::ToInt64Milliseconds(absl::Hours(all_decided ? 32 * 24 : 30));
  }
}

// The end
// --------------------------------------------------------------------------------------------------------------------

// One healthy replica of the newest release works off all that is left, with zombies dead.
void World::Quiesce() {
  while (!in_flight_.empty()) Deliver(Below(in_flight_.size()));
  for (Replica& replica : replicas_) {
    replica.owned.clear();
    replica.up = false;
  }
  Replica& last = replicas_[Below(kReplicas)];
  last.up = true;
  last.rules = NextRelease();
  for (int partition = 0; partition < kPartitions; ++partition)
    last.owned.insert_or_assign(partition, Ownership{});
  for (int quiet = 0; quiet < 4; ++quiet) {
    for (auto& [partition, owner] : last.owned) {
      const std::int64_t end = broker_.submissions[static_cast<std::size_t>(partition)].end();
      for (int step = 0; step < 100'000; ++step) {
        ReadSome(last, 1'000);
        OwnerStep(last, partition, owner);
        while (!in_flight_.empty()) Deliver(0);
        if (owner.phase == Ownership::Phase::kFolding && owner.next == end) break;
        if (owner.phase == Ownership::Phase::kStopped) break;
      }
      if (!report_.cut_short && owner.phase == Ownership::Phase::kStopped)
        Break("a healthy replica stopped");
      if (!report_.cut_short && owner.next < end) Break("submissions were left undecided");
    }
    ReadAll(last);
  }
}

void World::CheckAgainstSequentialFold() {
  // One owner that never fails, reading the submissions once, in order, defines what is right.
  LocalLedger ledger;
  std::map<std::string, std::variant<std::monostate, ArticleHead, SourceHead>> expected;
  for (int partition = 0; partition < kPartitions; ++partition) {
    const auto& log = broker_.submissions[static_cast<std::size_t>(partition)];
    Desk desk(NextRelease(), ledger);
    for (std::int64_t offset = 0; offset < log.end(); ++offset) {
      const PositionedSubmission next{{kCluster, partition, offset}, *log.at(offset)};
      const auto work = desk.Fold({&next, 1});
      for (const ArticleHead& head : work->articles) {
        ledger.Read(VersionRecord{"", head});
        expected.emplace(news::NameOf(head.article.id, head.article.version), head);
      }
      for (const SourceHead& head : work->sources) {
        ledger.Read(VersionRecord{"", head});
        expected.emplace(fmt::format("{}@{}", head.source.id.Name(), head.source.version.number),
                         head);
      }
      for (const Decision& decision : work->decisions) {
        ledger.Read(DecisionRecord{decision});
        const auto found = first_decision_.find({partition, offset});
        if (found == first_decision_.end()) {
          Break(fmt::format("submission {}/{} has no decision", partition, offset));
        } else if (!(found->second == decision)) {
          Trace("found verdict {} version {} reason {} repeats {}; expected {} {} {} repeats {}",
                static_cast<int>(found->second.verdict), found->second.version.number,
                ReasonText(found->second.reason),
                found->second.repeats ? found->second.repeats->offset : -1,
                static_cast<int>(decision.verdict), decision.version.number,
                ReasonText(decision.reason), decision.repeats ? decision.repeats->offset : -1);
          Break(fmt::format("submission {}/{} was decided otherwise than by one owner in order",
                            partition, offset));
        }
      }
    }
  }
  if (expected != first_bytes_) Break("the versions are not those that one owner makes in order");
}

void World::CheckReplicasAgree() {
  LocalLedger fresh;
  for (std::size_t p = 0; p < kPartitions; ++p) {
    for (std::int64_t offset = 0; offset < broker_.versions[p].end(); ++offset) {
      if (const auto& record = broker_.versions[p].at(offset)) fresh.Read(*record);
    }
  }
  for (Replica& replica : replicas_) {
    replica.up = true;
    ReadAll(replica);
    if (replica.ledger->articles != fresh.articles)
      Break("a replica and one that reads the compacted log anew differ");
    if (replica.ledger->sources != fresh.sources) Break("two replicas differ in their sources");
  }
}

void World::CheckLaws() {
  std::map<std::string, std::map<std::int64_t, const ArticleHead*>> articles;
  for (const auto& [key, value] : first_bytes_) {
    if (const auto* head = std::get_if<ArticleHead>(&value)) {
      articles[news::NameOf(head->article.id)][head->article.version.number] = head;
    }
  }
  for (const auto& [name, versions] : articles) {
    std::int64_t expected = 1;
    const ArticleHead* before = nullptr;
    for (const auto& [number, head] : versions) {
      const news::Article& article = head->article;
      if (number != expected++) Break(fmt::format("{} has a hole before version {}", name, number));
      if (article.IsVisible() && article.content.embargoed && !before &&
          *article.content.embargoed > article.versioncreated) {
        Break(fmt::format("{}@{} was visible before its embargo ended", name, number));
      }
      if (article.IsVisible() && !article.published) {
        Break(fmt::format("{}@{} is visible and was never published", name, number));
      }
      if (before != nullptr) {
        if (article.versioncreated < before->article.versioncreated + absl::Seconds(1)) {
          Break(fmt::format("{}@{} looks older than the version before", name, number));
        }
        if (before->article.published && article.published != before->article.published) {
          Break(fmt::format("{}@{} was published at another time than before", name, number));
        }
        if (article.availability == news::Availability::kEmbargoed &&
            before->article.availability != news::Availability::kEmbargoed &&
            before->article.content.embargoed == article.content.embargoed) {
          Break(fmt::format("{}@{} is under an embargo again that had ended", name, number));
        }
        if (before->article.purged) Break(fmt::format("{} came back after a purge", name));
        for (const news::Shelf& shelf : before->article.shelves) {
          if (std::find(article.shelves.begin(), article.shelves.end(), shelf) ==
              article.shelves.end()) {
            Break(fmt::format("{}@{} forgot a shelf", name, number));
          }
        }
      }
      before = head;
    }
  }
  // What was acknowledged is there, compaction or not.
  std::set<std::string> present;
  for (const auto& log : broker_.versions) {
    for (std::int64_t offset = 0; offset < log.end(); ++offset) {
      if (const auto& record = log.at(offset)) present.insert(record->key);
    }
  }
  for (const auto& [key, value] : first_bytes_) {
    if (!present.contains(key)) Break(fmt::format("{} was lost", key));
  }
  CheckAgainstSequentialFold();
  CheckReplicasAgree();
}

RunReport World::Run() {
  for (int partition = 0; partition < kPartitions; ++partition) Assign(partition, Below(kReplicas));
  const int steps = 200 + static_cast<int>(Below(1'500));
  const int cut_at = may_cut_ ? steps / 2 : -1;
  for (int step = 0; step < steps && report_.broken_law.empty(); ++step) {
    if (step == cut_at) {
      // Each replica knows more than the log has left, unless it had read next to nothing.
      for (Replica& replica : replicas_) ReadAll(replica);
      std::int64_t records = 0;
      for (const auto& log : broker_.versions) records += log.end();
      if (records < 8) continue;
      CutShort();
      for (Replica& replica : replicas_) {
        const bool knows = replica.up;
        ReadSome(replica, 1);
        if (knows && !replica.refused) Break("a replica read on in a log that was cut short");
      }
      return report_;
    }
    Step();
  }
  if (report_.broken_law.empty()) Quiesce();
  if (report_.broken_law.empty()) CheckLaws();
  return report_;
}

}  // namespace

RunReport RunDecidingSimulation(const RunOptions& options) { return World(options).Run(); }

}  // namespace telex::simulation
