#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <future>
#include <random>

#include "platform/errors/errors.h"
#include "tests/unit/ingestion/log_store_fixture.h"

namespace telex::ingestion {
namespace {

using news::Version;
using testing::At;
using testing::Caliber;
using testing::DecisionOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kPartitions;
using testing::kRequest;
using testing::LogStoreTest;
using testing::Made;
using testing::PartitionOfStory;
using testing::Position;
using testing::Purged;
using testing::RecordOf;
using testing::SectionOf;
using ::testing::SizeIs;
using testing::Story;
using testing::TombstoneOf;

// Versions

TEST_F(LogStoreTest, TheNewestVersionIsTheHeadInWhateverOrderTheyCome) {
  std::vector<int> order = {1, 2, 3, 4};
  int round = 0;
  do {
    const std::string key = fmt::format("order-{}", round++);
    for (const int version : order) ReadAll(Made(key, version, version));
    ASSERT_EQ(log_store_->ArticleHeadOf(Story(key))->article.version.number, 4);
    EXPECT_EQ(log_store_->NewestVersionOf(news::NameOf(Story(key))).number, 4);
    const auto versions = log_store_->Versions(Story(key), 100, "");
    ASSERT_THAT(versions->items, SizeIs(4));
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(versions->items[static_cast<std::size_t>(i)].article.version.number, 4 - i);
    EXPECT_EQ(log_store_->ArticleVersionOf(Story(key), Version{2})->article.content.headline,
              key + " 2");
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(log_store_->ArticleCount(), static_cast<std::uint64_t>(round));
  EXPECT_THAT(Headlines(),
              SizeIs(static_cast<std::size_t>(round)));  // each is listed once, whatever came late
}

TEST_F(LogStoreTest, WhatComesTwiceIsThereOnce) {
  const auto record = log_.Append(RecordOf(Made("a", 1, 1)));
  ASSERT_TRUE(Read({record, record}).ok());
  ASSERT_TRUE(Read({record}).ok());
  EXPECT_THAT(Headlines(), ElementsAre("a 1"));
  EXPECT_THAT(log_store_->Versions(Story("a"), 10, "")->items, SizeIs(1));
}

TEST_F(LogStoreTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(log_store_->ArticleHeadOf(Story("none")), std::nullopt);
  EXPECT_EQ(log_store_->ArticleVersionOf(Story("none"), Version{1}), std::nullopt);
  EXPECT_EQ(log_store_->SourceHeadOf(testing::SourceOf()), std::nullopt);
  EXPECT_EQ(log_store_->DecisionAt(Position(1)), std::nullopt);
  EXPECT_EQ(log_store_->NewestVersionOf(news::NameOf(Story("none"))), Version{});
  EXPECT_EQ(log_store_->NewestVersionOf("sources/none"), Version{});
  EXPECT_EQ(log_store_->NewestVersionOf("nonsense"), Version{});
}

// Purge

TEST_F(LogStoreTest, APurgeDeletesTheBodiesAndALateOldVersionDoesNotComeBack) {
  ReadAll(Made("a", 1, 1), Made("a", 2, 2), Made("b", 1, 1), Purged("a", 3, 3));
  EXPECT_EQ(log_store_->ArticleVersionOf(Story("a"), Version{1}), std::nullopt);
  EXPECT_EQ(log_store_->ArticleVersionOf(Story("a"), Version{2}), std::nullopt);
  EXPECT_TRUE(log_store_->ArticleHeadOf(Story("a"))->article.purged);
  EXPECT_TRUE(log_store_->ArticleVersionOf(Story("b"), Version{1}).has_value());
  ReadAll(Made("a", 2, 2));
  EXPECT_EQ(log_store_->ArticleVersionOf(Story("a"), Version{2}), std::nullopt);
  EXPECT_THAT(log_store_->Versions(Story("a"), 10, "")->items, SizeIs(1));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1), TombstoneOf(Story("a"), 2)}).ok());
  EXPECT_TRUE(log_store_->ArticleHeadOf(Story("a"))->article.purged);
}

TEST_F(LogStoreTest, APurgeThatIsReadFirstForgetsWhatComesLater) {
  ReadAll(Purged("a", 3, 3));
  ReadAll(Made("a", 1, 1), Made("a", 2, 2));
  EXPECT_THAT(log_store_->Versions(Story("a"), 10, "")->items, SizeIs(1));
}

