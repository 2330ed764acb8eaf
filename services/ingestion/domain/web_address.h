#pragma once

#include <string>
#include <string_view>

namespace telex::ingestion {

// Addresses of the web, as documents, settings and people have them. All are pure.

// A setting or an address: http or https, a host, no control characters or blanks.
bool IsWebAddress(std::string_view text);

// The host in lower case, without "www." and port: what two home pages of one publisher share.
// Empty where there is no scheme.
std::string HostOf(std::string_view address);

// What two spellings of one page's address have in common: host without "www.", port, path without
// the slash at its end, and query; neither scheme nor fragment. For comparing only. Empty where
// there is no scheme.
std::string ComparableAddress(std::string_view address);

}  // namespace telex::ingestion
