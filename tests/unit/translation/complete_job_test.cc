#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>

#include "platform/errors/errors.h"
#include "tests/unit/translation/desk_log.h"
#include "translation/adapters/rpc/job_service.h"

namespace telex::translation {
namespace {

constexpr char kRequest[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";

class CompleteJobTest : public ::testing::Test {
 protected:
  CompleteJobTest() { log_.read.ReadArticle(log_.read.Article(1)); }

  // By `actor`, of all there is in version 1. It is answered once that is appended, and read.
  absl::StatusOr<v1::CompleteJobResponse> Complete(std::int64_t token, std::string request_id = "",
                                                   const std::string& actor = "anna") {
    v1::CompleteJobRequest request;
    request.set_name("jobs/" + log_.read.job.article.ToString() + ".hy");
    request.set_token(token);
    request.set_version(1);
    request.set_request_id(std::move(request_id));
    for (const std::string place : {"headline", "body.p1.s1"}) {
      v1::TranslatedSegment& segment = *request.add_segments();
      segment.set_place(place);
      segment.set_target(place == "headline" ? kTarget : std::string(kTarget) + "։");
    }
    std::promise<absl::StatusOr<v1::CompleteJobResponse>> answer;
    auto told = answer.get_future();
    service_.CompleteJob(DeskLog::CallOf(actor), request,
                         [&](auto response) { answer.set_value(std::move(response)); });
    while (told.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
      for (v1::Text& text : log_.Read()) text_ = std::move(text);
    }
    return told.get();
  }

  static constexpr char kTarget[] = "Նավերը մեկնում են նավահանգստից";
  DeskLog log_;
  rpc::CallWorkers workers_;
  JobService service_{{.desk = log_.desk, .workers = workers_}};
  std::optional<v1::Text> text_;  // that was appended
};

TEST_F(CompleteJobTest, WhoHasMadeATextIsSaidByTheClaimOnceItIsRead) {
  const std::int64_t wanted = log_.read.ReadFact(Queued::Wanting(1));
  // Claimed at another replica, and not read here.
  const auto early = Complete(wanted + 1, "", "external");
  EXPECT_EQ(early.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(errors::ReasonOf(early.status()), errors::kNotCaughtUp);
  const std::int64_t token = log_.read.ReadFact(Claimed{Worker::kMachine, 60'000});
  const auto lost = Complete(wanted, "", "external");
  EXPECT_EQ(errors::ReasonOf(lost.status()), errors::kLeaseLost);
  EXPECT_FALSE(text_.has_value());
  ASSERT_EQ(Complete(token, "", "external").status(), absl::OkStatus());
  ASSERT_TRUE(text_.has_value());
  EXPECT_EQ(text_->segments(0).origin(), v1::ORIGIN_ENGINE);
  EXPECT_EQ(text_->segments(0).engine(), "external");
}

TEST_F(CompleteJobTest, ARepeatIsToldWhatWasAcceptedWhateverHasComeSince) {
  log_.read.ReadFact(Queued::Wanting(1, Workflow::kPerson));
  const std::int64_t token = log_.read.ReadFact(Claimed{Worker::kPerson, 60'000});
  const auto first = Complete(token, kRequest);
  ASSERT_EQ(first.status(), absl::OkStatus());
  text_.reset();
  log_.read.Read(RecordOf(
      ResourceRecord{
          .actor = "anna",
          .what = GlossaryChange{{Language("en"), Language("hy")},
                                 *Glossary::Make({{.source = "harbour", .allowed = {"ծովածոց"}}})}},
      "g", 1));
  const auto again = Complete(token, kRequest);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(again->revision(), first->revision());
  for (std::int64_t version = 2; version <= 8; ++version)
    log_.read.ReadArticle(log_.read.Article(version));  // of which version 1 is not kept
  EXPECT_EQ(Complete(token, kRequest).status(), absl::OkStatus());
  EXPECT_FALSE(text_.has_value());
}

}  // namespace
}  // namespace telex::translation
