#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <nlohmann/json.hpp>

#include "telex/views/v1/view_service.grpc.pb.h"
#include "telexctl/failures/failure.h"
#include "telexctl/views/count_view.h"
#include "tests/unit/telexctl/program_fixture.h"

namespace telex::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Counting final : public counts::ViewService::Service {
 public:
  counts::ViewCounts known;
  counts::GetViewReportResponse report;
  absl::Status refusal;
  std::string asked;  // for the counts of this article
  counts::GetViewReportRequest report_asked;
  counts::ListTrendingRequest trending_asked;
  counts::RecountViewsResponse recount;
  counts::RecountViewsRequest recount_asked;
  counts::ExplainViewResponse explained;
  counts::ExplainViewRequest explain_asked;
  absl::Duration recount_within;

  grpc::Status GetViewCounts(grpc::ServerContext*, const counts::GetViewCountsRequest* request,
                             counts::GetViewCountsResponse* answer) override {
    asked = request->articles(0);
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    *answer->add_counts() = known;
    answer->mutable_counts(0)->set_article(asked);
    return grpc::Status::OK;
  }
  grpc::Status GetViewReport(grpc::ServerContext*, const counts::GetViewReportRequest* request,
                             counts::GetViewReportResponse* answer) override {
    report_asked = *request;
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    *answer = report;
    return grpc::Status::OK;
  }
  grpc::Status ListTrending(grpc::ServerContext*, const counts::ListTrendingRequest* request,
                            counts::ListTrendingResponse* answer) override {
    trending_asked = *request;
    counts::TrendingStory& story = *answer->add_stories();
    story.set_article(std::string("articles/") + kStory);
    story.set_headline("Ferry is late");
    story.set_section("harbour");
    story.set_language("en");
    story.set_score(12.34);
    story.set_views(323);
    return grpc::Status::OK;
  }
  grpc::Status RecountViews(grpc::ServerContext* context,
                            const counts::RecountViewsRequest* request,
                            counts::RecountViewsResponse* answer) override {
    recount_asked = *request;
    recount_within = absl::FromChrono(context->deadline()) - absl::Now();
    *answer = recount;
    return grpc::Status::OK;
  }
  grpc::Status ExplainView(grpc::ServerContext*, const counts::ExplainViewRequest* request,
                           counts::ExplainViewResponse* answer) override {
    explain_asked = *request;
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    *answer = explained;
    return grpc::Status::OK;
  }
};

class CountCommandsTest : public ProgramTest {
 protected:
  CountCommandsTest() {
    counting_.known.set_views(323);
    counting_.known.set_views_today(12);
    counting_.known.set_visitors_today(9);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&counting_);
    counting_server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }

  int Ask(std::vector<const char*> arguments) {
    arguments.push_back("--views-address");
    arguments.push_back(address_.c_str());
    return Telexctl(std::move(arguments));
  }

  Counting counting_;
  std::unique_ptr<grpc::Server> counting_server_;
  std::string address_;
};

TEST_F(CountCommandsTest, ShowsTheNumberUnderAStory) {
  counting_.known.set_printed_views(40);
  EXPECT_EQ(Ask({"views", "show", kStory}), kExitOk) << err_.str();
  EXPECT_EQ(counting_.asked, std::string("articles/") + kStory);
  EXPECT_THAT(out_.str(), HasSubstr("views                323\n"));
  EXPECT_THAT(out_.str(), HasSubstr("about 9"));
  EXPECT_THAT(out_.str(), HasSubstr("printed on its page  40\n"));
  EXPECT_EQ(Ask({"views", "show", kStory, "-o", "json"}), kExitOk);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["counts"][0]["views"], "323");
}

