// Each engine against what its document says of its answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/http_client/outcome.h"
#include "platform/json/json.h"
#include "translation/adapters/engines/engine.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

EngineSettings SettingsOf(const std::string& kind) {
  EngineSettings settings{.kind = kind, .url = "https://engine.example", .key = "secret"};
  if (kind == "google") settings.project = "projects/p/locations/l";
  if (kind == "openai") settings.model = "m";
  return settings;
}

std::unique_ptr<Engine> Make(const std::string& kind) {
  auto engine = MakeEngine(SettingsOf(kind));
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

EngineRequest RequestOf(std::vector<std::string> sources, const char* source = "en",
                        const char* target = "es") {
  EngineRequest request{.source = *news::LanguageTag::Parse(source),
                        .target = *news::LanguageTag::Parse(target)};
  for (std::string& text : sources)
    request.texts.push_back({"s" + std::to_string(request.texts.size()), std::move(text)});
  return request;
}

http_client::Result Answered(int status, std::string body,
                             std::optional<absl::Duration> retry_after = {}) {
  const auto outcome = http_client::OutcomeOf(status, retry_after.has_value());
  return {
      .outcome = outcome,
      .status = http_client::StatusOf(outcome, "POST https://engine.example", status, retry_after),
      .answer = http_client::Answer{.status = status, .body = std::move(body)},
      .retry_after = retry_after};
}

std::vector<std::string> TargetsOf(const EngineResult& result) {
  const auto* const answer = std::get_if<EngineAnswer>(&result);
  if (answer == nullptr) return {std::string(NameOf(std::get<EngineFailure>(result).fault))};
  return answer->targets;
}

EngineFailure FailureIn(const EngineResult& result) {
  const auto* const failure = std::get_if<EngineFailure>(&result);
  EXPECT_NE(failure, nullptr);
  return failure == nullptr ? EngineFailure{} : *failure;
}

json::Value Sent(const Engine& engine, const EngineRequest& request) {
  return json::Parse(engine.Compose(request).body).value_or(nullptr);
}

TEST(Engines, AreMadeByTheirSettings) {
  for (const std::string_view kind : EngineKinds())
    EXPECT_TRUE(MakeEngine(SettingsOf(std::string(kind))).ok()) << kind;
  const auto refused = [](EngineSettings settings) {
    return std::string(MakeEngine(settings).status().message());
  };
  EXPECT_THAT(refused({.kind = "bing", .url = "https://x"}),
              HasSubstr("kind: \"bing\" is none of"));
  EXPECT_THAT(refused({.kind = "deepl", .url = "ftp://x", .key = "k"}), HasSubstr("url"));
  EXPECT_THAT(refused({.kind = "deepl", .url = "https://x/", .key = "k"}), HasSubstr("url"));
  EXPECT_THAT(refused({.kind = "deepl", .url = "https://x"}), HasSubstr("key: needed"));
  EXPECT_THAT(refused({.kind = "google", .url = "https://x", .key = "k"}),
              HasSubstr("project: needed"));
  EXPECT_THAT(refused({.kind = "apertium", .url = "http://x", .project = "p"}),
              HasSubstr("project: of no use"));
  EXPECT_THAT(refused({.kind = "openai", .url = "http://x"}), HasSubstr("model: needed"));
}

TEST(Engines, ToldInSecretHeadersAlone) {
  for (const std::string_view kind : EngineKinds()) {
    const http_client::Request request = Make(std::string(kind))->Compose(RequestOf({"a"}));
    EXPECT_EQ(request.url.find("secret"), std::string::npos) << kind;
    EXPECT_TRUE(request.idempotent) << kind;
  }
}

// What all have in common where their documents say nothing else.
TEST(Engines, FailuresAreToldApart) {
  for (const std::string_view kind : EngineKinds()) {
    const auto engine = Make(std::string(kind));
    const EngineRequest request = RequestOf({"one"});
    const auto fault = [&](int status) {
      return FailureIn(engine->Read(request, Answered(status, "{}"))).fault;
    };
    EXPECT_EQ(fault(401), EngineFault::kNotAllowed) << kind;
    EXPECT_EQ(fault(403), EngineFault::kNotAllowed) << kind;
    EXPECT_EQ(fault(413), EngineFault::kTooLarge) << kind;
    EXPECT_EQ(fault(429), EngineFault::kBusy) << kind;
    EXPECT_EQ(fault(500), EngineFault::kUnavailable) << kind;
    EXPECT_EQ(fault(503), EngineFault::kUnavailable) << kind;
    EXPECT_EQ(fault(400), EngineFault::kTextRefused) << kind;
    EXPECT_EQ(fault(200), EngineFault::kBadAnswer) << kind;
    const auto later = FailureIn(engine->Read(request, Answered(429, "", absl::Seconds(7))));
    EXPECT_EQ(later.retry_after, absl::Seconds(7)) << kind;
    http_client::Result silent{.outcome = http_client::Outcome::kUnknown,
                               .status = absl::UnavailableError("no answer")};
    EXPECT_EQ(FailureIn(engine->Read(request, silent)).fault, EngineFault::kUnavailable) << kind;
    silent.outcome = http_client::Outcome::kBadAnswer;
    EXPECT_EQ(FailureIn(engine->Read(request, silent)).fault, EngineFault::kBadAnswer) << kind;
    for (const char* body :
         {"", "[]", "null", "{\"translations\":1}", "{\"choices\":[]}", "\xff", "7"})
      EXPECT_EQ(FailureIn(engine->Read(request, Answered(200, body))).fault,
                EngineFault::kBadAnswer)
          << kind << " " << body;
  }
}

TEST(Apertium, IsAskedByItsForm) {
  const auto engine = Make("apertium");
  EXPECT_EQ(engine->Compose(RequestOf({"Rock &amp; roll"})).body,
            "langpair=eng%7Cspa&markUnknown=no&format=txt&q=Rock+%26+roll");
  EXPECT_EQ(
      engine->Compose(RequestOf({"a <1>b</1>"})).body,
      "langpair=eng%7Cspa&markUnknown=no&format=html&q=a+%3Cspan+id%3D%22t1%22%3Eb%3C%2Fspan%3E");
}

TEST(Apertium, AnswersOneText) {
  const auto engine = Make("apertium");
  const std::string body =
      R"({"responseData":{"translatedText":"Rock & roll <5"},"responseDetails":null,"responseStatus":200})";
  EXPECT_THAT(TargetsOf(engine->Read(RequestOf({"x"}), Answered(200, body))),
              ElementsAre("Rock &amp; roll &lt;5"));
  const std::string marked =
      R"({"responseData":{"translatedText":"un <span id=\"t1\">b</span>"},"responseStatus":200})";
  EXPECT_THAT(TargetsOf(engine->Read(RequestOf({"a <1>b</1>"}), Answered(200, marked))),
              ElementsAre("un <1>b</1>"));
  const std::string unknown =
      R"({"status":"error","code":400,"message":"Bad Request","explanation":"That pair is not installed"})";
  EXPECT_EQ(FailureIn(engine->Read(RequestOf({"x"}), Answered(400, unknown))).fault,
            EngineFault::kPairUnknown);
}

