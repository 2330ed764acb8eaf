#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "platform/errors/errors.h"
#include "tests/component/ingestion_replica.h"

// Documents in: whose they are, what is made of them, what is refused.

namespace telex::ingestion {
namespace {

using namespace testing;  // the replica's helpers

// A replica alone, shared by the tests: each test has a publisher of its own.
class ImportTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster;
    one_ = new Replica(*cluster_, {.record_bytes_max = std::size_t{4} << 20});
  }
  static void TearDownTestSuite() {
    delete one_;
    delete cluster_;
  }
  static v1::UpdateArticleRequest Headline(const std::string& name, const std::string& headline) {
    v1::UpdateArticleRequest request;
    request.mutable_article()->set_name(name);
    request.mutable_article()->set_headline(headline);
    request.mutable_update_mask()->add_paths("headline");
    return request;
  }

  // The page of an imported story again: with more views there is nothing new in it, after an
  // editor's correction neither; with other words it waits for an editor.
  static void ExpectUnchangedAndThenHeld(v1::ImportDocumentRequest request,
                                         const std::string& article);

  static Cluster* cluster_;
  static Replica* one_;
};
Cluster* ImportTest::cluster_ = nullptr;
Replica* ImportTest::one_ = nullptr;

std::string PageText(const std::string& name) {
  std::ifstream file("tests/testdata/pages/" + name);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

void ImportTest::ExpectUnchangedAndThenHeld(v1::ImportDocumentRequest request,
                                            const std::string& article) {
  request.set_document(request.document() + "\nViews: 9,999\n");
  const auto again = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->items(0).verdict(), v1::VERDICT_UNCHANGED);
  ASSERT_TRUE(
      Ask(*one_, &ArticleService::UpdateArticle, Editor(), Headline(article, "Corrected")).ok());
  EXPECT_EQ(Ask(*one_, &ImportService::ImportDocument, SourceCall(), request)->items(0).verdict(),
            v1::VERDICT_UNCHANGED);
  v1::ImportDocumentRequest newer = request;
  newer.set_document(PageText("en-full-furniture.txt") + "\n");
  const auto place = newer.document().find("by the spring of 2027");
  ASSERT_NE(place, std::string::npos);
  newer.mutable_document()->replace(place, 21, "by the autumn of 2028");
  const auto held = Ask(*one_, &ImportService::ImportDocument, SourceCall(), newer);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->items(0).verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(held->items(0).reason(), "EDITED_BY_EDITOR");
  EXPECT_EQ(held->items(0).article().headline(), "Corrected");
}

TEST_F(ImportTest, APageIsImportedOnceAndItsUnknownPublisherProposed) {
  v1::ImportDocumentRequest request;
  request.set_document(PageText("en-full-furniture.txt"));
  request.set_media_type("text/plain; charset=utf-8");
  const auto proposed = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(proposed->source(), "");
  // What it holds is shown and not submitted.
  ASSERT_EQ(proposed->items_size(), 1);
  EXPECT_EQ(proposed->items(0).verdict(), v1::VERDICT_UNSPECIFIED);
  EXPECT_THAT(proposed->items(0).article().headline(), ::testing::HasSubstr("quiet engine"));
  EXPECT_EQ(one_->log_store->NewestVersionOf(proposed->items(0).article().name()).number, 0);
  EXPECT_EQ(proposed->proposal().name(), "sources/northern-courier.example");
  EXPECT_FALSE(proposed->proposal().usage_terms().empty());

  v1::CreateSourceRequest source = CaliberRequest();
  source.set_source_id("northern-courier.example");
  source.mutable_source()->set_display_name("Northern-Courier.example");
  source.mutable_source()->set_home_page(proposed->proposal().home_page());
  ASSERT_TRUE(Ask(*one_, &SourceService::CreateSource, Editor(), source).ok());

  // The page gives no address of its own: the key is the caller's to name, and one is proposed.
  const auto keyless = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_EQ(errors::ReasonOf(keyless.status()), errors::kNeedsKey) << keyless.status();
  request.set_key(errors::DetailsOf(keyless.status())->metadata.at("proposed_key"));
  EXPECT_THAT(request.key(), ::testing::StartsWith("2025-04-18 "));

  request.set_validate_only(true);
  const auto preview = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_EQ(preview->items_size(), 1);
  EXPECT_EQ(preview->items(0).verdict(), v1::VERDICT_ACCEPTED);
  EXPECT_EQ(one_->log_store->NewestVersionOf(preview->items(0).article().name()).number, 0);

  request.set_validate_only(false);
  const auto imported = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(imported.ok()) << imported.status();
  ASSERT_EQ(imported->items_size(), 1);
  EXPECT_EQ(imported->source(), "sources/northern-courier.example");
  const auto& item = imported->items(0);
  EXPECT_EQ(item.verdict(), v1::VERDICT_ACCEPTED);
  EXPECT_EQ(item.article().version(), 1);
  EXPECT_EQ(item.article().name(), preview->items(0).article().name());
  EXPECT_THAT(item.article().headline(), ::testing::HasSubstr("quiet engine"));
  EXPECT_EQ(item.article().printed_views(), 1204);
  EXPECT_FALSE(item.article().document().empty());

  bool found = false;
  for (const kafka::Record& original : cluster_->RecordsOf(kOriginalsTopic)) {
    if (original.key == item.article().document()) found = original.value == request.document();
  }
  EXPECT_TRUE(found);

  ExpectUnchangedAndThenHeld(request, item.article().name());
}