TEST_F(CountCommandsTest, ARefusalNamesTheOperandAndWhatToDo) {
  counting_.refusal =
      errors::WithField(errors::Error(absl::StatusCode::kNotFound, errors::kArticleNotFound,
                                      "articles[0]: there is no such article"),
                        "articles[0]", errors::kArticleNotFound, "there is no such article");
  EXPECT_EQ(Ask({"views", "show", kStory}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("ARTICLE: there is no such article"));
  EXPECT_THAT(err_.str(), HasSubstr("reason: ARTICLE_NOT_FOUND (NOT_FOUND)"));
  EXPECT_THAT(err_.str(), HasSubstr("telexctl articles list"));
  counting_.refusal = errors::FieldError("from_day", errors::kFieldInvalid, "is no day");
  EXPECT_EQ(Ask({"views", "report", kStory, "--from", "x"}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("--from: is no day"));
}

TEST_F(CountCommandsTest, AReportHasARowADayOrAnHour) {
  counting_.report.set_zone("Asia/Baku");
  counting_.report.set_views(13);
  counts::DayReport& day = *counting_.report.add_days();
  day.set_day("2026-09-04");
  day.set_views(13);
  day.set_visitors(8);
  for (int hour = 0; hour < 24; ++hour) day.add_hours(hour == 14 ? 13 : 0);
  for (const auto& [name, views] : {std::pair{"other", 0}, {"en", 10}, {"az", 3}}) {
    day.add_languages()->set_name(name);
    day.mutable_languages()->rbegin()->set_views(views);
  }
  day.add_partners()->set_views(13);
  day.add_filtered()->set_filter(counts::FILTER_AI_FETCHER);
  day.mutable_filtered(0)->set_views(5);
  EXPECT_EQ(Ask({"views", "report", kStory, "--from", "2026-09-01", "--to", "2026-09-04"}),
            kExitOk);
  EXPECT_EQ(counting_.report_asked.from_day(), "2026-09-01");
  EXPECT_EQ(counting_.report_asked.to_day(), "2026-09-04");
  EXPECT_THAT(out_.str(), HasSubstr("2026-09-04  13     8         en 10, az 3  own 13"));
  EXPECT_THAT(out_.str(), HasSubstr("ai_fetcher 5"));
  EXPECT_THAT(err_.str(), HasSubstr("Asia/Baku"));
  EXPECT_EQ(Ask({"views", "report", kStory, "--hours"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("2026-09-04  14    13\n"));
}

TEST_F(CountCommandsTest, TopAsksForSectionLanguageAndWindow) {
  EXPECT_EQ(Ask({"views", "top", "--section", "harbour", "--language", "en", "--window", "hour",
                 "--limit", "5"}),
            kExitOk);
  EXPECT_EQ(counting_.trending_asked.section(), "harbour");
  EXPECT_EQ(counting_.trending_asked.language(), "en");
  EXPECT_EQ(counting_.trending_asked.window(), counts::ListTrendingRequest::WINDOW_HOUR);
  EXPECT_EQ(counting_.trending_asked.page_size(), 5);
  EXPECT_THAT(out_.str(), HasSubstr("12.3   323    0      harbour.en  Ferry is late"));
  EXPECT_EQ(Ask({"views", "top", "--window", "year"}), kExitUsage);
}

TEST_F(CountCommandsTest, ARecountSaysThatNothingDiffers) {
  counting_.recount.set_views(323);
  counting_.recount.set_days_compared(2);
  EXPECT_EQ(Ask({"views", "recount"}), kExitOk) << err_.str();
  EXPECT_GT(counting_.recount_within, absl::Minutes(9));
  EXPECT_EQ(Ask({"views", "recount", "--timeout-seconds", "60"}), kExitOk) << err_.str();
  EXPECT_LT(counting_.recount_within, absl::Minutes(2));
  EXPECT_EQ(counting_.recount_asked.article(), "");
  EXPECT_EQ(out_.str(), "323 views of 2 days counted again: no difference\n");
  counting_.recount.set_days_closed(5);
  EXPECT_EQ(Ask({"views", "recount", kStory, "--from", "2026-09-04"}), kExitOk);
  EXPECT_EQ(counting_.recount_asked.article(), std::string("articles/") + kStory);
  EXPECT_EQ(counting_.recount_asked.from_day(), "2026-09-04");
  EXPECT_THAT(out_.str(), HasSubstr("no difference; 5 days are closed\n"));
  counting_.recount.set_views(1);
  counting_.recount.set_days_compared(1);
  counting_.recount.set_days_closed(1);
  EXPECT_EQ(Ask({"views", "recount"}), kExitOk);
  EXPECT_THAT(out_.str(),
              HasSubstr("1 view of 1 day counted again: no difference; 1 day is closed\n"));
}

TEST_F(CountCommandsTest, ARecountThatDiffersFails) {
  counting_.recount.set_days_compared(2);
  counting_.recount.set_days_different(1);
  counts::RecountDifference& difference = *counting_.recount.add_differences();
  difference.set_article(std::string("articles/") + kStory);
  difference.set_day("2026-09-04");
  difference.set_recounted_views(12);
  difference.set_live_views(13);
  difference.set_field("views");
  EXPECT_EQ(Ask({"views", "recount"}), kExitRefused);
  EXPECT_THAT(out_.str(), HasSubstr("2026-09-04  12             13    views"));
  EXPECT_THAT(out_.str(), HasSubstr("1 differ"));
  EXPECT_THAT(err_.str(), HasSubstr("come to other counts"));
  EXPECT_EQ(Ask({"views", "recount", "-o", "json"}), kExitRefused);
}

constexpr const char* kEvent = "0b9f7a52-3c1e-4d0a-8a55-2b1c9d7e6f10";

TEST_F(CountCommandsTest, AViewIsExplainedRecordByRecord) {
  counts::ExplainedView& repeat = *counting_.explained.add_views();
  repeat.set_outcome(counts::ExplainedView::OUTCOME_FILTERED);
  repeat.set_filter(counts::FILTER_REPEAT);
  repeat.mutable_view_time()->set_seconds(1'795'003'220);
  repeat.mutable_visit()->mutable_first_view_time()->set_seconds(1'795'003'200);
  repeat.mutable_visit()->mutable_last_view_time()->set_seconds(1'795'003'210);
  repeat.set_partition(3);
  repeat.set_offset(41);
  repeat.set_day("2026-11-18");
  repeat.set_hour(16);
  counting_.explained.add_views()->set_outcome(counts::ExplainedView::OUTCOME_SAME_EVENT);
  EXPECT_EQ(Ask({"views", "explain", kStory, kEvent, "--since", "2026-11-18T12:00Z"}), kExitOk)
      << err_.str();
  EXPECT_EQ(counting_.explain_asked.article(), std::string("articles/") + kStory);
  EXPECT_EQ(counting_.explain_asked.event_id(), kEvent);
  EXPECT_EQ(counting_.explain_asked.since().seconds(), 1'795'003'200);
  EXPECT_THAT(out_.str(), HasSubstr("did not count: repeat"));
  EXPECT_THAT(out_.str(),
              HasSubstr("looked from 2026-11-18T12:00:00.000Z to 2026-11-18T12:00:10.000Z"));
  EXPECT_THAT(out_.str(), HasSubstr("telex.views.v1/3 offset 41"));
  EXPECT_THAT(out_.str(), HasSubstr("2026-11-18, hour 16"));
  EXPECT_THAT(out_.str(), HasSubstr("it is the one before, sent again"));
  EXPECT_EQ(Ask({"views", "explain", kStory, kEvent, "-o", "json"}), kExitOk);
  EXPECT_FALSE(counting_.explain_asked.has_since());
  const auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["views"][0]["filter"], "FILTER_REPEAT");
  EXPECT_EQ(json["views"][0]["offset"], "41");
}

TEST_F(CountCommandsTest, EachReasonOfAViewIsToldInWords) {
  counts::ExplainedView view;
  view.set_outcome(counts::ExplainedView::OUTCOME_FILTERED);
  for (int filter = 1; filter < counts::Filter_ARRAYSIZE; ++filter) {
    view.set_filter(static_cast<counts::Filter>(filter));
    const Fields fields = DescribeExplained(view);
    EXPECT_NE(fields[1].second, "") << fields[0].second;
  }
  view.set_outcome(counts::ExplainedView::OUTCOME_TAKEN_BACK);
  view.mutable_taken_back_by()->set_offset(77);
  EXPECT_THAT(DescribeExplained(view)[1].second, HasSubstr("offset 77"));
}

TEST_F(CountCommandsTest, AViewThatIsNotOnRecordIsRefused) {
  counting_.refusal = errors::WithField(
      errors::Error(absl::StatusCode::kNotFound, errors::kViewNotFound, "event_id: none"),
      "event_id", errors::kViewNotFound, "none");
  EXPECT_EQ(Ask({"views", "explain", kStory, kEvent}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("EVENT: none"));
  EXPECT_THAT(err_.str(), HasSubstr("reason: VIEW_NOT_FOUND (NOT_FOUND)"));
  EXPECT_EQ(Ask({"views", "explain", kStory, kEvent, "--since", "noon"}), kExitUsage);
}

TEST_F(CountCommandsTest, AnArticleIsShownWithItsViewsWhereTheyAreKnown) {
  service_.standing.set_name(std::string("articles/") + kStory + "@2");
  service_.standing.set_headline("Ferry is late");
  EXPECT_EQ(Ask({"articles", "get", kStory}), kExitOk);
  EXPECT_EQ(counting_.asked, std::string("articles/") + kStory);
  EXPECT_THAT(out_.str(), HasSubstr("323, 12 of them today"));
  counting_.refusal = absl::InternalError("trouble");
  EXPECT_EQ(Ask({"articles", "get", kStory}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("Ferry is late"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("today")));
  counting_server_->Shutdown();
  EXPECT_EQ(Ask({"articles", "get", kStory}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("Ferry is late"));
  EXPECT_EQ(err_.str(), "");
}

}  // namespace
}  // namespace telex::cli
