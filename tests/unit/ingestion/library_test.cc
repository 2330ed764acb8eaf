#include "ingestion/adapters/library.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <random>

#include "platform/errors/errors.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ingestion/library_records.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using news::Version;
using testing::At;
using testing::Caliber;
using testing::FakeLog;
using testing::kCluster;
using testing::kPartitions;
using testing::PartitionOfStory;
using testing::Position;
using testing::RecordOf;
using testing::SectionOf;
using testing::Story;
using testing::Submit;
using testing::TombstoneOf;
using testing::Words;

constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

ArticleHead Made(std::string_view key, std::int64_t version, double seconds, const std::function<void(news::Article&)>& change = {}) {
  ArticleHead head;
  const SetContent set = Words(fmt::format("{} {}", key, version));
  head.article.id = Story(key);
  head.article.version = Version{version};
  head.article.source = set.source;
  head.article.key = key;
  head.article.content = set.content;
  head.article.firstcreated = At(0);
  head.article.versioncreated = At(seconds);
  head.article.shelves = {{set.content.section, set.content.language}};
  head.rule = 1;
  if (change) change(head.article);
  head.content_hash = news::ContentHash(head.article.content);
  head.position = Position(version * 10, PartitionOfStory(head.article.id));
  return head;
}

ArticleHead Purged(std::string_view key, std::int64_t version, double seconds) {
  return Made(key, version, seconds, [](news::Article& article) {
    article.purged = true;
    article.status = news::PubStatus::kCanceled;
    article.content = {.section = article.content.section, .language = article.content.language};
  });
}

Decision DecisionOf(std::int64_t offset, double seconds, std::string request_id = "", std::int32_t partition = 1) {
  Decision decision;
  decision.position = Position(offset, partition);
  decision.subject = news::NameOf(Story());
  decision.verdict = Verdict::kAccepted;
  decision.version = Version{1};
  decision.request_id = std::move(request_id);
  decision.time = At(seconds);
  decision.rule = 1;
  return decision;
}

class LibraryTest : public ::testing::Test {
 protected:
  LibraryTest() { Open(); }

  void Open() {
    library_.reset();
    auto library = Library::Open({.folder = dir_ / "store", .cluster_id = kCluster, .partitions = kPartitions});
    ASSERT_TRUE(library.ok()) << library.status();
    library_ = *std::move(library);
  }
  absl::Status Read(std::vector<kafka::Record> records) {
    for (kafka::Record& record : records) {
      if (record.offset < 0) record = log_.Append(record);
    }
    return library_->OnBatch(records, {}).status();
  }
  template <typename... Heads>
  void ReadAll(const Heads&... heads) {
    ASSERT_TRUE(Read({RecordOf(heads)...}).ok());
  }
  std::vector<std::string> Headlines(const ArticleFilter& filter = {}, std::size_t size = 100) {
    std::vector<std::string> headlines;
    std::string token;
    do {
      const auto page = library_->List(filter, size, token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const ArticleHead& head : page->items) headlines.push_back(head.article.content.headline);
      token = page->next_token;
    } while (!token.empty());
    return headlines;
  }
  // All that a library answers, as text.
  std::string Answers() {
    std::string answers;
    for (const std::string& headline : Headlines({}, 3)) answers += headline + "\n";
    for (int i = 0; i < 12; ++i) {
      const auto id = Story(fmt::format("s{}", i));
      const auto versions = library_->Versions(id, 100, "");
      for (const ArticleHead& head : versions->items) answers += EncodeArticleHead(head);
      answers += fmt::format("{}\n", library_->NewestVersionOf(news::NameOf(id)).number);
    }
    for (const Pending& due : library_->PendingUntil(absl::InfiniteFuture(), 1'000)) {
      answers += fmt::format("{} {} {}\n", absl::ToUnixMillis(due.instant), due.article.ToString(), due.version.number);
    }
    for (const SourceHead& head : library_->Sources()) answers += EncodeSourceHead(head);
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      for (std::int64_t offset = 0; offset < 200; ++offset) {
        if (const auto decision = library_->DecisionAt(Position(offset, p))) answers += EncodeDecision(*decision);
      }
    }
    if (const auto standing = library_->StandingDecision(news::NameOf(Story()), kRequest)) answers += EncodeDecision(*standing);
    for (const auto& [partition, next] : library_->KnownSubmissions().next_offset) answers += fmt::format("{}:{}\n", partition, next);
    return answers + fmt::format("{}", library_->ArticleCount());
  }

