#include "telexctl/failures/failure.h"

#include <absl/strings/cord.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"
#include "platform/json/json.h"
#include "telexctl/failures/hints.h"
#include "telexctl/failures/wording.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

constexpr std::string_view kUsagePayload = "telexctl/usage";  // holds the hint

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }
absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

std::string Message(const absl::Status& status, const errors::Details& details) {
  std::string message(View(status.message()));
  for (const errors::FieldViolation& field : details.fields) {
    message = WithFlagFor(field.field, message);
  }
  return WithCommandsForRpcs(message);
}

}  // namespace

absl::Status Usage(std::string_view message, std::string_view hint) {
  absl::Status status = absl::InvalidArgumentError(ToAbsl(message));
  status.SetPayload(ToAbsl(kUsagePayload), absl::Cord(ToAbsl(hint)));
  return status;
}

bool IsUsage(const absl::Status& status) {
  return status.GetPayload(ToAbsl(kUsagePayload)).has_value();
}

std::string UsageHint(const absl::Status& status) {
  const auto hint = status.GetPayload(ToAbsl(kUsagePayload));
  return hint.has_value() ? std::string(*hint) : std::string();
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (IsUsage(status)) return kExitUsage;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitPermission;
    default:
      return kExitRefused;
  }
}

std::string DescribeFailure(const absl::Status& status, std::string_view command) {
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  std::string text;
  if (details.fields.size() > 1) {  // the message says the first only
    text = fmt::format("telexctl: {} fields are at fault\n", details.fields.size());
    for (const errors::FieldViolation& field : details.fields) {
      const std::string flag = FlagOf(field.field);
      text += fmt::format("  {}: {} ({})\n", Printable(flag.empty() ? field.field : flag),
                          Printable(WithCommandsForRpcs(field.description)), field.reason);
    }
  } else {
    text = fmt::format("telexctl: {}\n", Printable(Message(status, details)));
  }
  if (!details.reason.empty()) {
    text += fmt::format("  reason: {} ({})\n", details.reason,
                        View(absl::StatusCodeToString(status.code())));
  }
  if (const std::string hint = HintFor(status, command); !hint.empty()) {
    text += fmt::format("  what to do: {}\n", hint);
  }
  return text;
}

std::string DescribeFailureAsJson(const absl::Status& status, std::string_view command) {
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  json::Value error = {
      {"code", IsUsage(status) ? "USAGE" : absl::StatusCodeToString(status.code())},
      {"reason", details.reason},
      {"message", Message(status, details)},
      {"metadata", json::Value::object()},
      {"fields", json::Value::array()},
      {"hint", HintFor(status, command)},
  };
  for (const auto& [key, value] : details.metadata) error["metadata"][key] = value;
  for (const errors::FieldViolation& field : details.fields) {
    error["fields"].push_back({{"field", field.field},
                               {"flag", FlagOf(field.field)},
                               {"reason", field.reason},
                               {"description", WithCommandsForRpcs(field.description)}});
  }
  return json::Write({{"error", error}}) + "\n";
}

}  // namespace telex::cli