TEST(LibreTranslate, TakesAndGivesAList) {
  const auto engine = Make("libretranslate");
  const json::Value sent = Sent(*engine, RequestOf({"a", "b <1>c</1>"}));
  EXPECT_EQ(sent["q"].dump(), R"(["a","b <span id=\"t1\">c</span>"])");
  EXPECT_EQ(sent["api_key"], "secret");
  EXPECT_THAT(TargetsOf(engine->Read(RequestOf({"a", "b"}),
                                     Answered(200, R"({"translatedText":["x","y"]})"))),
              ElementsAre("x", "y"));
  EXPECT_THAT(
      TargetsOf(engine->Read(RequestOf({"a", "b"}), Answered(200, R"({"translatedText":["x"]})"))),
      ElementsAre("bad_answer"));
}

TEST(LibreTranslate, SaysWhatIsWrongInWords) {
  const auto engine = Make("libretranslate");
  const auto fault = [&](int status, const std::string& error, std::vector<std::string> texts) {
    return FailureIn(engine->Read(RequestOf(std::move(texts)),
                                  Answered(status, R"({"error":")" + error + "\"}")))
        .fault;
  };
  EXPECT_EQ(fault(400, "hy is not supported", {"a"}), EngineFault::kPairUnknown);
  EXPECT_EQ(fault(400, "Invalid request: request exceeds text limit", {"a"}),
            EngineFault::kTooLarge);
  EXPECT_EQ(fault(500, "Cannot translate text", {"a", "b"}), EngineFault::kTextRefused);
  EXPECT_EQ(fault(500, "", {"a"}), EngineFault::kUnavailable);
}

