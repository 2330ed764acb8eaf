#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "telex/ingestion/v1/decision.pb.h"
#include "telex/translation/v1/job_fact.pb.h"
#include "telex/translation/v1/resource.pb.h"
#include "telex/translation/v1/translation.pb.h"
#include "telex/views/v1/view.pb.h"
#include "telex/views/v1/view_counts.pb.h"
#include "telexctl/views/article_view.h"
#include "telexctl/views/feed_view.h"
#include "telexctl/views/output.h"
#include "telexctl/views/record_view.h"
#include "telexctl/views/service_view.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(TextTest, CountsCodePointsAndCutsBetweenThem) {
  EXPECT_EQ(WidthOf("հայ"), 3u);
  EXPECT_EQ(Cut("Հովտի թանգարանը", 6), "Հովտի…");
  EXPECT_EQ(Cut("Հովտի", 5), "Հովտի");
  EXPECT_EQ(Cut("abc", 0), "");
  EXPECT_EQ(Cut("abc", 1), "…");
}

TEST(TextTest, NothingSteersTheTerminal) {
  EXPECT_EQ(Printable("a\x1b[31mb\n\tc"), "a\xef\xbf\xbd[31mb  c");
  EXPECT_EQ(Printable("a\nb", "\n"), "a\nb");
  EXPECT_EQ(Printable("a\xe2\x80\xae"
                      "b"),
            "a\xef\xbf\xbd"
            "b");  // right-to-left override
  EXPECT_EQ(Printable("\xff\xc2"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(Printable("\xc2\x9b"), "\xef\xbf\xbd");  // a C1 control
}

TEST(TextTest, ShellsReadItBack) {
  EXPECT_EQ(ShellQuoted("plain/value.1"), "plain/value.1");
  EXPECT_EQ(ShellQuoted("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellQuoted(""), "''");
}

TEST(TableTest, AlignsByCodePoints) {
  const Table table{.heading = {"A", "B"}, .rows = {{"հայ", "1"}, {"x", "2"}}};
  EXPECT_EQ(Render(table, 0), "A    B\nհայ  1\nx    2\n");
}

TEST(TableTest, TheFlexibleColumnGivesWay) {
  const Table table{.heading = {"ID", "HEADLINE", "V"},
                    .rows = {{"1234", "a headline that is far too long", "7"}},
                    .flexible = 1};
  EXPECT_EQ(Render(table, 24), "ID    HEADLINE         V\n1234  a headline tha…  7\n");
  // Too narrow for all: cut, never wrapped.
  const std::string narrow = Render(table, 10);
  EXPECT_EQ(narrow, "ID    HEA…\n1234  a h…\n");
}

TEST(OutputTest, JsonIsOneDocumentAndNotesGoElsewhere) {
  std::ostringstream out;
  std::ostringstream err;
  Output output(out, err);
  output.Configure(OutputFormat::kJson, 0);
  pb::Article article;
  article.set_headline("Паром");
  article.set_pub_status(pb::PUB_STATUS_USABLE);
  output.Note("made a source");
  output.Json(article);
  const auto json = nlohmann::json::parse(out.str());
  EXPECT_EQ(json["headline"], "Паром");
  EXPECT_EQ(json["pub_status"], "PUB_STATUS_USABLE");
  EXPECT_EQ(err.str(), "made a source\n");
}

TEST(ArticleViewTest, StatusIsOneWord) {
  pb::Article article;
  article.set_pub_status(pb::PUB_STATUS_USABLE);
  EXPECT_EQ(StatusWord(article), "usable");
  article.set_availability(pb::AVAILABILITY_EMBARGOED);
  EXPECT_EQ(StatusWord(article), "embargoed");
  article.set_pub_status(pb::PUB_STATUS_CANCELED);
  EXPECT_EQ(StatusWord(article), "canceled");
  article.set_purged(true);
  EXPECT_EQ(StatusWord(article), "purged");
}

TEST(ArticleViewTest, SaysWhereToSeeIt) {
  pb::Article article;
  EXPECT_EQ(FeedUrl("http://f", article, "rss"), "");
  article.set_name("articles/x");
  EXPECT_EQ(ArticleUrl("http://f", article), "");  // no version of it stands
  article.set_version(1);
  article.set_section("world");
  article.set_language("en");
  EXPECT_EQ(FeedUrl("http://f", article, "rss"), "http://f/feeds/world.en.rss");
  EXPECT_EQ(ArticleUrl("http://f", article), "http://f/articles/x.json");
}

TEST(FeedViewTest, TellsLiveFromWithdrawn) {
  const auto table = FeedTable(R"({"items":[
      {"title":"One","url":"http://a","date_published":"p1","date_modified":"m1",
       "_telex":{"pubstatus":"usable"}},
      {"title":"Withdrawn","url":"http://b","date_published":"p2","date_modified":"m2",
       "_telex":{"pubstatus":"canceled"}}, 5]})");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("p1", "m1", "live", "One", "http://a"),
                                       ElementsAre("p2", "m2", "withdrawn (canceled)", "Withdrawn",
                                                   "http://b")));
  EXPECT_FALSE(FeedTable("<rss/>").ok());
  EXPECT_FALSE(FeedTable("[]").ok());
}

