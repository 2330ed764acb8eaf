// The engines that there are, each in its own file. Use MakeEngine (engine.h).
#pragma once

#include <memory>

#include "translation/adapters/engines/engine.h"

namespace telex::translation {

std::unique_ptr<Engine> MakeApertium(EngineSettings settings);
std::unique_ptr<Engine> MakeDeepL(EngineSettings settings);
std::unique_ptr<Engine> MakeGoogle(EngineSettings settings);
std::unique_ptr<Engine> MakeLibreTranslate(EngineSettings settings);
std::unique_ptr<Engine> MakeOpenAi(EngineSettings settings);

}  // namespace telex::translation
