#pragma once

#include <string>
#include <string_view>

namespace telex::feeds {

// An http or https address as people and browsers write it (an IRI, RFC 3987) as a URI (RFC 3986),
// which is all that RSS knows: a host beyond ASCII in Punycode (UTS #46), everything else that a
// URI does not have as %XX. What is a URI stays as it is, but for a backslash, which browsers take
// for a slash. Square brackets stay in a host, for IPv6. Pure; any bytes.
std::string UriOf(std::string_view address);

// Whether the text is a media type with its parameters (RFC 9110 section 8.3.1).
bool IsMediaType(std::string_view text);

}  // namespace telex::feeds
