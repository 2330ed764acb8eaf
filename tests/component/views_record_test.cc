// Views over gRPC.

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "platform/errors/errors.h"
#include "tests/component/views_edge.h"
#include "views/adapters/new_views.h"
#include "views/adapters/record_views.h"

namespace telex::views {
namespace {

class Recording : public Edge {
 protected:
  absl::StatusOr<v1::RecordViewsResponse> Call(const v1::RecordViewsRequest& request,
                                               rpc::Actor actor = {.name = "edge"}) {
    std::optional<absl::StatusOr<v1::RecordViewsResponse>> answer;
    record.Call({.actor = std::move(actor)}, request,
                [&](absl::StatusOr<v1::RecordViewsResponse> got) { answer = std::move(got); });
    return answer.value_or(absl::InternalError("no answer"));
  }
  v1::RecordViewsRequest Request(const std::string& partner = "panorama") const {
    v1::RecordViewsRequest request;
    request.set_partner(partner);
    auto& view = *request.add_views();
    view.set_article("articles/" + article.ToString());
    view.set_event_id(kId);
    view.set_address("2001:db8::1");
    view.set_user_agent("Mozilla/5.0 (X11) Firefox/133.0");
    return request;
  }
  RecordViews record{batches};
};

TEST_F(Recording, TakesViewsAndRefusesEachAlone) {
  auto request = Request();
  *request.add_views() = request.views(0);
  request.mutable_views(1)->set_event_id("1");
  *request.add_views() = request.views(0);
  request.mutable_views(2)->set_address("198.51.100.7");
  *request.add_views() = request.views(0);
  request.mutable_views(3)->set_address("x");
  const auto answer = Call(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->results_size(), 4);
  EXPECT_EQ(answer->results(0).reason(), "");
  EXPECT_EQ(answer->results(1).reason(), "FIELD_INVALID");
  EXPECT_EQ(answer->results(1).field(), "event_id");
  EXPECT_EQ(answer->results(2).filter(), v1::FILTER_INTERNAL);
  EXPECT_EQ(answer->results(3).field(), "address");
  ASSERT_EQ(published.size(), 2u);
  EXPECT_EQ(published[0].partner, "panorama");
}

TEST_F(Recording, WhoMaySend) {
  const auto refused = [&](const v1::RecordViewsRequest& request,
                           rpc::Actor actor = {.name = "edge"}) {
    return errors::ReasonOf(Call(request, std::move(actor)).status());
  };
  EXPECT_EQ(refused(Request("nobody")), "UNKNOWN_PARTNER");
  EXPECT_EQ(refused(Request("gone")), "PARTNER_SUSPENDED");
  EXPECT_EQ(refused(Request(""), {.name = "p", .bound_to = {"panorama"}}), "OTHER_PARTNER");
  EXPECT_EQ(refused(Request("panorama"), {.name = "p", .bound_to = {"panorama"}}), "");
  EXPECT_EQ(refused(Request("")), "");
  auto many = Request();
  for (int i = 0; i < 201; ++i) *many.add_views() = many.views(0);
  EXPECT_EQ(refused(many), "RATE_LIMITED");
  for (int i = 0; i < kNewViewsMax; ++i) *many.add_views() = many.views(0);
  EXPECT_EQ(refused(many), "FIELD_TOO_LONG");
  connected = false;
  EXPECT_EQ(refused(Request(), {.name = "another"}), "BROKER_UNAVAILABLE");
}

}  // namespace
}  // namespace telex::views
