#include "translation/formats/protected_text.h"

#include <absl/strings/ascii.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <cstddef>

#include "news/utf8.h"
#include "platform/text/ascii.h"

namespace telex::translation {
namespace {

constexpr std::size_t kMailboxBytesMax = 64;  // RFC 5321 section 4.5.3.1.1
constexpr char32_t kFirstIdeographic = 0x2E80;

bool IsWordByte(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsMailboxByte(char c) {
  return IsWordByte(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
}
bool IsDomainByte(char c) { return IsWordByte(c) || c == '-' || c == '.'; }

bool IsAddressCharacter(char32_t c) {
  if (c < 0x80) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) &&
           std::string_view("<>\"{}|\\^`").find(static_cast<char>(c)) == std::string_view::npos;
  }
  return c < kFirstIdeographic && u_isalnum(static_cast<UChar32>(c));
}

// Bytes of the address that `text` begins with; 0 if it begins with none.
std::size_t WebAddressBytes(std::string_view address) {
  std::size_t prefix = 0;
  for (const std::string_view scheme : {"https://", "http://", "www."}) {
    if (text::StartsWithIgnoringAsciiCase(address, scheme)) prefix = scheme.size();
  }
  if (prefix == 0) return 0;
  std::string_view rest = address;
  int open = 0;  // brackets
  for (std::string_view after = address; !after.empty(); rest = after) {
    const char32_t c = news::TakeCodePoint(after);
    if (!IsAddressCharacter(c)) break;
    open += c == '(' ? 1 : c == ')' ? -1 : 0;
  }
  std::size_t bytes = address.size() - rest.size();
  // What belongs to the sentence, not to the address.
  while (bytes > prefix) {
    const char last = address[bytes - 1];
    const bool of_sentence = std::string_view(".,;:!?'*").find(last) != std::string_view::npos;
    if (!of_sentence && !(last == ')' && open < 0)) break;
    if (last == ')') ++open;
    --bytes;
  }
  return bytes > prefix ? bytes : 0;
}

// Bytes of the domain that `text` begins with; 0 if it begins with none.
std::size_t DomainBytes(std::string_view text) {
  std::size_t bytes = std::find_if_not(text.begin(), text.end(), IsDomainByte) - text.begin();
  while (bytes > 0 && !IsWordByte(text[bytes - 1])) --bytes;
  const bool whole = bytes > 0 && IsWordByte(text.front()) &&
                     text.substr(0, bytes).find('.') != std::string_view::npos;
  return whole ? bytes : 0;
}

struct Span {
  std::size_t begin = 0, end = 0;
};

// "https", "www", or the @ of a mailbox.
bool MayBegin(char c) { return c == '@' || c == 'h' || c == 'H' || c == 'w' || c == 'W'; }

// An address that begins or has its @ at `at`, and not before `from`; empty if there is none.
Span AddressAt(std::string_view text, std::size_t at, std::size_t from) {
  if (text[at] == '@') {
    std::size_t begin = at;
    while (begin > from && at - begin < kMailboxBytesMax && IsMailboxByte(text[begin - 1])) --begin;
    while (begin < at && !IsWordByte(text[begin])) ++begin;
    const std::size_t domain = DomainBytes(text.substr(at + 1));
    return begin == at || domain == 0 ? Span() : Span{begin, at + 1 + domain};
  }
  if (at > from && IsWordByte(text[at - 1])) return {};
  const std::size_t bytes = WebAddressBytes(text.substr(at));
  return bytes == 0 ? Span() : Span{at, at + bytes};
}

}  // namespace

std::vector<TextPart> ProtectAddresses(std::string_view text) {
  std::vector<TextPart> parts;
  std::size_t from = 0;
  const auto add = [&](std::size_t end, bool is_protected) {
    if (end > from) parts.push_back({text.substr(from, end - from), is_protected});
    from = std::max(from, end);
  };
  for (std::size_t at = 0; at < text.size();) {
    const Span address = MayBegin(text[at]) ? AddressAt(text, at, from) : Span();
    if (address.end == 0) {
      ++at;
      continue;
    }
    add(address.begin, false);
    add(address.end, true);
    at = address.end;
  }
  add(text.size(), false);
  return parts;
}

}  // namespace telex::translation
