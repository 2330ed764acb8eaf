// What a person hands to a command: files, names, instants, pairs.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>
#include <utility>

namespace telex::cli {

// The bytes of a file, or of `standard_input` when it is named `-`. A usage error when it cannot be
// read, DOCUMENT_TOO_LARGE when it has more than `bytes_max`.
absl::StatusOr<std::string> ReadInput(const std::string& file, std::size_t bytes_max,
                                      std::istream& standard_input);

enum class Versions { kAllowed, kRefused };

// `articles/{uuid}` from itself, from the bare UUID, with `@{version}` where it is allowed; from
// `urn:uuid:{uuid}`, as feeds have it, and from the article's address at Telex. Blanks around it
// and capitals do not matter.
absl::StatusOr<std::string> ArticleName(std::string_view text, Versions versions);

// What can be the address of a page, with the https:// that people leave out (`courier.example/1`)
// and without blanks around it; empty for all else.
std::string PageAddress(std::string_view text);

// `sources/{source}` from itself or from the bare id.
std::string SourceName(std::string_view text);

// RFC 3339 ("2025-04-18T14:25:00+04:00"), or "2025-04-18 14:25" or "2025-04-18" in UTC. `flag` is
// named in the usage error.
absl::StatusOr<google::protobuf::Timestamp> Instant(std::string_view text, std::string_view flag);

// The etag as services have it, from itself ("\"3\"") or from the number in it: a shell takes the
// quotes of "3" away.
absl::StatusOr<std::string> Etag(std::string_view text);

// "WORLD=world". The value may be empty.
absl::StatusOr<std::pair<std::string, std::string>> Pair(std::string_view text,
                                                         std::string_view flag);

}  // namespace telex::cli
