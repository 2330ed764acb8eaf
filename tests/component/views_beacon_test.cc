// The edge over a real HTTP server; Kafka and Redis are fakes.

#include <gmock/gmock.h>

#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/grpc/auth.h"
#include "platform/http/server.h"
#include "platform/json/json.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"
#include "views/adapters/beacon_handler.h"
#include "views/adapters/record_views.h"

namespace telex::views {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::HttpAnswer;
using tests::HttpAsk;

constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::string_view kLanguages[] = {"en", "hy"};
const std::string kId = "0e984725-c51c-4bf4-9960-e1c80e27aba0";
const std::string kChrome =
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile "
    "Safari/537.36";

struct Published {
  View view;
  std::string language, partner, placement;
};

class Beacons : public ::testing::Test {
 protected:
  Beacons() {
    story->language = "en";
    story->languages = kLanguages;
    purged->purged = true;
    const std::string path = dir.path() + "/partners";
    std::ofstream(path) << "own active news.example -\npanorama active panorama.example "
                        << rpc::HashToken("key") << "\ngone suspended gone.example "
                        << rpc::HashToken("old") << "\n";
    partners = *PartnerFile::Open({.path = path});
  }

  void Start(BeaconOptions options = {}) {
    handler = std::make_unique<BeaconHandler>(BeaconHandler::Parts{.intake = intake,
                                                                   .partners = *partners,
                                                                   .readers = readers,
                                                                   .senders = senders,
                                                                   .now = [this] { return now; }},
                                              std::move(options));
    server =
        *http::Server::Start({}, [this](const http::Request& request, http::Responder responder) {
          handler->Handle(request, std::move(responder));
        });
  }
  ViewIntake MakeIntake() {
    Judge judge({},
                {.find_article =
                     [this](const news::ArticleId& id) {
                       return id == article ? story : id == erased ? purged : nullptr;
                     },
                 .caught_up = [this] { return caught_up; },
                 .visitor_of = [](const news::ArticleId&, std::int64_t, std::string_view address,
                                  std::string_view) -> std::optional<Visitor> {
                   return std::hash<std::string_view>()(address) | 1;
                 }});
    return ViewIntake({.judge = std::move(judge),
                       .publish =
                           [this](const View& view, std::function<void(const absl::Status&)> done) {
                             {
                               const std::lock_guard lock(mutex);
                               published.push_back({view, std::string(view.language),
                                                    std::string(view.partner),
                                                    std::string(view.placement)});
                             }
                             done(publishing);
                           },
                       .connected = [this] { return connected; },
                       .agents = agents,
                       .metrics = metrics,
                       .now_ms = [] { return kNow; }});
  }
  HttpAnswer Post(const std::string& body, std::vector<std::string> headers = {kChrome}) {
    return HttpAsk(server->port(), {"POST", "/v1/views", std::move(headers), body});
  }
  HttpAnswer Get(const std::string& target, std::vector<std::string> headers = {kChrome}) {
    return HttpAsk(server->port(), {"GET", target, std::move(headers)});
  }
  std::string Body(const std::string& more = "") const {
    return R"({"id":")" + kId + R"(","article":")" + article.ToString() + "\"" + more + "}";
  }
  std::string Gif() const { return "/v1/views/" + article.ToString() + ".gif"; }
  Filter FilterOf(std::vector<std::string> headers) {
    published.clear();
    EXPECT_EQ(Post(Body(), std::move(headers)).status, 204);
    return published.empty() ? Filter::kLate : published[0].view.filter;
  }

  const tests::TempDir dir;
  const news::ArticleId article = news::ArticleId::Of("s", "a");
  const news::ArticleId erased = news::ArticleId::Of("s", "e");
  std::shared_ptr<KnownArticle> story = std::make_shared<KnownArticle>();
  std::shared_ptr<KnownArticle> purged = std::make_shared<KnownArticle>();
  bool caught_up = true;
  bool connected = true;
  absl::Status publishing;
  RateLimits::Time now{};
  std::mutex mutex;
  std::vector<Published> published;
  observe::Metrics metrics_registry;
  EdgeMetrics metrics{metrics_registry};
  AgentCache agents{AgentList::BuiltIn()};
  RateLimits readers{{.per_second = 1, .burst = 200, .refused_factor = 2}};
  RateLimits senders{{.per_second = 1, .burst = 200, .refused_factor = 1}};
  std::unique_ptr<PartnerFile> partners;
  ViewIntake intake = MakeIntake();
  std::unique_ptr<BeaconHandler> handler;
  std::unique_ptr<http::Server> server;
};

