// What is asked of a translation engine, and what comes of it. Plain values; pure.
#pragma once

#include <absl/time/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "news/language_tag.h"

namespace telex::translation {

struct EngineText {
  std::string id;      // of the segment
  std::string source;  // tagged text (tagged_text.h)
};

struct EngineTerm {
  std::string source;
  std::string target;
};

struct EngineRequest {
  news::LanguageTag source;
  news::LanguageTag target;
  std::vector<EngineText> texts;  // not empty; in the article's order
  std::string before;             // the text around them, plain; not to be translated
  std::string after;
  std::vector<EngineTerm> terms;  // of the glossary, those that occur
};

struct EngineAnswer {
  std::vector<std::string> targets;  // tagged text, one for each text, in their order
  std::int64_t characters = 0;       // code points that were sent to be translated: what it costs
};

// Why there is no answer, as the decision what to do next needs it.
enum class EngineFault : std::uint8_t {
  kBusy,         // asked too often
  kQuotaSpent,   // of the day or the month, or the money
  kNotAllowed,   // the key, the account, the model: an operator has to act
  kPairUnknown,  // it does not translate between these languages
  kTooLarge,     // too many or too long texts in one request
  kTextRefused,  // it will not translate this text
  kUnavailable,  // it does not answer, or has failed
  kBadAnswer,    // it answered something else than was asked
};
inline constexpr std::array kEngineFaults = {EngineFault::kBusy,        EngineFault::kQuotaSpent,
                                             EngineFault::kNotAllowed,  EngineFault::kPairUnknown,
                                             EngineFault::kTooLarge,    EngineFault::kTextRefused,
                                             EngineFault::kUnavailable, EngineFault::kBadAnswer};

std::string_view NameOf(EngineFault fault);  // "busy": in metrics and logs

// NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): moved from the variant that holds it
struct EngineFailure {
  EngineFault fault = EngineFault::kUnavailable;
  std::string text;                           // what the engine says, at most kFailureBytesMax
  std::optional<absl::Duration> retry_after;  // as it says
};
inline constexpr std::size_t kFailureBytesMax = 300;

using EngineResult = std::variant<EngineAnswer, EngineFailure>;

// Of one request of an engine.
struct EngineLimits {
  std::size_t texts_max = 1;
  std::size_t bytes_max = 4'000;  // of all texts
};

// The texts of a request in requests that keep within the limits, in their order; one text that is
// too long alone is a request of its own. What is around a text goes with each.
std::vector<EngineRequest> SplitByLimits(const EngineRequest& request, const EngineLimits& limits);
// In two halves. The request has two texts at least.
std::array<EngineRequest, 2> Halved(const EngineRequest& request);
// Whether halves may succeed where the whole has not: one bad text must not hold up its neighbours.
bool HalvesMaySucceed(EngineFault fault);

// Code points of the texts, without their tags.
std::int64_t CharactersOf(const EngineRequest& request);

}  // namespace telex::translation
