// Replicas that fold one log in any interleaving, and readers who hop between them. After each run:
// equal stamps were equal content everywhere, no reader went back, and all replicas that read the
// whole log are the same. A run is its seed: TELEX_SEED replays one, TELEX_RUNS sets how many.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "feeds/domain/feed_index.h"
#include "feeds/domain/feed_tag.h"
#include "feeds/domain/judgement.h"
#include "feeds/domain/rendition_identity.h"

namespace telex::feeds {
namespace {

constexpr std::uint32_t kEpoch = 9;
constexpr std::size_t kWindowItems = 5;

std::uint64_t Setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

// A record of the log; null: a tombstone of a purge, or taken away by compaction.
using Entry = std::shared_ptr<const ArticleSummary>;
using Log = std::vector<std::vector<Entry>>;  // by partition, by offset

// The newsroom: articles with versions as the deciding fold would make them.
class Newsroom {
 public:
  Newsroom(Random& random, int partitions, int articles) : random_(random), log_(partitions) {
    for (int n = 0; n < articles; ++n) {
      const auto id = news::ArticleId::Of("sources/simulated", std::to_string(n));
      stories_.push_back({.partition = random.Below(partitions), .newest = {.id = id}});
    }
  }

  void Step() {
    Story& story =
        stories_[static_cast<std::size_t>(random_.Below(static_cast<int>(stories_.size())))];
    auto& partition = log_[static_cast<std::size_t>(story.partition)];
    if (!story.history.empty() && random_.OneIn(6)) {  // an owner repeats itself, or is a zombie
      if (story.newest.state == ArticleState::kPurged)
        return;  // an owner that knows of it does not
      partition.push_back(story.history[static_cast<std::size_t>(
          random_.Below(static_cast<int>(story.history.size())))]);
      return;
    }
    if (story.newest.state == ArticleState::kPurged) return;
    Change(story);
    partition.push_back(std::make_shared<const ArticleSummary>(story.newest));
    story.history.push_back(partition.back());
    if (story.newest.state == ArticleState::kPurged) {
      partition.resize(partition.size() + story.history.size() - 1);
    }
  }

  // Of what lies before `safe[p]` (all else is younger than min.compaction.lag.ms) keeps the last
  // record of each key, and of purged articles the last version.
  void Compact(const std::vector<std::size_t>& safe) {
    for (std::size_t p = 0; p < log_.size(); ++p) {
      std::map<std::pair<news::ArticleId, std::int64_t>, std::size_t> last;
      for (std::size_t offset = 0; offset < std::min(safe[p], log_[p].size()); ++offset) {
        if (const Entry& entry = log_[p][offset]) last[{entry->id, entry->version}] = offset;
      }
      for (std::size_t offset = 0; offset < std::min(safe[p], log_[p].size()); ++offset) {
        Entry& entry = log_[p][offset];
        if (!entry) continue;
        const ArticleSummary& version = *entry;
        const bool repeated = last[{version.id, version.version}] != offset;
        const bool forgotten = PurgedBefore(p, version, safe[p]);
        if ((repeated || forgotten) && random_.OneIn(2)) entry.reset();
      }
    }
  }

  const Log& log() const { return log_; }

 private:
  struct Story {
    int partition = 0;
    ArticleSummary newest;
    std::vector<Entry> history;
  };

  static FeedKey Shelf(int n) { return {n % 2 ? "world" : "sport", n < 2 ? "en" : "hy"}; }

  bool PurgedBefore(std::size_t partition, const ArticleSummary& version, std::size_t end) const {
    for (std::size_t offset = 0; offset < std::min(end, log_[partition].size()); ++offset) {
      const Entry& entry = log_[partition][offset];
      if (entry && entry->id == version.id && entry->state == ArticleState::kPurged) {
        return version.state != ArticleState::kPurged;
      }
    }
    return false;
  }

