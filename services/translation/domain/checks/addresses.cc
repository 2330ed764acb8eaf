#include "translation/domain/checks/addresses.h"

#include <algorithm>
#include <cstddef>

#include "platform/text/ascii.h"

namespace telex::translation::checks {
namespace {

bool IsAddressByte(char c) {
  // Whatever is not ASCII may be of an internationalised address, or a quote that closes it.
  return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>';
}

bool IsMailByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == '+' || c == '%';
}

// Without what ends a sentence, and a bracket that the address does not open.
std::size_t TrimmedEnd(std::string_view text, std::size_t begin, std::size_t end) {
  while (end > begin) {
    const char last = text[end - 1];
    const std::string_view address = text.substr(begin, end - begin);
    const bool is_closer = last == ')' && std::count(address.begin(), address.end(), '(') <
                                              std::count(address.begin(), address.end(), ')');
    if (!is_closer && std::string_view(".,;:!?'").find(last) == std::string_view::npos) break;
    --end;
  }
  return end;
}

// The end of a web address at `at`; `at` when there is none.
std::size_t WebEnd(std::string_view text, std::size_t at) {
  bool begins = false;
  for (const std::string_view scheme : {"http://", "https://", "www."})
    begins = begins || telex::text::StartsWithIgnoringAsciiCase(text.substr(at), scheme);
  if (!begins) return at;
  std::size_t end = at;
  while (end < text.size() && IsAddressByte(text[end])) ++end;
  return TrimmedEnd(text, at, end);
}

// The e-mail address around the @ at `at`; empty when there is none.
news::WordSpan MailAround(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && IsMailByte(text[begin - 1])) --begin;
  std::size_t end = at + 1;
  while (end < text.size() && IsMailByte(text[end])) ++end;
  end = TrimmedEnd(text, at + 1, end);
  const bool has_dot = text.substr(at, end - at).find('.') != std::string_view::npos;
  if (begin == at || !has_dot) return {};
  return {begin, end};
}

}  // namespace

std::vector<news::WordSpan> AddressesIn(std::string_view text) {
  std::vector<news::WordSpan> addresses;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    news::WordSpan found;
    if (c == 'h' || c == 'H' || c == 'w' || c == 'W') found = {at, WebEnd(text, at)};
    if (c == '@') found = MailAround(text, at);
    const bool is_free = addresses.empty() || found.begin >= addresses.back().end;
    if (found.end > found.begin && is_free) {
      addresses.push_back(found);
      at = found.end;
    } else {
      ++at;
    }
  }
  return addresses;
}

}  // namespace telex::translation::checks
