// What the answers of engines have in common. Pure; thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "platform/http_client/message.h"
#include "platform/json/json.h"
#include "translation/domain/engine.h"

namespace telex::translation {

EngineFailure Failure(EngineFault fault, std::string_view text);

// What an answer other than 2xx, or none, means where the engine's own document says nothing more.
// `text`: what the engine says of it.
EngineFailure FailureOf(const http_client::Result& result, std::string_view text);

// The body as JSON, of any status; null where there is none or it is no JSON.
json::Value BodyOf(const http_client::Result& result);
// The member of an object; null where there is none.
json::Value MemberOf(const json::Value& body, const char* name);
// The text at that pointer (RFC 6901); empty where there is none.
std::string TextAt(const json::Value& body, const char* pointer);

}  // namespace telex::translation