TEST(FeedViewTest, ListsFeeds) {
  const auto table = FeedListTable(R"({"publisher":"P","feeds":[{"section":"world","language":"en",
      "articles":3,"formats":{"rss":"http://r","json":"http://j"}}]})");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->heading, ElementsAre("FEED", "ITEMS", "JSON", "RSS"));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("world.en", "3", "http://j", "http://r")));
}

TEST(FeedViewTest, HasAColumnForEachFormatOfTheServer) {
  const auto table = FeedListTable(R"({"feeds":[
      {"section":"world","language":"en","articles":3,"formats":{"rss":"http://r"}},
      {"section":"all","language":"hy","articles":1,"formats":{"newsml":"http://n"}},
      {"section":"all","language":"en","articles":0}]})");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->heading, ElementsAre("FEED", "ITEMS", "NEWSML", "RSS"));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("world.en", "3", "", "http://r"),
                                       ElementsAre("all.hy", "1", "http://n", ""),
                                       ElementsAre("all.en", "0", "", "")));
}

TEST(ServiceViewTest, SaysWhyNotReady) {
  ServiceState state;
  ReadReadiness(
      {.status = 503, .body = R"({"ready":false,"why_not":["kafka: UNAVAILABLE: away"],"checks":[
                    {"name":"kafka","ok":false,"gates_readiness":true,"error":"away"},
                    {"name":"redis","ok":false,"gates_readiness":false,"error":"slow"}]})"},
      state);
  EXPECT_TRUE(state.answers);
  EXPECT_FALSE(state.ready);
  EXPECT_THAT(state.why_not,
              ElementsAre("kafka: UNAVAILABLE: away", "redis (serves all the same): slow"));
  ServiceState other;
  ReadReadiness({.status = 500, .body = "oops"}, other);
  EXPECT_THAT(other.why_not, ElementsAre("HTTP 500"));
}

TEST(ServiceViewTest, ReadsVersionAndLags) {
  ServiceState state;
  ReadMetrics(
      "# HELP telex_build_info x\n"
      "telex_build_info{program=\"telex-feeds\",version=\"0.1.0\"} 1\n"
      "telex_feeds_lag_records{partition=\"0\"} 3\n"
      "telex_feeds_lag_records{partition=\"1\"} 7\n"
      "telex_feeds_lag_seconds_bucket{le=\"1\"} 99\n"
      "telex_feeds_flags_total 4\n"
      "telex_log_lag_seconds NaN\n",
      state);
  EXPECT_EQ(state.program, "telex-feeds");
  EXPECT_EQ(state.version, "0.1.0");
  EXPECT_THAT(state.lags, ElementsAre(Pair("feeds_lag_records", 7)));
}

TEST(TailFromTest, IsBeginningEndOrSoMany) {
  EXPECT_EQ(ParseTailFrom("beginning")->kind, TailFrom::Kind::kBeginning);
  EXPECT_EQ(ParseTailFrom("end")->kind, TailFrom::Kind::kEnd);
  EXPECT_EQ(ParseTailFrom("-25")->last, 25);
  for (const char* bad : {"", "25", "-", "-0", "-x", "-10001", "-5x"}) {
    EXPECT_FALSE(ParseTailFrom(bad).has_value()) << bad;
  }
}

TEST(RecordViewTest, DecodesWhatItKnows) {
  ingestion::v1::Decision decision;
  decision.set_subject("articles/x");
  decision.set_verdict(ingestion::v1::VERDICT_HELD);
  kafka::Record record{.topic = "telex.decisions.v1",
                       .partition = 3,
                       .offset = 7,
                       .timestamp_ms = 1'744'971'900'123,
                       .key = "submissions/3/7",
                       .value = decision.SerializeAsString(),
                       .headers = {{"traceparent", "00-1"}, {"bytes", "\xff"}}};
  const auto json = nlohmann::json::parse(RecordJson(record));
  EXPECT_EQ(json["value"]["verdict"], "VERDICT_HELD");
  EXPECT_EQ(json["timestamp"], "2025-04-18T10:25:00.123Z");
  EXPECT_EQ(json["headers"][1]["value"], "0xff");
  const std::string text = RecordText(record);
  EXPECT_THAT(text, HasSubstr("telex.decisions.v1[3]@7  2025-04-18T10:25:00.123Z"));
  EXPECT_THAT(text, HasSubstr("VERDICT_HELD"));
  // A dead letter has the value that its topic had.
  record.topic = "telex.decisions.v1.feeds.dlq";
  EXPECT_THAT(RecordText(record), HasSubstr("VERDICT_HELD"));
}

