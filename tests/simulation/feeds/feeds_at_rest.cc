// When nothing goes wrong any more: what is shown is what the newsroom has, to everybody.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "news/article_name.h"
#include "tests/simulation/feeds/feeds_world.h"

namespace telex::feeds {
namespace {

// An item, by the newsroom's books alone.
struct Expected {
  news::ArticleId id;
  std::int64_t version = 0;
  absl::Time published;
  absl::Time updated;
  bool visible = false;
};

using Translations = std::vector<Newsroom::Translation>;

const Newsroom::Translation& NewestOf(const Translations& all) {
  return *std::ranges::max_element(all, {}, [](const Newsroom::Translation& one) {
    return std::pair(one.key.version, one.key.revision);
  });
}

bool IsVisible(const news::Article& article, const Translations& all) {
  const Newsroom::Translation& newest = NewestOf(all);
  return article.IsVisible() && newest.text.IsShown() &&
         article.content.language != newest.key.language;
}

Expected ItemOf(const news::Article& article) {
  return {.id = article.id,
          .version = article.version.number,
          .published = *article.published,
          .updated = article.versioncreated,
          .visible = article.IsVisible()};
}

Expected ItemOf(const news::Article& article, const Translations& all) {
  const auto by_time = [](const Newsroom::Translation& one) { return one.text.made; };
  const absl::Time first = by_time(*std::ranges::min_element(all, {}, by_time));
  const bool as_news = !article.purged && first > *article.published &&
                       first - *article.published <= absl::Milliseconds(kNewsMillisMax);
  return {.id = article.id.OfTranslation(NewestOf(all).key.language.text()),
          .version = article.version.number + NewestOf(all).key.revision,
          .published = as_news ? first : *article.published,
          .updated = std::max(article.versioncreated, NewestOf(all).text.made),
          .visible = IsVisible(article, all)};
}

// Whether it stands in that section: what is withdrawn in every one it ever stood in.
bool IsIn(const std::string& section, const news::Article& article, bool visible) {
  if (section.empty()) return true;
  if (visible) return article.content.section.slug() == section;
  return std::ranges::any_of(
      article.shelves, [&](const news::Shelf& shelf) { return shelf.section.slug() == section; });
}

// The newest by when they were published; and behind them the newest withdrawals.
std::vector<Expected> WindowOf(std::vector<Expected> items) {
  std::ranges::sort(items, [](const Expected& a, const Expected& b) {
    return a.published != b.published ? a.published > b.published : a.id < b.id;
  });
  std::vector<Expected> withdrawn = items;
  std::erase_if(withdrawn, std::mem_fn(&Expected::visible));
  std::ranges::sort(withdrawn, [](const Expected& a, const Expected& b) {
    return a.updated != b.updated ? a.updated > b.updated : a.id < b.id;
  });
  if (withdrawn.size() > kWindowItems) withdrawn.resize(kWindowItems);
  std::vector<Expected> shown;
  for (const Expected& item : items) {
    if (shown.size() < kWindowItems || std::ranges::count(withdrawn, item.id, &Expected::id) > 0)
      shown.push_back(item);
  }
  return shown;
}

// By the stories and their translations alone.
std::vector<Expected> ExpectedIn(const FeedKey& key, const std::vector<Newsroom::Story>& stories) {
  std::vector<Expected> items;
  for (const Newsroom::Story& story : stories) {
    if (story.versions.empty() || !story.newest().published) continue;
    const news::Article& article = story.newest();
    const auto is_of = [&](const news::Shelf& shelf) {
      return shelf.language.text() == key.language &&
             (key.section.empty() || shelf.section.slug() == key.section);
    };
    const bool stands = article.IsVisible()
                            ? is_of({article.content.section, article.content.language})
                            : std::ranges::any_of(article.shelves, is_of);
    if (stands) items.push_back(ItemOf(article));
    const auto translations = story.translations.find(key.language);
    if (translations == story.translations.end() || translations->second.empty()) continue;
    if (IsIn(key.section, article, IsVisible(article, translations->second)))
      items.push_back(ItemOf(article, translations->second));
  }
  return WindowOf(std::move(items));
}

}  // namespace

void FeedsWorld::Quiesce() {
  newsroom_.DeliverAll(clock_);
  replicas_.push_back(
      std::make_unique<SimulatedReplica>(log_, clock_, shared_, options_.taken_away));
  for (const auto& replica : replicas_) {
    // Until it is of the next release.
    do {
      replica->Stop();
      Start(*replica);
    } while (!Broken() && !replica->next_release);
    if (Broken()) return;
    ReadAll(*replica);
    if (const absl::Status ready = replica->Readiness(); !ready.ok())
      return Break("a replica that has read all is not ready: " + ready.ToString());
  }
  for (const auto& replica : replicas_) CheckReplica(*replica, *replicas_.back());
  for (Reader& reader : readers_) CheckReader(reader, *replicas_[random_.Below(replicas_.size())]);
}

void FeedsWorld::CheckReplica(SimulatedReplica& replica, const SimulatedReplica& fresh) {
  for (const Newsroom::Story& story : newsroom_.stories()) {
    if (story.versions.empty()) continue;
    CheckStore(replica, story);
    CheckTranslations(replica, story);
  }
  for (const FeedKey& key : Feeds()) {
    if (!(WindowOf(replica, key) == WindowOf(fresh, key)))
      Break("a replica shows something else than one that reads the log from the beginning");
    CheckFeed(replica, key);
  }
}

void FeedsWorld::CheckStore(const SimulatedReplica& replica, const Newsroom::Story& story) {
  const auto standing = replica.feeds().Find(story.newest().id);
  if (!standing || standing->version != story.newest().version.number)
    return Break("a replica does not have the newest version");
  for (const news::Article& version : story.versions) {
    const auto read = replica.store().Read(version.id, version.version.number);
    const bool forgotten = story.newest().purged && !version.purged;
    if (forgotten && read.ok()) return Break("a replica keeps what was purged");
    if (!forgotten && !(read.ok() && *read == version))
      return Break(fmt::format("a replica does not have {} as it was recorded: {}",
                               news::NameOf(version.id, version.version),
                               read.status().ToString()));
  }
}

void FeedsWorld::CheckTranslations(const SimulatedReplica& replica, const Newsroom::Story& story) {
  for (const auto& [language, all] : story.translations) {
    if (all.empty()) continue;
    const Newsroom::Translation& newest = NewestOf(all);
    const auto read = replica.store().ReadTranslation({.article = newest.key.article,
                                                       .language = language,
                                                       .version = newest.key.version.number,
                                                       .revision = newest.key.revision});
    if (!newest.text.IsShown() || story.newest().purged) {
      if (read.ok()) Break("a replica keeps a translation that nobody may be shown");
    } else if (!read.ok() || *read != newest.text) {
      Break(fmt::format("a replica does not have {} as it was recorded: {}",
                        news::KeyOf(newest.key), read.status().ToString()));
    }
  }
}

void FeedsWorld::CheckFeed(const SimulatedReplica& replica, const FeedKey& key) {
  const FeedWindow window = WindowOf(replica, key);
  const bool same =
      std::ranges::equal(window.items, ExpectedIn(key, newsroom_.stories()),
                         [](const WindowItem& item, const Expected& expected) {
                           return item.id == expected.id && item.version == expected.version &&
                                  item.IsTombstone() != expected.visible &&
                                  item.published_ms == absl::ToUnixMillis(expected.published);
                         });
  if (!same) Break("a feed does not show what the newsroom has");
}

// Who asks once more has all there is.
void FeedsWorld::CheckReader(Reader& reader, SimulatedReplica& replica) {
  if (Broken()) return;
  Ask(reader, replica);
  if (Broken() || !reader.seen) return;
  if (reader.story >= 0) {
    const auto& story = newsroom_.stories()[static_cast<std::size_t>(reader.story)];
    if (story.versions.empty() || !story.newest().published) return;
    bool visible = story.newest().IsVisible();
    if (!reader.language.empty()) {
      const auto all = story.translations.find(reader.language);
      if (all == story.translations.end()) return;
      visible = IsVisible(story.newest(), all->second);
    }
    if (reader.seen->IsTakedown() == visible ||
        reader.seen->stamp.sums.front() != story.newest().version.number)
      Break("a reader of a story is left behind");
    return;
  }
  const FeedWindow window = WindowOf(replica, reader.key);
  const auto now = replica.Get(reader.key, *reader.format, "", true);
  if (reader.seen->hash != now->tag->hash) return Break("a reader of a feed is left behind");
  if (std::ranges::count_if(window.items, &WindowItem::IsTombstone) >=
      static_cast<std::ptrdiff_t>(kWindowItems))
    return;
  for (const news::ArticleId& id : reader.stories) {
    const bool listed =
        std::ranges::any_of(window.items, [&](const WindowItem& item) { return item.id == id; });
    if (!listed && replica.feeds().Find(id)->state != ArticleState::kVisible)
      Break("a reader of a feed was not told of a takedown");
  }
}

}  // namespace telex::feeds
