// DeepL (https://developers.deepl.com/docs): billed by the code point of the texts; what goes into
// `context` is not. 456: the quota is spent.
#include <nlohmann/json.hpp>
#include <utility>

#include "platform/text/ascii.h"
#include "translation/adapters/engines/engine_answers.h"
#include "translation/adapters/engines/engines.h"
#include "translation/adapters/engines/targets.h"
#include "translation/formats/engine_markup.h"

namespace telex::translation {
namespace {

constexpr int kQuotaExceeded = 456;
constexpr int kOverloaded = 529;

class DeepL final : public Engine {
 public:
  explicit DeepL(EngineSettings settings) : settings_(std::move(settings)) {}

  EngineLimits limits() const override {
    // of 128 KiB in all
    return {.texts_max = 50, .bytes_max = 96u << 10};
  }

  http_client::Request Compose(const EngineRequest& request) const override {
    // A source has no variant there (EN), a target may (EN-GB, PT-BR).
    const std::string& source = request.source.text();
    json::Value body = {{"text", json::Value::array()},
                        {"source_lang", text::AsciiUpper(source.substr(0, source.find('-')))},
                        {"target_lang", text::AsciiUpper(request.target.text())},
                        {"tag_handling", "xml"},
                        {"split_sentences", "0"}};
    for (const EngineText& text : request.texts)
      body["text"].push_back(ToEngine(text.source, EngineMarkup::kXml));
    if (!request.before.empty() || !request.after.empty())
      body["context"] = request.before + "\n" + request.after;
    return {.method = http_client::Method::kPost,
            .url = settings_.url + "/v2/translate",
            .headers = {{"Content-Type", "application/json"},
                        {"Authorization", "DeepL-Auth-Key " + settings_.key}},
            .body = json::Write(body),
            .idempotent = true};
  }

  EngineResult Read(const EngineRequest& request,
                    const http_client::Result& result) const override {
    const json::Value body = BodyOf(result);
    if (result.outcome == http_client::Outcome::kDone) {
      return ReadTargets(request, MemberOf(body, "translations"), EngineMarkup::kXml, "text");
    }
    const std::string why = TextAt(body, "/message");
    EngineFailure failure = FailureOf(result, why);
    const int status = result.answer ? result.answer->status : 0;
    if (status == kQuotaExceeded) failure.fault = EngineFault::kQuotaSpent;
    if (status == kOverloaded) failure.fault = EngineFault::kBusy;
    if (status == 400 && why.find("_lang' not supported") != why.npos)
      failure.fault = EngineFault::kPairUnknown;
    return failure;
  }

 private:
  const EngineSettings settings_;
};

}  // namespace

std::unique_ptr<Engine> MakeDeepL(EngineSettings settings) {
  return std::make_unique<DeepL>(std::move(settings));
}

}  // namespace telex::translation
