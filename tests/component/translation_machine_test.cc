// Jobs done by engines over HTTP.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "platform/json/json.h"
#include "tests/component/http_client_fixture.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/translation/fake_desk.h"
#include "tests/unit/translation/job_text_support.h"
#include "translation/adapters/machine/configured_engines.h"
#include "translation/adapters/machine/machine_worker.h"

namespace telex::translation {
namespace {

using http_client::RawServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string AnswerOf(std::string_view status, std::string_view body) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

// LibreTranslate's answers, in what Spanish the tests know.
RawServer::Script Translating(std::atomic<int>& requests) {
  return [&requests](RawServer::Peer& peer) {
    for (std::string request = peer.ReadRequest(); !request.empty(); request = peer.ReadRequest()) {
      ++requests;
      const auto body = json::Parse(request.substr(request.find("\r\n\r\n") + 4)).value();
      json::Value targets = json::Value::array();
      for (const json::Value& text : body["q"]) targets.push_back(SpanishOf(text));
      peer.Write(AnswerOf("200 OK", json::Write({{"translatedText", targets}})));
    }
  };
}

class TranslationMachineTest : public ::testing::Test {
 protected:
  static EngineSetup SetupOf(std::string name, std::uint16_t port) {
    return {.name = std::move(name),
            .settings = {.kind = "libretranslate", .url = http_client::UrlOf(port, "")},
            .requests_per_second = 1'000};
  }
  void Make(std::vector<EngineSetup> setups) {
    auto engines = ConfiguredEngines::Make(std::move(setups), {.http = *http_,
                                                               .spending = spending_,
                                                               .metrics = metrics_,
                                                               .now = [this] { return now_; }});
    ASSERT_TRUE(engines.ok()) << engines.status();
    engines_ = *std::move(engines);
    worker_ = std::make_unique<MachineWorker>(
        MachineWorkerOptions{.actor = "engines/a1"},
        MachineWorkerPorts{.desk = desk_,
                           .engines = engines_->all(),
                           .metrics = machine_metrics_,
                           .plan = [](const JobRow&, const JobText&) { return EnginePlan(); },
                           .glossary = [](const Pair&) { return nullptr; },
                           .now = [this] { return now_; }});
  }
  void Work() {
    JobRow row{.id = JobOf(1, "es"), .from = Language("en"), .version = {1}};
    desk_.jobs.push_back(row);
    news::Article article = StoryOf("Prices rise", "<p>Boats leave harbour 11.</p>");
    desk_.texts.insert_or_assign({row.id, row.version}, Opened({.article = article, .to = kEs}));
    EXPECT_TRUE(worker_->WorkOnce({}));
  }
  void Spend(const std::string& engine, std::int64_t characters) {
    v1::Text text;
    text.add_costs()->set_engine(engine);
    text.mutable_costs(0)->set_characters(characters);
    const absl::Status applied = store_->Write([&](store::WriteTxn& txn) {
      return spending_.Apply(txn, text.costs(), absl::ToUnixMillis(now_));
    });
    EXPECT_TRUE(applied.ok()) << applied;
    spending_.Committed();
  }

  absl::Time now_ = absl::FromUnixSeconds(1'788'516'000);  // 2026-09-04T10:00:00Z
  const tests::TempDir dir_;
  std::unique_ptr<store::Store> store_ =
      *store::Store::Open({.path = dir_ / "store", .databases = EngineSpending::Databases()});
  EngineSpending spending_{*store_};
  std::unique_ptr<http_client::HttpClient> http_ =
      http_client::MakeClient({.addresses = {.allow = http_client::kLoopback}});
  observe::Metrics metrics_;
  MachineMetrics machine_metrics_{metrics_};
  FakeDesk desk_;
  std::unique_ptr<ConfiguredEngines> engines_;
  std::unique_ptr<MachineWorker> worker_;
};

TEST_F(TranslationMachineTest, TranslatesAStory) {
  std::atomic<int> requests = 0;
  RawServer server(Translating(requests));
  Make({SetupOf("own", server.port())});
  Work();
  ASSERT_THAT(desk_.All<Completed>(), SizeIs(1));
  EXPECT_EQ(desk_.appended[0].text.body_html(), "<p>Los barcos salen del puerto 11.</p>");
  EXPECT_EQ(requests, 1);
  EXPECT_THAT(
      metrics_.Render(),
      AllOf(HasSubstr("telex_translation_engine_requests_total{engine=\"own\",outcome=\"done\"} 1"),
            HasSubstr("telex_translation_engine_characters_total{engine=\"own\"} 34"),
            HasSubstr("telex_translation_engine_seconds_count{engine=\"own\"} 1"),
            HasSubstr("telex_translation_engine_closed{engine=\"own\",fault=\"unavailable\"} 0"),
            HasSubstr("telex_translation_machine_jobs_total{outcome=\"completed\"} 1")));
}

TEST_F(TranslationMachineTest, AnEngineThatFailsIsShownAndTheNextDoesIt) {
  RawServer down(http_client::Always(AnswerOf("503 Service Unavailable", "{}")));
  std::atomic<int> requests = 0;
  RawServer server(Translating(requests));
  Make({SetupOf("down", down.port()), SetupOf("own", server.port())});
  Work();
  ASSERT_THAT(desk_.All<Completed>(), SizeIs(1));
  EXPECT_EQ(desk_.appended[0].text.segments(1).engine(), "own");
  EXPECT_THAT(
      metrics_.Render(),
      HasSubstr("telex_translation_engine_closed{engine=\"down\",fault=\"unavailable\"} 1"));
  EXPECT_THAT(engines_->Status()[0].closed, testing::ElementsAre(EngineFault::kUnavailable));
}

TEST_F(TranslationMachineTest, AJobWaitsForAnEngineThatIsDownAndIsDoneWhenItIsBack) {
  std::atomic<bool> is_down = true;
  std::atomic<int> requests = 0;
  RawServer server([&](RawServer::Peer& peer) {
    if (!is_down) return Translating(requests)(peer);
    peer.ReadRequest();
    peer.Write(AnswerOf("503 Service Unavailable", "{}"));
  });
  Make({SetupOf("own", server.port())});
  Work();
  Work();
  ASSERT_THAT(desk_.All<Failed>(), SizeIs(2));
  EXPECT_EQ(desk_.All<Failed>()[0].reason, "ENGINE_CLOSED");
  EXPECT_FALSE(desk_.All<Failed>()[0].untried);
  EXPECT_TRUE(desk_.All<Failed>()[1].untried) << "nobody was asked";
  is_down = false;
  now_ += absl::Milliseconds(desk_.All<Failed>()[1].retry_after_ms);
  Work();
  EXPECT_THAT(desk_.All<Completed>(), SizeIs(1));
}

TEST_F(TranslationMachineTest, ABudgetThatIsSpentClosesTheEngineUntilTheNextDay) {
  std::atomic<int> requests = 0;
  RawServer server(Translating(requests));
  EngineSetup setup = SetupOf("own", server.port());
  setup.budget.characters_per_day = 100;
  Make({setup});
  Spend("own", 70);
  Work();
  EXPECT_EQ(requests, 0);
  ASSERT_THAT(desk_.All<Failed>(), SizeIs(1));
  EXPECT_EQ(desk_.All<Failed>()[0].retry_after_ms, 14 * kHourMs);
  Spend("own", 30);
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("telex_translation_engine_closed{engine=\"own\",fault=\"quota_spent\"} 1"));
  EXPECT_EQ(engines_->Status()[0].spent, (EngineSpent{.day = 100, .month = 100}));
  now_ += absl::Hours(14);
  Work();
  EXPECT_EQ(requests, 1);
}

TEST_F(TranslationMachineTest, WhoWaitsForAPlaceAtAnEngineStops) {
  std::promise<void> asked;
  std::promise<void> answer;
  std::atomic<int> requests = 0;
  RawServer server([&](RawServer::Peer& peer) {
    peer.ReadRequest();
    if (++requests == 1) asked.set_value();
    answer.get_future().wait();
    peer.Write(AnswerOf("200 OK", R"({"translatedText":["x"]})"));
  });
  EngineSetup setup = SetupOf("own", server.port());
  setup.concurrency = 1;
  Make({setup});
  MachineEngine& engine = *engines_->all()[0];
  const EngineRequest request{.source = Language("en"), .target = kEs, .texts = {{"s", "Boats"}}};
  std::jthread first([&] { EXPECT_TRUE(engine.Translate(request, {}).targets[0]); });
  asked.get_future().wait();
  std::stop_source stop;
  std::jthread second(
      [&] { EXPECT_FALSE(engine.Translate(request, stop.get_token()).targets[0]); });
  stop.request_stop();
  second.join();
  EXPECT_EQ(requests, 1);
  answer.set_value();
}

}  // namespace
}  // namespace telex::translation
