// What tags say, and how conditional requests are answered.
#include "feeds/domain/judgement.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "feeds/domain/feed_tag.h"
#include "news/article_id.h"
#include "tests/unit/feeds/feed_keys.h"

namespace telex::feeds {
namespace {

const ResourceNumber kResource = ResourceOf(kWorldEn, "json");

std::string TagText(std::vector<std::int64_t> sums, std::string hash = "aa",
                    Coding coding = Coding::kGzip, ResourceNumber resource = kResource,
                    std::uint32_t epoch = 1) {
  return FormatTag({.stamp = {.epoch = epoch, .sums = std::move(sums)},
                    .resource = resource,
                    .hash = std::move(hash),
                    .coding = coding});
}

// As If-None-Match says several.
std::string Listed(const std::string& first, const std::string& second) {
  return fmt::format("{}, {}", first, second);
}

// --- tags --------------------------------------------------------------------------------------

TEST(FeedTagTest, IsReadAsItIsWritten) {
  for (const Coding coding : {Coding::kIdentity, Coding::kGzip, Coding::kBrotli}) {
    for (const ResourceNumber resource : {0u, 0xAu, 0xFFFFFFFFu}) {
      const FeedTag tag{.stamp = {.epoch = 5, .sums = {1, 300, 0}},
                        .resource = resource,
                        .hash = "00ff",
                        .coding = coding};
      EXPECT_EQ(ParseTag(FormatTag(tag)), tag);
      EXPECT_EQ(ParseTag("W/" + FormatTag(tag)), tag);
    }
  }
  const std::string good = FormatTag({.stamp = {.epoch = 5, .sums = {1}}, .hash = "00"});
  EXPECT_EQ(good.substr(good.find('.')), ".00000000.00\"");
  const std::string stamp = good.substr(1, good.find('.') - 1);
  for (const std::string& bad :
       {std::string(), std::string("\""), std::string("\"\""), std::string("\"abc\""),
        std::string("\"!.00000000.00\""), "\"" + stamp + ".00\"", "\"" + stamp + ".00000000.\"",
        "\"" + stamp + ".0000000.00\"", "\"" + stamp + ".000000000.00\"",
        "\"" + stamp + ".0000000g.00\"", "\"" + stamp + ".-0000001.00\"", stamp + ".00000000.00",
        good + " "}) {
    EXPECT_FALSE(ParseTag(bad)) << bad;
  }
}

TEST(FeedTagTest, NamesItsResource) {
  const auto article = news::ArticleId::Of("sources/test", "1");
  const std::set<ResourceNumber> resources = {
      ResourceOf(kAllEn, "json"),
      ResourceOf(kWorldEn, "json"),
      ResourceOf(kWorldEn, "rss"),
      ResourceOf(kWorldEn, "rss", /*with_views=*/true),
      ResourceOf({"world", "hy"}, "json"),
      ResourceOf({"worl", "den"}, "json"),
      ResourceOf(article, "ninjs"),
      ResourceOf(news::ArticleId::Of("sources/test", "2"), "ninjs")};
  EXPECT_EQ(resources.size(), 8u);
  // The same on every replica and in every release: partners keep tags for years.
  EXPECT_EQ(ResourceOf(kWorldEn, "json"), 0xAC3F3BD4u);
}

// --- requests ----------------------------------------------------------------------------------

class JudgeTest : public testing::Test {
 protected:
  Judgement Of(const http::Conditions& conditions, bool time_to_wait = true,
               std::optional<std::string_view> accept_encoding = "gzip, br") {
    return Judge({.conditions = conditions, .accept_encoding = accept_encoding}, own_,
                 time_to_wait);
  }
  Judgement OfTag(std::string_view if_none_match, bool time_to_wait = true,
                  std::optional<std::string_view> accept_encoding = "gzip, br") {
    return Of({.if_none_match = if_none_match}, time_to_wait, accept_encoding);
  }
  static std::string_view Opaque(std::string_view tag) { return tag.substr(1, tag.size() - 2); }

