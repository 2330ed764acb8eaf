#include "translation/adapters/engines/engine_answers.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace telex::translation {

EngineFailure Failure(EngineFault fault, std::string_view text) {
  return {.fault = fault, .text = std::string(text.substr(0, kFailureBytesMax))};
}

EngineFailure FailureOf(const http_client::Result& result, std::string_view text) {
  const std::string told = text.empty() ? std::string(result.status.message()) : std::string(text);
  EngineFailure failure = Failure(EngineFault::kUnavailable, told);
  failure.retry_after = result.retry_after;
  if (!result.answer) {
    if (result.outcome == http_client::Outcome::kBadAnswer) failure.fault = EngineFault::kBadAnswer;
    if (result.outcome == http_client::Outcome::kRefused) failure.fault = EngineFault::kNotAllowed;
    return failure;
  }
  switch (const int status = result.answer->status; status) {
    case 401:
    case 403:
    case 404:
      failure.fault = EngineFault::kNotAllowed;
      break;
    case 413:
    case 414:
      failure.fault = EngineFault::kTooLarge;
      break;
    case 429:
      failure.fault = EngineFault::kBusy;
      break;
    default:
      if (status < 500) failure.fault = EngineFault::kTextRefused;
      if (status < 300) failure.fault = EngineFault::kBadAnswer;
  }
  return failure;
}

json::Value BodyOf(const http_client::Result& result) {
  if (!result.answer) return nullptr;
  return json::Parse(result.answer->body).value_or(nullptr);
}

json::Value MemberOf(const json::Value& body, const char* name) {
  return body.is_object() ? body.value(name, json::Value()) : json::Value();
}

std::string TextAt(const json::Value& body, const char* pointer) {
  const json::Value::json_pointer at(pointer);
  if (!body.contains(at) || !body[at].is_string()) return "";
  return body[at].get<std::string>();
}

}  // namespace telex::translation
