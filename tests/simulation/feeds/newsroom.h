#pragma once

#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "feeds/domain/feed_key.h"
#include "news/article.h"
#include "platform/kafka/record.h"
#include "tests/simulation/kernel/flights.h"
#include "tests/simulation/kernel/log.h"
#include "tests/simulation/kernel/random.h"

namespace telex::feeds {

using simulation::Random;

inline constexpr int kPartitions = 3;

// A record of telex.articles.v1.
struct Entry {
  kafka::Record record;
  // Of one that only the next release can decode: the same in values that this one has.
  std::optional<kafka::Record> understood = {};
};

// telex.articles.v1, and whose it is.
struct ArticlesLog {
  // Of what is older than a day the last record of each key, and tombstones for 30 days
  // (deploy/kafka/topics.yaml).
  void Compact(absl::Time now);

  std::string cluster = "cluster-1";
  std::uint32_t generation = 0;  // is raised by whoever restores it
  std::array<simulation::Log<Entry>, kPartitions> partitions;
  std::array<std::int64_t, kPartitions> clean_ends{};  // compaction has been there
};

// What comes before the log: stories with versions as the deciding fold makes them, from an owner
// that repeats itself, and purges that are seen to until nothing is left.
class Newsroom {
 public:
  struct Story {
    int partition = 0;
    std::vector<news::Article> versions;  // the newest last

    const news::Article& newest() const { return versions.back(); }
  };

  Newsroom(Random& random, ArticlesLog& log);

  void Change(absl::Time now);  // one story, by one version
  // One record that is under way is appended; none may be.
  void Deliver(int step, absl::Time now);
  void DeliverAll(absl::Time now);
  void AppendUnreadable(absl::Time now);
  // The log ends earlier now: what was behind never was.
  void GoBackToTheLog(absl::Time now);

  const std::vector<Story>& stories() const { return stories_; }  // without a version: none yet

 private:
  void Append(Entry entry, absl::Time now);
  void AppendTombstones(const Story& story, absl::Time now);
  void Land(Entry entry, absl::Time now);

  Random& random_;
  ArticlesLog& log_;
  int next_values_percent_;
  std::vector<Story> stories_;
  simulation::Flights<Entry> flights_;
  int last_step_ = 0;
};

std::array<FeedKey, 6> Feeds();  // that stories of the newsroom may stand in

}  // namespace telex::feeds