  void Change(Story& story) {
    ArticleSummary& newest = story.newest;
    newest.version += 1;
    clock_ms_ += 1 + random_.Below(3) * 1000;
    newest.versioncreated_ms = clock_ms_;
    newest.state = ArticleState::kVisible;
    if (random_.OneIn(3)) newest.state = static_cast<ArticleState>(random_.Below(5));
    if (newest.version > 1 && random_.OneIn(12)) newest.state = ArticleState::kPurged;
    if (newest.version == 1 || random_.OneIn(4)) newest.shelf = Shelf(random_.Below(4));
    if (newest.state == ArticleState::kPurged) {
      newest.shelf.reset();
    } else if (std::find(newest.shelves.begin(), newest.shelves.end(), *newest.shelf) ==
               newest.shelves.end()) {
      newest.shelves.push_back(*newest.shelf);
      std::sort(newest.shelves.begin(), newest.shelves.end());
    }
    if (newest.state == ArticleState::kVisible && !newest.published_ms) {
      newest.published_ms = clock_ms_ - random_.Below(5) * 1000;
    }
  }

  Random& random_;
  Log log_;
  std::vector<Story> stories_;
  std::int64_t clock_ms_ = 1'000'000;
};

// A replica: its index, and the local store that survives a restart.
class Replica {
 public:
  explicit Replica(int partitions)
      : partitions_(partitions),
        index_(partitions, kEpoch),
        next_(partitions, 0),
        start_ends_(partitions, 0) {}

  // Reads on in one partition, `records_max` at most.
  void Read(const Log& log, std::size_t partition, int records_max) {
    auto& next = next_[partition];
    for (; records_max > 0 && next < log[partition].size(); --records_max, ++next) {
      if (const Entry& entry = log[partition][next]) Take(partition, *entry);
    }
    caught_up_ = caught_up_ || CaughtUp();
  }

  // The same again, from somewhere before (a batch that is handed over twice).
  void ReadAgain(const Log& log, std::size_t partition, std::size_t from) {
    for (std::size_t offset = from; offset < next_[partition]; ++offset) {
      if (const Entry& entry = log[partition][offset]) Take(partition, *entry);
    }
  }

  void Restart() {
    FeedIndex fresh(partitions_, kEpoch);
    for (const auto& [id, row] : store_) fresh.Apply(static_cast<int>(row.first), row.second);
    index_ = std::move(fresh);
  }

  void LoseStore(const Log& log) {
    store_.clear();
    index_ = FeedIndex(partitions_, kEpoch);
    for (std::size_t p = 0; p < next_.size(); ++p) {
      next_[p] = 0;
      start_ends_[p] = log[p].size();
    }
    caught_up_ = CaughtUp();
  }

  bool serves() const { return caught_up_; }
  std::size_t next(std::size_t partition) const { return next_[partition]; }
  std::size_t CompactionLimit(std::size_t partition) const {
    return caught_up_ ? next_[partition] : start_ends_[partition];
  }
  const FeedIndex& index() const { return index_; }

 private:
  void Take(std::size_t partition, const ArticleSummary& version) {
    index_.Apply(static_cast<int>(partition), version);
    auto& row = store_[version.id];
    if (version.version > row.second.version) row = {partition, version};
  }
  bool CaughtUp() const {
    for (std::size_t p = 0; p < next_.size(); ++p) {
      if (next_[p] < start_ends_[p]) return false;
    }
    return true;
  }

