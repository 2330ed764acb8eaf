// What is looked for among the newest versions: words, addresses, sections.
#include "platform/errors/errors.h"
#include "tests/unit/ingestion/log_store_fixture.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;  // stories, heads, records

using Change = std::function<void(news::Article&)>;

Change Addressed(const std::string& address) {
  return [=](news::Article& a) { a.canonical_url = address; };
}
Change In(std::string_view section, news::PubStatus status = news::PubStatus::kUsable) {
  return [=](news::Article& a) {
    a.content.section = SectionOf(section);
    a.status = status;
  };
}

TEST_F(LogStoreTest, WordsStandInTheHeadlineTheKeyOrTheByline) {
  ReadAll(Made("ferry-4711", 1, 1),
          Made("b", 1, 2,
               [](news::Article& a) {
                 a.content.headline = "Паром ОПАЗДЫВАЕТ на час";
                 a.content.byline = "Anna Petrova";
               }),
          Made("c", 1, 3, [](news::Article& a) { a.content.byline = "Anna Other"; }));
  EXPECT_THAT(Headlines({.words = {"4711"}}), ElementsAre("ferry-4711 1"));
  EXPECT_THAT(Headlines({.words = {"опаздывает"}}), SizeIs(1));
  EXPECT_THAT(Headlines({.words = {"anna"}}), SizeIs(2));
  EXPECT_THAT(Headlines({.words = {"anna", "час"}}), ElementsAre("Паром ОПАЗДЫВАЕТ на час"));
  EXPECT_THAT(Headlines({.words = {"anna", "ferry"}}), IsEmpty());
  EXPECT_THAT(Headlines({.words = {"anna"}}, 1), SizeIs(2));   // paged
  EXPECT_THAT(Headlines({.words = {"happened"}}), IsEmpty());  // of the body
  const std::string token = log_store_->List({.words = {"anna"}}, 1, "")->next_token;
  EXPECT_EQ(errors::ReasonOf(log_store_->List({.words = {"other"}}, 1, token).status()),
            errors::kBadPageToken);
}

TEST_F(LogStoreTest, AnArticleIsFoundByItsAddressHoweverItIsSpelled) {
  ReadAll(Made("a", 1, 1, Addressed("https://caliber.az/en/1")),
          Made("b", 1, 2, Addressed("https://caliber.az/en/2")), Made("none", 1, 3, Addressed("")));
  EXPECT_THAT(Headlines({.address = "http://www.caliber.az/en/1/"}), ElementsAre("a 1"));
  EXPECT_THAT(Headlines({.address = "https://caliber.az/en/3"}), IsEmpty());
  ReadAll(Made("ru", 1, 4, Addressed("https://caliber.az/паром")),
          Made("hy", 1, 5, Addressed("https://caliber.az/%d5%b0?utm_source=mail")));
  EXPECT_THAT(Headlines({.address = "https://caliber.az/%D0%BF%D0%B0%D1%80%D0%BE%D0%BC"}),
              ElementsAre("ru 1"));
  EXPECT_THAT(Headlines({.address = "https://caliber.az/հ?fbclid=1"}), ElementsAre("hy 1"));
  EXPECT_THAT(
      Headlines({.source = testing::SourceOf("other"), .address = "https://caliber.az/en/1"}),
      IsEmpty());
  EXPECT_THAT(Headlines({.created_after = At(2), .address = "https://caliber.az/en/1"}), IsEmpty());
  EXPECT_THAT(Headlines({.words = {"b"}, .address = "https://caliber.az/en/1"}), IsEmpty());
}

TEST_F(LogStoreTest, AnAddressThatChangedLeadsToItsArticleNoLonger) {
  ReadAll(Made("a", 1, 1, Addressed("https://caliber.az/old")));
  ReadAll(Made("a", 2, 2, Addressed("https://caliber.az/new")));
  ReadAll(Made("a", 1, 1, Addressed("https://caliber.az/old")));  // late, and again
  EXPECT_THAT(Headlines({.address = "https://caliber.az/old"}), IsEmpty());
  EXPECT_THAT(Headlines({.address = "https://caliber.az/new"}), ElementsAre("a 2"));
  ReadAll(Purged("a", 3, 3));
  EXPECT_THAT(Headlines({.address = "https://caliber.az/new"}), IsEmpty());
}

TEST_F(LogStoreTest, ArticlesThatShareAnAddressAreListedNewestFirstInPages) {
  for (int i = 0; i < 5; ++i)
    ReadAll(Made(fmt::format("k{}", i), 1, i, Addressed("https://caliber.az/shared")));
  const ArticleFilter shared{.address = "https://caliber.az/shared"};
  for (const std::size_t size : {1, 2, 5, 9})
    EXPECT_THAT(Headlines(shared, size), ElementsAre("k4 1", "k3 1", "k2 1", "k1 1", "k0 1"));
}

TEST_F(LogStoreTest, ASectionIsUsedWhileAUsableStoryStandsInIt) {
  EXPECT_THAT(log_store_->UsedSections(10), IsEmpty());
  ReadAll(Made("a", 1, 1, In("world")), Made("b", 1, 2, In("world")), Made("c", 1, 3, In("sport")),
          Made("d", 1, 4, In("wrold", news::PubStatus::kCanceled)));
  EXPECT_THAT(log_store_->UsedSections(10), ElementsAre("sport", "world"));
  EXPECT_THAT(log_store_->UsedSections(1), ElementsAre("sport"));
  EXPECT_TRUE(log_store_->HasUsableStory(SectionOf("world")));
  EXPECT_FALSE(log_store_->HasUsableStory(SectionOf("wrold")));
  ReadAll(Made("a", 2, 5, In("culture")));  // moved
  EXPECT_THAT(log_store_->UsedSections(10), ElementsAre("culture", "sport", "world"));
  ReadAll(Made("b", 2, 6, In("world", news::PubStatus::kWithheld)));
  EXPECT_THAT(log_store_->UsedSections(10), ElementsAre("culture", "sport"));
  ReadAll(Made("b", 3, 7, In("world")), Purged("c", 2, 8));
  EXPECT_THAT(log_store_->UsedSections(10), ElementsAre("culture", "world"));
  ReadAll(Made("c", 1, 3, In("sport")));  // late
  EXPECT_THAT(log_store_->UsedSections(10), ElementsAre("culture", "world"));
}

}  // namespace
}  // namespace telex::ingestion
