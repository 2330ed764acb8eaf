#include "platform/errors/errors.h"

#include <absl/strings/cord.h>
#include <absl/strings/string_view.h>
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "platform/json/json.h"

namespace telex::errors {
namespace {

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

// At most `bytes_max` bytes of `text`, never ending inside a UTF-8 sequence.
std::string Cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

Metadata Bounded(const Metadata& metadata) {
  Metadata bounded;
  for (const auto& [key, value] : metadata) {
    if (bounded.size() == kMetadataEntriesMax) break;
    bounded.insert_or_assign(Cut(key, kMetadataKeyBytesMax), Cut(value, kMetadataValueBytesMax));
  }
  return bounded;
}

std::string Encode(const Details& details) {
  json::Value fields = json::Value::array();
  for (const FieldViolation& violation : details.fields) {
    fields.push_back({violation.field, violation.reason, violation.description});
  }
  // Callers quote what they were sent; bytes that are no UTF-8 become U+FFFD here.
  return json::Write({{"reason", details.reason},
                      {"metadata", json::Value(details.metadata)},
                      {"fields", fields}});
}

std::string TextOr(const json::Value& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Payloads are only ever written by Encode(), yet a Status may come from anyone: what does
// not fit is left out rather than trusted.
std::optional<Details> Decode(const std::string& payload) {
  const auto parsed = json::Parse(payload);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::Value& encoded = *parsed;
  Details details;
  details.reason = TextOr(encoded, "reason");
  if (details.reason.empty()) return std::nullopt;
  if (const auto metadata = encoded.find("metadata");
      metadata != encoded.end() && metadata->is_object()) {
    for (const auto& [key, value] : metadata->items()) {
      if (value.is_string()) details.metadata.emplace(key, value.get<std::string>());
    }
  }
  if (const auto fields = encoded.find("fields"); fields != encoded.end() && fields->is_array()) {
    for (const json::Value& field : *fields) {
      const bool fits = field.is_array() && field.size() == 3 && field[0].is_string() &&
                        field[1].is_string() && field[2].is_string();
      if (!fits) continue;
      details.fields.push_back(
          {field[0].get<std::string>(), field[1].get<std::string>(), field[2].get<std::string>()});
    }
  }
  return details;
}

void Attach(absl::Status& status, const Details& details) {
  status.SetPayload(ToAbsl(kPayloadUrl), absl::Cord(Encode(details)));
}

void SetBounded(Metadata& metadata, std::string_view key, std::string_view value) {
  std::string cut_key = Cut(key, kMetadataKeyBytesMax);
  if (metadata.size() >= kMetadataEntriesMax && !metadata.contains(cut_key)) return;
  metadata.insert_or_assign(std::move(cut_key), Cut(value, kMetadataValueBytesMax));
}

void CountOmitted(Metadata& metadata) {
  std::size_t omitted = 1;
  if (const auto found = metadata.find(kViolationsOmittedKey); found != metadata.end()) {
    omitted = std::strtoull(found->second.c_str(), nullptr, 10) + 1;
  }
  // Its own entry is allowed beyond the maximum: a count that is dropped would be a lie.
  metadata.insert_or_assign(std::string(kViolationsOmittedKey), fmt::format("{}", omitted));
}

}  // namespace

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   const Metadata& metadata) {
  if (code == absl::StatusCode::kOk) code = absl::StatusCode::kInternal;
  absl::Status status(code, ToAbsl(Cut(message, kMessageBytesMax)));
  Attach(status, Details{std::string(reason), Bounded(metadata), {}});
  return status;
}

absl::Status FieldError(std::string_view field, std::string_view reason,
                        std::string_view description) {
  return WithField(absl::OkStatus(), field, reason, description);
}

absl::Status WithField(absl::Status status, std::string_view field, std::string_view reason,
                       std::string_view description) {
  if (status.ok()) {
    status = absl::Status(absl::StatusCode::kInvalidArgument,
                          ToAbsl(Cut(fmt::format("{}: {}", Cut(field, kFieldBytesMax), description),
                                     kMessageBytesMax)));
  }
  Details details = DetailsOf(status).value_or(Details{});
  if (details.reason.empty()) details.reason = std::string(reason);
  if (details.fields.size() < kFieldViolationsMax) {
    details.fields.push_back(
        {Cut(field, kFieldBytesMax), std::string(reason), Cut(description, kDescriptionBytesMax)});
  } else {
    CountOmitted(details.metadata);
  }
  Attach(status, details);
  return status;
}

absl::Status WithMetadata(absl::Status status, std::string_view key, std::string_view value) {
  if (status.ok()) return status;
  std::optional<Details> details = DetailsOf(status);
  if (!details.has_value()) return status;  // without a reason there is nothing to explain
  SetBounded(details->metadata, key, value);
  Attach(status, *details);
  return status;
}

absl::Status WithContext(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  const std::string message = fmt::format("{}: {}", prefix, ToStd(status.message()));
  absl::Status wrapped(status.code(), ToAbsl(Cut(message, kMessageBytesMax)));
  status.ForEachPayload([&wrapped](absl::string_view url, const absl::Cord& payload) {
    wrapped.SetPayload(url, payload);
  });
  return wrapped;
}

std::string ReasonOf(const absl::Status& status) {
  std::optional<Details> details = DetailsOf(status);
  return details.has_value() ? std::move(details->reason) : std::string();
}

bool Is(const absl::Status& status, std::string_view reason) {
  return !status.ok() && ReasonOf(status) == reason;
}

std::optional<Details> DetailsOf(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  const auto payload = status.GetPayload(ToAbsl(kPayloadUrl));
  if (!payload.has_value()) return std::nullopt;
  return Decode(std::string(*payload));
}

}  // namespace telex::errors