TEST_F(Beacons, AGifIsALookWithAnIdOfItsOwn) {
  Start();
  const HttpAnswer answer = Get(Gif() + "?language=hy&placement=top+left&age_ms=250",
                                {kChrome, "Referer: https://www.panorama.example/"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.substr(0, 6), "GIF89a");
  EXPECT_EQ(answer.body.size(), 43u);
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: image/gif\r\n"));
  EXPECT_THAT(answer.head, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(answer.head, HasSubstr("Cross-Origin-Resource-Policy: cross-origin\r\n"));
  EXPECT_THAT(answer.head, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
  Get(Gif());
  Get(Gif() + "?id=" + kId);
  ASSERT_EQ(published.size(), 3u);
  EXPECT_EQ(published[0].language, "hy");
  EXPECT_EQ(published[0].placement, "top left");
  EXPECT_EQ(published[0].partner, "panorama");
  EXPECT_EQ(published[0].view.time_ms, kNow - 250);
  EXPECT_NE(published[0].view.id, published[1].view.id);
  EXPECT_EQ(published[1].partner, kOwnSite);
  EXPECT_EQ(published[2].view.id, ParseEventId(kId));
}

TEST_F(Beacons, HeadersAloneAreNoLook) {
  Start();
  EXPECT_EQ(HttpAsk(server->port(), {"HEAD", Gif(), {kChrome}}).status, 200);
  EXPECT_TRUE(published.empty());
}

TEST_F(Beacons, AGifForBadInputIsAGifThatSaysSo) {
  Start();
  const auto refused = [&](const std::string& target) {
    const HttpAnswer answer = Get(target);
    EXPECT_EQ(answer.body.substr(0, 6), "GIF89a") << target;
    const auto reason = answer.head.find("Telex-Reason: ");
    return std::to_string(answer.status) + " " +
           (reason == std::string::npos
                ? ""
                : answer.head.substr(reason + 14, answer.head.find('\r', reason) - reason - 14));
  };
  EXPECT_EQ(refused("/v1/views/7.gif"), "400 FIELD_INVALID");
  EXPECT_EQ(refused(Gif() + "?age_ms=-1"), "400 FIELD_INVALID");
  EXPECT_EQ(refused(Gif() + "?age_ms=1e3"), "400 FIELD_INVALID");
  EXPECT_EQ(refused(Gif() + "?language=!"), "400 UNKNOWN_LANGUAGE");
  // What cannot be read is no absence: without an id, each repeat would be a look of its own.
  for (const std::string query : {"id=%zz", "language=%00", "internal=yes"}) {
    EXPECT_EQ(refused(Gif() + "?" + query), "400 FIELD_INVALID") << query;
  }
  EXPECT_EQ(refused(Gif() + "?id=" + std::string(300, 'a')), "400 FIELD_INVALID");
  EXPECT_EQ(refused("/v1/views/" + kId + ".gif"), "404 ARTICLE_NOT_FOUND");
  EXPECT_EQ(refused("/v1/views/" + erased.ToString() + ".gif"), "410 ARTICLE_PURGED");
  caught_up = false;
  EXPECT_EQ(refused("/v1/views/" + kId + ".gif"), "503 NOT_CAUGHT_UP");
  connected = false;
  EXPECT_EQ(refused(Gif()), "503 BROKER_UNAVAILABLE");
  EXPECT_TRUE(published.empty());
}

TEST_F(Beacons, TakesTextAndJsonOfOneView) {
  Start();
  for (const std::string type :
       {"text/plain;charset=UTF-8", "application/json", "Application/JSON; charset=utf-8"}) {
    const HttpAnswer answer =
        Post(Body(), {kChrome, "Content-Type: " + type, "Origin: https://other.example"});
    EXPECT_EQ(answer.status, 204) << type;
    EXPECT_EQ(answer.body, "");
    EXPECT_THAT(answer.head, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
    EXPECT_THAT(answer.head, Not(HasSubstr("Telex-Filter:")));
  }
  EXPECT_EQ(Post(Body()).status, 204) << "sendBeacon may send no type";
  ASSERT_EQ(published.size(), 4u);
  EXPECT_EQ(published[0].partner, kOtherSite);
  EXPECT_EQ(Post(Body(), {kChrome, "Content-Type: application/x-www-form-urlencoded"}).status, 415);
  const HttpAnswer packed = Post("\x1f\x8b", {kChrome, "Content-Encoding: gzip"});
  EXPECT_EQ(packed.status, 415);
  EXPECT_THAT(packed.body, HasSubstr("Content-Encoding"));
  EXPECT_EQ(Post(Body(), {kChrome, "Content-Encoding: Identity"}).status, 204);
}

TEST_F(Beacons, CountWhereTheirPageIs) {
  Start();
  const auto site = [&](std::vector<std::string> headers) {
    headers.push_back(kChrome);
    published.clear();
    EXPECT_EQ(Post(Body(), std::move(headers)).status, 204);
    return published.empty() ? std::string("refused") : published[0].partner;
  };
  EXPECT_EQ(site({}), kOwnSite);
  EXPECT_EQ(site({"Origin: https://panorama.example"}), "panorama");
  EXPECT_EQ(site({"Referer: https://www.panorama.example.:8443/a"}), "panorama")
      << "the root's dot";
  EXPECT_EQ(site({"Origin: null", "Referer: https://panorama.example/"}), "panorama");
  EXPECT_EQ(site({"Origin: null"}), kOtherSite) << "in a sandboxed frame: nobody's that is known";
  EXPECT_EQ(site({"Referer: https://panorama.example@evil.example/"}), kOtherSite);
}

TEST_F(Beacons, RefusalsNameFieldAndReason) {
  Start();
  const auto problem = [&](const std::string& body) {
    const HttpAnswer answer = Post(body);
    const auto json = json::Parse(answer.body);
    if (!json) return std::string("no JSON");
    EXPECT_THAT(answer.head, HasSubstr("Content-Type: application/problem+json\r\n"));
    EXPECT_THAT(answer.head, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
    EXPECT_EQ((*json)["status"], answer.status);
    return std::to_string(answer.status) + " " + (*json)["reason"].get<std::string>() + " " +
           json->value("field", "");
  };
  EXPECT_EQ(problem("{"), "400 BAD_REQUEST ");
  EXPECT_EQ(problem("[]"), "400 BAD_REQUEST ");
  EXPECT_EQ(problem("{}"), "400 FIELD_REQUIRED article");
  EXPECT_EQ(problem(R"({"article":7})"), "400 FIELD_INVALID article");
  EXPECT_EQ(problem(R"({"article":")" + article.ToString() + "\"}"), "400 FIELD_REQUIRED id");
  EXPECT_EQ(problem(Body(R"(,"age_ms":-1)")), "400 FIELD_INVALID age_ms");
  EXPECT_EQ(problem(Body(R"(,"age_ms":1.5)")), "400 FIELD_INVALID age_ms");
  EXPECT_EQ(problem(Body(R"(,"age_ms":18446744073709551615)")), "400 FIELD_INVALID age_ms");
  EXPECT_EQ(problem(Body(R"(,"internal":1)")), "400 FIELD_INVALID internal");
  EXPECT_EQ(problem(Body(R"(,"address":"192.0.2.1")")), "400 FIELD_INVALID address");
  EXPECT_EQ(problem(R"({"views":[]})"), "400 FIELD_INVALID views");
  EXPECT_EQ(problem(R"({"views":7})"), "400 FIELD_INVALID views");
  EXPECT_EQ(problem(std::string(kBeaconBodyBytesMax + 1, ' ')), "413 BODY_TOO_LARGE ");
  std::string many = R"({"views":[0)";
  for (std::size_t i = 0; i < kViewsPerRequestMax; ++i) many += ",0";
  EXPECT_EQ(problem(many + "]}"), "400 FIELD_TOO_LONG views");
  EXPECT_TRUE(published.empty());
}

TEST_F(Beacons, OneBadViewIsRefusedAlone) {
  Start();
  const HttpAnswer answer = Post(R"({"views":[)" + Body() + ",7," + Body(R"(,"age_ms":-5)") + "," +
                                 Body(R"(,"internal":true)") + "]}");
  EXPECT_EQ(answer.status, 200);
  const auto json = json::Parse(answer.body);
  ASSERT_TRUE(json) << answer.body;
  const auto& results = (*json)["results"];
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].dump(), R"({"recorded":true})");
  EXPECT_EQ(results[1]["reason"], "BAD_REQUEST");
  EXPECT_EQ(results[2]["reason"], "FIELD_INVALID");
  EXPECT_EQ(results[2]["field"], "age_ms");
  EXPECT_EQ(results[3]["filter"], "internal");
  EXPECT_EQ(published.size(), 2u);
}

TEST_F(Beacons, SaysThatAViewIsNotOnRecord) {
  Start();
  publishing = absl::DeadlineExceededError("no acknowledgement");
  const HttpAnswer answer = Post(Body());
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.head, HasSubstr("Retry-After: 2\r\n"));
  EXPECT_THAT(answer.body, HasSubstr("BROKER_UNAVAILABLE"));
  EXPECT_EQ(Post(R"({"views":[7,)" + Body() + "]}").status, 503) << "to be sent again as a whole";
  publishing = absl::ResourceExhaustedError("full");
  EXPECT_THAT(Post(Body()).body, HasSubstr("OVERLOADED"));
}

TEST_F(Beacons, WhatDoesNotCountIsToldWhy) {
  Start({.internal = *ParseNetworks({"127.0.0.0/8"})});
  EXPECT_EQ(FilterOf({kChrome}), Filter::kInternal);
  const HttpAnswer answer = Post(Body());
  EXPECT_THAT(answer.head, HasSubstr("Telex-Filter: internal\r\n"));
  Start();
  EXPECT_EQ(FilterOf({kChrome}), Filter::kNone);
  EXPECT_EQ(FilterOf({kChrome, "Telex-Internal: 1"}), Filter::kInternal);
  for (const std::string query : {"?internal=1", "?internal=true"}) {
    EXPECT_THAT(Get(Gif() + query).head, HasSubstr("Telex-Filter: internal\r\n")) << query;
  }
  for (const std::string query : {"?internal=0", "?internal="}) {
    EXPECT_THAT(Get(Gif() + query).head, Not(HasSubstr("Telex-Filter:"))) << query;
  }
  EXPECT_THAT(metrics_registry.Render(), Not(HasSubstr("filter=\"repeat\"")))
      << "the log decides it";
  EXPECT_EQ(FilterOf({}), Filter::kEmptyAgent);
  EXPECT_EQ(FilterOf({"User-Agent: Googlebot/2.1"}), Filter::kRobot);
  EXPECT_EQ(FilterOf({"User-Agent: GPTBot/1.2"}), Filter::kAiFetcher);
  EXPECT_EQ(FilterOf({kChrome, "Sec-Purpose: prefetch;prerender"}), Filter::kPrefetch);
  EXPECT_EQ(FilterOf({kChrome, "Purpose: prefetch"}), Filter::kPrefetch);
  EXPECT_EQ(FilterOf({kChrome, "X-Moz: prefetch"}), Filter::kPrefetch);
  EXPECT_EQ(FilterOf({kChrome, "Sec-GPC: 1"}), Filter::kNone);
  EXPECT_EQ(published[0].view.visitor, kNoVisitor);
  EXPECT_EQ(FilterOf({kChrome, "DNT: 0"}), Filter::kNone);
  EXPECT_NE(published[0].view.visitor, kNoVisitor);
}

TEST_F(Beacons, ServersSendAKeyAndWhoLooked) {
  Start();
  const std::string reader =
      R"(,"address":"203.0.113.9","user_agent":"Mozilla/5.0 (X11) Firefox/133.0")";
  EXPECT_EQ(
      Post(Body(reader), {"User-Agent: python-requests/2", "Authorization: Bearer key"}).status,
      204);
  ASSERT_EQ(published.size(), 1u);
  EXPECT_EQ(published[0].partner, "panorama");
  EXPECT_EQ(published[0].view.filter, Filter::kNone);
  EXPECT_EQ(published[0].view.visitor,
            std::hash<std::string_view>()(std::string_view("\xcb\0\x71\x09", 4)) | 1)
      << "of the reader";
  EXPECT_EQ(Post(Body(R"(,"address":"x")"), {"Authorization: Bearer key"}).status, 400);
  EXPECT_EQ(Post(Body(), {"Authorization: Bearer no"}).status, 401);
  EXPECT_EQ(Post(Body(), {"Authorization: Basic key"}).status, 401);
  EXPECT_EQ(Post(Body(), {"Authorization: Bearer old"}).status, 403);
}

TEST_F(Beacons, ForwardedAddressesCountFromProxiesOnly) {
  Start();
  Post(Body(), {kChrome, "X-Forwarded-For: 203.0.113.9"});
  Start({.proxies = *ParseNetworks({"127.0.0.1"})});
  Post(Body(), {kChrome, "X-Forwarded-For: 203.0.113.9"});
  ASSERT_EQ(published.size(), 2u);
  EXPECT_NE(published[0].view.visitor, published[1].view.visitor);
}

TEST_F(Beacons, BeyondWhatPeopleCanLookAtIsFilteredThenRefused) {
  Start();
  std::string batch = R"({"views":[)" + Body();
  for (int i = 1; i < 100; ++i) batch += "," + Body();
  batch += "]}";
  EXPECT_THAT(Post(batch).body, Not(HasSubstr("impossible_rate")));
  EXPECT_THAT(Post(batch).body, Not(HasSubstr("impossible_rate")));
  EXPECT_EQ(FilterOf({kChrome}), Filter::kImpossibleRate);
  Post(batch);
  const HttpAnswer refused = Post(batch);
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(refused.body, HasSubstr("RATE_LIMITED"));
  EXPECT_EQ(Post(batch, {"Authorization: Bearer key"}).status, 200) << "servers are limited by key";
}

TEST_F(Beacons, AnyPageMayAskWithoutCredentials) {
  Start();
  for (const std::string& target : {Gif(), std::string("/v1/views"), std::string("/v1/telex.js")}) {
    const HttpAnswer answer = HttpAsk(server->port(), {"OPTIONS", target});
    EXPECT_EQ(answer.status, 204);
    EXPECT_THAT(answer.head, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
    EXPECT_THAT(answer.head,
                HasSubstr("Access-Control-Allow-Headers: Authorization, Content-Type, *\r\n"));
    EXPECT_THAT(answer.head, HasSubstr("Access-Control-Max-Age: 86400\r\n"));
    EXPECT_THAT(answer.head, Not(HasSubstr("Credentials")));
  }
  EXPECT_EQ(Get("/v1/views").status, 405);
  EXPECT_EQ(HttpAsk(server->port(), {"PUT", Gif()}).status, 405);
  EXPECT_EQ(Get("/v1/views/" + article.ToString()).status, 404);
  EXPECT_EQ(Get("/").status, 404);
}

TEST_F(Beacons, TheScriptIsSmallAndKeepsNothing) {
  Start();
  const HttpAnswer answer = Get("/v1/telex.js");
  EXPECT_EQ(answer.status, 200);
  EXPECT_LT(answer.body.size(), 1'500u);
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: text/javascript; charset=utf-8\r\n"));
  EXPECT_THAT(answer.head, HasSubstr("Cache-Control: public, max-age=3600\r\n"));
  for (const char* word : {"cookie", "Storage", "indexedDB", "unload", "Date", "//"}) {
    EXPECT_THAT(answer.body, Not(HasSubstr(word)));
  }
  const auto etag = answer.head.find("ETag: ");
  ASSERT_NE(etag, std::string::npos);
  const std::string tag = answer.head.substr(etag + 6, answer.head.find('\r', etag) - etag - 6);
  EXPECT_EQ(Get("/v1/telex.js", {"If-None-Match: " + tag}).status, 304);
}

class Recording : public Beacons {
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
  RecordViews record{{.intake = intake,
                      .partners = *partners,
                      .readers = readers,
                      .senders = senders,
                      .internal = *ParseNetworks({"198.51.100.0/24"}),
                      .now = [this] { return now; }}};
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
  for (int i = 0; i < RecordViews::kViewsMax; ++i) *many.add_views() = many.views(0);
  EXPECT_EQ(refused(many), "FIELD_TOO_LONG");
  connected = false;
  EXPECT_EQ(refused(Request(), {.name = "another"}), "BROKER_UNAVAILABLE");
}

}  // namespace
}  // namespace telex::views
