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
constexpr std::string_view kHintPayload = "telexctl/hint";

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

constexpr std::string_view kFileKey = "file";  // of the metadata
constexpr std::string_view kEtagKey = "etag";

// A field as people know it: the document by its file's name.
std::string NameOf(std::string_view field, const errors::Details& details, const Asked& asked) {
  const auto file = details.metadata.find(kFileKey);
  const bool is_file = field == "document" || field == "file";
  if (is_file && file != details.metadata.end()) return file->second;
  const std::string flag = FlagOf(field, asked.command);
  return flag.empty() ? std::string(field) : flag;
}

std::string Message(const absl::Status& status, const errors::Details& details,
                    const Asked& asked) {
  std::string message(status.message());
  for (const errors::FieldViolation& field : details.fields) {
    message = WithNameFor(field.field, NameOf(field.field, details, asked), message);
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

absl::Status WithHint(absl::Status status, std::string_view hint) {
  if (!status.ok()) status.SetPayload(ToAbsl(kHintPayload), absl::Cord(ToAbsl(hint)));
  return status;
}

std::optional<std::string> OwnHint(const absl::Status& status) {
  const auto hint = status.GetPayload(ToAbsl(kHintPayload));
  if (!hint.has_value()) return std::nullopt;
  return std::string(*hint);
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

absl::Status AboutFile(absl::Status status, std::string_view file) {
  if (file == "-" || !errors::DetailsOf(status)) return status;
  return errors::WithMetadata(std::move(status), kFileKey, file);
}

absl::Status AboutEtag(absl::Status status, const std::optional<std::string>& etag) {
  if (!etag || !errors::Is(status, errors::kStaleEtag)) return status;
  return errors::WithMetadata(std::move(status), kEtagKey, *etag);
}

std::string DescribeFailure(const absl::Status& status, const Asked& asked) {
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  std::string text;
  if (details.fields.size() > 1) {  // the message says the first only
    text = fmt::format("telexctl: {} fields are at fault\n", details.fields.size());
    for (const errors::FieldViolation& field : details.fields) {
      text += fmt::format("  {}: {} ({})\n", Printable(NameOf(field.field, details, asked)),
                          Printable(WithCommandsForRpcs(field.description)), field.reason);
    }
  } else {
    text = fmt::format("telexctl: {}\n", Printable(Message(status, details, asked)));
  }
  if (!details.reason.empty()) {
    text += fmt::format("  reason: {} ({})\n", details.reason,
                        std::string(absl::StatusCodeToString(status.code())));
  }
  if (const std::string hint = HintFor(status, asked); !hint.empty()) {
    text += fmt::format("  what to do: {}\n", Printable(hint));
  }
  return text;
}

std::string DescribeFailureAsJson(const absl::Status& status, const Asked& asked) {
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  json::Value error = {
      {"code", IsUsage(status) ? "USAGE" : absl::StatusCodeToString(status.code())},
      {"reason", details.reason},
      {"message", Message(status, details, asked)},
      {"metadata", json::Value::object()},
      {"fields", json::Value::array()},
      {"hint", HintFor(status, asked)},
  };
  for (const auto& [key, value] : details.metadata) error["metadata"][key] = value;
  for (const errors::FieldViolation& field : details.fields) {
    error["fields"].push_back({{"field", field.field},
                               {"flag", FlagOf(field.field, asked.command)},
                               {"reason", field.reason},
                               {"description", WithCommandsForRpcs(field.description)}});
  }
  return json::Write({{"error", error}}) + "\n";
}

}  // namespace telex::cli
