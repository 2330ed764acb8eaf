// Google Cloud Translation v3 (https://cloud.google.com/translate/docs): a quota is told as 403 and
// as 429; "Daily Limit" is over with the day there (Pacific time), "User Rate Limit" within a
// minute.
#include <nlohmann/json.hpp>
#include <utility>

#include "translation/adapters/engines/engine_answers.h"
#include "translation/adapters/engines/engines.h"
#include "translation/adapters/engines/targets.h"
#include "translation/formats/engine_markup.h"

namespace telex::translation {
namespace {

constexpr absl::Duration kRateLimitReset = absl::Minutes(1);

class Google final : public Engine {
 public:
  explicit Google(EngineSettings settings) : settings_(std::move(settings)) {}

  EngineLimits limits() const override {
    // Fewer than 30,000 code points a request are recommended.
    return {.texts_max = 1'024, .bytes_max = 28'000};
  }

  http_client::Request Compose(const EngineRequest& request) const override {
    json::Value body = {{"contents", json::Value::array()},
                        {"sourceLanguageCode", request.source.text()},
                        {"targetLanguageCode", request.target.text()},
                        {"mimeType", "text/html"}};
    for (const EngineText& text : request.texts)
      body["contents"].push_back(ToEngine(text.source, EngineMarkup::kHtml));
    return {.method = http_client::Method::kPost,
            .url = settings_.url + "/v3/" + settings_.project + ":translateText",
            .headers = {{"Content-Type", "application/json"},
                        {"Authorization", "Bearer " + settings_.key}},
            .body = json::Write(body),
            .idempotent = true};
  }

  EngineResult Read(const EngineRequest& request,
                    const http_client::Result& result) const override {
    const json::Value body = BodyOf(result);
    if (result.outcome == http_client::Outcome::kDone) {
      return ReadTargets(request, MemberOf(body, "translations"), EngineMarkup::kHtml,
                         "translatedText");
    }
    const std::string why = TextAt(body, "/error/message");
    EngineFailure failure = FailureOf(result, why);
    const int status = result.answer ? result.answer->status : 0;
    const bool limited = status == 403 || status == 429;
    if (limited && why.find("Daily Limit") != why.npos) failure.fault = EngineFault::kQuotaSpent;
    if (limited && why.find("Rate Limit") != why.npos) {
      failure.fault = EngineFault::kBusy;
      if (!failure.retry_after) failure.retry_after = kRateLimitReset;
    }
    if (status == 400 && why.find("language") != why.npos)
      failure.fault = EngineFault::kPairUnknown;
    if (status == 400 && why.find("too long") != why.npos) failure.fault = EngineFault::kTooLarge;
    return failure;
  }

 private:
  const EngineSettings settings_;
};

}  // namespace

std::unique_ptr<Engine> MakeGoogle(EngineSettings settings) {
  return std::make_unique<Google>(std::move(settings));
}

}  // namespace telex::translation
