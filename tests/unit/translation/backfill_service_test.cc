#include "translation/adapters/rpc/backfill_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "tests/unit/translation/desk_log.h"

namespace telex::translation {
namespace {

class BackfillServiceTest : public ::testing::Test {
 protected:
  BackfillServiceTest() {
    news::Article article = read_.Article(1);
    article.published = absl::FromUnixSeconds(5);
    read_.ReadArticle(article);
    request_.set_from("en");
    request_.set_to("hy");
    *request_.mutable_since() = news::ToProto(absl::FromUnixSeconds(1));
  }
  ~BackfillServiceTest() override { desk_.Stop(); }

  absl::StatusOr<v1::Backfill> Start() {
    std::promise<absl::StatusOr<v1::Backfill>> answer;
    auto told = answer.get_future();
    service_.StartBackfill(DeskLog::CallOf("anna"), request_,
                           [&](auto backfill) { answer.set_value(std::move(backfill)); });
    return told.get();
  }
  absl::StatusOr<v1::Backfill> Stop(std::int64_t id) {
    v1::StopBackfillRequest request;
    request.set_id(id);
    std::promise<absl::StatusOr<v1::Backfill>> answer;
    auto told = answer.get_future();
    service_.StopBackfill(DeskLog::CallOf("anna"), request,
                          [&](auto backfill) { answer.set_value(std::move(backfill)); });
    return told.get();
  }

  ReadStore read_;
  int appends_ = 0;
  ResourceDesk desk_{read_.store().resources(), [] { return 1; },
                     [this](kafka::Record record, const kafka::Publisher::Callback& done) {
                       done(kafka::Position{0, read_.Read(std::move(record))});
                     },
                     [this] { return std::to_string(++appends_); }};
  rpc::CallWorkers workers_;
  BackfillService service_{read_.store(), desk_, workers_};
  v1::StartBackfillRequest request_;
};

TEST_F(BackfillServiceTest, AnEstimateStartsNothing) {
  request_.set_validate_only(true);
  const auto estimate = Start();
  ASSERT_EQ(estimate.status(), absl::OkStatus());
  EXPECT_EQ(estimate->stories(), 1);
  EXPECT_EQ(estimate->segments(), 2);
  EXPECT_EQ(estimate->characters(), 19 + 20);
  EXPECT_EQ(service_.ListBackfills().backfills_size(), 0);
}

TEST_F(BackfillServiceTest, IsStartedOnceByARequestAndStoppedForGood) {
  request_.set_request_id("5D0E1F6C-0B0A-5C0E-9A53-3F4BE1B5F9D2");
  request_.set_characters_per_day(1'000);
  const auto started = Start();
  ASSERT_EQ(started.status(), absl::OkStatus());
  EXPECT_EQ(started->characters_per_day(), 1'000);
  request_.set_request_id("5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2");
  EXPECT_EQ(Start()->id(), started->id());
  EXPECT_EQ(service_.ListBackfills().backfills_size(), 1);
  EXPECT_TRUE(Stop(started->id())->stopped());
  EXPECT_TRUE(Stop(started->id())->stopped());
  EXPECT_EQ(errors::ReasonOf(Stop(started->id() + 1).status()), errors::kBackfillNotFound);
}

TEST_F(BackfillServiceTest, IsListedWithItsStoriesAndTheirCharactersWhoeverDoesThem) {
  const auto started = Start();
  ASSERT_EQ(started.status(), absl::OkStatus());
  Wanted wanted = Queued::Wanting(1, Workflow::kPerson);
  wanted.backfill = started->id();
  read_.ReadFact(wanted);
  const auto listed = [&] { return service_.ListBackfills().backfills(0); };
  EXPECT_EQ(listed().stories(), 1);
  EXPECT_EQ(listed().open(), 1);
  EXPECT_EQ(listed().characters(), 19 + 20);
  const std::int64_t token = read_.ReadFact(Claimed{Worker::kPerson, 60'000});
  read_.ReadFact(Completed{token, {1}}, "Navakner");
  EXPECT_EQ(listed().stories(), 1);
  EXPECT_EQ(listed().done(), 1);
}

TEST_F(BackfillServiceTest, RefusesARangeThatIsNone) {
  *request_.mutable_until() = request_.since();
  request_.set_characters_per_day(-1);
  const auto refused = Start();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(errors::DetailsOf(refused.status())->fields.size(), 2u);
}

}  // namespace
}  // namespace telex::translation
