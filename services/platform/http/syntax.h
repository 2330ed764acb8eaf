#pragma once

// The byte classes of RFC 9110, 5.5 and 5.6, shared by parser and header builder.

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace telex::http {

// tchar: what names of methods and headers are made of.
inline constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

inline bool IsToken(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    if (!kTokenBytes[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

// What may stand in a field value: no control character but the tab.
inline bool IsFieldByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

inline bool IsFieldValue(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  // Eight bytes at a step: values are long and nearly always clean.
  for (; end - p >= 8; p += 8) {
    constexpr std::uint64_t kOnes = 0x0101010101010101u;
    constexpr std::uint64_t kHighs = kOnes * 0x80;
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    const std::uint64_t below_blank = (word - kOnes * 0x20) & ~word;
    const std::uint64_t without_del = word ^ (kOnes * 0x7f);
    const std::uint64_t del = (without_del - kOnes) & ~without_del;
    if (((below_blank | del) & kHighs) == 0) continue;
    for (int i = 0; i < 8; ++i) {
      if (!IsFieldByte(p[i])) return false;
    }
  }
  for (; p != end; ++p) {
    if (!IsFieldByte(*p)) return false;
  }
  return true;
}

inline char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && LowerCase(a[i]) != LowerCase(b[i])) return false;
  }
  return true;
}

// Without blanks and tabs at both ends.
inline std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace telex::http
