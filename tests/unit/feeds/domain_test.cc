#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <random>

#include "feeds/domain/article_summary.h"
#include "feeds/domain/feed_index.h"
#include "feeds/domain/judgement.h"
#include "feeds/domain/peer_lag.h"
#include "feeds/domain/rendition_identity.h"
#include "feeds/domain/stamp.h"
#include "news/article_id.h"
#include "tests/unit/feeds/feed_keys.h"

namespace telex::feeds {
namespace {

const FeedKey kSportEn{"sport", "en"};
const FeedKey kAllHy{"", "hy"};

news::ArticleId Id(int n) { return news::ArticleId::Of("sources/test", std::to_string(n)); }

ArticleSummary Story(int n, std::int64_t version, std::int64_t published_ms,
                     FeedKey shelf = kWorldEn) {
  return {.id = Id(n),
          .version = version,
          .versioncreated_ms = published_ms + (version - 1) * 1000,
          .published_ms = published_ms,
          .shelves = {shelf},
          .shelf = shelf};
}

FeedWindow Window(const FeedIndex& index, const FeedKey& key, std::size_t items_max = 100) {
  const auto feed = index.FindFeed(key);
  EXPECT_TRUE(feed.has_value()) << key.Slug();
  return feed ? index.WindowOf(*feed, items_max) : FeedWindow{};
}

TEST(FeedKeyTest, IsReadAsItIsWritten) {
  EXPECT_EQ(FeedKey::Parse("world.en"), kWorldEn);
  EXPECT_EQ(FeedKey::Parse("all.en"), kAllEn);
  EXPECT_EQ(kAllEn.Slug(), "all.en");
  EXPECT_EQ(FeedKey::Parse("south-caucasus.pt-BR")->Slug(), "south-caucasus.pt-BR");
  for (const char* bad : {"", "world", ".en", "world.", "a.b.c"}) {
    EXPECT_FALSE(FeedKey::Parse(bad)) << bad;
  }
}

TEST(FeedIndexTest, ShowsTheNewestFirstAndTiesById) {
  FeedIndex index(2, 7);
  index.Apply(0, Story(1, 1, 1000));
  index.Apply(1, Story(2, 1, 3000));
  index.Apply(0, Story(3, 1, 2000));
  index.Apply(0, Story(4, 1, 2000, kSportEn));
  const FeedWindow world = Window(index, kWorldEn);
  ASSERT_EQ(world.items.size(), 3u);
  EXPECT_EQ(world.items[0].id, Id(2));
  EXPECT_EQ(world.items[1].id, Id(3));
  EXPECT_EQ(world.items[2].id, Id(1));
  const FeedWindow all = Window(index, kAllEn, 3);
  ASSERT_EQ(all.items.size(), 3u);
  EXPECT_EQ(all.items[1].id, std::min(Id(3), Id(4)));
  EXPECT_EQ(all.items[2].id, std::max(Id(3), Id(4)));
  EXPECT_EQ(world.stamp, (Stamp{.epoch = 7, .sums = {2, 1}}));
  EXPECT_EQ(all.stamp, (Stamp{.epoch = 7, .sums = {3, 1}}));
}

TEST(FeedIndexTest, OnlyTheNewestVersionCounts) {
  FeedIndex index(1, 0);
  std::vector<FeedNumber> changed;
  EXPECT_TRUE(index.Apply(0, Story(1, 3, 1000), &changed));
  EXPECT_EQ(changed.size(), 2u);  // world and all
  changed.clear();
  EXPECT_FALSE(index.Apply(0, Story(1, 3, 1000), &changed));
  EXPECT_FALSE(index.Apply(0, Story(1, 2, 1000), &changed));
  EXPECT_TRUE(changed.empty());
  EXPECT_EQ(Window(index, kWorldEn).stamp.sums[0], 3);
  EXPECT_TRUE(index.Apply(0, Story(1, 4, 1000)));
  EXPECT_EQ(Window(index, kWorldEn).stamp.sums[0], 4);
  EXPECT_EQ(Window(index, kWorldEn).items[0].version, 4);
}

TEST(FeedIndexTest, AMovedArticleLeavesButStillCounts) {
  FeedIndex index(1, 0);
  index.Apply(0, Story(1, 1, 1000));
  index.Apply(0, Story(2, 1, 1000));
  ArticleSummary moved = Story(1, 2, 1000, kSportEn);
  moved.shelves = {kSportEn, kWorldEn};
  index.Apply(0, moved);
  EXPECT_EQ(Window(index, kWorldEn).items.size(), 1u);
  EXPECT_EQ(Window(index, kWorldEn).stamp.sums[0], 3);
  EXPECT_EQ(Window(index, kWorldEn).updated_ms, 2000);  // the leaving is a change, too
  EXPECT_EQ(Window(index, kSportEn).items.size(), 1u);
  EXPECT_EQ(Window(index, kAllEn).items.size(), 2u);
  EXPECT_EQ(Window(index, kAllEn).stamp.sums[0], 3);

  FeedIndex late(1, 0);  // saw the newest version alone
  late.Apply(0, moved);
  late.Apply(0, Story(2, 1, 1000));
  for (const FeedKey& key : {kWorldEn, kSportEn, kAllEn}) {
    EXPECT_EQ(Window(index, key), Window(late, key)) << key.Slug();
  }
}

TEST(FeedIndexTest, WhatIsTakenBackStandsAsATombstoneInItsPlace) {
  FeedIndex index(1, 0);
  for (int n = 1; n <= 3; ++n) index.Apply(0, Story(n, 1, n * 1000));
  for (const ArticleState state : {ArticleState::kWithheld, ArticleState::kCanceled,
                                   ArticleState::kExpired, ArticleState::kEmbargoed}) {
    ArticleSummary taken_back = Story(2, 2 + static_cast<int>(state), 2000);
    taken_back.state = state;
    FeedIndex copy = index;
    copy.Apply(0, taken_back);
    const FeedWindow window = Window(copy, kWorldEn);
    ASSERT_EQ(window.items.size(), 3u);
    EXPECT_EQ(window.items[1].id, Id(2));
    EXPECT_TRUE(window.items[1].IsTombstone());
  }
}

TEST(FeedIndexTest, APurgedArticleIsATombstoneOnEveryShelfItHad) {
  FeedIndex index(1, 0);
  ArticleSummary purged = Story(1, 5, 1000);
  purged.state = ArticleState::kPurged;
  purged.shelf.reset();
  purged.shelves = {kSportEn, kWorldEn};
  index.Apply(0, purged);
  for (const FeedKey& key : {kWorldEn, kSportEn, kAllEn}) {
    ASSERT_EQ(Window(index, key).items.size(), 1u);
    EXPECT_TRUE(Window(index, key).items[0].IsTombstone());
  }
}

TEST(FeedIndexTest, TombstonesOfOldStoriesStandBehindTheWindowAndLeaveByCountOnly) {
  FeedIndex index(1, 0);
  for (int n = 0; n < 9; ++n) index.Apply(0, Story(n, 1, n * 1'000'000'000LL));
  const auto kill = [&](int n) {
    ArticleSummary killed = Story(n, 2, n * 1'000'000'000LL);
    killed.state = ArticleState::kCanceled;
    killed.versioncreated_ms = 100'000'000'000 - n;  // the older the story, the later the kill
    index.Apply(0, killed);
  };
  kill(2);
  FeedWindow window = Window(index, kWorldEn, 3);
  ASSERT_EQ(window.items.size(), 4u);  // 8, 7, 6, and 2 behind them
  EXPECT_EQ(window.items[2].id, Id(6));
  EXPECT_EQ(window.items[3].id, Id(2));
  EXPECT_TRUE(window.items[3].IsTombstone());
  kill(0);
  kill(1);
  kill(3);
  kill(8);  // in its place
  window = Window(index, kWorldEn, 3);
  ASSERT_EQ(window.items.size(), 6u);  // of five withdrawals the newest three, by their own order
  EXPECT_TRUE(window.items[0].IsTombstone());
  EXPECT_EQ(window.items[3].id, Id(2));
  EXPECT_EQ(window.items[4].id, Id(1));
  EXPECT_EQ(window.items[5].id, Id(0));
  index.Apply(0, Story(0, 3, 0));  // reinstated
  window = Window(index, kWorldEn, 3);
  ASSERT_EQ(window.items.size(), 6u);
  EXPECT_EQ(window.items[3].id, Id(3));
  EXPECT_EQ(Window(index, kWorldEn, 9).items.size(), 9u);
}

TEST(FeedIndexTest, WhatWasMovedAndTakenBackIsATombstoneWhereverItStood) {
  FeedIndex index(1, 0);
  ArticleSummary moved = Story(1, 2, 1000, kSportEn);
  moved.shelves = {kSportEn, kWorldEn};
  index.Apply(0, moved);
  EXPECT_TRUE(Window(index, kWorldEn).items.empty());
  ArticleSummary killed = moved;
  killed.version = 3;
  killed.state = ArticleState::kCanceled;
  index.Apply(0, killed);
  for (const FeedKey& key : {kWorldEn, kSportEn, kAllEn}) {
    ASSERT_EQ(Window(index, key).items.size(), 1u) << key.Slug();
    EXPECT_TRUE(Window(index, key).items[0].IsTombstone());
  }
  ArticleSummary reinstated = moved;
  reinstated.version = 4;
  index.Apply(0, reinstated);
  EXPECT_TRUE(Window(index, kWorldEn).items.empty());
  EXPECT_EQ(Window(index, kSportEn).items.size(), 1u);
}

TEST(FeedIndexTest, AnEmbargoShowsNothingOfItself) {
  FeedIndex index(1, 0);
  ArticleSummary embargoed = Story(1, 1, 1000);
  embargoed.published_ms.reset();
  embargoed.state = ArticleState::kEmbargoed;
  index.Apply(0, embargoed);
  EXPECT_FALSE(index.FindFeed(kWorldEn));
  EXPECT_FALSE(index.FindFeed(kAllEn));
  EXPECT_FALSE(index.Find(Id(1))->was_published);
  index.Apply(0, Story(2, 1, 500));
  EXPECT_EQ(Window(index, kWorldEn).items.size(), 1u);
  EXPECT_EQ(Window(index, kWorldEn).updated_ms, 500);
  EXPECT_FALSE(index.FindFeed(kAllHy));
}

TEST(FeedIndexTest, RefusesPartitionsItDoesNotHave) {
  FeedIndex index(2, 0);
  EXPECT_FALSE(index.Apply(2, Story(1, 1, 1)));
  EXPECT_FALSE(index.Apply(-1, Story(1, 1, 1)));
  EXPECT_EQ(index.articles(), 0u);
}

TEST(StampTest, IsReadAsItIsWritten) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    Stamp stamp{.epoch = static_cast<std::uint32_t>(random())};
    stamp.sums.resize(random() % 40);
    if (round % 2 == 1) stamp.views.resize(random() % 40);
    for (auto* list : {&stamp.sums, &stamp.views}) {
      for (auto& one : *list) one = static_cast<std::int64_t>(random() >> (1 + random() % 63));
    }
    const std::string text = Encode(stamp);
    ASSERT_EQ(DecodeStamp(text), stamp);
    ASSERT_EQ(text.find_first_of("+/=\"."), std::string::npos);
    std::string other = text;
    other[random() % other.size()] = "AQaz09-_!="[random() % 10];
    const auto read = DecodeStamp(other);
    if (read) {  // either it is refused, or it is the one text of what it says
      ASSERT_EQ(Encode(*read), other);
    }
  }
  for (const char* bad : {"", "A", "AA", "not a stamp", "____________________"}) {
    EXPECT_FALSE(DecodeStamp(bad)) << bad;
  }
}

// Partners hold tags of feeds without views for years.
TEST(StampTest, WithoutViewsHasTheTextItAlwaysHad) {
  EXPECT_EQ(Encode({.epoch = 5, .sums = {1, 300, 0}}), "AQUDAawCAA");
  EXPECT_EQ(Encode({.epoch = 5, .sums = {1, 300, 0}, .views = {7}}), "AgUDAawCAAEH");
  EXPECT_FALSE(DecodeStamp("AgUDAawCAAA")) << "with views, and none there";
}

TEST(StampTest, ComparesViewsByThemselves) {
  const auto stamp = [](std::vector<std::int64_t> views, std::uint32_t epoch = 1) {
    return Stamp{.epoch = epoch, .sums = {1}, .views = std::move(views)};
  };
  EXPECT_EQ(Compare(stamp({1}), stamp({2})), Order::kEqual);
  EXPECT_EQ(CompareViews(stamp({1, 2}), stamp({1, 2})), Order::kEqual);
  EXPECT_EQ(CompareViews(stamp({1, 2}), stamp({1, 3})), Order::kBehind);
  EXPECT_EQ(CompareViews(stamp({2, 1}), stamp({1, 2})), Order::kConcurrent);
  EXPECT_EQ(CompareViews(stamp({1, 2}), stamp({1, 2}, 2)), Order::kUnrelated);
  EXPECT_EQ(CompareViews(stamp({1}), stamp({1, 2})), Order::kUnrelated);
  EXPECT_EQ(CompareViews(stamp({}), stamp({1})), Order::kUnrelated);
  EXPECT_EQ(CompareViews(stamp({}), stamp({})), Order::kUnrelated);
}

TEST(StampTest, ComparesByComponent) {
  const auto stamp = [](std::vector<std::int64_t> sums, std::uint32_t epoch = 1) {
    return Stamp{.epoch = epoch, .sums = std::move(sums)};
  };
  EXPECT_EQ(Compare(stamp({1, 2}), stamp({1, 2})), Order::kEqual);
  EXPECT_EQ(Compare(stamp({1, 2}), stamp({1, 3})), Order::kBehind);
  EXPECT_EQ(Compare(stamp({2, 2}), stamp({1, 2})), Order::kAhead);
  EXPECT_EQ(Compare(stamp({2, 1}), stamp({1, 2})), Order::kConcurrent);  // equal totals
  EXPECT_EQ(Compare(stamp({1, 2}), stamp({1, 2}, 2)), Order::kUnrelated);
  EXPECT_EQ(Compare(stamp({1}), stamp({1, 2})), Order::kUnrelated);
}

TEST(RenditionIdentityTest, TellsAllThatMattersAndTheStampNot) {
  FeedWindow window{.key = kWorldEn,
                    .stamp = {.epoch = 1, .sums = {1}},
                    .updated_ms = 5,
                    .items = {{.id = Id(1), .version = 1}}};
  const RenditionRecipe recipe{.format = "rss", .renderer_revision = 1, .channel = "x"};
  const std::string identity = IdentityOf(recipe, window);
  FeedWindow other = window;
  other.stamp.sums[0] = 2;
  EXPECT_EQ(IdentityOf(recipe, other), identity);
  other = window;
  other.items[0].version = 2;
  EXPECT_NE(IdentityOf(recipe, other), identity);
  other = window;
  other.key = kSportEn;
  EXPECT_NE(IdentityOf(recipe, other), identity);
  other = window;
  other.updated_ms = 6;
  EXPECT_NE(IdentityOf(recipe, other), identity);
  EXPECT_NE(IdentityOf({"json", 1, "x"}, window), identity);
  EXPECT_NE(IdentityOf({"rss", 2, "x"}, window), identity);
  EXPECT_NE(IdentityOf({"rss", 1, "y"}, window), identity);
  // In a log that was restored a version's number may mean another text, and what was rendered of
  // the one before lies in Redis still.
  EXPECT_NE(IdentityOf({"rss", 1, "x", 1}, window), identity);
  EXPECT_NE(IdentityOf({"rss", 1, "x", 1}, WindowItem{.id = Id(1), .version = 1}),
            IdentityOf(recipe, WindowItem{.id = Id(1), .version = 1}));
  // With views their numbers count, but for tombstones.
  EXPECT_NE(IdentityOf(recipe, window, {}), identity);
  EXPECT_NE(IdentityOf(recipe, window, {0}), IdentityOf(recipe, window, {}));
  EXPECT_NE(IdentityOf(recipe, window, {1}), IdentityOf(recipe, window, {2}));
  window.items[0].state = ArticleState::kCanceled;
  EXPECT_EQ(IdentityOf(recipe, window, {1}), IdentityOf(recipe, window, {2}));
}

TEST(PeerLagTest, CountsFromWhenAPeerWasSeenAhead) {
  PeerLag lag(2);
  const absl::Time start = absl::FromUnixSeconds(1000);
  const auto at = [&](int seconds, const std::vector<std::int64_t>& own,
                      const std::vector<std::int64_t>& peers) {
    return absl::ToInt64Seconds(lag.Observe(start + absl::Seconds(seconds), own, peers));
  };
  EXPECT_EQ(at(0, {10, 10}, {10, 10}), 0);
  EXPECT_EQ(at(1, {10, 10}, {15, 10}), 0);
  EXPECT_EQ(at(11, {12, 10}, {20, 10}), 10);
  EXPECT_EQ(at(12, {15, 10}, {21, 10}),
            1);  // it is where the peer was at 1, not where it was at 11
  EXPECT_EQ(at(42, {15, 10}, {21, 10}), 31);
  EXPECT_EQ(at(43, {21, 10}, {21, 10}), 0);
  EXPECT_EQ(at(44, {21, 10}, {}), 0);  // no peers
}

TEST(PeerLagTest, WhoFollowsAtADistanceStaysBehindForAsLong) {
  PeerLag lag(1);
  const absl::Time start = absl::FromUnixSeconds(1000);
  // A peer that takes in one record a second, and this replica 40 s after it.
  for (int second = 0; second < 1000; ++second) {
    const std::int64_t mine = std::max(0, second - 40);
    const absl::Duration behind = lag.Observe(start + absl::Seconds(second), {mine}, {second});
    if (second <= 41) continue;
    EXPECT_GE(behind, absl::Seconds(38)) << second;
    EXPECT_LE(behind, absl::Seconds(40)) << second;
  }
}

TEST(PeerLagTest, ALongLagIsKnownAndTakesNoMemory) {
  PeerLag lag(1);
  const absl::Time start = absl::FromUnixSeconds(1000);
  constexpr int kSeconds = 100'000;
  for (int second = 1; second <= kSeconds; ++second) {
    lag.Observe(start + absl::Seconds(second), {0}, {second});
  }
  // It stood still all the time; what it reaches since is known less exactly, but never as longer.
  const absl::Time now = start + absl::Seconds(kSeconds);
  EXPECT_EQ(lag.Observe(now, {0}, {}), absl::Seconds(kSeconds - 1));
  EXPECT_LE(lag.Observe(now, {kSeconds / 2}, {}), absl::Seconds(kSeconds / 2));
  EXPECT_GT(lag.Observe(now, {kSeconds / 2 + 1}, {}), absl::ZeroDuration());
  EXPECT_EQ(lag.Observe(now, {kSeconds}, {}), absl::ZeroDuration());
}

// The bound of DESIGN.md: at most 600 bytes an article, index and windows together.
std::atomic<std::int64_t> live_bytes{0};
std::atomic<std::int64_t> allocations{0};

TEST(FeedIndexTest, TakesAtMost600BytesAnArticle) {
  constexpr int kArticles = 100'000;
  const std::int64_t before = live_bytes.load();
  FeedIndex index(12, 1);
  std::mt19937 random(3);
  for (int n = 0; n < kArticles; ++n) {
    const FeedKey shelf{"section-" + std::to_string(random() % 12), random() % 2 ? "en" : "hy"};
    index.Apply(static_cast<int>(random() % 12), Story(n, 1, static_cast<int>(random()), shelf));
  }
  const double each = static_cast<double>(live_bytes.load() - before) / kArticles;
  RecordProperty("bytes_per_article", std::to_string(each));
  EXPECT_EQ(index.articles(), static_cast<std::size_t>(kArticles));
  EXPECT_GT(each, 50);  // the counting works
  EXPECT_LT(each, 600);
  EXPECT_LT(static_cast<double>(index.EstimatedBytes()) / kArticles, 600);
}

TEST(FeedIndexTest, ATranslationTakesAtMost600BytesMore) {
  constexpr int kArticles = 50'000;
  FeedIndex index(12, 1);
  for (int n = 0; n < kArticles; ++n) index.Apply(0, Story(n, 1, 1'000 * n));
  const std::int64_t before = live_bytes.load();
  for (int n = 0; n < kArticles; ++n) {
    index.Apply(
        {.article = Id(n), .language = "es", .version = 1, .revision = n + 1, .made_ms = 1});
  }
  const double each = static_cast<double>(live_bytes.load() - before) / kArticles;
  RecordProperty("bytes_per_translation", std::to_string(each));
  EXPECT_GT(each, 50);
  EXPECT_LT(each, 600);
}

// What a client that polls sends nearly always is judged without the heap.
TEST(JudgeCostTest, AllocatesNothingForTheTagThatIsOurs) {
  const Stamp stamp{.epoch = 1, .sums = {5, 5}};
  const std::string etag = FormatTag(
      {.stamp = stamp, .resource = 7, .hash = std::string(32, 'a'), .coding = Coding::kGzip});
  const Own own{.etag = etag, .stamp = stamp, .resource = 7, .coding = Coding::kGzip};
  const auto allocates = [&](const http::Conditions& conditions, Verdict verdict) {
    const std::int64_t before = allocations.load();
    const Judgement judgement =
        Judge({.conditions = conditions, .accept_encoding = "gzip"}, own, true);
    const std::int64_t after = allocations.load();
    EXPECT_EQ(judgement.verdict, verdict);
    return after - before;
  };
  const std::string list = "\"x\", W/" + etag;
  EXPECT_EQ(allocates({}, Verdict::kSend), 0);
  EXPECT_EQ(allocates({.if_none_match = etag}, Verdict::kNotModified), 0);
  EXPECT_EQ(allocates({.if_none_match = list}, Verdict::kNotModified), 0);
  const std::string older = FormatTag({.stamp = {.epoch = 1, .sums = {4, 5}}, .hash = "a"});
  EXPECT_GT(allocates({.if_none_match = older}, Verdict::kSend), 0) << "the counting works";
}

}  // namespace
}  // namespace telex::feeds

// Counts what the process holds. Each block carries its size in front of it.
namespace {
constexpr std::size_t kFront = alignof(std::max_align_t);
}
void* operator new(std::size_t size) {
  void* block = std::malloc(size + kFront);
  if (block == nullptr) throw std::bad_alloc();
  *static_cast<std::size_t*>(block) = size;
  ++telex::feeds::allocations;
  telex::feeds::live_bytes += static_cast<std::int64_t>(size);
  return static_cast<char*>(block) + kFront;
}
void operator delete(void* pointer) noexcept {
  if (pointer == nullptr) return;
  void* block = static_cast<char*>(pointer) - kFront;
  telex::feeds::live_bytes -= static_cast<std::int64_t>(*static_cast<std::size_t*>(block));
  std::free(block);
}
void operator delete(void* pointer, std::size_t) noexcept { operator delete(pointer); }
