#include "views/adapters/view_service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"
#include "platform/grpc/call_workers.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/server.h"
#include "platform/grpc/status.h"
#include "telex/views/v1/view_service.grpc.pb.h"
#include "tests/unit/views/counted.h"

namespace telex::views {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::MakeArticle;
using tests::Purge;

std::string NameOfStory(int n) { return news::NameOf(MakeArticle(n).id); }

class Woken final : public rpc::ServerStream {
 public:
  void Wake() override { ++times; }
  void End(absl::Status) override {}
  int times = 0;
};

class ViewServiceTest : public testing::Test {
 protected:
  ViewServiceTest() : service_(counted_.store(), "Asia/Baku", [this] { return now_; }) {
    for (int n = 1; n <= 3; ++n) {
      news::Article article = MakeArticle(n);
      article.printed_views = 300;
      counted_.Read(article);
      counted_.Read(article.id, kDay, Looks(n, 10 * n));
    }
    counted_.ReadCheckpoint(MakeArticle(1).id, Noon(kDay));
    counted_.CatchUp();
  }

  absl::StatusOr<v1::GetViewCountsResponse> Counts(const std::vector<std::string>& names) {
    v1::GetViewCountsRequest request;
    for (const std::string& name : names) request.add_articles(name);
    return service_.GetViewCounts(request);
  }
  absl::StatusOr<v1::GetViewReportResponse> Report(const std::string& from, const std::string& to,
                                                   const std::string& article = NameOfStory(1)) {
    v1::GetViewReportRequest request;
    request.set_article(article);
    request.set_from_day(from);
    request.set_to_day(to);
    return service_.GetViewReport(request);
  }
  static std::string FieldOf(const absl::Status& status) {
    const auto details = errors::DetailsOf(status);
    return details && !details->fields.empty() ? details->fields.front().field : "";
  }

  absl::Time now_ = Noon(kDay);
  Counted counted_;
  ViewService service_;
};

TEST_F(ViewServiceTest, CountsAreInTheOrderAskedFor) {
  const auto answer = Counts({NameOfStory(2), MakeArticle(1).id.ToString(), NameOfStory(2)});
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->counts_size(), 3);
  EXPECT_EQ(answer->counts(0).article(), NameOfStory(2));
  EXPECT_EQ(answer->counts(0).views(), 20);
  EXPECT_EQ(answer->counts(1).article(), NameOfStory(1));
  EXPECT_EQ(answer->counts(1).views(), 10);
  EXPECT_EQ(answer->counts(1).views_today(), 10);
  EXPECT_EQ(answer->counts(1).printed_views(), 300);
  EXPECT_EQ(answer->counts(1).as_of().seconds(), absl::ToUnixSeconds(Noon(kDay)));
  EXPECT_EQ(answer->counts(2).views(), 20);
  now_ += absl::Hours(12);
  EXPECT_EQ(Counts({NameOfStory(1)})->counts(0).views_today(), 0);
}

TEST_F(ViewServiceTest, WhatIsWrongIsNamed) {
  const absl::Status unknown = Counts({NameOfStory(1), NameOfStory(8), NameOfStory(9)}).status();
  EXPECT_TRUE(absl::IsNotFound(unknown));
  EXPECT_EQ(errors::ReasonOf(unknown), errors::kArticleNotFound);
  EXPECT_EQ(errors::DetailsOf(unknown)->fields.size(), 2u);
  EXPECT_EQ(FieldOf(unknown), "articles[1]");
  const absl::Status malformed = Counts({NameOfStory(1), "x", NameOfStory(1) + "@1"}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(malformed));
  EXPECT_EQ(FieldOf(malformed), "articles[1]");
  EXPECT_EQ(errors::DetailsOf(malformed)->fields.size(), 2u);
  EXPECT_EQ(errors::ReasonOf(Counts({}).status()), errors::kFieldRequired);
  EXPECT_EQ(errors::ReasonOf(Counts(std::vector(101, NameOfStory(1))).status()),
            errors::kFieldTooLong);
  EXPECT_TRUE(Counts(std::vector(100, NameOfStory(1))).ok());
}