  tests::TempDir dir_;
  FakeLog log_;
  std::unique_ptr<Library> library_;
};

// Versions ------------------------------------------------------------------------------------------------------------------------

TEST_F(LibraryTest, TheNewestVersionIsTheHeadInWhateverOrderTheyCome) {
  std::vector<int> order = {1, 2, 3, 4};
  int round = 0;
  do {
    const std::string key = fmt::format("order-{}", round++);
    for (const int version : order) ReadAll(Made(key, version, version));
    ASSERT_EQ(library_->ArticleHeadOf(Story(key))->article.version.number, 4);
    EXPECT_EQ(library_->NewestVersionOf(news::NameOf(Story(key))).number, 4);
    const auto versions = library_->Versions(Story(key), 100, "");
    ASSERT_THAT(versions->items, SizeIs(4));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(versions->items[static_cast<std::size_t>(i)].article.version.number, 4 - i);
    EXPECT_EQ(library_->ArticleVersionOf(Story(key), Version{2})->article.content.headline, key + " 2");
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(library_->ArticleCount(), static_cast<std::uint64_t>(round));
  EXPECT_THAT(Headlines(), SizeIs(static_cast<std::size_t>(round)));  // each is listed once, whatever came late
}

TEST_F(LibraryTest, WhatComesTwiceIsThereOnce) {
  const auto record = log_.Append(RecordOf(Made("a", 1, 1)));
  ASSERT_TRUE(Read({record, record}).ok());
  ASSERT_TRUE(Read({record}).ok());
  EXPECT_THAT(Headlines(), ElementsAre("a 1"));
  EXPECT_THAT(library_->Versions(Story("a"), 10, "")->items, SizeIs(1));
}

TEST_F(LibraryTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(library_->ArticleHeadOf(Story("none")), std::nullopt);
  EXPECT_EQ(library_->ArticleVersionOf(Story("none"), Version{1}), std::nullopt);
  EXPECT_EQ(library_->SourceHeadOf(testing::SourceOf()), std::nullopt);
  EXPECT_EQ(library_->DecisionAt(Position(1)), std::nullopt);
  EXPECT_EQ(library_->NewestVersionOf(news::NameOf(Story("none"))), Version{});
  EXPECT_EQ(library_->NewestVersionOf("sources/none"), Version{});
  EXPECT_EQ(library_->NewestVersionOf("nonsense"), Version{});
}

// Purge ---------------------------------------------------------------------------------------------------------------------------

TEST_F(LibraryTest, APurgeDeletesTheBodiesAndALateOldVersionDoesNotComeBack) {
  ReadAll(Made("a", 1, 1), Made("a", 2, 2), Made("b", 1, 1), Purged("a", 3, 3));
  EXPECT_EQ(library_->ArticleVersionOf(Story("a"), Version{1}), std::nullopt);
  EXPECT_EQ(library_->ArticleVersionOf(Story("a"), Version{2}), std::nullopt);
  EXPECT_TRUE(library_->ArticleHeadOf(Story("a"))->article.purged);
  EXPECT_TRUE(library_->ArticleVersionOf(Story("b"), Version{1}).has_value());
  ReadAll(Made("a", 2, 2));
  EXPECT_EQ(library_->ArticleVersionOf(Story("a"), Version{2}), std::nullopt);
  EXPECT_THAT(library_->Versions(Story("a"), 10, "")->items, SizeIs(1));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1), TombstoneOf(Story("a"), 2)}).ok());
  EXPECT_TRUE(library_->ArticleHeadOf(Story("a"))->article.purged);
}

