// What is told of views over HTTP: the number under a story, trending, reports.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>

#include "platform/http/server.h"
#include "tests/support/http_get.h"
#include "tests/unit/views/counted.h"
#include "views/adapters/counts_handler.h"
#include "views/adapters/report_handler.h"
#include "views/adapters/routes.h"

namespace telex::views {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::HttpAnswer;
using tests::MakeArticle;

class CountPagesTest : public testing::Test {
 protected:
  CountPagesTest()
      : keys_(*rpc::Authenticator::FromText(
            fmt::format("desk reader {}\npanorama source:panorama {}\nnobody source {}\n",
                        rpc::HashToken("all"), rpc::HashToken("pan"), rpc::HashToken("no")))),
        service_(counted_.store(), "Asia/Baku", [] { return Noon(kDay); }),
        counts_(service_),
        reports_(counted_.store(), *keys_, reads_, [] { return Noon(kDay); }) {
    counted_.CatchUp();
    server_ =
        *http::Server::Start({}, [this](const http::Request& request, http::Responder responder) {
          if (request.path == kReportsPath) {
            reports_.Handle(request, std::move(responder));
          } else {
            responder.Send(counts_.Handle(request));
          }
        });
  }

  void Look(int story, Day day, std::int64_t views) {
    counted_.Read(MakeArticle(story));
    counted_.Read(MakeArticle(story).id, day, Looks(++position_, views));
  }
  HttpAnswer Get(const std::string& path) { return tests::HttpGet(server_->port(), path); }
  HttpAnswer Report(const std::string& query, const std::string& token = "all",
                    const std::string& lines = "") {
    return tests::HttpGet(server_->port(), "/v1/reports/views?" + query,
                          "Authorization: Bearer " + token + "\r\n" + lines);
  }
  static std::string Id(int story) { return MakeArticle(story).id.ToString(); }
  static std::string ReasonIn(const HttpAnswer& answer) {
    return json::parse(answer.body)["reason"].get<std::string>();
  }

  Counted counted_;
  std::unique_ptr<rpc::Authenticator> keys_;
  ViewService service_;
  CountsHandler counts_;
  ReportHandler reports_;
  rpc::CallWorkers reads_;
  std::int64_t position_ = 0;
  std::unique_ptr<http::Server> server_;  // last: its threads use the rest
};

TEST_F(CountPagesTest, TheNumberUnderAStoryIsForEverybody) {
  Look(1, kDay, 10);
  counted_.ReadCheckpoint(MakeArticle(1).id, Noon(kDay));
  const HttpAnswer answer = Get("/v1/counts/" + Id(1));
  ASSERT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("Access-Control-Allow-Origin: *"));
  EXPECT_THAT(answer.head, HasSubstr("Cross-Origin-Resource-Policy: cross-origin"));
  EXPECT_THAT(answer.head, HasSubstr("Cache-Control: public, max-age=5"));
  const json value = json::parse(answer.body);
  EXPECT_EQ(value["article"], "articles/" + Id(1));
  EXPECT_EQ(value["views"], 10);
  EXPECT_EQ(value["views_today"], 10);
  EXPECT_EQ(value["as_of"], "2026-09-04T08:00:00.000Z");
  const HttpAnswer unknown = Get("/v1/counts/" + Id(2));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(ReasonIn(unknown), "ARTICLE_NOT_FOUND");
  EXPECT_THAT(unknown.head, HasSubstr("Access-Control-Allow-Origin: *"));
  EXPECT_EQ(Get("/v1/counts/x").status, 400);
  EXPECT_EQ(json::parse(Get("/v1/counts/articles/" + Id(1)).body), value) << "as answers name it";
}

TEST_F(CountPagesTest, AnyPageMayAskHoweverItAsks) {
  for (const std::string& page : {"/v1/counts/" + Id(1), std::string("/v1/trending")}) {
    const HttpAnswer answer = tests::HttpAsk(server_->port(), {"OPTIONS", page});
    EXPECT_EQ(answer.status, 204) << page;
    EXPECT_THAT(answer.head, HasSubstr("Access-Control-Allow-Headers: ")) << page;
  }
}