TEST_F(ViewServiceTest, WhatIsPurgedIsNotThere) {
  counted_.Read(Purge(MakeArticle(1)));
  EXPECT_EQ(errors::ReasonOf(Counts({NameOfStory(1)}).status()), errors::kArticleNotFound);
  EXPECT_EQ(errors::ReasonOf(Report("", "").status()), errors::kArticleNotFound);
}

TEST(ViewServiceStartTest, WhileTheLogIsReadNobodyIsToldThatAnArticleIsNotThere) {
  Counted counted;
  ViewService service(counted.store(), "Asia/Baku", [] { return Noon(kDay); });
  v1::GetViewCountsRequest request;
  request.add_articles(NameOfStory(1));
  EXPECT_EQ(errors::ReasonOf(service.GetViewCounts(request).status()), errors::kNotCaughtUp);
  counted.CatchUp();
  EXPECT_EQ(errors::ReasonOf(service.GetViewCounts(request).status()), errors::kArticleNotFound);
}

TEST_F(ViewServiceTest, AReportHasTheDaysThatHaveViews) {
  counted_.Read(MakeArticle(1).id, kDay - 2, Looks(5, 7));
  counted_.Read(MakeArticle(1).id, kDay - 500, Looks(6, 9));
  const auto report = Report("", "");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->article(), NameOfStory(1));
  EXPECT_EQ(report->zone(), "Asia/Baku");
  EXPECT_EQ(report->views(), 17);
  ASSERT_EQ(report->days_size(), 2);
  const v1::DayReport& day = report->days(1);
  EXPECT_EQ(report->days(0).day(), "2026-09-02");
  EXPECT_EQ(day.day(), "2026-09-04");
  EXPECT_EQ(day.views(), 10);
  EXPECT_EQ(day.hours(12), 10);
  ASSERT_EQ(day.languages_size(), 1);
  EXPECT_EQ(day.languages(0).name(), "en");
  ASSERT_EQ(day.partners_size(), 2);
  EXPECT_EQ(day.partners(1).name(), "panorama");
  EXPECT_EQ(day.partners(1).views(), 5);
  ASSERT_EQ(day.filtered_size(), 1);
  EXPECT_EQ(day.filtered(0).filter(), v1::FILTER_ROBOT);
  EXPECT_EQ(day.filtered(0).views(), 2);
  EXPECT_EQ(report->visitors_by_day(), report->days(0).visitors() + day.visitors());
  EXPECT_EQ(Report("2026-09-03", "2026-09-04")->views(), 10);
}

// It has every partner's numbers: over HTTP, too, each sees its own alone.
TEST_F(ViewServiceTest, AReportIsForNoPartner) {
  const auto keys = rpc::Authenticator::FromText(
      fmt::format("desk reader {}\npanorama source:panorama {}\nshop source {}\n",
                  rpc::HashToken("desk"), rpc::HashToken("panorama"), rpc::HashToken("shop")));
  rpc::CallWorkers reads;
  rpc::UnaryService calls("telex.views.v1.ViewService", **keys, absl::Seconds(10));
  service_.OfferOn(calls, reads);
  const auto server = *rpc::Server::Start({.address = "127.0.0.1:0"}, {calls.named()});
  const auto ask = [&](const std::string& token) {
    const auto caller = *rpc::Caller::Make(
        {.address = fmt::format("127.0.0.1:{}", server->port()), .token = token});
    const auto stub = v1::ViewService::NewStub(caller->channel());
    v1::GetViewReportRequest report;
    report.set_article(NameOfStory(1));
    v1::GetViewReportResponse told;
    grpc::ClientContext of_report;
    caller->Prepare(of_report, absl::Seconds(10));
    const grpc::Status reported = stub->GetViewReport(&of_report, report, &told);
    v1::GetViewCountsRequest counts;
    counts.add_articles(NameOfStory(1));
    v1::GetViewCountsResponse counted;
    grpc::ClientContext of_counts;
    caller->Prepare(of_counts, absl::Seconds(10));
    EXPECT_TRUE(stub->GetViewCounts(&of_counts, counts, &counted).ok()) << token;
    return errors::ReasonOf(rpc::FromGrpc(reported));
  };
  EXPECT_EQ(ask("desk"), "");
  EXPECT_EQ(ask("panorama"), errors::kRoleRequired);
  EXPECT_EQ(ask("shop"), errors::kRoleRequired);
  server->Shutdown(absl::Seconds(10));
}