TEST_F(LibraryTest, APurgeThatIsReadFirstForgetsWhatComesLater) {
  ReadAll(Purged("a", 3, 3));
  ReadAll(Made("a", 1, 1), Made("a", 2, 2));
  EXPECT_THAT(library_->Versions(Story("a"), 10, "")->items, SizeIs(1));
}

TEST_F(LibraryTest, ATombstoneForgetsOneVersion) {
  ReadAll(Made("a", 1, 1), Made("a", 2, 2));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  EXPECT_EQ(library_->ArticleVersionOf(Story("a"), Version{1}), std::nullopt);
  EXPECT_EQ(library_->ArticleHeadOf(Story("a"))->article.version.number, 2);
}

// Listing -------------------------------------------------------------------------------------------------------------------------

TEST_F(LibraryTest, AListingIsNewestFirstAndFollowsCorrections) {
  ReadAll(Made("a", 1, 1), Made("b", 1, 2), Made("c", 1, 3));
  EXPECT_THAT(Headlines(), ElementsAre("c 1", "b 1", "a 1"));
  ReadAll(Made("a", 2, 9));
  EXPECT_THAT(Headlines(), ElementsAre("a 2", "c 1", "b 1"));
}

TEST_F(LibraryTest, PagesOfEverySizeHaveNeitherGapsNorRepeats) {
  std::vector<std::string> all;
  for (int i = 0; i < 25; ++i) {
    // Several at one instant.
    ReadAll(Made(fmt::format("k{}", i), 1, i / 4));
    all.push_back(fmt::format("k{} 1", i));
  }
  std::sort(all.begin(), all.end());
  for (const std::size_t size : {1, 2, 3, 4, 5, 7, 24, 25, 26}) {
    std::vector<std::string> listed = Headlines({}, size);
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, all) << size;
  }
  EXPECT_EQ(library_->List({}, 25, "")->next_token, "");
}

TEST_F(LibraryTest, EachFilterLeavesOutWhatItShould) {
  ReadAll(Made("plain", 1, 1),
          Made("source", 1, 2, [](news::Article& a) { a.source = testing::SourceOf("other"); }),
          Made("section", 1, 3, [](news::Article& a) { a.content.section = SectionOf("culture"); }),
          Made("language", 1, 4, [](news::Article& a) { a.content.language = testing::LanguageOf("hy"); }),
          Made("status", 1, 5, [](news::Article& a) { a.status = news::PubStatus::kWithheld; }));
  EXPECT_THAT(Headlines({.source = testing::SourceOf("other")}), ElementsAre("source 1"));
  EXPECT_THAT(Headlines({.section = SectionOf("culture")}), ElementsAre("section 1"));
  EXPECT_THAT(Headlines({.language = testing::LanguageOf("hy")}), ElementsAre("language 1"));
  EXPECT_THAT(Headlines({.status = news::PubStatus::kWithheld}), ElementsAre("status 1"));
  EXPECT_THAT(Headlines({.status = news::PubStatus::kUsable}), SizeIs(4));
  EXPECT_THAT(Headlines({.section = SectionOf("world"), .status = news::PubStatus::kCanceled}), IsEmpty());
  EXPECT_THAT(Headlines({.created_after = At(2), .created_before = At(4)}), ElementsAre("section 1", "source 1"));
  EXPECT_THAT(Headlines({.created_after = At(4)}), ElementsAre("status 1", "language 1"));
  EXPECT_THAT(Headlines({.created_before = At(2)}), ElementsAre("plain 1"));
  EXPECT_THAT(Headlines({.created_after = At(4), .created_before = At(2)}), IsEmpty());
  EXPECT_THAT(Headlines({.created_after = absl::InfinitePast(), .created_before = absl::InfiniteFuture()}), SizeIs(5));
  EXPECT_THAT(Headlines({.created_after = At(2), .created_before = At(5)}, 1), SizeIs(3));  // paged
}

