#pragma once

#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulation/feeds/feeds_simulation.h"
#include "tests/simulation/feeds/newsroom.h"
#include "tests/simulation/feeds/simulated_replica.h"
#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/trace.h"

namespace telex::feeds {

inline constexpr int kReplicas = 3;

// Somebody who polls one address, at whichever replica answers.
struct Reader {
  // Of a feed in a format; or of the story of that number, or of a translation of it.
  FeedKey key;
  const FeedFormat* format = nullptr;
  int story = -1;
  std::string language;
  bool keeps_tags = true;  // else it has dates alone, and is sent the page always

  std::string if_none_match;
  // What it was shown, in the log as it is now.
  std::optional<FeedTag> seen;
  absl::Time updated = absl::InfinitePast();
  std::map<news::ArticleId, std::int64_t> versions;
  std::set<news::ArticleId> stories;  // visible ones
};

// One world: a newsroom, replicas of feeds, readers that hop between them, and what goes wrong.
class FeedsWorld {
 public:
  explicit FeedsWorld(const RunOptions& options);
  RunReport Run();

 private:
  enum class Event {
    kWrite,
    kTranslate,
    kDeliver,
    kRead,
    kAsk,
    kStop,
    kStart,
    kKill,
    kLose,
    kUnreadable,
    kSilence,
    kRestore
  };
  static constexpr std::size_t kEvents = 12;

  void Do(Event event, SimulatedReplica& replica);
  void Start(SimulatedReplica& replica);
  void Read(SimulatedReplica& replica, int records_max);
  void ReadAll(SimulatedReplica& replica);
  void Kill(SimulatedReplica& replica);
  void Silence();
  void Restore();

  void Ask(Reader& reader, SimulatedReplica& replica);
  void Judge(Reader& reader, SimulatedReplica& replica, const Answered& answered);
  void JudgePage(Reader& reader, SimulatedReplica& replica, const Answered& answered);
  FeedTag Kept(FeedTag tag) const;
  void JudgeItem(Reader& reader, SimulatedReplica& replica, const Answered& answered);
  // None: it has no versions yet.
  std::optional<news::ArticleId> ItemOf(const Reader& reader) const;
  FeedWindow WindowOf(const SimulatedReplica& replica, const FeedKey& key) const;

  // When nothing goes wrong any more.
  void Quiesce();
  void CheckReplica(SimulatedReplica& replica, const SimulatedReplica& fresh);
  void CheckStore(const SimulatedReplica& replica, const Newsroom::Story& story);
  void CheckTranslations(const SimulatedReplica& replica, const Newsroom::Story& story);
  void CheckFeed(const SimulatedReplica& replica, const FeedKey& key);
  void CheckReader(Reader& reader, SimulatedReplica& replica);

  bool Without(TakenAway rule) const { return options_.taken_away == rule; }
  void Break(std::string law) {
    if (report_.broken_law.empty()) report_.broken_law = std::move(law);
  }
  bool Broken() const { return !report_.broken_law.empty(); }

  const RunOptions options_;
  const simulation::Trace trace_;
  Random random_;
  simulation::Weights<Event, kEvents> weights_;
  int step_ = 0;
  absl::Time clock_ = absl::FromUnixSeconds(1'790'000'000);
  NewsLog log_;
  Newsroom newsroom_;
  std::map<std::string, std::string> shared_;  // Redis
  std::vector<std::unique_ptr<SimulatedReplica>> replicas_;
  std::set<const SimulatedReplica*> must_refuse_;  // they know more than the log
  std::vector<Reader> readers_;
  std::map<std::pair<ResourceNumber, std::string>, std::string> hashes_;  // by stamp
  RunReport report_;
};

}  // namespace telex::feeds