TEST_F(ViewServiceTest, DaysThatAreNoneAreRefused) {
  EXPECT_EQ(FieldOf(Report("2026-9-4", "").status()), "from_day");
  EXPECT_EQ(FieldOf(Report("", "yesterday").status()), "to_day");
  EXPECT_EQ(FieldOf(Report("2026-09-05", "2026-09-04").status()), "from_day");
  EXPECT_EQ(FieldOf(Report("2025-01-01", "2026-09-04").status()), "from_day");
  EXPECT_EQ(FieldOf(Report("", "", "x").status()), "article");
  EXPECT_EQ(FieldOf(Report("", "", NameOfStory(9)).status()), "article");
}

TEST_F(ViewServiceTest, TrendingHasHeadlinesAndCounts) {
  v1::ListTrendingRequest request;
  request.set_page_size(2);
  auto answer = service_.ListTrending(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->stories_size(), 2);
  EXPECT_EQ(answer->stories(0).article(), NameOfStory(3));
  EXPECT_EQ(answer->stories(0).headline(), "Story number 3");
  EXPECT_EQ(answer->stories(0).section(), "world");
  EXPECT_EQ(answer->stories(0).language(), "en");
  EXPECT_NEAR(answer->stories(0).score(), 30, 1e-6);
  EXPECT_EQ(answer->stories(1).views(), 20);
  request.set_language("EN");
  request.set_section("world");
  request.set_page_size(0);
  EXPECT_EQ(service_.ListTrending(request)->stories_size(), 3);
  request.set_section("sport");
  EXPECT_EQ(service_.ListTrending(request)->stories_size(), 0);
}

TEST_F(ViewServiceTest, TrendingRefusesWhatIsNone) {
  v1::ListTrendingRequest request;
  request.set_language("klingon-x");
  EXPECT_EQ(FieldOf(service_.ListTrending(request).status()), "language");
  request.set_language("");
  request.set_section("No Slug");
  EXPECT_EQ(FieldOf(service_.ListTrending(request).status()), "section");
  request.set_section("");
  request.set_page_size(101);
  EXPECT_EQ(FieldOf(service_.ListTrending(request).status()), "page_size");
  request.set_page_size(1);
  request.set_window(static_cast<v1::ListTrendingRequest::Window>(9));
  EXPECT_EQ(FieldOf(service_.ListTrending(request).status()), "window");
}

TEST_F(ViewServiceTest, AStreamTellsAllAtOnceAndThenTheNewestOfWhatHasChanged) {
  v1::StreamViewCountsRequest request;
  request.add_articles(NameOfStory(1));
  request.add_articles(NameOfStory(2));
  const auto stream = std::make_shared<Woken>();
  auto next = service_.StreamViewCounts(request, stream);
  ASSERT_TRUE(next.ok()) << next.status();
  std::map<std::string, std::int64_t> told;
  while (const auto counts = (*next)()) told[counts->article()] = counts->views();
  EXPECT_THAT(told, ElementsAre(testing::Pair(testing::_, testing::_),
                                testing::Pair(testing::_, testing::_)));
  EXPECT_EQ(told[NameOfStory(1)], 10);
  EXPECT_EQ(stream->times, 0);
  counted_.Read(MakeArticle(1).id, kDay, Looks(7, 11));
  counted_.Read(MakeArticle(1).id, kDay, Looks(8, 12));
  counted_.Read(MakeArticle(3).id, kDay, Looks(9, 99));  // not watched
  EXPECT_EQ(stream->times, 2);
  EXPECT_EQ((*next)()->views(), 12);
  EXPECT_FALSE((*next)());
  counted_.Read(Purge(MakeArticle(2)));
  EXPECT_FALSE((*next)());
  next = absl::CancelledError();  // the stream is over
  counted_.Read(MakeArticle(1).id, kDay, Looks(10, 13));
  EXPECT_EQ(stream->times, 3);  // the purge
}

TEST_F(ViewServiceTest, AStreamOfWhatIsNotThereIsRefused) {
  v1::StreamViewCountsRequest request;
  request.add_articles(NameOfStory(9));
  const absl::Status refused =
      service_.StreamViewCounts(request, std::make_shared<Woken>()).status();
  EXPECT_THAT(std::string(refused.message()), HasSubstr("articles[0]"));
}

}  // namespace
}  // namespace telex::views