TEST_F(LibraryTest, AFilterSeesWhatTheArticleIsNow) {
  ReadAll(Made("a", 1, 1), Made("a", 2, 2, [](news::Article& a) { a.content.section = SectionOf("culture"); }));
  EXPECT_THAT(Headlines({.section = SectionOf("world")}), IsEmpty());
  EXPECT_THAT(Headlines({.section = SectionOf("culture")}), ElementsAre("a 2"));
}

TEST_F(LibraryTest, ATokenOfAnotherFilterIsRefused) {
  ReadAll(Made("a", 1, 1), Made("b", 1, 2));
  const std::string token = library_->List({}, 1, "")->next_token;
  ASSERT_NE(token, "");
  EXPECT_EQ(errors::ReasonOf(library_->List({.section = SectionOf("world")}, 1, token).status()), errors::kBadPageToken);
  EXPECT_EQ(errors::ReasonOf(library_->Versions(Story("a"), 1, token).status()), errors::kBadPageToken);
}

TEST_F(LibraryTest, VersionsAreListedInPagesToTheEnd) {
  for (int version = 1; version <= 7; ++version) ReadAll(Made("a", version, version));
  ReadAll(Made("b", 1, 1));
  for (std::size_t size = 1; size <= 8; ++size) {
    std::vector<std::int64_t> numbers;
    std::string token;
    do {
      const auto page = library_->Versions(Story("a"), size, token);
      ASSERT_TRUE(page.ok());
      for (const auto& head : page->items) numbers.push_back(head.article.version.number);
      token = page->next_token;
    } while (!token.empty());
    EXPECT_THAT(numbers, ElementsAre(7, 6, 5, 4, 3, 2, 1)) << size;
  }
}

// Pending instants ----------------------------------------------------------------------------------------------------------------

TEST_F(LibraryTest, PendingInstantsMoveWithTheVersions) {
  const auto embargoed = [](double at) {
    return [at](news::Article& a) {
      a.content.embargoed = At(at);
      a.content.expires = At(500);
      a.availability = news::Availability::kEmbargoed;
    };
  };
  ReadAll(Made("a", 1, 1, embargoed(100)), Made("b", 1, 1, embargoed(50)));
  EXPECT_THAT(library_->PendingUntil(At(49.999), 10), IsEmpty());
  ASSERT_THAT(library_->PendingUntil(At(50), 10), SizeIs(1));
  auto due = library_->PendingUntil(At(100), 10);
  ASSERT_THAT(due, SizeIs(2));
  EXPECT_EQ(due[0].article, Story("b"));
  EXPECT_EQ(due[1].instant, At(100));
  EXPECT_EQ(due[1].version.number, 1);
  EXPECT_THAT(library_->PendingUntil(At(100), 1), SizeIs(1));

  ReadAll(Made("a", 2, 2, embargoed(200)));  // moved
  EXPECT_THAT(library_->PendingUntil(At(100), 10), SizeIs(1));
  ReadAll(Made("a", 1, 1, embargoed(100)));  // an old version, late: nothing moves back
  EXPECT_THAT(library_->PendingUntil(At(100), 10), SizeIs(1));
  ReadAll(Made("b", 2, 60, [](news::Article& a) { a.content.expires = At(500); }));  // ended: the expiry is next
  EXPECT_THAT(library_->PendingUntil(At(199), 10), IsEmpty());
  EXPECT_THAT(library_->PendingUntil(At(500), 10), SizeIs(2));
  ReadAll(Purged("b", 3, 70), Made("a", 3, 80));
  EXPECT_THAT(library_->PendingUntil(absl::InfiniteFuture(), 10), IsEmpty());
}

// Sources and decisions -----------------------------------------------------------------------------------------------------------

