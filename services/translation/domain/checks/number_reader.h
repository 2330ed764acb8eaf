// Numbers as a text has them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// A decimal number: digits × 10^exponent. The digits neither begin nor end with a zero; of zero
// there are none.
struct Decimal {
  std::string digits;
  int exponent = 0;

  static Decimal Of(std::string_view whole, std::string_view fraction);
  Decimal Scaled(int by) const;  // × 10^by
  bool IsZero() const { return digits.empty(); }
  // -1 for what is no integer or more than six digits.
  long ToSmallInteger() const;

  bool operator==(const Decimal&) const = default;
};

struct Number {
  news::WordSpan place;
  std::vector<Decimal> readings;   // at least one: "1.500" may be 1500 and 1.5
  std::vector<std::string> parts;  // its runs of digits: "15.30" has two
  bool is_chain = false;           // it has several parts
};

// Whether words such as "million" are known in a language, given without region.
bool KnowsScales(std::string_view base_language);

// From left to right; none of those in addresses. `with_scales`: "5 million" is 5000000.
// `grouped_by_blanks`: "12 345" is one number also where the language does not write it so.
std::vector<Number> NumbersIn(const Side& side, bool with_scales, bool grouped_by_blanks = false);

}  // namespace telex::translation::checks