TEST_F(ImportTest, APrintedSectionOfAnotherScriptNeedsAnAlias) {
  v1::ImportDocumentRequest request;
  request.set_document(PageText("ru-courier.txt"));
  const auto proposed = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  const auto& aliases = proposed->proposal().section_aliases();
  ASSERT_EQ(aliases.size(), 1u);
  EXPECT_EQ(aliases.at("Политика"), "politika");
  ASSERT_EQ(proposed->items_size(), 1);
  EXPECT_EQ(proposed->items(0).article().section(), "politika");

  v1::CreateSourceRequest source = CaliberRequest();
  source.set_source_id("vestnik-doliny.example");
  source.mutable_source()->set_home_page(proposed->proposal().home_page());
  ASSERT_TRUE(Ask(*one_, &SourceService::CreateSource, Editor(), source).ok());
  request.set_key("ru");
  const auto refused = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_EQ(errors::ReasonOf(refused.status()), errors::kUnknownSection) << refused.status();
  EXPECT_EQ(errors::DetailsOf(refused.status())->metadata.at("section_alias"), "Политика=politika");

  v1::UpdateSourceRequest update;
  update.mutable_source()->set_name("sources/vestnik-doliny.example");
  (*update.mutable_source()->mutable_section_aliases())["ПОЛИТИКА"] = "politics";
  update.mutable_update_mask()->add_paths("section_aliases");
  ASSERT_TRUE(Ask(*one_, &SourceService::UpdateSource, Editor(), update).ok());
  const auto imported = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->items(0).article().section(), "politics");
}

TEST_F(ImportTest, WhichOfTwoSourcesOnOneHostIsMeantIsNotGuessed) {
  for (const char* id : {"vale-news", "vale-sport"}) {
    v1::CreateSourceRequest source = CaliberRequest();
    source.set_source_id(id);
    source.mutable_source()->set_home_page(fmt::format("https://vale.example/{}", id));
    ASSERT_TRUE(Ask(*one_, &SourceService::CreateSource, Editor(), source).ok());
  }
  v1::ImportDocumentRequest request;
  request.set_document(
      "Council approves quiet engine rule\n\n18 April 2025 14:25\n\nThe council of Port Ellery has "
      "decided that all ferries in the inner basin have to run on current, its chair said.\n\n"
      "© 2025 vale.example. All rights reserved.\n");
  request.set_key("ferries");
  const auto refused = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_EQ(errors::ReasonOf(refused.status()), errors::kAmbiguousSource) << refused.status();
  EXPECT_EQ(errors::DetailsOf(refused.status())->metadata.at("sources"),
            "sources/vale-news, sources/vale-sport");
  request.set_source("sources/vale-sport");
  const auto imported = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->source(), "sources/vale-sport");
  EXPECT_THAT(imported->items(0).warnings(),
              ::testing::Not(::testing::Contains(::testing::HasSubstr("as its publisher"))));

  // Another publisher's page, submitted as this source's.
  const auto at = request.document().find("vale.example");
  request.mutable_document()->replace(at, 12, "other.example");
  request.set_key("ferries of another");
  const auto foreign = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  EXPECT_THAT(foreign->items(0).warnings(),
              ::testing::Contains(::testing::ContainsRegex("names .*other.example.* as its "
                                                           "publisher.*sources/vale-sport")));
}

TEST_F(ImportTest, ALineOfRightsIsNoLicenceAndThatIsSaid) {
  v1::ImportDocumentRequest request;
  request.set_document(
      "Council approves quiet engine rule\n\nThe council of Port Ellery has decided that all "
      "ferries in the inner basin have to run on current, its chair said.\n\n"
      "© 2025 rights.example. All rights reserved.\n");
  const auto proposed = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(proposed->proposal().name(), "sources/rights.example");
  ASSERT_EQ(proposed->items_size(), 1);
  EXPECT_THAT(proposed->items(0).warnings(),
              ::testing::Contains(::testing::HasSubstr("allow no use")));
}

TEST_F(ImportTest, ADocumentThatIsTooLargeForTheLogIsRefusedForGood) {
  v1::CreateSourceRequest source = CaliberRequest();
  source.set_source_id("large.example");
  ASSERT_TRUE(Ask(*one_, &SourceService::CreateSource, Editor(), source).ok());
  v1::ImportDocumentRequest request;
  std::string page = PageText("en-full-furniture.txt");
  // So many bytes that an edge still takes them and no record has room for them.
  page.resize((std::size_t{4} << 20) - 5, '\n');
  request.set_document(page);
  request.set_source("sources/large.example");
  request.set_key("large");
  const auto refused = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status())) << refused.status();
  EXPECT_EQ(errors::ReasonOf(refused.status()), errors::kDocumentTooLarge);
}

}  // namespace
}  // namespace telex::ingestion