TEST_F(LibraryTest, ASourceIsItsNewestVersion) {
  SourceHead first{.source = Caliber(), .position = Position(1, 0), .rule = 1};
  first.source.version = Version{1};
  SourceHead second = first;
  second.source.version = Version{2};
  second.source.display_name = "Renamed";
  ReadAll(second, first);
  EXPECT_EQ(library_->SourceHeadOf(testing::SourceOf())->source.display_name, "Renamed");
  EXPECT_EQ(library_->NewestVersionOf("sources/caliber.az").number, 2);
  SourceHead other = first;
  other.source.id = testing::SourceOf("another");
  ReadAll(other);
  ASSERT_THAT(library_->Sources(), SizeIs(2));
  EXPECT_EQ(library_->Sources()[0].source.id.text(), "another");
}

TEST_F(LibraryTest, ResourcesOfOtherKindsAreOthersToRead) {
  EXPECT_TRUE(Read({{.topic = kResourcesTopic, .partition = 0, .key = "partners/x@1", .value = "other bytes"}}).ok());
}

TEST_F(LibraryTest, DecisionsAreFoundByPositionAndByRequestTheLatestThatStands) {
  const std::string subject = news::NameOf(Story());
  Decision refused = DecisionOf(1, 1, kRequest);
  refused.verdict = Verdict::kRefused;
  Decision repeat = DecisionOf(9, 9, kRequest);
  repeat.repeats = Position(3, 1);
  ReadAll(refused);
  EXPECT_EQ(library_->StandingDecision(subject, kRequest), std::nullopt);
  ReadAll(DecisionOf(5, 5, kRequest), DecisionOf(3, 3, kRequest), repeat);
  EXPECT_EQ(library_->StandingDecision(subject, kRequest), DecisionOf(5, 5, kRequest));
  EXPECT_EQ(library_->StandingDecision("articles/other", kRequest), std::nullopt);
  EXPECT_EQ(library_->DecisionAt(Position(1, 1)), refused);
  EXPECT_EQ(library_->DecisionAt(Position(9, 1)), repeat);
  EXPECT_EQ(library_->DecisionAt(Position(1, 2)), std::nullopt);
}

TEST_F(LibraryTest, DecisionsExpireWithTheSubmissionsTheyDecided) {
  const double day = 24 * 3600;
  ReadAll(DecisionOf(1, 0, kRequest), DecisionOf(2, 1 * day), DecisionOf(3, 31 * day));
  EXPECT_TRUE(library_->DecisionAt(Position(1, 1)).has_value());
  ReadAll(DecisionOf(4, 31 * day + 1));
  EXPECT_EQ(library_->DecisionAt(Position(1, 1)), std::nullopt);
  EXPECT_EQ(library_->StandingDecision(news::NameOf(Story()), kRequest), std::nullopt);
  EXPECT_TRUE(library_->DecisionAt(Position(2, 1)).has_value());
  EXPECT_TRUE(library_->DecisionAt(Position(4, 1)).has_value());
}

TEST_F(LibraryTest, AnExpiredDecisionTakesNoYoungerOnesRequestWithIt) {
  const double day = 24 * 3600;
  ReadAll(DecisionOf(1, 0, kRequest), DecisionOf(2, 20 * day, kRequest), DecisionOf(3, 40 * day));
  EXPECT_EQ(library_->StandingDecision(news::NameOf(Story()), kRequest), DecisionOf(2, 20 * day, kRequest));
}

TEST_F(LibraryTest, DecisionsAreToldOfAfterTheyAreThere) {
  std::vector<std::int64_t> told;
  library_->OnDecisionsRead([&](std::span<const Decision> decisions) {
    for (const Decision& decision : decisions) {
      EXPECT_TRUE(library_->DecisionAt(decision.position).has_value());
      told.push_back(decision.position.offset);
    }
  });
  ReadAll(DecisionOf(1, 1), DecisionOf(2, 2));
  EXPECT_THAT(told, ElementsAre(1, 2));
}

