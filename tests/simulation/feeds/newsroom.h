#pragma once

#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "feeds/domain/feed_key.h"
#include "news/article.h"
#include "news/wire/translation_log.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/record.h"
#include "tests/simulation/kernel/flights.h"
#include "tests/simulation/kernel/log.h"
#include "tests/simulation/kernel/random.h"

namespace telex::feeds {

using simulation::Random;

inline constexpr int kPartitions = 3;
// A partition of a topic: those of the articles first, then those of the translations.
inline constexpr int kPlaces = 2 * kPartitions;
std::size_t PlaceOf(const kafka::Record& record);
kafka::TopicPartition PartitionAt(std::size_t place);

// A record of telex.articles.v1 or telex.translations.v1.
struct Entry {
  kafka::Record record;
  // Of one that only the next release can decode: the same in values that this one has.
  std::optional<kafka::Record> understood = {};
};

// telex.articles.v1 and telex.translations.v1, and whose they are.
struct NewsLog {
  // Of what is older than a day the last record of each key, and tombstones for 30 days
  // (deploy/kafka/topics.yaml).
  void Compact(absl::Time now);

  std::string cluster = "cluster-1";
  std::uint32_t generation = 0;  // is raised by whoever restores it
  std::array<simulation::Log<Entry>, kPlaces> partitions;
  std::array<std::int64_t, kPlaces> clean_ends{};  // compaction has been there
};

// What comes before the log: stories with versions as the deciding fold makes them, from an owner
// that repeats itself, and purges that are seen to until nothing is left.
class Newsroom {
 public:
  // One that was published.
  struct Translation {
    news::TranslationKey key;
    news::Translation text;

    bool operator==(const Translation&) const = default;
  };
  struct Story {
    int partition = 0;
    std::vector<news::Article> versions;  // the newest last
    // By language, in the order in which they came. That of a purged story ends with one without a
    // text, which stays when all others are forgotten.
    std::map<std::string, std::vector<Translation>> translations;

    const news::Article& newest() const { return versions.back(); }
    bool IsForgotten(const std::string& language) const;
  };

  Newsroom(Random& random, NewsLog& log);

  void Change(absl::Time now);     // one story, by one version
  void Translate(absl::Time now);  // one story, or another look at a translation of it
  // What is left to be done of purges: until then translations of what is purged are in the log.
  void ForgetTranslations(absl::Time now);
  // One record that is under way is appended; none may be.
  void Deliver(int step, absl::Time now);
  void DeliverAll(absl::Time now);
  void AppendUnreadable(absl::Time now);
  // The log ends earlier now: what was behind never was.
  void GoBackToTheLog(absl::Time now);

  const std::vector<Story>& stories() const { return stories_; }  // without a version: none yet

 private:
  void Send(Entry entry, absl::Time now);
  void Append(Entry entry, absl::Time now);
  void AppendTombstones(const Story& story, absl::Time now);
  void Land(Entry entry, absl::Time now);
  bool IsThere(const kafka::Record& record) const;
  void Forget(Story& story, const std::string& language, absl::Time now);
  void GoBackToTheLog(Story& story, absl::Time now);
  news::Article PurgedOf(const Story& story, absl::Time now) const;

  Random& random_;
  NewsLog& log_;
  int next_values_percent_;
  std::vector<Story> stories_;
  std::int64_t revision_ = 0;  // of the last translation
  simulation::Flights<Entry> flights_;
  int last_step_ = 0;
};

kafka::Record ToRecord(const Newsroom::Translation& translation, int partition);
// In the words of a release that knows another standing.
kafka::Record TranslationOfTheNextRelease(kafka::Record record);

inline constexpr std::array<const char*, 3> kLanguages = {"en", "hy", "fr"};
std::array<FeedKey, 9> Feeds();  // that stories of the newsroom may stand in

}  // namespace telex::feeds
