#pragma once

// What an error carries besides its code and message: one reason (errors/reasons.h), metadata
// that lets a program act on it, and, for a request that is wrong in several places, one
// violation a field. It travels inside absl::Status as a payload; the gRPC adapter makes
// google.rpc.ErrorInfo and BadRequest of it, the HTTP side problem+json.
//
// All functions are pure and may be called from any thread.

#include <absl/status/status.h>

#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/errors/reasons.h"

namespace telex::errors {

// The bounds keep an error inside the 8 KiB that gRPC peers accept as trailers by default. What is
// longer is cut (at a UTF-8 boundary), what is more is left out and counted in the metadata under
// kViolationsOmittedKey.
inline constexpr std::size_t kMessageBytesMax = 512;
inline constexpr std::size_t kFieldViolationsMax = 8;
inline constexpr std::size_t kFieldBytesMax = 128;
inline constexpr std::size_t kDescriptionBytesMax = 256;
inline constexpr std::size_t kMetadataEntriesMax = 10;
inline constexpr std::size_t kMetadataKeyBytesMax = 64;
inline constexpr std::size_t kMetadataValueBytesMax = 256;
inline constexpr std::string_view kViolationsOmittedKey = "violations_omitted";

// The absl::Status payload under which the details lie.
inline constexpr std::string_view kPayloadUrl = "telex/error";

using Metadata = std::map<std::string, std::string, std::less<>>;

// google.rpc.BadRequest.FieldViolation, with the reason newer versions of it have.
struct FieldViolation {
  std::string field;        // path in the request, e.g. "article.headline"
  std::string reason;       // one of errors/reasons.h
  std::string description;  // for a person: what is wrong and what would be accepted

  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

struct Details {
  std::string reason;
  Metadata metadata;
  std::vector<FieldViolation> fields;

  friend bool operator==(const Details&, const Details&) = default;
};

// An error of `code` (never kOk; kOk is taken as kInternal) for `reason`.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   const Metadata& metadata = {});

// INVALID_ARGUMENT for one field; the message names the field and says the description.
absl::Status FieldError(std::string_view field, std::string_view reason,
                        std::string_view description);

// `status` with one more violation. An OK status becomes FieldError(...), so a validator can start
// from OK and gather all faults of a request. The first violation names the reason of the whole.
absl::Status WithField(absl::Status status, std::string_view field, std::string_view reason,
                       std::string_view description);

// `status` with metadata added (or replaced); OK stays OK.
absl::Status WithMetadata(absl::Status status, std::string_view key, std::string_view value);

// The same error with `prefix` and ": " before its message; code and details are kept. OK stays OK.
absl::Status WithContext(const absl::Status& status, std::string_view prefix);

// The reason, or "" when the status is OK or was not made here.
std::string ReasonOf(const absl::Status& status);

// True when the status was made for this reason.
bool Is(const absl::Status& status, std::string_view reason);

// Everything the error carries; nullopt when the status is OK or was not made here.
std::optional<Details> DetailsOf(const absl::Status& status);

}  // namespace telex::errors