TEST(DeepL, IsAskedWithContextThatCostsNothing) {
  const auto engine = Make("deepl");
  EngineRequest request = RequestOf({"a <1>b</1>"}, "en-US", "pt-BR");
  request.before = "Before.";
  const http_client::Request asked = engine->Compose(request);
  const json::Value sent = json::Parse(asked.body).value();
  EXPECT_EQ(sent["source_lang"], "EN");
  EXPECT_EQ(sent["target_lang"], "PT-BR");
  EXPECT_EQ(sent["context"], "Before.\n");
  EXPECT_EQ(sent["text"][0], "a <x id=\"t1\">b</x>");
  EXPECT_EQ(asked.headers.back().value, "DeepL-Auth-Key secret");
  EXPECT_FALSE(Sent(*engine, RequestOf({"a"})).contains("context"));
}

TEST(DeepL, HasCodesOfItsOwn) {
  const auto engine = Make("deepl");
  const auto fault = [&](int status, const char* message) {
    return FailureIn(
               engine->Read(RequestOf({"a"}),
                            Answered(status, std::string(R"({"message":")") + message + "\"}")))
        .fault;
  };
  EXPECT_EQ(fault(456, "Quota Exceeded"), EngineFault::kQuotaSpent);
  EXPECT_EQ(fault(529, "Too many requests"), EngineFault::kBusy);
  EXPECT_EQ(fault(400, "Value for 'target_lang' not supported."), EngineFault::kPairUnknown);
  EXPECT_THAT(
      TargetsOf(engine->Read(
          RequestOf({"a"}),
          Answered(200, R"({"translations":[{"detected_source_language":"EN","text":"x"}]})"))),
      ElementsAre("x"));
}

