// Views over gRPC, as batches and as streams.

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "platform/errors/errors.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/server.h"
#include "platform/grpc/status.h"
#include "telex/views/v1/view_service.grpc.pb.h"
#include "tests/component/views_edge.h"
#include "views/adapters/new_views.h"
#include "views/adapters/record_views.h"
#include "views/adapters/record_views_stream.h"

namespace telex::views {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

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

class Streaming : public Edge {
 protected:
  // A caller's end of a stream.
  struct Sending {
    grpc::ClientContext context;
    v1::StreamingRecordViewsResponse answer;
    std::unique_ptr<grpc::ClientWriter<v1::StreamingRecordViewsRequest>> writer;

    absl::Status End() {
      writer->WritesDone();
      return rpc::FromGrpc(writer->Finish());
    }
    std::string Reason() { return errors::ReasonOf(End()); }
  };

  Streaming()
      : callers(*rpc::Authenticator::FromText("edge source " + rpc::HashToken("t") +
                                              "\npan source:panorama " + rpc::HashToken("p") +
                                              "\n")),
        service("telex.views.v1.ViewService", *callers, absl::Minutes(1)) {
    record.AddTo(service);
    server = *rpc::Server::Start({.address = "127.0.0.1:0"}, {service.named()});
  }

  std::unique_ptr<rpc::Caller> CallerOf(const std::string& token) {
    return *rpc::Caller::Make(
        {.address = "127.0.0.1:" + std::to_string(server->port()), .token = token});
  }
  std::unique_ptr<Sending> Open(rpc::Caller& caller) {
    auto sending = std::make_unique<Sending>();
    caller.Prepare(sending->context, kPatience);
    sending->writer = v1::ViewService::NewStub(caller.channel())
                          ->StreamingRecordViews(&sending->context, &sending->answer);
    return sending;
  }
  std::unique_ptr<Sending> Open() { return Open(*edge); }
  v1::StreamingRecordViewsRequest Views(int views, const std::string& partner = "panorama") const {
    v1::StreamingRecordViewsRequest request;
    request.set_partner(partner);
    for (int n = 0; n < views; ++n) {
      auto& view = *request.add_views();
      view.set_article(article.ToString());
      view.set_event_id(kId);
      view.set_user_agent("Mozilla/5.0 (X11) Firefox/133.0");
    }
    return request;
  }
  void AwaitPublished(std::size_t views) {
    while (PublishedSoFar() < views) std::this_thread::yield();
  }
  // Whatever was written before on this connection has come by then.
  void RoundTrip() {
    grpc::ClientContext context;
    edge->Prepare(context, kPatience);
    v1::RecordViewsResponse answer;
    EXPECT_TRUE(v1::ViewService::NewStub(edge->channel())
                    ->RecordViews(&context, v1::RecordViewsRequest(), &answer)
                    .ok());
  }

  RateLimits wide{{.per_second = 100'000, .burst = 10'000, .refused_factor = 1}};
  BatchIntake roomy{
      {.intake = intake,
       .partners = *partners,
       .readers = readers,
       .senders = wide,
       .internal = {},
       .now = [this] { return RateLimits::Time(std::chrono::milliseconds(clock_ms.load())); }}};
  std::atomic<int> clock_ms = 0;
  RecordViews record{roomy};
  std::unique_ptr<rpc::Authenticator> callers;
  rpc::UnaryService service;
  std::unique_ptr<rpc::Server> server;
  std::unique_ptr<rpc::Caller> edge;

