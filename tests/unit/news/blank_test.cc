#include "news/blank.h"

#include <gtest/gtest.h>

namespace telex::news {
namespace {

TEST(BlankTest, WhatNobodySeesIsBlank) {
  for (const char* text : {"",
                           " ",
                           "\t\r\n",
                           "\u200B",
                           "\u200C\u200D\u2060\uFEFF",
                           "\u00AD",
                           "\u200E\u200F\u061C",
                           "\u202A\u202C\u2066\u2069",
                           "\u00A0\u3000\u2003",
                           "\u2028\u2029\u0085",
                           "\x01\x7F",
                           "\uFE0F",
                           "\U000E0020",
                           "\u115F\u1160\u3164\uFFA0",
                           "\u2800",
                           "\uFFF9\uFFFB",
                           "\xEF\xBF\xBE",
                           "\u180E",
                           "\u034F",
                           "\u17B4"}) {
    EXPECT_TRUE(IsBlank(text)) << text;
  }
}

TEST(BlankTest, WhatIsSeenIsNot) {
  for (const char* text : {"a", "\u200B.", "\u05D0", "\u0600", "\u06DD", "ք", "字", "क", "\u0301",
                           "👨\u200D👩", "\uFFFD", "\uFFFC", "\xFF", "\u2066x"}) {
    EXPECT_FALSE(IsBlank(text)) << text;
  }
}

}  // namespace
}  // namespace telex::news