TEST(Google, TellsLimitsOfADayFromThoseOfAMinute) {
  const auto engine = Make("google");
  EXPECT_EQ(engine->Compose(RequestOf({"a"})).url,
            "https://engine.example/v3/projects/p/locations/l:translateText");
  const auto failure = [&](int status, const std::string& message) {
    return FailureIn(engine->Read(RequestOf({"a"}),
                                  Answered(status, R"({"error":{"message":")" + message + "\"}}")));
  };
  EXPECT_EQ(failure(403, "Daily Limit Exceeded").fault, EngineFault::kQuotaSpent);
  const EngineFailure minute = failure(403, "User Rate Limit Exceeded");
  EXPECT_EQ(minute.fault, EngineFault::kBusy);
  EXPECT_EQ(minute.retry_after, absl::Minutes(1));
  EXPECT_EQ(failure(403, "The caller does not have permission").fault, EngineFault::kNotAllowed);
  EXPECT_EQ(failure(400, "Target language is invalid.").fault, EngineFault::kPairUnknown);
  EXPECT_EQ(failure(400, "Text is too long.").fault, EngineFault::kTooLarge);
  EXPECT_THAT(
      TargetsOf(engine->Read(
          RequestOf({"a"}), Answered(200, R"({"translations":[{"translatedText":"l&#39;eau"}]})"))),
      ElementsAre("l'eau"));
}

// An answer of a chat endpoint, with that content.
std::string Chat(const json::Value& content, const char* finish_reason = "stop") {
  return json::Write(
      {{"choices", json::Value::array({{{"finish_reason", finish_reason},
                                        {"message", {{"content", json::Write(content)}}}}})}});
}

json::Value SegmentOf(const char* id, const char* echo, const char* target) {
  return {{"id", id}, {"echo", echo}, {"target", target}};
}

TEST(OpenAi, SendsEachSegmentWithItsIdAndItsBeginning) {
  EngineRequest request = RequestOf({"Հայաստանի Հանրապետություն", "b"}, "hy", "en");
  request.terms = {{"Երևան", "Yerevan"}};
  request.after = "After.";
  const json::Value sent = Sent(*Make("openai"), request);
  EXPECT_EQ(sent["temperature"], 0);
  const json::Value task = json::Parse(sent["messages"][1]["content"].get<std::string>()).value();
  EXPECT_EQ(task["segments"][0]["id"], "s0");
  EXPECT_EQ(task["segments"][0]["echo"], "Հայաստանի Հա");
  EXPECT_EQ(task["glossary"]["Երևան"], "Yerevan");
  EXPECT_EQ(task["after"], "After.");
}

TEST(OpenAi, IsBelievedWhenEachSegmentComesBackAsItself) {
  const auto engine = Make("openai");
  const EngineRequest request = RequestOf({"one", "two"});
  const auto read = [&](json::Value segments, const char* reason = "stop") {
    return TargetsOf(
        engine->Read(request, Answered(200, Chat({{"segments", std::move(segments)}}, reason))));
  };
  const json::Value one = SegmentOf("s0", "one", "uno");
  const json::Value two = SegmentOf("s1", "two", "dos");
  EXPECT_THAT(read({one, two}), ElementsAre("uno", "dos"));
  EXPECT_THAT(read({two, one}), ElementsAre("uno", "dos"));
  EXPECT_THAT(read({one}), ElementsAre("bad_answer"));
  EXPECT_THAT(read({one, one}), ElementsAre("bad_answer"));
  EXPECT_THAT(read({one, two, SegmentOf("s2", "x", "y")}), ElementsAre("bad_answer"));
  EXPECT_THAT(read({one, SegmentOf("s1", "one", "uno")}), ElementsAre("bad_answer"));
  EXPECT_THAT(read({one, SegmentOf("s1", "two", "")}), ElementsAre("bad_answer"));
  EXPECT_THAT(read({one, SegmentOf("s1", "two", "<b>dos</b>")}), ElementsAre("bad_answer"));
  EXPECT_THAT(read({one, two}, "length"), ElementsAre("too_large"));
  EXPECT_THAT(read({one, two}, "content_filter"), ElementsAre("text_refused"));
}

TEST(OpenAi, SaysWhyInItsCode) {
  const auto engine = Make("openai");
  const auto fault = [&](int status, const std::string& code) {
    return FailureIn(engine->Read(RequestOf({"a"}),
                                  Answered(status, R"({"error":{"code":")" + code + "\"}}")))
        .fault;
  };
  EXPECT_EQ(fault(429, "insufficient_quota"), EngineFault::kQuotaSpent);
  EXPECT_EQ(fault(429, "rate_limit_exceeded"), EngineFault::kBusy);
  EXPECT_EQ(fault(400, "context_length_exceeded"), EngineFault::kTooLarge);
  EXPECT_EQ(fault(404, "model_not_found"), EngineFault::kNotAllowed);
}

}  // namespace
}  // namespace telex::translation
