#include "tests/simulation/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ingestion/domain/decide.h"

namespace telex::simulation {
namespace {

using ingestion::ArticleHead;
using news::Article;
using news::Availability;

std::string CheckSuccession(const ArticleHead* before_head, const ArticleHead& head,
                            const std::string& name) {
  const Article& article = head.article;
  // Once published, the embargo of a version that went before has ended by its own time.
  if (article.IsVisible() && article.content.embargoed &&
      *article.content.embargoed > article.versioncreated) {
    return fmt::format("{} was visible before its embargo ended", name);
  }
  if (article.IsVisible() && !article.published)
    return fmt::format("{} is visible and was never published", name);
  if (article.purged && (!article.content.headline.empty() || !article.content.body_html.empty() ||
                         !article.key.empty() || head.upstream)) {
    return fmt::format("{} is purged and has content", name);
  }
  if (before_head == nullptr) return "";
  const Article& before = before_head->article;
  if (article.versioncreated <= before.versioncreated)
    return fmt::format("{} looks older than the version before", name);
  if (before.published && article.published != before.published)
    return fmt::format("{} was published at another time than before", name);
  if (article.availability == Availability::kEmbargoed &&
      before.availability != Availability::kEmbargoed &&
      before.content.embargoed == article.content.embargoed &&
      *article.content.embargoed <= before.versioncreated) {
    return fmt::format("{} is under an embargo again that had ended", name);
  }
  if (before.purged) return fmt::format("{} came back after a purge", name);
  for (const news::Shelf& shelf : before.shelves) {
    if (std::find(article.shelves.begin(), article.shelves.end(), shelf) == article.shelves.end())
      return fmt::format("{} forgot a shelf", name);
  }
  return "";
}

}  // namespace

std::string CheckVersions(const History& history) {
  VersionKey last{-1, 0};
  const ArticleHead* before = nullptr;
  for (const auto& [key, record] : history.versions()) {
    const bool same = key.subject == last.subject;
    if (!same) before = nullptr;
    if (key.version != (same ? last.version + 1 : 1))
      return fmt::format("there is a hole before {}", NameOf(key));
    last = key;
    if (record.article == nullptr) continue;
    std::string breach = CheckSuccession(before, *record.article, NameOf(key));
    if (!breach.empty()) return breach;
    before = record.article.get();
  }
  return "";
}

std::string CheckNothingIsDue(const History& history, absl::Time now) {
  const std::map<VersionKey, VersionRecord>& versions = history.versions();
  for (auto version = versions.begin(); version != versions.end(); ++version) {
    const auto next = std::next(version);
    const bool newest = next == versions.end() || next->first.subject != version->first.subject;
    const ArticlePtr& head = version->second.article;
    if (!newest || head == nullptr) continue;
    const auto instant = ingestion::PendingInstant(head->article);
    if (instant && *instant <= now)
      return fmt::format("the time of {} has come and was never decided", NameOf(version->first));
  }
  return "";
}

std::string CheckNothingLost(const Broker& broker, const History& history) {
  std::set<VersionKey> present;
  for (const Broker::Partition& partition : broker.partitions) {
    for (std::int64_t offset = 0; offset < partition.versions.end(); ++offset) {
      if (const VersionRecord* record = partition.versions.at(offset)) present.insert(record->key);
    }
  }
  for (const auto& [key, record] : history.versions()) {
    // Of what was forgotten the tombstone, too, goes in the end.
    if (!present.contains(key) && !history.forgotten().contains(key))
      return fmt::format("{} was lost", NameOf(key));
  }
  return "";
}

std::string CheckPurges(Broker& broker, const History& history) {
  std::array<std::int64_t, kStories> purged{};  // the version that stays; zero: none
  for (const auto& [key, record] : history.versions()) {
    if (record.article != nullptr && record.article->article.purged)
      purged[static_cast<std::size_t>(key.subject)] = key.version;
  }
  for (const VersionKey& key : history.ever_forgotten()) {
    if (key.subject >= kStories || key.version >= purged[static_cast<std::size_t>(key.subject)])
      return fmt::format("{} has a tombstone and was not purged", NameOf(key));
  }
  for (int subject = 0; subject < kStories; ++subject) {
    for (VersionKey key{subject, 1}; key.version < purged[static_cast<std::size_t>(subject)];
         ++key.version) {
      if (!history.ever_forgotten().contains(key))
        return fmt::format("{} was purged and has no tombstone", NameOf(key));
      if (!history.forgotten().contains(key))
        return fmt::format("{} was purged and came back behind its tombstone", NameOf(key));
    }
  }
  for (int p = 0; p < kPartitions; ++p) {
    const Log<VersionRecord>& log = broker.of(p).versions;
    broker.CompactVersions(p, log.end(), log.end());
    for (std::int64_t offset = 0; offset < log.end(); ++offset) {
      const VersionRecord* record = log.at(offset);
      if (record == nullptr || record->article == nullptr) continue;
      if (record->key.version < purged[static_cast<std::size_t>(record->key.subject)])
        return fmt::format("{} was purged and is in the compacted log", NameOf(record->key));
    }
  }
  return "";
}

void ReadToTheEnd(const Broker& broker, LocalStore& store) {
  for (int p = 0; p < kPartitions; ++p) {
    const auto i = static_cast<std::size_t>(p);
    const Broker::Partition& partition = broker.of(p);
    while (store.versions_read[i] < partition.versions.end()) {
      if (const VersionRecord* record = partition.versions.at(store.versions_read[i]++))
        store.Read(*record);
    }
    while (store.decisions_read[i] < partition.decisions.end()) {
      if (const DecisionPtr* decision = partition.decisions.at(store.decisions_read[i]++))
        store.Read(*decision);
    }
  }
}

std::string CheckStore(const Broker& broker, const LocalStore& store) {
  LocalStore fresh;
  ReadToTheEnd(broker, fresh);
  for (int subject = 0; subject < kSubjects; ++subject) {
    if (subject >= kStories) {
      const SourcePtr& a = store.source(subject);
      const SourcePtr& b = fresh.source(subject);
      if ((a == nullptr) != (b == nullptr) || (a != nullptr && !(*a == *b)))
        return fmt::format("two replicas differ in {}", NameOf(subject));
      continue;
    }
    const ArticlePtr& a = store.article(subject);
    const ArticlePtr& b = fresh.article(subject);
    if ((a == nullptr) != (b == nullptr) || (a != nullptr && !(*a == *b))) {
      return fmt::format(
          "a replica and one that reads the compacted log from the beginning differ in {}",
          NameOf(subject));
    }
    if (store.bodies(subject) != fresh.bodies(subject))
      return fmt::format("a replica holds other versions of {} than the log", NameOf(subject));
    if (a != nullptr && a->article.purged && store.bodies(subject).size() != 1)
      return fmt::format("a replica has not forgotten {}", NameOf(subject));
  }
  return "";
}

}  // namespace telex::simulation