TEST_F(LibraryTest, ItKnowsHowFarSubmissionsWereDecided) {
  ReadAll(DecisionOf(41, 1, "", 2), DecisionOf(7, 1, "", 2));
  ReadAll(Made("a", 1, 1));
  const LogExtent known = library_->KnownSubmissions();
  EXPECT_EQ(known.cluster, kCluster);
  EXPECT_EQ(known.next_offset.at(2), 42);
  EXPECT_EQ(known.next_offset.at(PartitionOfStory(Story("a"))), PartitionOfStory(Story("a")) == 2 ? 42 : 11);
}

// Refusals ------------------------------------------------------------------------------------------------------------------------

TEST_F(LibraryTest, ARecordInAnotherPartitionThanItsKeySaysStopsTheReading) {
  for (kafka::Record record : {RecordOf(Made("a", 1, 1)), TombstoneOf(Story("a"), 1),
                               RecordOf(SourceHead{.source = [] { Source s = Caliber(); s.version = Version{1}; return s; }(), .position = Position(1), .rule = 1})}) {
    record.partition = (record.partition + 1) % kPartitions;
    record.offset = 0;
    const auto outcome = library_->OnBatch({&record, 1}, {});
    EXPECT_EQ(outcome.kind(), kafka::Outcome::Kind::kFatal);
    EXPECT_EQ(errors::ReasonOf(outcome.status()), errors::kWrongPartitionCount);
  }
  EXPECT_EQ(library_->ArticleCount(), 0u);
}

TEST_F(LibraryTest, ARecordThatNamesAnotherClusterStopsTheReading) {
  ArticleHead head = Made("a", 1, 1);
  head.position.cluster = "cluster-b";
  Decision decision = DecisionOf(1, 1);
  decision.position.cluster = "cluster-b";
  for (const kafka::Record& record : {RecordOf(head), RecordOf(decision)}) {
    const absl::Status status = Read({record});
    EXPECT_EQ(errors::ReasonOf(status), errors::kLogTruncated);
  }
  EXPECT_EQ(library_->ArticleCount(), 0u);
}

TEST_F(LibraryTest, WhatCannotBeReadStopsTheReadingAndNothingOfItsBatchIsKept) {
  kafka::Record garbage = RecordOf(Made("b", 1, 1));
  garbage.value = "garbage";
  kafka::Record other_key = RecordOf(Made("b", 1, 1));
  other_key.key = news::NameOf(Story("b"), Version{2});
  kafka::Record no_name = RecordOf(Made("b", 1, 1));
  no_name.key = "b";
  kafka::Record decision = RecordOf(DecisionOf(1, 1));
  decision.value = "garbage";
  for (const kafka::Record& bad : {garbage, other_key, no_name, decision}) {
    const absl::Status status = Read({RecordOf(Made("a", 1, 1)), bad});
    EXPECT_EQ(errors::ReasonOf(status), errors::kRecordUnreadable) << bad.key << status;
  }
  EXPECT_EQ(library_->ArticleCount(), 0u);
  EXPECT_EQ(library_->PositionOf({kArticlesTopic, PartitionOfStory(Story("a"))}), 0);
}

// Positions -----------------------------------------------------------------------------------------------------------------------

TEST_F(LibraryTest, ANewLibraryReadsEveryPartitionFromTheBeginning) {
  const auto from = library_->StartPositions();
  EXPECT_EQ(from.size(), 3u * kPartitions);
  for (const auto& place : from) {
    EXPECT_EQ(place.offset, std::nullopt);
    EXPECT_EQ(place.skip_expired, place.partition.topic == kDecisionsTopic);
  }
}

