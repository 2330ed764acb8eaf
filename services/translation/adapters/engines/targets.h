#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "platform/json/json.h"
#include "translation/domain/engine.h"
#include "translation/formats/engine_markup.h"

namespace telex::translation {

// The answer of an engine that gives a list, as long as the request's texts and in their order: of
// texts, or of objects with the text in that member. Pure; thread-safe.
EngineResult ReadTargets(const EngineRequest& request, const json::Value& list, EngineMarkup markup,
                         std::string_view member = "");

}  // namespace telex::translation