TEST_F(CountPagesTest, TrendingIsAskedByQuery) {
  Look(1, kDay, 10);
  Look(2, kDay, 20);
  const HttpAnswer answer = Get("/v1/trending?window=hour&section=world&page_size=1");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json value = json::parse(answer.body);
  EXPECT_EQ(value["window"], "hour");
  ASSERT_EQ(value["stories"].size(), 1u);
  EXPECT_EQ(value["stories"][0]["article"], "articles/" + Id(2));
  EXPECT_EQ(value["stories"][0]["headline"], "Story number 2");
  EXPECT_EQ(json::parse(Get("/v1/trending").body)["window"], "day");
  const std::string long_section = "section=" + std::string(101, 'a');
  for (const char* query : {"window=year", "page_size=x", "page_size=101", "language=qq-",
                            "window=%zz", "language=%00", long_section.c_str()}) {
    const HttpAnswer refused = Get(std::string("/v1/trending?") + query);
    EXPECT_EQ(refused.status, 400) << query;
    const std::string field(query, std::string_view(query).find('='));
    EXPECT_THAT(refused.body, HasSubstr(field + ": ")) << query;
  }
}

TEST_F(CountPagesTest, AReportIsCsvOrJson) {
  Look(1, kDay, 10);
  Look(1, kDay - 1, 4);
  const HttpAnswer csv = Report("from=2026-09-01");
  EXPECT_EQ(csv.status, 200);
  EXPECT_THAT(csv.head, HasSubstr("Content-Type: text/csv"));
  EXPECT_EQ(csv.body, fmt::format("day,article,language,views\r\n2026-09-03,articles/{0},en,4\r\n"
                                  "2026-09-04,articles/{0},en,10\r\n",
                                  Id(1)));
  EXPECT_THAT(csv.head, Not(HasSubstr("Link:")));
  const HttpAnswer partners = Report("from=2026-09-04&by=partner&article=" + Id(1));
  EXPECT_EQ(partners.body, fmt::format("day,article,partner,views\r\n2026-09-04,articles/{0},,5\r\n"
                                       "2026-09-04,articles/{0},panorama,5\r\n",
                                       Id(1)));
  for (const HttpAnswer& answer :
       {Report("from=2026-09-04&format=json"),
        Report("from=2026-09-04", "all", "Accept: application/json\r\n")}) {
    const json value = json::parse(answer.body);
    ASSERT_EQ(value["rows"].size(), 1u);
    EXPECT_EQ(value["rows"][0],
              json::parse(fmt::format(
                  R"({{"day":"2026-09-04","article":"articles/{}","language":"en","views":10}})",
                  Id(1))));
    EXPECT_EQ(value["next_page_token"], "");
  }
}

TEST_F(CountPagesTest, AReportIsInTheFormThatIsAccepted) {
  Look(1, kDay, 10);
  const auto type_for = [&](const std::string& accept, const std::string& more = "") {
    const HttpAnswer answer = Report("from=2026-09-04" + more, "all", "Accept: " + accept + "\r\n");
    if (answer.status != 200) return std::to_string(answer.status);
    EXPECT_THAT(answer.head, HasSubstr("Vary: Accept, Authorization\r\n"));
    return std::string(answer.head.find("Content-Type: text/csv") != std::string::npos ? "csv"
                                                                                       : "json");
  };
  EXPECT_EQ(type_for("*/*"), "csv");
  EXPECT_EQ(type_for("text/csv;q=0.5, application/json"), "json");
  EXPECT_EQ(type_for("application/json;q=0, */*"), "csv");
  EXPECT_EQ(type_for("application/json; charset=utf-8"), "json");
  EXPECT_EQ(type_for("application/jsonl"), "406");
  EXPECT_EQ(type_for("text/html", "&format=json"), "json") << "format is plainer";
  const HttpAnswer refused = Report("from=2026-09-04", "all", "Accept: text/html\r\n");
  EXPECT_EQ(ReasonIn(refused), "NOT_ACCEPTABLE");
  EXPECT_THAT(refused.body, HasSubstr("text/csv or application/json"));
}

TEST_F(CountPagesTest, CsvIsWholeOrRefused) {
  const int stories = static_cast<int>(ReportHandler::kPageSizeMax) / 2;
  for (int story = 0; story < stories; ++story) Look(story, kDay, 10);
  const std::string by_partner = "from=2026-09-01&by=partner";  // two rows each
  const HttpAnswer whole = Report(by_partner);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(std::count(whole.body.begin(), whole.body.end(), '\n'), 2 * stories + 1);
  Look(stories, kDay, 10);
  const HttpAnswer refused = Report(by_partner);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(ReasonIn(refused), "REPORT_TOO_LARGE");
  EXPECT_THAT(refused.body, HasSubstr("page_size=10000"));
  // Who asks for pages follows them, and JSON says itself that there is more.
  EXPECT_THAT(Report(by_partner + "&page_size=10000").head, HasSubstr("Link: <?"));
  EXPECT_NE(json::parse(Report(by_partner + "&format=json").body)["next_page_token"], "");
  EXPECT_EQ(Report(by_partner + "&article=" + Id(7)).status, 200);
}

