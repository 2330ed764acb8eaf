#include "tests/simulation/feeds/feeds_world.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/errors/errors.h"

namespace telex::feeds {
namespace {

constexpr int kStepsMin = 60;
constexpr int kFeedReaders = 8;
constexpr int kArticleReaders = 6;
constexpr int kTranslationReaders = 6;
constexpr int kWithoutTagsPercent = 20;
constexpr int kNextReleasePercent = 60;

}  // namespace

FeedsWorld::FeedsWorld(const RunOptions& options)
    : options_(options), trace_(options.trace), random_(options.seed), newsroom_(random_, log_) {
  weights_[Event::kWrite] = random_.OneOf({30, 60});
  weights_[Event::kTranslate] = random_.OneOf({0, 15, 40});
  weights_[Event::kDeliver] = 20;
  weights_[Event::kRead] = random_.OneOf({40, 80});
  weights_[Event::kAsk] = 80;
  weights_[Event::kStop] = random_.OneOf({0, 2, 6});
  weights_[Event::kStart] = 20;
  weights_[Event::kKill] = random_.OneOf({0, 3});
  weights_[Event::kLose] = random_.OneOf({0, 1});
  weights_[Event::kUnreadable] = random_.OneOf({0, 1});
  weights_[Event::kSilence] = random_.OneOf({0, 2, 4});
  weights_[Event::kRestore] = random_.OneOf({0, 0, 1});
  for (int n = 0; n < kReplicas; ++n) {
    replicas_.push_back(
        std::make_unique<SimulatedReplica>(log_, clock_, shared_, options_.taken_away));
  }
  for (int n = 0; n < kFeedReaders; ++n) {
    const auto formats = FeedFormats();
    readers_.push_back({.key = Feeds()[random_.Below(Feeds().size())],
                        .format = formats[random_.Below(formats.size())]});
  }
  for (int n = 0; n < kArticleReaders; ++n)
    readers_.push_back({.story = random_.Below(static_cast<int>(newsroom_.stories().size()))});
  for (int n = 0; n < kTranslationReaders; ++n)
    readers_.push_back({.story = random_.Below(static_cast<int>(newsroom_.stories().size())),
                        .language = kLanguages[random_.Below(kLanguages.size())]});
  for (Reader& reader : readers_) reader.keeps_tags = !random_.Chance(kWithoutTagsPercent);
}

RunReport FeedsWorld::Run() {
  const int steps = kStepsMin + random_.Below(random_.OneOf({100, 400}));
  for (const auto& replica : replicas_) Start(*replica);
  for (step_ = 0; step_ < steps && !Broken(); ++step_) {
    clock_ += absl::Milliseconds(random_.Below(3'000));
    const Event event = weights_.Draw(random_);
    Do(event, *replicas_[random_.Below(replicas_.size())]);
  }
  if (!Broken()) Quiesce();
  for (const auto& partition : log_.partitions) report_.records += partition.end();
  return report_;
}

void FeedsWorld::Do(Event event, SimulatedReplica& replica) {
  switch (event) {
    case Event::kWrite:
      return newsroom_.Change(clock_);
    case Event::kTranslate:
      newsroom_.ForgetTranslations(clock_);
      return newsroom_.Translate(clock_);
    case Event::kDeliver:
      return newsroom_.Deliver(step_, clock_);
    case Event::kRead:
      if (replica.up()) Read(replica, 1 + random_.Below(6));
      return;
    case Event::kAsk:
      if (replica.IsReady()) Ask(readers_[random_.Below(readers_.size())], replica);
      return;
    case Event::kStop:
      return replica.Stop();
    case Event::kStart:
      if (!replica.up()) Start(replica);
      return;
    case Event::kKill:
      if (replica.up()) Kill(replica);
      return;
    case Event::kLose:
      must_refuse_.erase(&replica);
      ++report_.stores_lost;
      return replica.LoseStore();
    case Event::kUnreadable:
      return newsroom_.AppendUnreadable(clock_);
    case Event::kSilence:
      return Silence();
    case Event::kRestore:
      return Restore();
  }
}

// Whoever refuses the log is given an empty store, as the runbook says.
void FeedsWorld::Start(SimulatedReplica& replica) {
  replica.next_release = random_.Chance(kNextReleasePercent);
  absl::Status started = replica.Start();
  const bool refused = errors::Is(started, errors::kLogTruncated);
  trace_(step_, "started: {}", started.ToString());
  ++report_.starts;
  if (refused != must_refuse_.contains(&replica))
    return Break(refused ? "a healthy replica refuses its log"
                         : "a replica goes on in a log that was replaced");
  if (refused) {
    ++report_.refusals;
    must_refuse_.erase(&replica);
    replica.LoseStore();
    started = replica.Start();
  }
  if (!started.ok()) Break("a replica does not start: " + started.ToString());
}

void FeedsWorld::Read(SimulatedReplica& replica, int records_max) {
  if (const absl::Status read = replica.Read(random_, records_max); !read.ok())
    Break("a healthy replica does not read on: " + read.ToString());
  report_.held += !replica.IsReady();
}

void FeedsWorld::ReadAll(SimulatedReplica& replica) {
  if (const absl::Status read = replica.ReadAll(); !read.ok())
    Break("a healthy replica does not read on: " + read.ToString());
}

// In the middle of a transaction: what cannot be understood cannot be set aside, and the process
// ends.
void FeedsWorld::Kill(SimulatedReplica& replica) {
  newsroom_.AppendUnreadable(clock_);
  std::array<std::int64_t, kPlaces> before{};
  for (int p = 0; p < kPlaces; ++p) before[static_cast<std::size_t>(p)] = replica.PositionOf(p);
  const absl::Status read = replica.Read(random_, 100, /*set_aside_works=*/false);
  if (!read.ok()) {
    ++report_.undone;
    for (int p = 0; p < kPlaces; ++p) {
      if (replica.PositionOf(p) != before[static_cast<std::size_t>(p)])
        Break("a batch that was undone has moved a position");
    }
  }
  replica.Stop();
}

// Whatever is up has read all by then; what is down longer than tombstones are kept begins again.
void FeedsWorld::Silence() {
  if (!must_refuse_.empty()) return;
  ++report_.silences;
  newsroom_.DeliverAll(clock_);
  for (const auto& replica : replicas_) {
    if (replica->up()) ReadAll(*replica);
  }
  const absl::Duration length = absl::Hours(random_.OneOf({2, 2 * 24, 20 * 24, 40 * 24, 40 * 24}));
  trace_(step_, "silence of {}", absl::FormatDuration(length));
  clock_ += length;
  log_.Compact(clock_);
  for (const auto& replica : replicas_) {
    if (replica->up()) ReadAll(*replica);
  }
}

// The log comes back from a backup, shorter, and its generation is raised; or it is another
// cluster's from now on.
void FeedsWorld::Restore() {
  ++report_.restores;
  std::array<std::int64_t, kPlaces> ends{};
  const bool moved = random_.Chance(25);
  for (std::size_t p = 0; p < kPlaces; ++p) {
    auto& log = log_.partitions[p];
    // What compaction has been at is older than any backup.
    const auto most =
        static_cast<int>(std::min<std::int64_t>(log.end() - log_.clean_ends[p] + 1, 12));
    if (!moved) log.CutTo(log.end() - random_.Below(most));
    ends[p] = moved ? 0 : log.end();
  }
  for (const auto& replica : replicas_) {
    replica->Stop();
    if (moved ? replica->bound() : replica->KnowsMoreThan(ends)) must_refuse_.insert(replica.get());
  }
  if (moved) log_.cluster += "'";
  if (!Without(TakenAway::kGenerationRaised)) ++log_.generation;
  clock_ += absl::Minutes(1);
  newsroom_.GoBackToTheLog(clock_);
  trace_(step_, "restored, to another cluster: {}", moved);
  for (Reader& reader : readers_) {
    reader.seen.reset();
    reader.updated = absl::InfinitePast();
    reader.versions.clear();
    reader.stories.clear();
  }
}

std::optional<news::ArticleId> FeedsWorld::ItemOf(const Reader& reader) const {
  if (reader.story < 0) return std::nullopt;
  const auto& versions = newsroom_.stories()[static_cast<std::size_t>(reader.story)].versions;
  if (versions.empty()) return std::nullopt;
  const news::ArticleId& id = versions.front().id;
  return reader.language.empty() ? id : id.OfTranslation(reader.language);
}

void FeedsWorld::Ask(Reader& reader, SimulatedReplica& replica) {
  const std::string sent = reader.keeps_tags ? reader.if_none_match : "";
  const std::optional<news::ArticleId> id = ItemOf(reader);
  if (!id && reader.story >= 0) return;
  for (bool last : {false, true}) {
    const auto answered =
        id ? replica.Get(*id, sent, last) : replica.Get(reader.key, *reader.format, sent, last);
    if (answered) {
      ++report_.answers;
      trace_(step_, "{} asked with '{}': {}", id ? id->ToString() : reader.key.Slug(), sent,
             answered->status);
      return Judge(reader, replica, *answered);
    }
    ++report_.waits;
    Read(replica, random_.Below(4));  // the fold goes on while it waits
  }
  Break("a request waits for ever");
}

// As its reader keeps it.
FeedTag FeedsWorld::Kept(FeedTag tag) const {
  if (Without(TakenAway::kTagsTellOfBothLogs)) tag.stamp.articles.clear();
  return tag;
}

void FeedsWorld::Judge(Reader& reader, SimulatedReplica& replica, const Answered& answered) {
  const bool seen = reader.keeps_tags && reader.seen;
  const bool takedown = seen && reader.seen->IsTakedown();
  switch (answered.status) {
    case 200:
    case 410:
      ++(answered.status == 200 ? report_.pages : report_.takedowns);
      if (!answered.tag) return Break("a page has no tag");
      if (seen) {
        const Order order = Compare(answered.tag->stamp, reader.seen->stamp);
        if (order != Order::kAhead && order != Order::kEqual) return Break("a reader went back");
        if (takedown && order == Order::kEqual && answered.status == 200)
          return Break("what was taken down is shown again");
      }
      if (answered.status == 200) JudgePage(reader, replica, answered);
      reader.seen = answered.tag;
      if (answered.status == 200 || !Without(TakenAway::kTakedownsHaveTags))
        reader.if_none_match = FormatTag(Kept(*answered.tag));
      return;
    case 304:
      if (reader.if_none_match.empty()) return Break("304 to a reader that has nothing");
      if (takedown) return Break("304 to a reader that has seen a takedown");
      if (!seen) return Break("304 for what was shown of another log");
      return;
    case 404:
      if (seen) return Break("what a reader was shown is not there any more");
      return;
    case 503:
      if (!takedown) return Break("503 to a reader that has seen no takedown");
      return;
    default:
      return Break(fmt::format("an answer of {}", answered.status));
  }
}

void FeedsWorld::JudgePage(Reader& reader, SimulatedReplica& replica, const Answered& answered) {
  if (reader.keeps_tags && answered.updated < reader.updated)
    Break("the date of a page ran backwards");
  reader.updated = answered.updated;
  if (!answered.as_rendered) Break("two bodies under one hash");
  // Equal stamps are equal content, whoever shows it and whenever.
  const auto [known, added] = hashes_.try_emplace(
      {answered.tag->resource, Encode(answered.tag->stamp)}, answered.tag->hash);
  if (known->second != answered.tag->hash)
    Break(fmt::format("two contents under one stamp: {}",
                      reader.story < 0 ? reader.key.Slug() : ItemOf(reader)->ToString()));
  if (reader.story >= 0) return JudgeItem(reader, replica, answered);
  for (const WindowItem& item : WindowOf(replica, reader.key).items) {
    std::int64_t& newest = reader.versions[item.id];
    if (reader.keeps_tags && item.version < newest) Break("an item of a feed went back");
    newest = item.version;
    if (!item.IsTombstone()) reader.stories.insert(item.id);
  }
}

void FeedsWorld::JudgeItem(Reader& reader, SimulatedReplica& replica, const Answered& answered) {
  const Newsroom::Story& story = newsroom_.stories()[static_cast<std::size_t>(reader.story)];
  const auto says = [&](std::string_view text) {
    return answered.body.find(text) != std::string::npos;
  };
  const auto standing = replica.feeds().Find(*ItemOf(reader));
  for (const std::string& language : standing->languages) {
    if (!says(standing->article().OfTranslation(language).ToString()))
      Break("a page does not name a translation of it");
  }
  if (!standing->translation) {
    const auto number = static_cast<std::size_t>(answered.tag->stamp.sums.front());
    if (number > story.versions.size() || !says(story.versions[number - 1].content.headline))
      Break("a page says something else than its version");
    return;
  }
  ++report_.translations;
  const auto& all = story.translations.at(reader.language);
  const auto shown = std::ranges::find_if(all, [&](const Newsroom::Translation& one) {
    return one.key.version.number == standing->translation->version &&
           one.key.revision == standing->translation->revision;
  });
  if (shown == all.end() || !says(shown->text.headline) ||
      !says(story.versions.front().canonical_url))
    Break("a page says something else than its translation");
}

FeedWindow FeedsWorld::WindowOf(const SimulatedReplica& replica, const FeedKey& key) const {
  const auto feed = replica.feeds().FindFeed(key);
  return feed ? replica.feeds().WindowOf(feed->first, kWindowItems).window : FeedWindow{};
}

}  // namespace telex::feeds