TEST_F(LogStoreTest, ATombstoneForgetsOneVersion) {
  ReadAll(Made("a", 1, 1), Made("a", 2, 2));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  EXPECT_EQ(log_store_->ArticleVersionOf(Story("a"), Version{1}), std::nullopt);
  EXPECT_EQ(log_store_->ArticleHeadOf(Story("a"))->article.version.number, 2);
}

// Listing

TEST_F(LogStoreTest, AListingIsNewestFirstAndFollowsCorrections) {
  ReadAll(Made("a", 1, 1), Made("b", 1, 2), Made("c", 1, 3));
  EXPECT_THAT(Headlines(), ElementsAre("c 1", "b 1", "a 1"));
  ReadAll(Made("a", 2, 9));
  EXPECT_THAT(Headlines(), ElementsAre("a 2", "c 1", "b 1"));
}

TEST_F(LogStoreTest, PagesOfEverySizeHaveNeitherGapsNorRepeats) {
  std::vector<std::string> all;
  for (int i = 0; i < 25; ++i) {
    const int instant = i / 4;  // several at one
    ReadAll(Made(fmt::format("k{}", i), 1, instant));
    all.push_back(fmt::format("k{} 1", i));
  }
  std::sort(all.begin(), all.end());
  for (const std::size_t size : {1, 2, 3, 4, 5, 7, 24, 25, 26}) {
    std::vector<std::string> listed = Headlines({}, size);
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, all) << size;
  }
  EXPECT_EQ(log_store_->List({}, 25, "")->next_token, "");
}

TEST_F(LogStoreTest, EachFilterLeavesOutWhatItShould) {
  ReadAll(Made("plain", 1, 1),
          Made("source", 1, 2, [](news::Article& a) { a.source = testing::SourceOf("other"); }),
          Made("section", 1, 3, [](news::Article& a) { a.content.section = SectionOf("culture"); }),
          Made("language", 1, 4,
               [](news::Article& a) { a.content.language = testing::LanguageOf("hy"); }),
          Made("status", 1, 5, [](news::Article& a) { a.status = news::PubStatus::kWithheld; }));
  EXPECT_THAT(Headlines({.source = testing::SourceOf("other")}), ElementsAre("source 1"));
  EXPECT_THAT(Headlines({.section = SectionOf("culture")}), ElementsAre("section 1"));
  EXPECT_THAT(Headlines({.language = testing::LanguageOf("hy")}), ElementsAre("language 1"));
  EXPECT_THAT(Headlines({.status = news::PubStatus::kWithheld}), ElementsAre("status 1"));
  EXPECT_THAT(Headlines({.status = news::PubStatus::kUsable}), SizeIs(4));
  EXPECT_THAT(Headlines({.section = SectionOf("world"), .status = news::PubStatus::kCanceled}),
              IsEmpty());
  EXPECT_THAT(Headlines({.created_after = At(2), .created_before = At(4)}),
              ElementsAre("section 1", "source 1"));
  EXPECT_THAT(Headlines({.created_after = At(4)}), ElementsAre("status 1", "language 1"));
  EXPECT_THAT(Headlines({.created_before = At(2)}), ElementsAre("plain 1"));
  EXPECT_THAT(Headlines({.created_after = At(4), .created_before = At(2)}), IsEmpty());
  EXPECT_THAT(
      Headlines({.created_after = absl::InfinitePast(), .created_before = absl::InfiniteFuture()}),
      SizeIs(5));
  EXPECT_THAT(Headlines({.created_after = At(2), .created_before = At(5)}, 1), SizeIs(3));  // paged
}

TEST_F(LogStoreTest, AFilterSeesWhatTheArticleIsNow) {
  ReadAll(Made("a", 1, 1),
          Made("a", 2, 2, [](news::Article& a) { a.content.section = SectionOf("culture"); }));
  EXPECT_THAT(Headlines({.section = SectionOf("world")}), IsEmpty());
  EXPECT_THAT(Headlines({.section = SectionOf("culture")}), ElementsAre("a 2"));
}

