// An engine asked over HTTP.
#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "platform/json/json.h"
#include "tests/component/http_client_fixture.h"
#include "translation/adapters/engines/engine_client.h"

namespace telex::translation {
namespace {

using http_client::RawServer;
using testing::ElementsAre;
using testing::Optional;

// LibreTranslate's answers: in capitals; 500 for all when one of the texts is "bad".
RawServer::Script Shouting(std::atomic<int>& requests) {
  return [&requests](RawServer::Peer& peer) {
    for (std::string request = peer.ReadRequest(); !request.empty(); request = peer.ReadRequest()) {
      ++requests;
      const auto body = json::Parse(request.substr(request.find("\r\n\r\n") + 4)).value();
      json::Value targets = json::Value::array();
      bool bad = false;
      for (const json::Value& text : body["q"]) {
        bad = bad || text == "bad";
        targets.push_back("T:" + text.get<std::string>());
      }
      const std::string answer =
          bad ? R"({"error":"Cannot translate text"})" : json::Write({{"translatedText", targets}});
      peer.Write(fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}",
                             bad ? "500 Internal Server Error" : "200 OK", answer.size(), answer));
    }
  };
}

class EngineClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<EngineClient> ClientOf(std::uint16_t port) {
    auto engine =
        MakeEngine({.kind = "libretranslate", .url = fmt::format("http://127.0.0.1:{}", port)});
    EXPECT_TRUE(engine.ok()) << engine.status();
    return std::make_unique<EngineClient>(
        *std::move(engine), *http_,
        EngineClientOptions{.requests_per_second = 1'000,
                            .now = [this] { return now_; },
                            .on_failure =
                                [this](const EngineFailure& failure) {
                                  failures_.emplace_back(NameOf(failure.fault));
                                }});
  }
  static EngineRequest RequestOf(std::vector<std::string> sources) {
    EngineRequest request{.source = *news::LanguageTag::Parse("en"),
                          .target = *news::LanguageTag::Parse("es")};
    for (std::string& source : sources) request.texts.push_back({"s", std::move(source)});
    return request;
  }

  std::unique_ptr<http_client::HttpClient> http_ =
      http_client::MakeClient({.addresses = {.allow = http_client::kLoopback}});
  absl::Time now_ = absl::FromUnixSeconds(1'767'225'600);
  std::vector<std::string> failures_;
};

TEST_F(EngineClientTest, TranslatesEachTextInItsPlace) {
  std::atomic<int> requests = 0;
  RawServer server(Shouting(requests));
  const EngineOutcome outcome = ClientOf(server.port())->Translate(RequestOf({"a", "b"}), {});
  EXPECT_THAT(outcome.targets,
              ElementsAre(Optional(std::string("T:a")), Optional(std::string("T:b"))));
  EXPECT_FALSE(outcome.failure);
  EXPECT_EQ(outcome.characters, 2);
  EXPECT_EQ(requests, 1);
}

TEST_F(EngineClientTest, OneTextThatIsRefusedHoldsUpNoOther) {
  std::atomic<int> requests = 0;
  RawServer server(Shouting(requests));
  const EngineOutcome outcome =
      ClientOf(server.port())->Translate(RequestOf({"a", "b", "c", "bad", "e", "f", "g"}), {});
  EXPECT_THAT(outcome.targets,
              ElementsAre(Optional(std::string("T:a")), Optional(std::string("T:b")),
                          Optional(std::string("T:c")), std::nullopt, Optional(std::string("T:e")),
                          Optional(std::string("T:f")), Optional(std::string("T:g"))));
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.characters, 6);
}

TEST_F(EngineClientTest, IsLeftAloneAfterAFailureAndAskedAgainAfterItsPause) {
  std::atomic<int> requests = 0;
  std::atomic<bool> busy = true;
  RawServer server([&](RawServer::Peer& peer) {
    while (!peer.ReadRequest().empty()) {
      ++requests;
      peer.Write(
          busy ? "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n"
               : "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"translatedText\":[\"x\"]} ");
    }
  });
  const auto client = ClientOf(server.port());
  EXPECT_EQ(client->Translate(RequestOf({"a"}), {}).failure->retry_after, absl::Seconds(90));
  EXPECT_THAT(client->ClosedFaults(), ElementsAre(EngineFault::kBusy));
  now_ += absl::Seconds(89);
  const EngineOutcome closed = client->Translate(RequestOf({"a"}), {});
  EXPECT_EQ(closed.failure->retry_after, absl::Seconds(1));
  EXPECT_EQ(requests, 1);
  EXPECT_THAT(failures_, ElementsAre("busy"));  // of the engine, and not of the gate
  now_ += absl::Seconds(1);
  busy = false;
  EXPECT_FALSE(client->Translate(RequestOf({"a"}), {}).failure);
  EXPECT_EQ(requests, 2);
}

TEST_F(EngineClientTest, AnEngineThatIsAwayIsUnavailable) {
  std::uint16_t port = 0;
  {
    RawServer gone([](RawServer::Peer&) {});
    port = gone.port();
  }
  const EngineOutcome outcome = ClientOf(port)->Translate(RequestOf({"a"}), {});
  EXPECT_THAT(outcome.targets, ElementsAre(std::nullopt));
  EXPECT_EQ(outcome.failure->fault, EngineFault::kUnavailable);
}

TEST_F(EngineClientTest, AskedToStopItLeavesTheRest) {
  std::atomic<int> requests = 0;
  RawServer server(Shouting(requests));
  std::stop_source stop;
  stop.request_stop();
  const EngineOutcome outcome =
      ClientOf(server.port())->Translate(RequestOf({"a"}), stop.get_token());
  EXPECT_TRUE(outcome.failure);
  EXPECT_EQ(requests, 0);
}

}  // namespace
}  // namespace telex::translation