TEST_F(CountPagesTest, SoManyReportsWaitAndNoMore) {
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  for (int n = 0; n < rpc::CallWorkers::kWaitingMax; ++n) {
    EXPECT_TRUE(reads_.Add([gone] { gone.wait(); }).ok());
  }
  const HttpAnswer refused = Report("from=2026-09-04");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(ReasonIn(refused), "OVERLOADED");
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: 2"));
  go.set_value();
  while (Report("from=2026-09-04").status != 200) continue;  // they are gone soon
}

TEST_F(CountPagesTest, APartnerSeesItsOwnViewsAlone) {
  Look(1, kDay, 10);
  const std::string own =
      fmt::format("day,article,partner,views\r\n2026-09-04,articles/{},panorama,5\r\n", Id(1));
  EXPECT_EQ(Report("from=2026-09-04", "pan").body, own);
  EXPECT_EQ(Report("from=2026-09-04&partner=panorama", "pan").body, own);
  EXPECT_EQ(Report("from=2026-09-04&partner=panorama", "all").body, own);
  EXPECT_EQ(Report("from=2026-09-04&partner=own", "all").body,
            Report("from=2026-09-04&partner=", "all").body);
  EXPECT_THAT(Report("from=2026-09-04&partner=own", "all").body, HasSubstr(",,5\r\n"));
  EXPECT_EQ(ReasonIn(Report("from=2026-09-04&partner=courier", "pan")), "OTHER_PARTNER");
  EXPECT_EQ(ReasonIn(Report("from=2026-09-04&partner=", "pan")), "OTHER_PARTNER");
  EXPECT_EQ(ReasonIn(Report("from=2026-09-04&by=language", "pan")), "ROLE_REQUIRED");
  EXPECT_EQ(ReasonIn(Report("from=2026-09-04", "no")), "ROLE_REQUIRED");
  const HttpAnswer stranger = Report("from=2026-09-04", "guess");
  EXPECT_EQ(stranger.status, 401);
  EXPECT_THAT(stranger.head, HasSubstr("WWW-Authenticate: Bearer"));
}

TEST_F(CountPagesTest, ALongReportComesInPages) {
  for (int story = 0; story < 5; ++story) {
    Look(story, kDay, 10 + story);
    Look(story, kDay - 1, 3);
  }
  for (const std::string& narrowed : {std::string(), "&article=" + Id(3)}) {
    const std::string all = Report("from=2026-09-01" + narrowed).body;
    std::string query = "from=2026-09-01&page_size=1" + narrowed;
    std::string read = all.substr(0, all.find('\n') + 1);
    int pages = 0;
    while (!query.empty()) {
      const HttpAnswer page = Report(query);
      ASSERT_EQ(page.status, 200) << page.body;
      ++pages;
      read += page.body.substr(page.body.find('\n') + 1);
      const std::size_t link = page.head.find("Link: <?");
      query = link == std::string::npos
                  ? ""
                  : page.head.substr(link + 8, page.head.find('>', link) - link - 8);
    }
    EXPECT_EQ(read, all);
    EXPECT_EQ(pages, narrowed.empty() ? 10 : 2);
  }
}

TEST_F(CountPagesTest, WhatAReportCannotBeOfIsNamed) {
  const std::pair<const char*, const char*> faults[] = {
      {"", "from: "},
      {"from=yesterday", "from: "},
      {"from=2026-09-04&to=2026-02-30", "to: "},
      {"from=2026-09-05&to=2026-09-04", "from: "},
      {"from=2026-01-01&to=2026-09-04", "from: from and to span more than 92 days"},
      {"from=2026-09-04&article=x", "article: "},
      {"from=2026-09-04&by=day", "by: "},
      {"from=2026-09-04&by=language&partner=panorama", "by: "},
      {"from=2026-09-04&format=xml", "format: "},
      {"from=2026-09-04&page_size=0", "page_size: "},
      {"from=2026-09-04&page_size=10001", "page_size: "},
      {"from=2026-09-04&page_token=x", "page_token: "},
      // Not as though it were not there: that would be a report of all.
      {"from=2026-09-04&article=%zz", "article: "},
      {"from=2026-09-04&partner=%00", "partner: "},
      {"from=%", "from: "},
  };
  for (const auto& [query, said] : faults) {
    const HttpAnswer answer = Report(query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_THAT(answer.body, HasSubstr(said)) << query;
  }
}

}  // namespace
}  // namespace telex::views
