#include "translation/domain/engine.h"

#include <algorithm>
#include <span>

#include "translation/domain/tagged_text.h"

namespace telex::translation {
namespace {

EngineRequest Part(const EngineRequest& whole, std::span<const EngineText> texts) {
  return {.source = whole.source,
          .target = whole.target,
          .texts = {texts.begin(), texts.end()},
          .before = whole.before,
          .after = whole.after,
          .terms = whole.terms};
}

}  // namespace

std::string_view NameOf(EngineFault fault) {
  switch (fault) {
    case EngineFault::kBusy:
      return "busy";
    case EngineFault::kQuotaSpent:
      return "quota_spent";
    case EngineFault::kNotAllowed:
      return "not_allowed";
    case EngineFault::kPairUnknown:
      return "pair_unknown";
    case EngineFault::kTooLarge:
      return "too_large";
    case EngineFault::kTextRefused:
      return "text_refused";
    case EngineFault::kUnavailable:
      return "unavailable";
    case EngineFault::kBadAnswer:
      return "bad_answer";
  }
  return "";
}

std::vector<EngineRequest> SplitByLimits(const EngineRequest& request, const EngineLimits& limits) {
  std::vector<EngineRequest> parts;
  const std::span<const EngineText> texts = request.texts;
  std::size_t begin = 0;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    const std::size_t more = texts[at].source.size();
    const bool full = at - begin == limits.texts_max || bytes + more > limits.bytes_max;
    if (at > begin && full) {
      parts.push_back(Part(request, texts.subspan(begin, at - begin)));
      begin = at;
      bytes = 0;
    }
    bytes += more;
  }
  if (begin < texts.size()) parts.push_back(Part(request, texts.subspan(begin)));
  return parts;
}

std::array<EngineRequest, 2> Halved(const EngineRequest& request) {
  const std::span<const EngineText> texts = request.texts;
  const std::size_t middle = texts.size() / 2;
  return {Part(request, texts.first(middle)), Part(request, texts.subspan(middle))};
}

bool HalvesMaySucceed(EngineFault fault) {
  return fault == EngineFault::kTooLarge || fault == EngineFault::kTextRefused ||
         fault == EngineFault::kBadAnswer;
}

std::int64_t CharactersOf(const EngineRequest& request) {
  std::int64_t characters = 0;
  for (const EngineText& text : request.texts) {
    const std::string plain = PlainTextOf(text.source);
    characters += std::ranges::count_if(
        plain, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  }
  return characters;
}

}  // namespace telex::translation