TEST(RecordViewTest, DecodesWhatHappensToTranslations) {
  translation::v1::Translation translation;
  translation.set_language("es");
  kafka::Record record{.topic = "telex.translations.v1",
                       .key = "articles/x@1/translations/es@4",
                       .value = translation.SerializeAsString()};
  const auto value = [&] { return nlohmann::json::parse(RecordJson(record))["value"]; };
  EXPECT_EQ(value()["language"], "es");
  record.topic = "telex.translation-jobs.v1";
  record.key = "jobs/x.es/70";
  translation::v1::JobFact fact;
  fact.mutable_claimed()->set_worker(translation::v1::WORKER_PERSON);
  record.value = fact.SerializeAsString();
  EXPECT_EQ(value()["claimed"]["worker"], "WORKER_PERSON");
  record.key = "pairs/en.es";
  translation::v1::PairPause pause;
  pause.set_note("no translators this week");
  record.value = pause.SerializeAsString();
  EXPECT_EQ(value()["note"], "no translators this week");
  record.topic = "telex.translation-resources.v1";
  record.key = "policy/70";
  translation::v1::ResourceRecord resource;
  resource.mutable_policy()->add_rules()->add_to("es");
  record.value = resource.SerializeAsString();
  EXPECT_EQ(value()["policy"]["rules"][0]["to"][0], "es");
}

TEST(RecordViewTest, DecodesViewsAndCounts) {
  views::v1::View view;
  view.set_id("\x0b\x9f\x7aR<\x1eM\n\x8aU+\x1c\x9d~o\x10");
  view.set_visitor(7);
  view.set_time_ms(1744971900123);
  view.set_language("en");
  view.set_filter(views::v1::FILTER_ROBOT);
  kafka::Record record{.topic = "telex.views.v1",
                       .key = std::string("\x5d\x0e\x1f\x6c\x0b\x0aLL\x9aS?K\xe1\xb5\xf9\xd2", 16),
                       .value = view.SerializeAsString()};
  const auto shown = [&] { return nlohmann::json::parse(RecordJson(record)); };
  EXPECT_EQ(shown()["key"], "5d0e1f6c-0b0a-4c4c-9a53-3f4be1b5f9d2");
  EXPECT_EQ(shown()["value"], nlohmann::json::parse(R"({"id":"0b9f7a52-3c1e-4d0a-8a55-2b1c9d7e6f10",
                    "visitor":"7","time_ms":"1744971900123","language":"en","filter":"FILTER_ROBOT"})"));
  const std::string text = RecordText(record);
  EXPECT_THAT(text, HasSubstr("key    5d0e1f6c-0b0a-4c4c-9a53-3f4be1b5f9d2\n"));
  EXPECT_THAT(text, HasSubstr("0b9f7a52-3c1e-4d0a-8a55-2b1c9d7e6f10"));
  record.topic = "telex.views.v1.views.dlq";
  EXPECT_EQ(shown()["value"]["language"], "en");
  record.topic = "telex.views.v1";
  record.key = "short";
  view.set_id("short");  // no release has written it
  record.value = view.SerializeAsString();
  EXPECT_EQ(shown()["key"], "short");
  EXPECT_TRUE(shown().contains("value_hex"));

  record.topic = "telex.view-counts.v1";
  record.key = "articles/x/days/2025-04-18";
  views::v1::DayCounts day;
  day.set_views(12);
  record.value = day.SerializeAsString();
  EXPECT_EQ(shown()["value"]["views"], "12");
  record.key = "partitions/3";
  views::v1::Checkpoint checkpoint;
  checkpoint.set_rewind_offset(70);
  record.value = checkpoint.SerializeAsString();
  EXPECT_EQ(shown()["value"]["rewind_offset"], "70");
}

TEST(RecordViewTest, ShowsTheRestAsTextOrHexadecimal) {
  kafka::Record record{.topic = "telex.originals.v1", .key = "k", .value = "plain \xd5\xb0"};
  EXPECT_EQ(nlohmann::json::parse(RecordJson(record))["value"], "plain \xd5\xb0");
  record.value = std::string("\x00\xff", 2);
  EXPECT_EQ(nlohmann::json::parse(RecordJson(record))["value_hex"], "00ff");
  EXPECT_THAT(RecordText(record), HasSubstr("0x00ff"));
  record.topic = "telex.decisions.v1";  // not a decision
  record.value = "\xff\xff";
  EXPECT_EQ(nlohmann::json::parse(RecordJson(record))["value_hex"], "ffff");
  record.value = std::nullopt;
  EXPECT_TRUE(nlohmann::json::parse(RecordJson(record))["value"].is_null());
  EXPECT_THAT(RecordText(record), HasSubstr("tombstone"));
}

}  // namespace
}  // namespace telex::cli
