// LibreTranslate (https://docs.libretranslate.com): all texts of a request or none.
#include <nlohmann/json.hpp>
#include <utility>

#include "translation/adapters/engines/engine_answers.h"
#include "translation/adapters/engines/engines.h"
#include "translation/adapters/engines/targets.h"
#include "translation/formats/engine_markup.h"

namespace telex::translation {
namespace {

class LibreTranslate final : public Engine {
 public:
  explicit LibreTranslate(EngineSettings settings) : settings_(std::move(settings)) {}

  EngineLimits limits() const override {
    // A server's own limits are its operator's to set; these are below what they are shipped with.
    return {.texts_max = 50, .bytes_max = 20'000};
  }

  http_client::Request Compose(const EngineRequest& request) const override {
    json::Value body = {{"source", request.source.text()},
                        {"target", request.target.text()},
                        {"format", "html"},
                        {"q", json::Value::array()}};
    for (const EngineText& text : request.texts)
      body["q"].push_back(ToEngine(text.source, EngineMarkup::kHtml));
    if (!settings_.key.empty()) body["api_key"] = settings_.key;
    return {.method = http_client::Method::kPost,
            .url = settings_.url + "/translate",
            .headers = {{"Content-Type", "application/json"}},
            .body = json::Write(body),
            .idempotent = true};
  }

  EngineResult Read(const EngineRequest& request,
                    const http_client::Result& result) const override {
    const json::Value body = BodyOf(result);
    if (result.outcome == http_client::Outcome::kDone)
      return ReadTargets(request, MemberOf(body, "translatedText"), EngineMarkup::kHtml);
    const std::string why = TextAt(body, "/error");
    const int status = result.answer ? result.answer->status : 0;
    if (status == 400 && why.find("not supported") != why.npos)
      return Failure(EngineFault::kPairUnknown, why);
    if (status == 400 && why.find("limit") != why.npos) return Failure(EngineFault::kTooLarge, why);
    // With words of its own it is about a text, and then about all that came with it.
    if (status == 500 && !why.empty()) return Failure(EngineFault::kTextRefused, why);
    return FailureOf(result, why);
  }

 private:
  const EngineSettings settings_;
};

}  // namespace

std::unique_ptr<Engine> MakeLibreTranslate(EngineSettings settings) {
  return std::make_unique<LibreTranslate>(std::move(settings));
}

}  // namespace telex::translation
