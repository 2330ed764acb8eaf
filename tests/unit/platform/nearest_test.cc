#include "platform/text/nearest.h"

#include <gtest/gtest.h>

namespace telex::text {
namespace {

const std::vector<std::string> kSections = {"culture", "south-caucasus", "sport", "world"};

TEST(NearestTest, FindsWhatWasMeant) {
  EXPECT_EQ(Nearest("wrold", kSections), "world");
  EXPECT_EQ(Nearest("worlds", kSections), "world");
  EXPECT_EQ(Nearest("south", kSections), "south-caucasus");  // begun
  EXPECT_EQ(Nearest("world", kSections), "world");
}

TEST(NearestTest, GuessesNothingWhereNoneIsNear) {
  EXPECT_EQ(Nearest("harbour", kSections), "");
  EXPECT_EQ(Nearest("wx", kSections), "");
  EXPECT_EQ(Nearest("", kSections), "");
  EXPECT_EQ(Nearest("wrold", {}), "");
}

TEST(NearestTest, OfSeveralTakesTheFirst) { EXPECT_EQ(Nearest("cat", {"bat", "rat"}), "bat"); }

}  // namespace
}  // namespace telex::text
