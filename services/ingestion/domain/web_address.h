#pragma once

#include <string>
#include <string_view>

namespace telex::ingestion {

// Addresses of the web, as documents, settings and people have them. All are pure.

// A setting or an address: http or https, a host, no control characters or blanks.
bool IsWebAddress(std::string_view text);

// The host in ASCII (UTS #46) and lower case, without "www.", the root's dot and port: what two
// home pages of one publisher share. Empty where there is no scheme.
std::string HostOf(std::string_view address);

// What all spellings of one page's address have in common: the host as above, a port that is
// neither 80 nor 443, path and query as RFC 3986, 6.2.2, has them, the path without the slash at
// its end, the query without what only says who sent the reader (utm_source, fbclid, ...). Neither
// scheme nor fragment. For comparing only. Empty where there is no scheme.
std::string ComparableAddress(std::string_view address);

}  // namespace telex::ingestion
