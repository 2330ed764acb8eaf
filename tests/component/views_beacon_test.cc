// The edge over a real HTTP server; Kafka and Redis are fakes.

#include <gmock/gmock.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/http/server.h"
#include "platform/json/json.h"
#include "tests/component/views_edge.h"
#include "tests/support/http_get.h"
#include "views/adapters/beacon_handler.h"

namespace telex::views {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::HttpAnswer;
using tests::HttpAsk;

const std::string kChrome =
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile "
    "Safari/537.36";

class Beacons : public Edge {
 protected:
  void Start(BeaconOptions options = {}) {
    handler = std::make_unique<BeaconHandler>(batches, std::move(options));
    server =
        *http::Server::Start({}, [this](const http::Request& request, http::Responder responder) {
          handler->Handle(request, std::move(responder));
        });
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
  const std::string before = metrics_registry.Render();
  const auto head = [&](const std::string& target, const std::string& agent = kChrome) {
    const HttpAnswer answer = HttpAsk(server->port(), {"HEAD", target, {agent}});
    EXPECT_EQ(answer.body, "") << target;
    return answer;
  };
  EXPECT_EQ(head(Gif()).status, 200);
  EXPECT_THAT(head(Gif(), "User-Agent: Googlebot/2.1").head, HasSubstr("Telex-Filter: robot\r\n"));
  // Else as GET: a link checker is told what a reader would be.
  EXPECT_EQ(head("/v1/views/7.gif").status, 400);
  EXPECT_EQ(head("/v1/views/7.png").status, 404);
  EXPECT_EQ(head(Gif() + "?age_ms=-1").status, 400);
  const HttpAnswer unknown = head("/v1/views/" + kId + ".gif");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.head, HasSubstr("Telex-Reason: ARTICLE_NOT_FOUND\r\n"));
  EXPECT_EQ(head("/v1/views/" + erased.ToString() + ".gif").status, 410);
  connected = false;
  EXPECT_EQ(head(Gif()).status, 503);
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(metrics_registry.Render(), before);
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
  EXPECT_EQ(refused(Gif() + "?placement=%z"), "400 FIELD_INVALID");
  // What cannot be read is no absence: without an id, each repeat would be a look of its own.
  for (const std::string query : {"id=%zz", "language=%00", "internal=yes"}) {
    EXPECT_EQ(refused(Gif() + "?" + query), "400 FIELD_INVALID") << query;
  }
  EXPECT_EQ(refused(Gif() + "?id=" + std::string(300, 'a')), "400 FIELD_INVALID");
  EXPECT_EQ(refused("/v1/views/" + kId + ".gif"), "404 ARTICLE_NOT_FOUND");
  EXPECT_EQ(refused("/v1/views/" + erased.ToString() + ".gif"), "410 ARTICLE_PURGED");
  caught_up = false;
  EXPECT_EQ(refused("/v1/views/" + kId + ".gif"), "503 NOT_CAUGHT_UP");
  clock = errors::Error(absl::StatusCode::kUnavailable, errors::kClockSkewed, "an hour behind");
  EXPECT_EQ(refused(Gif()), "503 CLOCK_SKEWED") << "it would be counted as of a wrong time";
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
  Start({.proxies = *net::ParseNetworks({"127.0.0.1"})});
  const std::string newsroom = "X-Forwarded-For: 198.51.100.7";
  EXPECT_EQ(FilterOf({kChrome, newsroom}), Filter::kInternal);
  const HttpAnswer answer = Post(Body(), {kChrome, newsroom});
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
  Start({.proxies = *net::ParseNetworks({"127.0.0.1"})});
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
  EXPECT_THAT(metrics_registry.Render(),
              HasSubstr("telex_views_refused_total{reason=\"RATE_LIMITED\"} 100"));
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
  for (const char* word : {"cookie", "Storage", "indexedDB", "unload", "//"}) {
    EXPECT_THAT(answer.body, Not(HasSubstr(word)));
  }
  const auto etag = answer.head.find("ETag: ");
  ASSERT_NE(etag, std::string::npos);
  const std::string tag = answer.head.substr(etag + 6, answer.head.find('\r', etag) - etag - 6);
  EXPECT_EQ(Get("/v1/telex.js", {"If-None-Match: " + tag}).status, 304);
}

}  // namespace
}  // namespace telex::views
