// Apertium-APY (https://wiki.apertium.org/wiki/Apertium-apy): one text a request, as HTML where it
// has markup, for it mangles what stands around tags that it need not have.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "platform/http_client/form.h"
#include "translation/adapters/engines/engine_answers.h"
#include "translation/adapters/engines/engines.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/engine_markup.h"
#include "translation/formats/iso_639_3.h"

namespace telex::translation {
namespace {

bool HasTags(const EngineText& text) { return text.source.find('<') != std::string::npos; }

class Apertium final : public Engine {
 public:
  explicit Apertium(EngineSettings settings) : settings_(std::move(settings)) {}

  EngineLimits limits() const override { return {.texts_max = 1, .bytes_max = 30'000}; }

  http_client::Request Compose(const EngineRequest& request) const override {
    const EngineText& text = request.texts.front();
    const bool html = HasTags(text);
    return {
        .method = http_client::Method::kPost,
        .url = settings_.url + "/translate",
        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
        .body = http_client::FormOf(
            {{"langpair",
              fmt::format("{}|{}", Iso639_3Of(request.source), Iso639_3Of(request.target))},
             {"markUnknown", "no"},
             {"format", html ? "html" : "txt"},
             {"q", html ? ToEngine(text.source, EngineMarkup::kHtml) : PlainTextOf(text.source)}}),
        .idempotent = true};
  }

  EngineResult Read(const EngineRequest& request,
                    const http_client::Result& result) const override {
    const json::Value body = BodyOf(result);
    if (result.outcome != http_client::Outcome::kDone) {
      const std::string why = TextAt(body, "/explanation");
      if (why.find("pair is not installed") != why.npos)
        return Failure(EngineFault::kPairUnknown, why);
      return FailureOf(result, why);
    }
    const std::string translated = TextAt(body, "/responseData/translatedText");
    if (translated.empty()) return Failure(EngineFault::kBadAnswer, "no translatedText");
    EngineAnswer answer{.characters = CharactersOf(request)};
    if (!HasTags(request.texts.front())) {
      answer.targets.push_back(EscapeText(translated));
    } else if (auto tagged = FromEngine(translated, EngineMarkup::kHtml)) {
      answer.targets.push_back(*std::move(tagged));
    } else {
      return Failure(EngineFault::kBadAnswer, "the markup came back broken");
    }
    return answer;
  }

 private:
  const EngineSettings settings_;
};

}  // namespace

std::unique_ptr<Engine> MakeApertium(EngineSettings settings) {
  return std::make_unique<Apertium>(std::move(settings));
}

}  // namespace telex::translation
