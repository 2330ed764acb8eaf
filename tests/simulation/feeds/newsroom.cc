#include "tests/simulation/feeds/newsroom.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "feeds/adapters/article_store.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "telex/news/v1/article_record.pb.h"

namespace telex::feeds {
namespace {

constexpr absl::Duration kCompactionLag = absl::Hours(24);
constexpr absl::Duration kTombstonesKept = absl::Hours(30 * 24);
constexpr int kStoriesMin = 3;
constexpr int kTwicePercent = 20;
constexpr int kLateStepsMax = 100;

news::Shelf ShelfOf(int n) {
  return {*news::Section::Parse(n % 2 == 0 ? "world" : "sport"),
          *news::LanguageTag::Parse(n < 2 ? "en" : "hy")};
}

kafka::Record ToRecord(const news::Article& article, int partition) {
  news::v1::ArticleRecord message;
  *message.mutable_article() = news::ToProto(article);
  return {.topic = std::string(kArticlesTopic),
          .partition = partition,
          .key = news::NameOf(article.id, article.version),
          .value = news::DeterministicBytes(message)};
}

// In the words of a release that knows another status.
kafka::Record OfTheNextRelease(kafka::Record record) {
  news::v1::ArticleRecord message;
  message.ParseFromString(*record.value);
  message.mutable_article()->set_pub_status(static_cast<news::v1::PubStatus>(100));
  record.value = news::DeterministicBytes(message);
  return record;
}

news::Article First(int n) {
  const std::string key = std::to_string(n);
  news::Article article;
  article.id = news::ArticleId::Of("sources/simulated", key);
  article.source = *news::SourceId::Parse("simulated");
  article.source_name = "Simulated";
  article.key = key;
  article.canonical_url = "https://simulated.example/" + key;
  article.content.terms = {.text = "Only with a hyperlink to Simulated",
                           .attribution = "Simulated",
                           .link = article.canonical_url};
  return article;
}

void Purge(news::Article& article) {
  article.purged = true;
  article.content = {};
  article.status = news::PubStatus::kCanceled;
  article.source_name.clear();
  article.key.clear();
  article.canonical_url.clear();
}

void Withdraw(Random& random, news::Article& article) {
  switch (random.Below(4)) {
    case 0:
      article.status = news::PubStatus::kWithheld;
      break;
    case 1:
      article.status = news::PubStatus::kCanceled;
      break;
    case 2:
      article.availability = news::Availability::kExpired;
      break;
    default:
      article.availability = news::Availability::kEmbargoed;
  }
}

}  // namespace

void NewsLog::Compact(absl::Time now) {
  for (std::size_t p = 0; p < kPlaces; ++p) {
    simulation::Log<Entry>& log = partitions[p];
    const auto older_than = [&](absl::Duration age) {
      std::int64_t end = 0;
      for (std::int64_t offset = 0; offset < log.end(); ++offset) {
        const Entry* entry = log.at(offset);
        if (entry == nullptr) continue;
        if (now - absl::FromUnixMillis(entry->record.timestamp_ms) <= age) break;
        end = offset + 1;
      }
      return end;
    };
    clean_ends[p] = older_than(kCompactionLag);
    log.Compact(
        clean_ends[p], older_than(kTombstonesKept),
        [](const Entry& entry) { return entry.record.key; },
        [](const Entry& entry) { return !entry.record.value; });
  }
}

std::size_t PlaceOf(const kafka::Record& record) {
  return static_cast<std::size_t>(record.partition +
                                  (record.topic == kTranslationsTopic ? kPartitions : 0));
}

kafka::TopicPartition PartitionAt(std::size_t place) {
  const int n = static_cast<int>(place);
  return {n < kPartitions ? kArticlesTopic : kTranslationsTopic, n % kPartitions};
}

std::array<FeedKey, 9> Feeds() {
  return {{{"", "en"},
           {"world", "en"},
           {"sport", "en"},
           {"", "hy"},
           {"world", "hy"},
           {"sport", "hy"},
           {"", "fr"},
           {"world", "fr"},
           {"sport", "fr"}}};
}

Newsroom::Newsroom(Random& random, NewsLog& log)
    : random_(random),
      log_(log),
      next_values_percent_(random.OneOf({0, 0, 10})),
      stories_(static_cast<std::size_t>(kStoriesMin + random.Below(6))) {
  for (Story& story : stories_) story.partition = random.Below(kPartitions);
}

void Newsroom::Change(absl::Time now) {
  const int n = random_.Below(static_cast<int>(stories_.size()));
  Story& story = stories_[static_cast<std::size_t>(n)];
  if (!story.versions.empty() && story.newest().purged) return;
  news::Article next = story.versions.empty() ? First(n) : story.newest();
  const absl::Time before = next.versioncreated;
  next.version = next.version.Next();
  next.versioncreated =
      story.versions.empty() ? now : std::max(now, before + absl::Milliseconds(1));
  if (story.versions.empty()) next.firstcreated = now;
  if (next.version.number == 1 || random_.Chance(25)) {
    const news::Shelf shelf = ShelfOf(random_.Below(4));
    next.content.section = shelf.section;
    next.content.language = shelf.language;
    next.shelves.push_back(shelf);
    std::sort(next.shelves.begin(), next.shelves.end());
    next.shelves.erase(std::unique(next.shelves.begin(), next.shelves.end()), next.shelves.end());
  }
  next.content.headline = fmt::format("Story {} in version {}", n, next.version.number);
  next.content.body_html = fmt::format("<p>{}</p>", next.content.headline);
  next.status = news::PubStatus::kUsable;
  next.availability = news::Availability::kAvailable;
  const bool purge = next.version.number > 1 && random_.Chance(8);
  if (purge) {
    Purge(next);
  } else if (random_.Chance(30)) {
    Withdraw(random_, next);
  }
  if (next.IsVisible() && !next.published) next.published = next.versioncreated;
  story.versions.push_back(next);

  Send({.record = ToRecord(next, story.partition)}, now);
  if (purge) AppendTombstones(story, now);
}

void Newsroom::Send(Entry entry, absl::Time now) {
  if (random_.Chance(next_values_percent_)) {
    const bool translation = entry.record.topic == kTranslationsTopic;
    entry.understood =
        std::exchange(entry.record, translation ? TranslationOfTheNextRelease(entry.record)
                                                : OfTheNextRelease(entry.record));
  }
  // An owner that was thought dead.
  if (random_.Chance(kTwicePercent))
    flights_.Send(entry, last_step_ + random_.Below(kLateStepsMax));
  Append(std::move(entry), now);
}

void Newsroom::AppendTombstones(const Story& story, absl::Time now) {
  for (news::Version version{1}; version < story.newest().version; version = version.Next()) {
    Append({.record = {.topic = std::string(kArticlesTopic),
                       .partition = story.partition,
                       .key = news::NameOf(story.newest().id, version)}},
           now);
  }
}

void Newsroom::Append(Entry entry, absl::Time now) {
  simulation::Log<Entry>& log = log_.partitions[PlaceOf(entry.record)];
  for (kafka::Record* record : {&entry.record, entry.understood ? &*entry.understood : nullptr}) {
    if (record == nullptr) continue;
    record->offset = log.end();
    record->timestamp_ms = absl::ToUnixMillis(now);
  }
  log.Append(std::move(entry));
}

// What comes behind a purge gets its tombstone once more (PurgeLeftovers).
void Newsroom::Land(Entry entry, absl::Time now) {
  const bool translation = entry.record.topic == kTranslationsTopic;
  const auto key = news::ParseTranslationKey(entry.record.key);
  const news::ArticleId id =
      translation ? key->article : news::ArticleName::Parse(entry.record.key)->id;
  const auto story = std::find_if(stories_.begin(), stories_.end(), [&](const Story& one) {
    return !one.versions.empty() && one.newest().id == id;
  });
  bool forgotten = false;
  if (story != stories_.end() && story->newest().purged) {
    forgotten = translation ? story->IsForgotten(key->language.text()) &&
                                  story->translations.at(key->language.text()).back().key != *key
                            : *news::ArticleName::Parse(entry.record.key)->version <
                                  story->newest().version;
  }
  kafka::Record tombstone = entry.record;
  tombstone.value.reset();
  Append(std::move(entry), now);
  if (forgotten) Append({.record = std::move(tombstone)}, now);
}

void Newsroom::Deliver(int step, absl::Time now) {
  last_step_ = step;
  if (auto entry = flights_.Land(random_, step, [](const Entry&) { return true; }))
    Land(*std::move(entry), now);
}

void Newsroom::DeliverAll(absl::Time now) {
  while (auto entry = flights_.LandNow(random_, [](const Entry&) { return true; }))
    Land(*std::move(entry), now);
  ForgetTranslations(now);
}

void Newsroom::AppendUnreadable(absl::Time now) {
  const news::TranslationKey key{First(0).id, news::Version{1'000'000},
                                 *news::LanguageTag::Parse("fr"), 1'000'000};
  const auto place = PartitionAt(static_cast<std::size_t>(random_.Below(kPlaces)));
  Append(
      {.record = {.topic = place.topic,
                  .partition = place.partition,
                  .key = place.topic == kTranslationsTopic ? news::KeyOf(key)
                                                           : news::NameOf(key.article, key.version),
                  .value = "\xFF"}},
      now);
}

bool Newsroom::IsThere(const kafka::Record& record) const {
  const simulation::Log<Entry>& log = log_.partitions[PlaceOf(record)];
  for (std::int64_t offset = 0; offset < log.end(); ++offset) {
    if (log.at(offset) != nullptr && log.at(offset)->record.key == record.key) return true;
  }
  return false;
}

void Newsroom::GoBackToTheLog(absl::Time now) {
  flights_.Clear();
  for (Story& story : stories_) GoBackToTheLog(story, now);
}

void Newsroom::GoBackToTheLog(Story& story, absl::Time now) {
  const bool was_purged = !story.versions.empty() && story.newest().purged;
  const auto is_there = [&](const auto& one) { return IsThere(ToRecord(one, story.partition)); };
  while (!story.versions.empty() && !is_there(story.newest())) story.versions.pop_back();
  bool forgotten = false;
  for (auto& [language, translations] : story.translations) {
    const bool ends_forgotten = story.IsForgotten(language) && is_there(translations.back());
    forgotten = forgotten || ends_forgotten;
    std::erase_if(translations, std::not_fn(is_there));
  }
  std::erase_if(story.translations,
                [](const auto& of_language) { return of_language.second.empty(); });
  if (story.versions.empty()) return;
  // Half of a purge is none: whoever asked for it asks once more.
  if (was_purged && !story.newest().purged && forgotten) {
    story.versions.push_back(PurgedOf(story, now));
    Append({.record = ToRecord(story.newest(), story.partition)}, now);
  }
  if (!story.newest().purged) return;
  AppendTombstones(story, now);
  for (auto& [language, translations] : story.translations) Forget(story, language, now);
}

news::Article Newsroom::PurgedOf(const Story& story, absl::Time now) const {
  news::Article next = story.newest();
  next.version = next.version.Next();
  next.versioncreated = std::max(now, next.versioncreated + absl::Milliseconds(1));
  Purge(next);
  return next;
}

}  // namespace telex::feeds
