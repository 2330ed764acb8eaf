// A chat endpoint as OpenAI's (https://platform.openai.com/docs/api-reference/chat), which many
// others speak. Each text goes out with an id and has to come back with it and with the beginning
// of its source, so that a model that skips or shifts texts is found out.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "translation/adapters/engines/engine_answers.h"
#include "translation/adapters/engines/engines.h"
#include "translation/formats/engine_markup.h"

namespace telex::translation {
namespace {

constexpr std::size_t kEchoBytes = 24;  // cut at a letter's end
constexpr absl::Duration kTimeout = absl::Minutes(2);

constexpr char kInstructions[] =
    "You translate news. Translate the value of `source` of each segment from {} into {}. Keep "
    "every "
    "<x id=\"…\"> element around the words it belongs to, and each number, name, date and address. "
    "Add "
    "nothing, leave nothing out. Texts in `before` and `after` only say what it is about. Use the "
    "terms of `glossary`. Answer with JSON alone: {{\"segments\":[{{\"id\":…,\"echo\":the value of "
    "`echo`,\"target\":…}}]}}, every segment once, in order.";

std::string EchoOf(std::string_view source) {
  std::size_t end = std::min(source.size(), kEchoBytes);
  while (end < source.size() && end > 0 && (static_cast<unsigned char>(source[end]) & 0xC0) == 0x80)
    --end;
  return std::string(source.substr(0, end));
}

class OpenAi final : public Engine {
 public:
  explicit OpenAi(EngineSettings settings) : settings_(std::move(settings)) {}

  EngineLimits limits() const override { return {.texts_max = 40, .bytes_max = 12'000}; }

  http_client::Request Compose(const EngineRequest& request) const override {
    json::Value task = {{"before", request.before},
                        {"after", request.after},
                        {"glossary", json::Value::object()},
                        {"segments", json::Value::array()}};
    for (const EngineTerm& term : request.terms) task["glossary"][term.source] = term.target;
    for (const EngineText& text : request.texts) {
      const std::string source = ToEngine(text.source, EngineMarkup::kXml);
      task["segments"].push_back({{"id", text.id}, {"echo", EchoOf(source)}, {"source", source}});
    }
    const json::Value body = {
        {"model", settings_.model},
        {"temperature", 0},
        {"response_format", {{"type", "json_object"}}},
        {"messages",
         {{{"role", "system"},
           {"content", fmt::format(kInstructions, request.source.text(), request.target.text())}},
          {{"role", "user"}, {"content", json::Write(task)}}}}};
    http_client::Request asked{.method = http_client::Method::kPost,
                               .url = settings_.url + "/v1/chat/completions",
                               .headers = {{"Content-Type", "application/json"}},
                               .body = json::Write(body),
                               .timeout = kTimeout,
                               .idempotent = true};
    if (!settings_.key.empty())
      asked.headers.push_back({"Authorization", "Bearer " + settings_.key});
    return asked;
  }

  EngineResult Read(const EngineRequest& request,
                    const http_client::Result& result) const override {
    const json::Value body = BodyOf(result);
    if (result.outcome != http_client::Outcome::kDone) return Refusal(result, body);
    const std::string ended = TextAt(body, "/choices/0/finish_reason");
    if (ended == "length") return Failure(EngineFault::kTooLarge, "the answer was cut off");
    if (ended == "content_filter")
      return Failure(EngineFault::kTextRefused, "its filter refused it");
    const auto answered = json::Parse(TextAt(body, "/choices/0/message/content"));
    if (ended != "stop" || !answered)
      return Failure(EngineFault::kBadAnswer, "the answer is no JSON");
    return ReadSegments(request, MemberOf(*answered, "segments"));
  }

 private:
  static EngineFailure Refusal(const http_client::Result& result, const json::Value& body) {
    EngineFailure failure = FailureOf(result, TextAt(body, "/error/message"));
    const std::string code = TextAt(body, "/error/code");
    if (code == "insufficient_quota") failure.fault = EngineFault::kQuotaSpent;
    if (code == "context_length_exceeded") failure.fault = EngineFault::kTooLarge;
    if (code == "content_filter") failure.fault = EngineFault::kTextRefused;
    return failure;
  }

  static EngineResult ReadSegments(const EngineRequest& request, const json::Value& segments) {
    std::map<std::string, const json::Value*> by_id;
    if (segments.is_array()) {
      for (const json::Value& segment : segments)
        if (!by_id.emplace(TextAt(segment, "/id"), &segment).second)
          return Failure(EngineFault::kBadAnswer, "a segment came back twice");
    }
    EngineAnswer answer{.characters = CharactersOf(request)};
    for (const EngineText& text : request.texts) {
      const auto found = by_id.find(text.id);
      if (found == by_id.end())
        return Failure(EngineFault::kBadAnswer,
                       fmt::format("segment {} did not come back", text.id));
      const std::string echo = EchoOf(ToEngine(text.source, EngineMarkup::kXml));
      if (TextAt(*found->second, "/echo") != echo) {
        return Failure(EngineFault::kBadAnswer,
                       fmt::format("segment {} came back with another source", text.id));
      }
      auto target = FromEngine(TextAt(*found->second, "/target"), EngineMarkup::kXml);
      if (!target || target->empty())
        return Failure(EngineFault::kBadAnswer, fmt::format("segment {} is broken", text.id));
      answer.targets.push_back(*std::move(target));
    }
    if (by_id.size() != request.texts.size())
      return Failure(EngineFault::kBadAnswer, "a segment came back that was not sent");
    return answer;
  }

  const EngineSettings settings_;
};

}  // namespace

std::unique_ptr<Engine> MakeOpenAi(EngineSettings settings) {
  return std::make_unique<OpenAi>(std::move(settings));
}

}  // namespace telex::translation
