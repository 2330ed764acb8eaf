#include "translation/adapters/engines/targets.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "translation/adapters/engines/engine_answers.h"

namespace telex::translation {

EngineResult ReadTargets(const EngineRequest& request, const json::Value& list, EngineMarkup markup,
                         std::string_view member) {
  if (!list.is_array() || list.size() != request.texts.size()) {
    return Failure(EngineFault::kBadAnswer,
                   fmt::format("{} texts were sent, and {} came back", request.texts.size(),
                               list.is_array() ? list.size() : 0));
  }
  EngineAnswer answer{.characters = CharactersOf(request)};
  for (const json::Value& entry : list) {
    const json::Value* text = &entry;
    if (!member.empty()) {
      const auto found = entry.find(std::string(member));
      if (!entry.is_object() || found == entry.end())
        text = nullptr;
      else
        text = &*found;
    }
    if (text == nullptr || !text->is_string())
      return Failure(EngineFault::kBadAnswer, "a text of the answer is none");
    auto tagged = FromEngine(text->get<std::string>(), markup);
    if (!tagged) return Failure(EngineFault::kBadAnswer, "the markup came back broken");
    answer.targets.push_back(*std::move(tagged));
  }
  return answer;
}

}  // namespace telex::translation
