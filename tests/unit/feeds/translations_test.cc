// Translations in the index.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "feeds/domain/feed_index.h"
#include "feeds/domain/judgement.h"
#include "feeds/domain/rendition_identity.h"
#include "tests/unit/feeds/feed_keys.h"

namespace telex::feeds {
namespace {

const FeedKey kWorldEs{"world", "es"};
const FeedKey kAllEs{"", "es"};
const FeedKey kSportEs{"sport", "es"};
const news::ArticleId kId = news::ArticleId::Of("sources/test", "1");
const news::ArticleId kEsId = kId.OfTranslation("es");

ArticleSummary Version(std::int64_t version, const std::string& section = "world",
                       const std::string& language = "en") {
  ArticleSummary summary{.id = kId,
                         .version = version,
                         .versioncreated_ms = 1'000 * version,
                         .published_ms = 1'000,
                         .shelves = {{"world", "en"}},
                         .shelf = FeedKey{section, language}};
  if (*summary.shelf != kWorldEn) summary.shelves.push_back(*summary.shelf);
  return summary;
}

ArticleSummary In(ArticleState state, ArticleSummary version) {
  version.state = state;
  if (state == ArticleState::kPurged) version.shelf.reset();
  return version;
}

TranslationSummary Into(const std::string& language, std::int64_t version, std::int64_t revision,
                        bool shown = true) {
  const std::int64_t made = 1'000 * version + 100 + revision;
  return {.article = kId,
          .language = language,
          .version = version,
          .revision = revision,
          .shown = shown,
          .made_ms = made,
          .first_ms = made,
          .last_ms = made};
}

class TranslationsTest : public ::testing::Test {
 protected:
  // The item of the translation into Spanish there; none: it does not stand there.
  std::optional<WindowItem> Spanish(const FeedKey& key = kWorldEs) const {
    const auto feed = index_.FindFeed(key);
    if (!feed) return std::nullopt;
    for (const WindowItem& item : index_.WindowOf(*feed, 100).items) {
      if (item.id == kEsId) return item;
    }
    return std::nullopt;
  }
  WindowItem English() const { return index_.WindowOf(*index_.FindFeed(kWorldEn), 1).items.at(0); }