  const Stamp stamp_{.epoch = 1, .sums = {5, 5}};
  const std::string etag_ = TagText({5, 5});
  Own own_{
      .etag = etag_, .stamp = stamp_, .resource = kResource, .hash = "aa", .coding = Coding::kGzip};
};

const Judgement kSends;
const Judgement kOwnCopy{.verdict = Verdict::kNotModified};
const Judgement kFails{.verdict = Verdict::kPreconditionFailed};

TEST_F(JudgeTest, WithoutConditionsIsSent) { EXPECT_EQ(Of({}), kSends); }

TEST_F(JudgeTest, OurTagIsNotModified) {
  EXPECT_EQ(OfTag(etag_), kOwnCopy);
  EXPECT_EQ(OfTag("W/" + etag_), kOwnCopy);
  EXPECT_EQ(OfTag("\"x\" , W/" + etag_ + ", \"y\""), kOwnCopy);
  EXPECT_EQ(OfTag("*"), kOwnCopy);
  EXPECT_EQ(OfTag(TagText({9, 9}) + ", " + etag_), kOwnCopy) << "no waiting for what is here";
}

TEST_F(JudgeTest, WhatIsNoTagOfOursIsSent) {
  for (const char* field : {"", "\"x\"", "hocus", "\"", "W/", "\"1.2\"", ", ,"}) {
    EXPECT_EQ(OfTag(field), kSends) << field;
  }
  EXPECT_EQ(OfTag(Opaque(etag_)), kSends);
}

TEST_F(JudgeTest, ACopyWithOurBytesIsNotModifiedUnderItsOwnTag) {
  const std::string older = TagText({4, 5});  // something outside of the window has changed
  EXPECT_EQ(OfTag(older), (Judgement{.verdict = Verdict::kNotModified, .copy = Opaque(older)}));
  EXPECT_EQ(OfTag(TagText({4, 5}, "bb")), kSends);
  EXPECT_EQ(OfTag(TagText({5, 5}, "bb")), kSends);  // other channel settings
  EXPECT_EQ(OfTag(TagText({5, 5}, "aa", Coding::kBrotli)), kSends);
}

TEST_F(JudgeTest, ANewerCopyIsAwaitedAndThenKept) {
  for (const auto& sums : {std::vector<std::int64_t>{5, 6}, {6, 6}, {4, 6}}) {
    const std::string newer = TagText(sums, "bb");
    EXPECT_EQ(OfTag(newer), (Judgement{.verdict = Verdict::kAwait, .copy = Opaque(newer)}));
    EXPECT_EQ(
        OfTag("\"x\", W/" + newer, false),
        (Judgement{.verdict = Verdict::kNotModified, .copy = Opaque(newer), .overdue = true}));
  }
}

TEST_F(JudgeTest, ATagOfAnotherResourceSaysNothing) {
  for (const ResourceNumber other : {ResourceOf(kAllEn, "json"), ResourceOf(kWorldEn, "rss")}) {
    for (const auto& sums : {std::vector<std::int64_t>{4, 5}, {5, 5}, {5, 6}, {9, 9}}) {
      const std::string tag = TagText(sums, "aa", Coding::kGzip, other);
      EXPECT_EQ(OfTag(tag), kSends);
      EXPECT_EQ(OfTag(tag, false), kSends);
    }
  }
  const std::string newer = TagText({5, 6});
  const std::string list = TagText({9, 9}, "aa", Coding::kGzip, 7) + ", " + newer;
  EXPECT_EQ(OfTag(list).copy, Opaque(newer));
}

TEST_F(JudgeTest, ATagOfAnotherLogSaysNothing) {
  EXPECT_EQ(OfTag(TagText({9, 9}, "bb", Coding::kGzip, kResource, 2)), kSends);
  EXPECT_EQ(OfTag(TagText({9, 9, 9}, "bb")), kSends);
}

TEST_F(JudgeTest, ANewerCopyInACodingThatIsNotAcceptedSaysNothing) {
  const std::string brotli = TagText({5, 6}, "bb", Coding::kBrotli);
  EXPECT_EQ(OfTag(brotli).verdict, Verdict::kAwait);
  EXPECT_EQ(OfTag(brotli, true, std::nullopt).verdict, Verdict::kAwait);
  EXPECT_EQ(OfTag(brotli, true, "gzip"), kSends);
  EXPECT_EQ(OfTag(brotli, false, "gzip"), kSends);
  const std::string plain = TagText({5, 6}, "bb", Coding::kIdentity);
  EXPECT_EQ(OfTag(plain, true, "gzip").verdict, Verdict::kAwait);
  EXPECT_EQ(OfTag(plain, true, "gzip, identity;q=0"), kSends);
}

TEST_F(JudgeTest, LooksAtSoManyTagsAndNoMore) {
  std::string list;
  for (int n = 0; n < kTagsMax; ++n) list += "\"x\", ";
  EXPECT_EQ(OfTag(list + TagText({5, 6})), kSends);
  EXPECT_EQ(OfTag(list.substr(5) + TagText({5, 6})).verdict, Verdict::kAwait);
  EXPECT_EQ(OfTag(list + etag_), kOwnCopy);
}

TEST_F(JudgeTest, PreconditionsComeFirst) {
  EXPECT_EQ(Of({.if_match = "\"x\""}), kFails);
  EXPECT_EQ(Of({.if_match = "\"x\"", .if_none_match = etag_}), kFails);
  EXPECT_EQ(Of({.if_match = "W/" + etag_}), kFails) << "compared strongly";
  EXPECT_EQ(Of({.if_match = TagText({5, 6})}), kFails) << "not awaited";
  EXPECT_EQ(Of({.if_match = etag_}), kSends);
  EXPECT_EQ(Of({.if_match = "*"}), kSends);
  EXPECT_EQ(Of({.if_match = etag_, .if_none_match = etag_}), kOwnCopy);
}

TEST_F(JudgeTest, ATakedownThatIsNewerIsAwaitedAndThenRefused) {
  const std::string takedown = TagText({5, 6}, "gone", Coding::kIdentity);
  const Judgement awaited{.verdict = Verdict::kAwait, .copy = Opaque(takedown)};
  const Judgement refused{.verdict = Verdict::kBehind, .copy = Opaque(takedown), .overdue = true};
  // The copies that a cache names beside it are of before the takedown, ours among them.
  for (const std::string& field :
       {takedown, "W/" + takedown, takedown + ", " + etag_, etag_ + ", " + takedown,
        TagText({4, 5}) + ", " + takedown, takedown + ", " + TagText({4, 5})}) {
    EXPECT_EQ(OfTag(field), awaited) << field;
    EXPECT_EQ(OfTag(field, false), refused) << field;
  }
  // There is no copy that a coding could be in.
  EXPECT_EQ(OfTag(takedown, true, "gzip, identity;q=0"), awaited);
}

TEST_F(JudgeTest, ATakedownThatIsKnownSaysNothing) {
  for (const auto& sums : {std::vector<std::int64_t>{5, 5}, {4, 5}}) {
    const std::string takedown = TagText(sums, "gone", Coding::kIdentity);
    EXPECT_EQ(OfTag(takedown), kSends);
    EXPECT_EQ(OfTag(takedown + ", " + etag_), kOwnCopy);
  }
  EXPECT_EQ(OfTag(TagText({9, 9}, "gone", Coding::kIdentity, 7)), kSends) << "of another article";
  EXPECT_EQ(OfTag(TagText({9, 9}, "gone", Coding::kIdentity, kResource, 2)), kSends);
}

TEST_F(JudgeTest, TheNewestOfTheClientsTagsCounts) {
  const std::string takedown = TagText({5, 6}, "gone", Coding::kIdentity);
  const std::string reinstated = TagText({5, 7}, "bb");
  for (const std::string& field : {Listed(takedown, reinstated), Listed(reinstated, takedown)}) {
    EXPECT_EQ(
        OfTag(field, false),
        (Judgement{.verdict = Verdict::kNotModified, .copy = Opaque(reinstated), .overdue = true}));
  }
  const std::string killed = TagText({5, 8}, "gone", Coding::kIdentity);
  for (const std::string& field : {Listed(killed, reinstated), Listed(reinstated, killed)}) {
    EXPECT_EQ(OfTag(field, false).verdict, Verdict::kBehind) << field;
  }
}

// Of a feed that shows views.
class JudgeViewsTest : public testing::Test {
 protected:
  static std::string TagOf(std::vector<std::int64_t> sums, std::vector<std::int64_t> views,
                           std::string hash = "bb", Coding coding = Coding::kGzip) {
    return FormatTag({.stamp = {.epoch = 1, .sums = std::move(sums), .views = std::move(views)},
                      .resource = kResource,
                      .hash = std::move(hash),
                      .coding = coding});
  }
  static Judgement Of(std::string_view tag, std::vector<std::int64_t> own_views,
                      bool time_to_wait = true) {
    const Stamp stamp{.epoch = 1, .sums = {5, 5}, .views = std::move(own_views)};
    return Judge({.conditions = {.if_none_match = tag}, .accept_encoding = "gzip"},
                 {.etag = "\"ours\"",
                  .stamp = stamp,
                  .resource = kResource,
                  .hash = "aa",
                  .coding = Coding::kGzip},
                 time_to_wait);
  }
  static std::string_view Opaque(std::string_view tag) { return tag.substr(1, tag.size() - 2); }
};

TEST_F(JudgeViewsTest, NewerViewsAreAwaitedAndThenKept) {
  for (const auto& views : {std::vector<std::int64_t>{8, 7}, {8, 6}}) {
    const std::string tag = TagOf({5, 5}, views);
    EXPECT_EQ(Of(tag, {7, 7}), (Judgement{.verdict = Verdict::kAwait, .copy = Opaque(tag)}));
    EXPECT_EQ(Of(tag, {7, 7}, false),
              (Judgement{.verdict = Verdict::kNotModified, .copy = Opaque(tag), .overdue = true}));
  }
  EXPECT_EQ(Of(TagOf({5, 5}, {6, 7}), {7, 7}), kSends);
  const std::string same = TagOf({5, 5}, {6, 7}, "aa");  // views of stories outside of the window
  EXPECT_EQ(Of(same, {7, 7}), (Judgement{.verdict = Verdict::kNotModified, .copy = Opaque(same)}));
}

// No number is worth a takedown that comes late.
TEST_F(JudgeViewsTest, NewerViewsAreNoReasonToKeepOlderStories) {
  const std::string tag = TagOf({5, 4}, {9, 9});
  EXPECT_EQ(Of(tag, {7, 7}).verdict, Verdict::kAwait);
  EXPECT_EQ(Of(tag, {7, 7}, false), (Judgement{.verdict = Verdict::kSend, .overdue = true}));
  EXPECT_EQ(Of(tag, {}), kSends) << "not even awaited where no views are known";
}

TEST_F(JudgeViewsTest, NewerStoriesAreKeptWhateverTheirViews) {
  const std::string tag = TagOf({5, 6}, {1, 1});
  EXPECT_EQ(Of(tag, {7, 7}).verdict, Verdict::kAwait);
  EXPECT_EQ(Of(tag, {7, 7}, false).verdict, Verdict::kNotModified);
  for (const std::string& field :
       {tag + ", " + TagOf({5, 4}, {9, 9}), TagOf({5, 4}, {9, 9}) + ", " + tag}) {
    EXPECT_EQ(Of(field, {7, 7}, false).copy, Opaque(tag));
  }
}

TEST_F(JudgeViewsTest, WhereNoneAreKnownTheSameStoriesWithViewsAreKept) {
  const std::string tag = TagOf({5, 5}, {7, 7});
  EXPECT_EQ(Of(tag, {}), (Judgement{.verdict = Verdict::kNotModified, .copy = Opaque(tag)}));
  EXPECT_EQ(Of(TagOf({5, 5}, {7, 7}, "bb", Coding::kBrotli), {}), kSends);
  EXPECT_EQ(Of(TagOf({5, 5}, {}), {7, 7}), kSends) << "and there they come again";
}

class JudgeAbsentTest : public testing::Test {
 protected:
  Judgement Of(std::string_view if_none_match, bool time_to_wait = true,
               std::optional<std::string_view> accept_encoding = "gzip, br") {
    return JudgeAbsent(
        {.conditions = {.if_none_match = if_none_match}, .accept_encoding = accept_encoding},
        {.epoch = 1, .sums = {8}}, kResource, time_to_wait);
  }
};

TEST_F(JudgeAbsentTest, ConditionsDoNotCount) {
  EXPECT_EQ(JudgeAbsent({}, {.epoch = 1, .sums = {8}}, kResource, true), kSends);
  EXPECT_EQ(JudgeAbsent({.conditions = {.if_match = TagText({9})}}, {.epoch = 1, .sums = {8}},
                        kResource, true),
            kSends);
  for (const std::string& field :
       {std::string("*"), std::string("\"x\""), TagText({8}), TagText({7}), TagText({8}, "gone"),
        TagText({9}, "bb", Coding::kGzip, 7), TagText({9}, "bb", Coding::kGzip, kResource, 2),
        TagText({9, 9})}) {
    EXPECT_EQ(Of(field), kSends) << field;
    EXPECT_EQ(Of(field, false), kSends) << field;
  }
}

TEST_F(JudgeAbsentTest, WhoHasSeenMoreWaitsAndKeepsWhatHeHas) {
  for (const char* hash : {"bb", "gone"}) {
    const std::string tag = TagText({9}, hash);
    EXPECT_EQ(Of(tag).verdict, Verdict::kAwait);
    EXPECT_EQ(Of("\"x\", " + TagText({7}) + ", " + tag).verdict, Verdict::kAwait);
  }
  const std::string copy = TagText({9}, "bb");
  const Judgement kept{.verdict = Verdict::kNotModified,
                       .copy = std::string_view(copy).substr(1, copy.size() - 2),
                       .overdue = true};
  EXPECT_EQ(Of(copy, false), kept);
  EXPECT_EQ(Of(copy, false, "br").verdict, Verdict::kBehind) << "a copy that is of no use";
  const Judgement refused = Of(TagText({9}, "gone"), false);
  EXPECT_EQ(refused.verdict, Verdict::kBehind);
  EXPECT_TRUE(refused.overdue);
}

TEST(JudgeCopyTest, SaysWhoseCopyIsTheNewerOne) {
  const Stamp stamp{.epoch = 1, .sums = {5, 5}};
  const Own own{.stamp = stamp, .resource = kResource, .hash = "aa", .coding = Coding::kGzip};
  const auto judge = [&](const std::string& tag) { return JudgeCopy(*ParseTag(tag), own); };
  EXPECT_EQ(judge(TagText({5, 5})), Verdict::kNotModified);
  EXPECT_EQ(judge(TagText({4, 5})), Verdict::kNotModified);
  EXPECT_EQ(judge(TagText({4, 5}, "bb")), Verdict::kSend);
  EXPECT_EQ(judge(TagText({5, 6})), Verdict::kAwait);
  EXPECT_EQ(judge(TagText({5, 6}, "aa", Coding::kGzip, 7)), Verdict::kSend);
}

}  // namespace
}  // namespace telex::feeds
