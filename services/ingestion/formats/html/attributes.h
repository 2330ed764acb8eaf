#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telex::ingestion::html {

// What an attribute may hold.
enum class Value {
  kAddress,       // http or https, see SafeAddress
  kText,          // any words
  kDirection,     // ltr, rtl, auto
  kOverride,      // ltr, rtl
  kDateTime,      // a date, a time, both, a month, a week, a year or a duration as HTML has them
  kSpan,          // of a cell: 2 to kSpanMax; more is taken as kSpanMax
  kNumber,        // of a list or its item: at most kNumberMax, with or without a minus
  kScope,         // row, col, rowgroup, colgroup
  kFlag,          // is there or not: always empty
  kUntranslated,  // no
  kListType,      // of numbers: a, A, i, I; 1 says no more than its absence
};

struct Attribute {
  std::string_view name;  // lower case
  Value value;
};

// The attribute that most elements keep.
inline constexpr std::string_view kDirection = "dir";

// The attribute of what is to stay as it is in a translation; most elements keep it, too.
inline constexpr std::string_view kTranslate = "translate";

// Longer addresses and texts are left out.
inline constexpr std::size_t kAttributeBytesMax = 2'000;
inline constexpr int kSpanMax = 100;
inline constexpr int kNumberMax = 1'000'000;

// `value` as it may be written, its character references read and still to be escaped. Nothing when
// it may not, or says no more than its absence (a span of 1).
std::optional<std::string> CheckedValue(Value kind, std::string_view value);

// An address as it may stand in href, src and cite: http or https with a host and without user
// names, free of control characters, spaces and quotes (percent-encoded). Nothing when it may not.
std::optional<std::string> SafeAddress(std::string_view address);

}  // namespace telex::ingestion::html
