#include "platform/text/ascii.h"

#include <gtest/gtest.h>

namespace telex::text {
namespace {

TEST(Ascii, TrimsBlanksAndNothingElse) {
  EXPECT_EQ(TrimAscii(" \t\r\n\v\fa b\n"), "a b");
  EXPECT_EQ(TrimAscii(" \n"), "");
  EXPECT_EQ(TrimAscii(""), "");
  EXPECT_EQ(TrimAscii("\u00A0a\x01"), "\u00A0a\x01");
}

TEST(Ascii, ChangesTheCaseOfAsciiLettersAlone) {
  EXPECT_EQ(AsciiLower("TELEX-Ի-É-[9]"), "telex-Ի-É-[9]");
  EXPECT_EQ(AsciiUpper("telex-ի-é"), "TELEX-ի-é");
}

TEST(Ascii, ComparesTheBeginningWhateverItsCase) {
  EXPECT_TRUE(StartsWithIgnoringAsciiCase("bEaReR x", "Bearer "));
  EXPECT_FALSE(StartsWithIgnoringAsciiCase("Bear", "Bearer "));
  EXPECT_FALSE(StartsWithIgnoringAsciiCase("É", "é"));
}

}  // namespace
}  // namespace telex::text
