#include "news/list_number.h"

#include <gtest/gtest.h>

namespace telex::news {
namespace {

TEST(ListNumberTest, IsWrittenAsItsTypeHasIt) {
  EXPECT_EQ(ListNumber(7, ""), "7");
  EXPECT_EQ(ListNumber(-7, "1"), "-7");
  EXPECT_EQ(ListNumber(1, "a"), "a");
  EXPECT_EQ(ListNumber(26, "A"), "Z");
  EXPECT_EQ(ListNumber(27, "a"), "aa");
  EXPECT_EQ(ListNumber(52, "a"), "az");
  EXPECT_EQ(ListNumber(703, "A"), "AAA");
  EXPECT_EQ(ListNumber(4, "i"), "iv");
  EXPECT_EQ(ListNumber(1994, "I"), "MCMXCIV");
  EXPECT_EQ(ListNumber(3999, "i"), "mmmcmxcix");
}

TEST(ListNumberTest, IsDecimalWhereLettersAndNumeralsEnd) {
  EXPECT_EQ(ListNumber(0, "a"), "0");
  EXPECT_EQ(ListNumber(-1, "i"), "-1");
  EXPECT_EQ(ListNumber(4000, "I"), "4000");
  EXPECT_EQ(ListNumber(3, "square"), "3");
}

}  // namespace
}  // namespace telex::news
