// When nothing goes wrong any more: what is shown is what the newsroom has, to everybody.
#include <fmt/format.h>

#include <algorithm>

#include "news/article_name.h"
#include "tests/simulation/feeds/feeds_world.h"

namespace telex::feeds {

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
    if (!story.versions.empty()) CheckStore(replica, story);
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

// By the stories alone: the newest by when they were published, withdrawn ones on every shelf they
// ever had; and behind them the newest withdrawals.
std::vector<const news::Article*> FeedsWorld::Expected(const FeedKey& key) const {
  const auto is_of = [&](const news::Shelf& shelf) {
    return shelf.language.text() == key.language &&
           (key.section.empty() || shelf.section.slug() == key.section);
  };
  std::vector<const news::Article*> expected;
  for (const Newsroom::Story& story : newsroom_.stories()) {
    if (story.versions.empty() || !story.newest().published) continue;
    const news::Article& article = story.newest();
    const bool stands = article.IsVisible()
                            ? is_of({article.content.section, article.content.language})
                            : std::any_of(article.shelves.begin(), article.shelves.end(), is_of);
    if (stands) expected.push_back(&article);
  }
  std::sort(expected.begin(), expected.end(), [](const auto* a, const auto* b) {
    return a->published != b->published ? a->published > b->published : a->id < b->id;
  });
  std::vector<const news::Article*> withdrawn = expected;
  std::erase_if(withdrawn, [](const auto* article) { return article->IsVisible(); });
  std::sort(withdrawn.begin(), withdrawn.end(), [](const auto* a, const auto* b) {
    return a->versioncreated != b->versioncreated ? a->versioncreated > b->versioncreated
                                                  : a->id < b->id;
  });
  if (withdrawn.size() > kWindowItems) withdrawn.resize(kWindowItems);
  std::vector<const news::Article*> shown;
  for (const news::Article* article : expected) {
    if (shown.size() < kWindowItems || std::count(withdrawn.begin(), withdrawn.end(), article) > 0)
      shown.push_back(article);
  }
  return shown;
}

void FeedsWorld::CheckFeed(const SimulatedReplica& replica, const FeedKey& key) {
  const FeedWindow window = WindowOf(replica, key);
  const bool same = std::ranges::equal(
      window.items, Expected(key), [](const WindowItem& item, const news::Article* article) {
        return item.id == article->id && item.version == article->version.number;
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
    if (reader.seen->IsTakedown() == story.newest().IsVisible() ||
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
