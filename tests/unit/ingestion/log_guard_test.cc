#include "ingestion/domain/log_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::ingestion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(LogGuardTest, ALogThatIsAsLongOrLongerIsWhole) {
  EXPECT_TRUE(CheckNotTruncated("t", {"c", {{0, 5}, {1, 0}}}, {"c", {{0, 5}, {1, 7}}}).ok());
}

TEST(LogGuardTest, AShorterLogIsRefusedWithPartitionAndOffsets) {
  const absl::Status status =
      CheckNotTruncated("topic", {"c", {{0, 5}, {3, 9}}}, {"c", {{0, 5}, {3, 8}}});
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("topic"), HasSubstr("partition 3"), HasSubstr("8"), HasSubstr("9")));
}

TEST(LogGuardTest, APartitionThatIsGoneCountsAsEmpty) {
  EXPECT_FALSE(CheckNotTruncated("t", {"c", {{4, 1}}}, {"c", {}}).ok());
  EXPECT_TRUE(CheckNotTruncated("t", {"c", {{4, 0}}}, {"c", {}}).ok());
}

TEST(LogGuardTest, AnotherClusterIsRefusedAndNoClusterKnowsNothing) {
  EXPECT_FALSE(CheckNotTruncated("t", {"c", {}}, {"d", {{0, 100}}}).ok());
  EXPECT_TRUE(CheckNotTruncated("t", {"", {{0, 9}}}, {"d", {}}).ok());
}

}  // namespace
}  // namespace telex::ingestion