  int partitions_;
  FeedIndex index_;
  std::vector<std::size_t> next_;
  std::vector<std::size_t> start_ends_;  // of the log when reading began
  bool caught_up_ = true;
  std::map<news::ArticleId, std::pair<std::size_t, ArticleSummary>> store_;
};

// Reads one feed from whichever replica, with the tag it got last.
struct Reader {
  FeedKey key;
  std::optional<FeedTag> tag;
  std::map<news::ArticleId, std::int64_t> newest_seen;
};

constexpr std::string_view kFormat = "simulated";

std::string HashOf(const FeedWindow& window) { return IdentityOf({kFormat, 1, ""}, window); }

Own OwnOf(const FeedWindow& window, std::string_view hash) {
  return {.stamp = window.stamp, .resource = ResourceOf(window.key, kFormat), .hash = hash};
}

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed)
      : random_(seed),
        partitions_(1 + random_.Below(4)),
        newsroom_(random_, partitions_, 3 + random_.Below(10)),
        replicas_(static_cast<std::size_t>(2 + random_.Below(3)), Replica(partitions_)) {
    for (int n = 0; n < 6; ++n) {
      readers_.push_back({.key = {n % 3 == 0   ? ""
                                  : n % 3 == 1 ? "world"
                                               : "sport",
                                  n < 4 ? "en" : "hy"}});
    }
  }

  void Run() {
    const int steps = 50 + random_.Below(250);
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) Step();
    for (Replica& replica : replicas_) {
      for (int p = 0; p < partitions_; ++p) replica.Read(newsroom_.log(), Size(p), 1 << 20);
    }
    // One that has read nothing but what compaction has left.
    replicas_.emplace_back(partitions_);
    replicas_.back().LoseStore(newsroom_.log());
    for (int p = 0; p < partitions_; ++p) replicas_.back().Read(newsroom_.log(), Size(p), 1 << 20);
    for (const Replica& replica : replicas_)
      ExpectTheSame(replicas_.front().index(), replica.index());
  }

 private:
  static std::size_t Size(int n) { return static_cast<std::size_t>(n); }
  Replica& AnyReplica() {
    return replicas_[Size(random_.Below(static_cast<int>(replicas_.size())))];
  }

  void Step() {
    Replica& replica = AnyReplica();
    const std::size_t partition = Size(random_.Below(partitions_));
    switch (random_.Below(12)) {
      case 0:
      case 1:
      case 2:
        newsroom_.Step();
        break;
      case 3:
      case 4:
      case 5:
        replica.Read(newsroom_.log(), partition, 1 + random_.Below(6));
        break;
      case 6:
        if (replica.next(partition) > 0) {
          replica.ReadAgain(newsroom_.log(), partition,
                            Size(random_.Below(static_cast<int>(replica.next(partition)))));
        }
        break;
      case 7:
        if (random_.OneIn(3)) replica.Restart();
        break;
      case 8:
        if (random_.OneIn(8)) replica.LoseStore(newsroom_.log());
        break;
      case 9:
        if (random_.OneIn(4)) newsroom_.Compact(ReadByAll());
        break;
      default:
        Ask(readers_[Size(random_.Below(static_cast<int>(readers_.size())))]);
        break;
    }
  }

  // Compaction waits (min.compaction.lag.ms) longer than a serving replica may be behind, and
  // longer than one needs to catch up.
  std::vector<std::size_t> ReadByAll() const {
    std::vector<std::size_t> safe(Size(partitions_), SIZE_MAX);
    for (const Replica& replica : replicas_) {
      for (int p = 0; p < partitions_; ++p) {
        safe[Size(p)] = std::min(safe[Size(p)], replica.CompactionLimit(Size(p)));
      }
    }
    return safe;
  }

  void Ask(Reader& reader) {
    Replica& replica = AnyReplica();
    if (!replica.serves()) return;  // 503
    for (bool waited = false;; waited = true) {
      const auto feed = replica.index().FindFeed(reader.key);
      if (!feed) return;  // 404
      const FeedWindow window = replica.index().WindowOf(*feed, kWindowItems);
      const std::string hash = HashOf(window);
      NoteState(window, hash);
      const Verdict verdict =
          reader.tag ? JudgeCopy(*reader.tag, OwnOf(window, hash)) : Verdict::kSend;
      if (verdict == Verdict::kNotModified || (verdict == Verdict::kAwait && waited)) return;
      if (verdict == Verdict::kSend) return Receive(reader, window, hash);
      for (int p = 0; p < partitions_; ++p) {  // the fold goes on while the request waits
        replica.Read(newsroom_.log(), Size(p), random_.Below(4));
      }
    }
  }

  void Receive(Reader& reader, const FeedWindow& window, const std::string& hash) {
    if (reader.tag) {
      const Order order = Compare(window.stamp, reader.tag->stamp);
      EXPECT_TRUE(order == Order::kAhead || order == Order::kEqual) << "a reader went back";
    }
    for (const WindowItem& item : window.items) {
      std::int64_t& newest = reader.newest_seen[item.id];
      EXPECT_GE(item.version, newest) << item.id.ToString() << " went back";
      newest = std::max(newest, item.version);
    }
    reader.tag =
        FeedTag{.stamp = window.stamp, .resource = ResourceOf(window.key, kFormat), .hash = hash};
  }

  // Equal stamps are equal content, whoever shows it and whenever.
  void NoteState(const FeedWindow& window, const std::string& hash) {
    const auto [known, added] = states_.try_emplace({window.key, Encode(window.stamp)}, hash);
    EXPECT_EQ(known->second, hash) << "two contents of " << window.key.Slug() << " under one stamp";
  }

  static void ExpectTheSame(const FeedIndex& one, const FeedIndex& other) {
    EXPECT_EQ(one.articles(), other.articles());
    for (const char* section : {"", "world", "sport"}) {
      for (const char* language : {"en", "hy"}) {
        const auto mine = one.FindFeed({section, language});
        const auto theirs = other.FindFeed({section, language});
        ASSERT_EQ(mine.has_value(), theirs.has_value());
        if (mine) {
          EXPECT_EQ(one.WindowOf(*mine, kWindowItems), other.WindowOf(*theirs, kWindowItems));
        }
      }
    }
  }

  Random random_;
  int partitions_;
  Newsroom newsroom_;
  std::vector<Replica> replicas_;
  std::vector<Reader> readers_;
  std::map<std::pair<FeedKey, std::string>, std::string> states_;
};