TEST_F(LibraryTest, ReopenedItResumesAtTheStampedPositions) {
  ReadAll(Made("a", 1, 1), Made("a", 2, 2));
  ReadAll(DecisionOf(1, 1));
  const std::string answers = Answers();
  ASSERT_TRUE(library_->Close().ok());
  Open();
  EXPECT_EQ(library_->report().opening, store::Opening::kResumed);
  EXPECT_EQ(Answers(), answers);
  for (const auto& place : library_->StartPositions()) {
    if (place.partition == kafka::TopicPartition{kArticlesTopic, PartitionOfStory(Story("a"))}) {
      EXPECT_EQ(place.offset, 2);
    } else if (place.partition == kafka::TopicPartition{kDecisionsTopic, 1}) {
      EXPECT_EQ(place.offset, 1);
    } else {
      EXPECT_EQ(place.offset, std::nullopt);
    }
  }
  EXPECT_EQ(library_->PositionOf({kDecisionsTopic, 1}), 1);
}

TEST_F(LibraryTest, TheStoreOfAnotherClusterIsRefusedAndLeftAsItIs) {
  // Stories are known that the log of this cluster does not have: a person must look.
  ReadAll(Made("a", 1, 1));
  ASSERT_TRUE(library_->Close().ok());
  library_.reset();
  const auto other = Library::Open({.folder = dir_ / "store", .cluster_id = "cluster-b", .partitions = kPartitions});
  EXPECT_TRUE(absl::IsFailedPrecondition(other.status()));
  EXPECT_EQ(errors::ReasonOf(other.status()), errors::kLogTruncated);
  Open();
  EXPECT_EQ(library_->ArticleCount(), 1u);
}

TEST_F(LibraryTest, ADeletedStoreRebuildsToTheSameAnswersInBatchesOfAnySize) {
  std::mt19937 random(7);
  for (int i = 0; i < 120; ++i) {
    const int story = static_cast<int>(random() % 12);
    const int version = static_cast<int>(random() % 5) + 1;
    const std::string key = fmt::format("s{}", story);
    if (story == 3 && version == 5) {
      ReadAll(Purged(key, 5, 50));
    } else if (version == 4) {
      ReadAll(Made(key, version, version * 10 + story, [&](news::Article& a) { a.content.expires = At(1000 + story); }));
    } else {
      ReadAll(Made(key, version, version * 10 + story));
    }
    ReadAll(DecisionOf(i, i, i % 5 == 0 ? kRequest : "", static_cast<std::int32_t>(random() % kPartitions)));
  }
  const std::string answers = Answers();
  for (const std::size_t size : {1u, 3u, 50u, 1'000u}) {
    ASSERT_TRUE(library_->Close().ok());
    library_.reset();
    std::filesystem::remove_all(dir_ / "store");
    Open();
    EXPECT_EQ(library_->report().opening, store::Opening::kNew);
    const auto& all = log_.records();
    for (std::size_t begin = 0; begin < all.size(); begin += size) {
      const std::size_t end = std::min(begin + size, all.size());
      ASSERT_TRUE(library_->OnBatch(std::span(all).subspan(begin, end - begin), {}).status().ok());
    }
    EXPECT_EQ(Answers(), answers) << size;
  }
}

TEST_F(LibraryTest, WhoAwaitsAPositionIsToldOrStopped) {
  const kafka::TopicPartition place{kDecisionsTopic, 1};
  EXPECT_TRUE(library_->AwaitPosition(place, 0, {}));
  auto waiting = std::async(std::launch::async, [&] { return library_->AwaitPosition(place, 1, {}); });
  ReadAll(DecisionOf(1, 1));
  ASSERT_EQ(waiting.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_TRUE(waiting.get());
  std::stop_source stop;
  auto stopped = std::async(std::launch::async, [&] { return library_->AwaitPosition(place, 99, stop.get_token()); });
  stop.request_stop();
  ASSERT_EQ(stopped.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_FALSE(stopped.get());
  library_->OnCaughtUp(place, 99);  // the end that was seen at start, of records that have expired
  EXPECT_TRUE(library_->AwaitPosition(place, 99, {}));
}

}  // namespace
}  // namespace telex::ingestion
