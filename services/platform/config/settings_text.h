#pragma once

// The pure parts of settings: names and what is shown of values.

#include <string>
#include <string_view>

namespace telex::config {

inline constexpr std::string_view kRedacted = "<redacted>";

// TELEX_ and then words of A-Z and 0-9 joined by single underscores.
bool IsSettingName(std::string_view name);

// "TELEX_KAFKA_BROKERS" -> "--kafka-brokers".
std::string FlagOf(std::string_view name);

// "telex-feeds" -> "TELEX_FEEDS_".
std::string VariablePrefixOf(std::string_view program);

// The password of URLs ("redis://user:password@host") is replaced by kRedacted, wherever in the
// text they stand.
std::string RedactUrls(std::string_view text);

// For a person: control characters escaped, at most 200 bytes, quoted.
std::string Quoted(std::string_view value);

// Variables that Kubernetes sets for every Service of the namespace ("TELEX_FEEDS_PORT=tcp://...",
// "..._SERVICE_HOST"): of a Service called like the program they look like settings and are none.
bool IsServiceLink(std::string_view name, std::string_view value);

}  // namespace telex::config