TEST_F(LogStoreTest, ATokenOfAnotherFilterIsRefused) {
  ReadAll(Made("a", 1, 1), Made("b", 1, 2));
  const std::string token = log_store_->List({}, 1, "")->next_token;
  ASSERT_NE(token, "");
  EXPECT_EQ(errors::ReasonOf(log_store_->List({.section = SectionOf("world")}, 1, token).status()),
            errors::kBadPageToken);
  EXPECT_EQ(errors::ReasonOf(log_store_->Versions(Story("a"), 1, token).status()),
            errors::kBadPageToken);
}

TEST_F(LogStoreTest, VersionsAreListedInPagesToTheEnd) {
  for (int version = 1; version <= 7; ++version) ReadAll(Made("a", version, version));
  ReadAll(Made("b", 1, 1));
  for (std::size_t size = 1; size <= 8; ++size) {
    std::vector<std::int64_t> numbers;
    std::string token;
    do {
      const auto page = log_store_->Versions(Story("a"), size, token);
      ASSERT_TRUE(page.ok());
      for (const auto& head : page->items) numbers.push_back(head.article.version.number);
      token = page->next_token;
    } while (!token.empty());
    EXPECT_THAT(numbers, ElementsAre(7, 6, 5, 4, 3, 2, 1)) << size;
  }
}

// Pending instants

TEST_F(LogStoreTest, PendingInstantsMoveWithTheVersions) {
  const auto embargoed = [](double at) {
    return [at](news::Article& a) {
      a.content.embargoed = At(at);
      a.content.expires = At(500);
      a.availability = news::Availability::kEmbargoed;
    };
  };
  ReadAll(Made("a", 1, 1, embargoed(100)), Made("b", 1, 1, embargoed(50)));
  EXPECT_THAT(PendingUntil(At(49.999)), IsEmpty());
  ASSERT_THAT(PendingUntil(At(50)), SizeIs(1));
  auto due = PendingUntil(At(100));
  ASSERT_THAT(due, SizeIs(2));
  EXPECT_EQ(due[0].article, Story("b"));
  EXPECT_EQ(due[1].instant, At(100));
  EXPECT_EQ(due[1].version.number, 1);

  ReadAll(Made("a", 2, 2, embargoed(200)));  // moved
  EXPECT_THAT(PendingUntil(At(100)), SizeIs(1));
  ReadAll(Made("a", 1, 1, embargoed(100)));  // an old version, late: nothing moves back
  EXPECT_THAT(PendingUntil(At(100)), SizeIs(1));
  ReadAll(Made("b", 2, 60, [](news::Article& a) {
    a.content.expires = At(500);
  }));  // ended: the expiry is next
  EXPECT_THAT(PendingUntil(At(199)), IsEmpty());
  EXPECT_THAT(PendingUntil(At(500)), SizeIs(2));
  ReadAll(Purged("b", 3, 70), Made("a", 3, 80));
  EXPECT_THAT(PendingUntil(absl::InfiniteFuture()), IsEmpty());
}