TEST(FeedsFoldSimulation, NoReaderSeesTimeRunBackwards) {
  const std::uint64_t first = Setting("TELEX_SEED", 1);
  const std::uint64_t runs = Setting("TELEX_RUNS", std::getenv("TELEX_SEED") ? 1 : 3000);
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    SCOPED_TRACE("replay with TELEX_SEED=" + std::to_string(seed));
    Simulation(seed).Run();
    if (HasFailure()) return;
  }
}

// Why the tag carries a sum for each partition and not their total:
// docs/adr/feed-etag-per-partition.md.
TEST(FeedsFoldSimulation, ATotalAloneWouldLetAnArticleGoBack) {
  const auto version = [](const char* key, std::int64_t number) {
    return ArticleSummary{.id = news::ArticleId::Of("sources/simulated", key),
                          .version = number,
                          .versioncreated_ms = number,
                          .published_ms = 1,
                          .shelves = {{"world", "en"}},
                          .shelf = FeedKey{"world", "en"}};
  };
  FeedIndex one(2, kEpoch);    // has read article a up to its correction, b not so far
  FeedIndex other(2, kEpoch);  // the other way round
  one.Apply(0, version("a", 2));
  one.Apply(1, version("b", 1));
  other.Apply(0, version("a", 1));
  other.Apply(1, version("b", 3));
  const FeedWindow seen = one.WindowOf(*one.FindFeed({"world", "en"}), kWindowItems);
  const FeedWindow next = other.WindowOf(*other.FindFeed({"world", "en"}), kWindowItems);
  // By the total, 3 < 4, the second replica would be the newer one and would send a@1 after a@2.
  EXPECT_LT(seen.stamp.sums[0] + seen.stamp.sums[1], next.stamp.sums[0] + next.stamp.sums[1]);
  const Own own = OwnOf(next, "y");
  EXPECT_EQ(JudgeCopy({.stamp = seen.stamp, .resource = own.resource, .hash = "x"}, own),
            Verdict::kAwait);
}

}  // namespace
}  // namespace telex::feeds