  void SetUp() override { edge = CallerOf("t"); }
};

TEST_F(Streaming, TheAnswerSaysWhatIsOnRecordAndNamesTheRest) {
  auto sending = Open();
  EXPECT_TRUE(sending->writer->Write(Views(3)));
  auto second = Views(3, "");
  second.mutable_views(1)->set_event_id("1");
  EXPECT_TRUE(sending->writer->Write(second));
  EXPECT_TRUE(sending->writer->Write(Views(0)));
  ASSERT_TRUE(sending->End().ok());
  EXPECT_EQ(sending->answer.recorded_views(), 5);
  EXPECT_EQ(sending->answer.refused_views(), 1);
  ASSERT_EQ(sending->answer.refused_size(), 1);
  EXPECT_EQ(sending->answer.refused(0).index(), 4);
  EXPECT_EQ(sending->answer.refused(0).result().reason(), "FIELD_INVALID");
  EXPECT_EQ(sending->answer.refused(0).result().field(), "event_id");
  ASSERT_EQ(published.size(), 5u);
  for (const Published& view : published) EXPECT_EQ(view.partner, "panorama");
}

TEST_F(Streaming, NamesSoManyThatAreRefusedAndCountsTheOthers) {
  auto sending = Open();
  auto bad = Views(RecordViewsStream::kRefusedToldMax + 1);
  for (auto& view : *bad.mutable_views()) view.set_article("x");
  EXPECT_TRUE(sending->writer->Write(bad));
  ASSERT_TRUE(sending->End().ok());
  EXPECT_EQ(sending->answer.refused_size(), RecordViewsStream::kRefusedToldMax);
  EXPECT_EQ(sending->answer.refused_views(), RecordViewsStream::kRefusedToldMax + 1);
}

TEST_F(Streaming, ReadsOnWhileFewAreUnderWayAndAnswersWhenAllAreDurable) {
  holding = true;
  auto sending = Open();
  for (int n = 0; n < 3; ++n) EXPECT_TRUE(sending->writer->Write(Views(600)));
  AwaitPublished(1'200);
  RoundTrip();
  EXPECT_EQ(PublishedSoFar(), 1'200u) << "the third is not read";
  std::optional<absl::Status> end;
  std::jthread ending([&] { end = sending->End(); });
  RoundTrip();
  EXPECT_EQ(PublishedSoFar(), 1'200u);
  Release();
  ending.join();
  ASSERT_TRUE(end->ok()) << *end;
  EXPECT_EQ(sending->answer.recorded_views(), 1'800);
}

TEST_F(Streaming, AViewThatHasToBeSentAgainEndsIt) {
  holding = true;
  publishing = absl::DeadlineExceededError("no acknowledgement");
  auto sending = Open();
  EXPECT_TRUE(sending->writer->Write(Views(2)));
  AwaitPublished(2);
  Release();
  while (sending->writer->Write(Views(1))) continue;
  EXPECT_EQ(sending->Reason(), "BROKER_UNAVAILABLE");
}

TEST_F(Streaming, ALimitHoldsItBackForSecondsAndElseRefuses) {
  auto sending = Open();
  for (int n = 0; n < 11; ++n) EXPECT_TRUE(sending->writer->Write(Views(1'000)));
  AwaitPublished(10'000);
  RoundTrip();
  EXPECT_EQ(PublishedSoFar(), 10'000u);
  clock_ms = 10;  // room for 1,000 more
  ASSERT_TRUE(sending->End().ok());
  EXPECT_EQ(sending->answer.recorded_views(), 11'000);

  RateLimits narrow{{.per_second = 1, .burst = 10, .refused_factor = 1}};
  BatchIntake slow{
      {.intake = intake, .partners = *partners, .readers = readers, .senders = narrow}};
  struct Never : rpc::ClientStream {
    void ReadOn() override {}
    void Refuse(absl::Status) override {}
  };
  const auto stream = std::make_shared<RecordViewsStream>(slow, rpc::Actor{.name = "edge"},
                                                          std::make_shared<Never>());
  EXPECT_EQ(*stream->Take(Views(10)), absl::ZeroDuration());
  EXPECT_GT(*stream->Take(Views(3)), absl::Seconds(2));
  EXPECT_EQ(errors::ReasonOf(stream->Take(Views(7)).status()), "RATE_LIMITED");
}

TEST_F(Streaming, IsOfOnePartnerThatTheCallerSpeaksFor) {
  auto sending = Open();
  sending->writer->Write(Views(1));
  sending->writer->Write(Views(1, "other"));
  EXPECT_EQ(sending->Reason(), "FIELD_INVALID");
  const auto bound = CallerOf("p");
  auto foreign = Open(*bound);
  foreign->writer->Write(Views(1, ""));
  EXPECT_EQ(foreign->Reason(), "OTHER_PARTNER");
  auto own = Open(*bound);
  own->writer->Write(Views(1));
  EXPECT_EQ(own->Reason(), "");
  auto unknown = Open();
  unknown->writer->Write(Views(1, "nobody"));
  EXPECT_EQ(unknown->Reason(), "UNKNOWN_PARTNER");
  auto many = Open();
  many->writer->Write(Views(kNewViewsMax + 1));
  EXPECT_EQ(many->Reason(), "FIELD_TOO_LONG");
}

TEST_F(Streaming, AReplicaThatStopsSaysSo) {
  holding = true;
  auto sending = Open();
  sending->writer->Write(Views(1));
  AwaitPublished(1);
  EXPECT_TRUE(server->Shutdown(kPatience));
  EXPECT_EQ(sending->Reason(), "STOPPING");
  Release();  // what was under way may be on record: it is sent again with its id
}

}  // namespace
}  // namespace telex::views