  FeedIndex index_{2, 7};
};

TEST_F(TranslationsTest, StandInTheFeedsOfTheirLanguage) {
  index_.Apply(1, Version(1));
  index_.Apply(Into("es", 1, 5));
  const auto item = Spanish();
  ASSERT_TRUE(item);
  EXPECT_EQ(Spanish(kAllEs), item);
  EXPECT_EQ(item->version, 6);
  EXPECT_EQ(item->published_ms, 1'105) << "when it was made: who reads on from there meets it";
  EXPECT_FALSE(item->IsTombstone());
  EXPECT_FALSE(item->translation->IsStale());
  EXPECT_EQ(item->article(), kId);
  EXPECT_EQ(item->article_version(), 1);
  EXPECT_FALSE(item->HasViews());
  EXPECT_EQ(English().languages, std::vector<std::string>{"es"});
  EXPECT_TRUE(English().HasViews());
  EXPECT_EQ(index_.WindowOf(*index_.FindFeed(kAllEs), 100).updated_ms, 1'105);
}

TEST_F(TranslationsTest, AreNotThereBeforeTheirArticle) {
  index_.Apply(Into("es", 1, 5));
  EXPECT_FALSE(index_.FindFeed(kAllEs));
  EXPECT_FALSE(index_.Find(kEsId));
  ArticleSummary embargoed = In(ArticleState::kEmbargoed, Version(1));
  embargoed.published_ms.reset();
  index_.Apply(0, embargoed);
  EXPECT_FALSE(index_.FindFeed(kAllEs)) << "an embargo shows nothing of itself";
  EXPECT_FALSE(index_.Find(kEsId)->was_published);
}

TEST_F(TranslationsTest, OfAnOldStoryStandWhereItStands) {
  index_.Apply(0, Version(1));
  TranslationSummary late = Into("es", 1, 5);
  late.first_ms = 1'000 + kNewsMillisMax + 1;
  index_.Apply(late);
  EXPECT_EQ(Spanish()->published_ms, 1'000);
}

TEST_F(TranslationsTest, AreStaleUntilRefreshed) {
  index_.Apply(0, Version(1));
  index_.Apply(Into("es", 1, 5));
  index_.Apply(0, Version(2));
  EXPECT_TRUE(Spanish()->translation->IsStale());
  EXPECT_EQ(Spanish()->version, 7);
  index_.Apply(Into("es", 2, 9));
  EXPECT_FALSE(Spanish()->translation->IsStale());
  EXPECT_EQ(Spanish()->version, 11);
  EXPECT_EQ(Spanish()->published_ms, 1'105) << "it stays where it was";
  index_.Apply(Into("es", 1, 8));  // one of the version before comes late
  EXPECT_EQ(Spanish()->translation->revision, 9);
}

TEST_F(TranslationsTest, GoWithTheirArticle) {
  for (const ArticleState state :
       {ArticleState::kWithheld, ArticleState::kCanceled, ArticleState::kEmbargoed,
        ArticleState::kExpired, ArticleState::kPurged}) {
    index_ = FeedIndex(2, 7);
    index_.Apply(0, Version(1));
    index_.Apply(Into("es", 1, 5));
    index_.Apply(0, In(state, Version(2)));
    ASSERT_TRUE(Spanish());
    EXPECT_EQ(Spanish()->state, state);
    EXPECT_EQ(index_.Find(kEsId)->state, state);
    EXPECT_TRUE(English().languages.empty());
    if (state == ArticleState::kPurged) continue;
    index_.Apply(0, Version(3));  // reinstated
    EXPECT_FALSE(Spanish()->IsTombstone());
  }
}

TEST_F(TranslationsTest, WhatIsRejectedIsTakenDownUntilThereIsANewerOne) {
  index_.Apply(0, Version(1));
  index_.Apply(Into("es", 1, 5));
  index_.Apply(Into("es", 1, 6, /*shown=*/false));
  EXPECT_EQ(Spanish()->state, ArticleState::kWithheld);
  EXPECT_TRUE(Spanish()->translation->rejected);
  EXPECT_TRUE(English().languages.empty());
  index_.Apply(Into("es", 1, 7));
  EXPECT_EQ(Spanish()->state, ArticleState::kVisible);
}

TEST_F(TranslationsTest, AnArticleThatIsInThatLanguageItselfHasNone) {
  index_.Apply(0, Version(1));
  index_.Apply(Into("es", 1, 5));
  index_.Apply(0, Version(2, "world", "es"));
  EXPECT_EQ(Spanish()->state, ArticleState::kWithheld) << "who has it takes it down";
  EXPECT_EQ(index_.WindowOf(*index_.FindFeed(kWorldEs), 100).items.size(), 2u);
}

TEST_F(TranslationsTest, MoveWithTheirArticle) {
  index_.Apply(0, Version(1));
  index_.Apply(Into("es", 1, 5));
  index_.Apply(0, Version(2, "sport"));
  EXPECT_FALSE(Spanish(kWorldEs));
  EXPECT_TRUE(Spanish(kSportEs));
  index_.Apply(0, In(ArticleState::kCanceled, Version(3, "sport")));
  EXPECT_TRUE(Spanish(kWorldEs)->IsTombstone()) << "who saw it there hears of it, too";
  EXPECT_TRUE(Spanish(kSportEs)->IsTombstone());
}

TEST_F(TranslationsTest, NameTheirSiblings) {
  index_.Apply(0, Version(1));
  index_.Apply(Into("ru", 1, 4));
  index_.Apply(Into("es", 1, 5));
  index_.Apply(Into("fr", 1, 6, /*shown=*/false));
  EXPECT_EQ(Spanish()->languages, std::vector<std::string>{"ru"});
  EXPECT_EQ(English().languages, (std::vector<std::string>{"es", "ru"}));
  EXPECT_EQ(index_.Find(kEsId)->revisions, 15);
}

// The fold commutes over the two topics, and over whatever is repeated.
TEST_F(TranslationsTest, AreTheSameInAnyOrder) {
  std::vector<ArticleSummary> versions = {Version(1), Version(2, "sport"),
                                          In(ArticleState::kWithheld, Version(3, "sport")),
                                          Version(4)};
  std::vector<TranslationSummary> translations = {Into("es", 1, 2), Into("es", 1, 5, false),
                                                  Into("ru", 2, 6), Into("es", 4, 9)};
  std::vector<int> order = {0, 1, 2, 3, 4, 5, 6, 7, 7, 0, 5};
  const auto fold = [&] {
    FeedIndex index(2, 7);
    for (const int n : order) {
      if (n < 4) {
        index.Apply(0, versions[static_cast<std::size_t>(n)]);
      } else {
        index.Apply(translations[static_cast<std::size_t>(n - 4)]);
      }
    }
    std::vector<FeedWindow> windows;
    for (const FeedKey& key : {kWorldEn, kAllEn, kWorldEs, kAllEs, FeedKey{"world", "ru"}}) {
      windows.push_back(index.WindowOf(*index.FindFeed(key), 100));
    }
    return windows;
  };
  const auto in_order = fold();
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    ASSERT_EQ(fold(), in_order);
  }
}

TEST_F(TranslationsTest, StampsTellHowFarBothLogsWereRead) {
  index_.Apply(0, Version(1));
  index_.SetReadTo({.articles = {8, 9}, .translations = {3, 4}});
  EXPECT_EQ(index_.StampOf(*index_.FindFeed(kWorldEn)), (Stamp{.epoch = 7, .sums = {1, 0}}))
      << "what has no translation keeps the stamp that it always had";
  index_.Apply(Into("es", 1, 5));
  for (const FeedKey& key : {kWorldEn, kAllEn, kWorldEs, kAllEs}) {
    const Stamp stamp = index_.StampOf(*index_.FindFeed(key));
    EXPECT_EQ(stamp.articles, (std::vector<std::int64_t>{8, 9})) << key.Slug();
    EXPECT_EQ(stamp.translations, (std::vector<std::int64_t>{3, 4}));
  }
  EXPECT_EQ(index_.TranslatedFeeds().size(), 4u);
}

// A replica that is ahead in translations and behind in articles: by what it shows it is ahead.
TEST(TranslationStampTest, ATakedownThatWasSeenIsNotOutweighedByTranslations) {
  const Stamp seen{.epoch = 1, .sums = {0}, .articles = {9}, .translations = {2}};
  const Stamp behind{.epoch = 1, .sums = {0}, .articles = {8}, .translations = {7}};
  EXPECT_EQ(Compare(seen, behind), Order::kConcurrent);
  EXPECT_EQ(JudgeCopy({.stamp = seen, .resource = 3, .hash = "x"},
                      {.stamp = behind, .resource = 3, .hash = "y"}),
            Verdict::kAwait);
}

TEST(TranslationStampTest, WhatHasNoTranslationsIsBeforeAllThatHas) {
  const Stamp before{.epoch = 1, .sums = {4, 2}};
  const Stamp after{.epoch = 1, .sums = {4, 2}, .articles = {8, 9}, .translations = {1, 0}};
  EXPECT_EQ(Compare(before, after), Order::kBehind);
  EXPECT_EQ(Compare(after, before), Order::kAhead);
  EXPECT_EQ(Compare({.epoch = 1, .sums = {5, 2}}, after), Order::kConcurrent);
  EXPECT_EQ(Compare({.epoch = 1, .sums = {4, 2}, .articles = {8}, .translations = {1}}, after),
            Order::kUnrelated);
}

TEST(TranslationStampTest, IsReadAsItIsWritten) {
  const Stamp page{.epoch = 5, .sums = {3}, .translations = {300}};
  EXPECT_EQ(Encode(page), "AwUBAwABrAIA");
  EXPECT_EQ(DecodeStamp(Encode(page)), page);
  const Stamp feed{
      .epoch = 5, .sums = {1, 2}, .articles = {7, 8}, .translations = {9, 10}, .views = {11}};
  EXPECT_EQ(DecodeStamp(Encode(feed)), feed);
  EXPECT_FALSE(DecodeStamp("AwUBAwAAAA")) << "with translations, and none there";
}

TEST(TranslationIdentityTest, TellsAllThatMatters) {
  WindowItem item{.id = kEsId, .version = 6, .translation = TranslationOf{.article = kId}};
  const std::string identity = IdentityOfTranslation(item);
  std::vector<WindowItem> others(6, item);
  others[0].translation->article_version = 1;
  others[1].translation->version = 1;
  others[2].translation->revision = 1;
  others[3].languages = {"ru"};
  others[4].state = ArticleState::kWithheld;
  others[5].published_ms = 1;
  for (const WindowItem& other : others) EXPECT_NE(IdentityOfTranslation(other), identity);
  EXPECT_EQ(IdentityOfTranslation({.id = kId, .version = 6}), "");
}

}  // namespace
}  // namespace telex::feeds
