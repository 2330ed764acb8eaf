// Addresses as RFC 3986 has them, of addresses as people write them (IRIs, RFC 3987). Pure; any
// bytes. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace telex::text {

// The name of a host in ASCII, in lower case, labels beyond ASCII in Punycode (UTS #46,
// nontransitional). Empty for what is no such name, and for one of more than 255 bytes.
std::string DomainToAscii(std::string_view host);

// What no URI has (section 2), square brackets included, as %XX. A '%' before two hexadecimal
// digits stays; another one is %25.
std::string EscapedForUri(std::string_view text);

// As all its equivalent spellings have it (6.2.2.1 and 6.2.2.2): what need not be percent-encoded
// (letters, digits, "-._~") is not, all other %XX have capital digits. Nothing else changes; a '%'
// that encodes nothing stays.
std::string NormalEscapes(std::string_view text);

// A path without its "." and ".." (5.2.4, which 6.2.2.3 asks for).
std::string WithoutDotSegments(std::string_view path);

}  // namespace telex::text