TEST_F(LogStoreTest, PendingInstantsAreVisitedByPartitionEarliestFirst) {
  std::set<std::int32_t> partitions;
  for (int i = 0; i < 30; ++i) {
    ReadAll(Made(fmt::format("s{}", i), 1, 1, [i](news::Article& a) {
      a.content.embargoed = At(100 + 7 * i % 30);
      a.availability = news::Availability::kEmbargoed;
    }));
    partitions.insert(PartitionOfStory(Story(fmt::format("s{}", i))));
  }
  ASSERT_EQ(partitions.size(), static_cast<std::size_t>(kPartitions));
  for (const std::int32_t partition : partitions) {
    std::vector<Pending> all;
    const auto visit = [&](std::size_t most) {
      all.clear();
      log_store_->VisitPending(partition, At(1'000), [&](const Pending& one) {
        all.push_back(one);
        return all.size() < most;
      });
    };
    visit(1'000);
    ASSERT_GT(all.size(), 2u);
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    visit(2);
    EXPECT_EQ(all.size(), 2u);
  }
}

// Sources and decisions

TEST_F(LogStoreTest, ASourceIsItsNewestVersion) {
  SourceHead first{.source = Caliber(), .position = Position(1, 0), .rule = 1};
  first.source.version = Version{1};
  SourceHead second = first;
  second.source.version = Version{2};
  second.source.display_name = "Renamed";
  ReadAll(second, first);
  EXPECT_EQ(log_store_->SourceHeadOf(testing::SourceOf())->source.display_name, "Renamed");
  EXPECT_EQ(log_store_->NewestVersionOf("sources/caliber.az").number, 2);
  SourceHead other = first;
  other.source.id = testing::SourceOf("another");
  ReadAll(other);
  ASSERT_THAT(log_store_->Sources(), SizeIs(2));
  EXPECT_EQ(log_store_->Sources()[0].source.id.text(), "another");
}

TEST_F(LogStoreTest, ResourcesOfOtherKindsAreOthersToRead) {
  EXPECT_TRUE(Read({{.topic = kResourcesTopic,
                     .partition = 0,
                     .key = "partners/x@1",
                     .value = "other bytes"}})
                  .ok());
}

TEST_F(LogStoreTest, DecisionsAreFoundByPositionAndByRequestTheLatestThatStands) {
  const std::string subject = news::NameOf(Story());
  Decision refused = DecisionOf(1, 1, kRequest);
  refused.verdict = Verdict::kRefused;
  Decision repeat = DecisionOf(9, 9, kRequest);
  repeat.repeats = Position(3, 1);
  ReadAll(refused);
  EXPECT_EQ(log_store_->StandingDecision(subject, kRequest), std::nullopt);
  ReadAll(DecisionOf(5, 5, kRequest), DecisionOf(3, 3, kRequest), repeat);
  EXPECT_EQ(log_store_->StandingDecision(subject, kRequest), DecisionOf(5, 5, kRequest));
  EXPECT_EQ(log_store_->StandingDecision("articles/other", kRequest), std::nullopt);
  EXPECT_EQ(log_store_->DecisionAt(Position(1, 1)), refused);
  EXPECT_EQ(log_store_->DecisionAt(Position(9, 1)), repeat);
  EXPECT_EQ(log_store_->DecisionAt(Position(1, 2)), std::nullopt);
}

TEST_F(LogStoreTest, DecisionsExpireWithTheSubmissionsTheyDecided) {
  const double day = 24 * 3600;
  ReadAll(DecisionOf(1, 0, kRequest), DecisionOf(2, 1 * day), DecisionOf(3, 31.5 * day));
  EXPECT_TRUE(log_store_->DecisionAt(Position(1, 1)).has_value());
  ReadAll(DecisionOf(4, 31.5 * day + 1));
  EXPECT_EQ(log_store_->DecisionAt(Position(1, 1)), std::nullopt);
  EXPECT_EQ(log_store_->StandingDecision(news::NameOf(Story()), kRequest), std::nullopt);
  EXPECT_TRUE(log_store_->DecisionAt(Position(2, 1)).has_value());
  EXPECT_TRUE(log_store_->DecisionAt(Position(4, 1)).has_value());
}

TEST_F(LogStoreTest, AnExpiredDecisionTakesNoYoungerOnesRequestWithIt) {
  const double day = 24 * 3600;
  ReadAll(DecisionOf(1, 0, kRequest), DecisionOf(2, 20 * day, kRequest), DecisionOf(3, 40 * day));
  EXPECT_EQ(log_store_->StandingDecision(news::NameOf(Story()), kRequest),
            DecisionOf(2, 20 * day, kRequest));
}

TEST_F(LogStoreTest, DecisionsAreToldOfAfterTheyAreThere) {
  std::vector<std::int64_t> told;
  log_store_->OnDecisionsRead([&](std::span<const Decision> decisions) {
    for (const Decision& decision : decisions) {
      EXPECT_TRUE(log_store_->DecisionAt(decision.position).has_value());
      told.push_back(decision.position.offset);
    }
  });
  ReadAll(DecisionOf(1, 1), DecisionOf(2, 2));
  EXPECT_THAT(told, ElementsAre(1, 2));
}

TEST_F(LogStoreTest, ItKnowsHowFarSubmissionsWereDecided) {
  ReadAll(DecisionOf(41, 1, "", 2), DecisionOf(7, 1, "", 2));
  ReadAll(Made("a", 1, 1));
  const std::int32_t of_story = PartitionOfStory(Story("a"));
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    const std::int64_t known = p == 2 ? 42 : p == of_story ? 11 : 0;
    EXPECT_EQ(log_store_->KnownSubmissions(p), known) << p;
  }
}

}  // namespace
}  // namespace telex::ingestion
