#include "platform/owner/lingering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::owner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LingeringTest : public ::testing::Test {
 protected:
  std::vector<std::string> Due() {
    return lingering_.Due(owned_, [this](const Lingering<std::string>::Visit& visit) {
      for (const auto& [key, partition] : there_) visit(partition, key);
    });
  }

  Lingering<std::string> lingering_;
  std::set<std::int32_t> owned_ = {0};
  std::map<std::string, std::int32_t> there_;
};

TEST_F(LingeringTest, WhatIsThereAtTwoLooksIsActedUpon) {
  there_ = {{"a", 0}};
  EXPECT_THAT(Due(), IsEmpty());
  there_ = {{"a", 0}, {"b", 0}};
  EXPECT_THAT(Due(), ElementsAre("a"));
  EXPECT_THAT(Due(), ElementsAre("b")) << "what was done about a may be on its way";
  EXPECT_THAT(Due(), ElementsAre("a")) << "and may be lost";
}

TEST_F(LingeringTest, WhatGoesAwayByItselfIsLeftAlone) {
  there_ = {{"a", 0}};
  EXPECT_THAT(Due(), IsEmpty());
  there_.clear();
  EXPECT_THAT(Due(), IsEmpty());
  there_ = {{"a", 0}};
  EXPECT_THAT(Due(), IsEmpty()) << "seen for the first time once more";
}

TEST_F(LingeringTest, OnlyTheOwnerActs) {
  there_ = {{"a", 7}};
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(Due(), IsEmpty());
  owned_ = {7};
  EXPECT_THAT(Due(), IsEmpty()) << "seen for the first time as its owner";
  EXPECT_THAT(Due(), ElementsAre("a"));
}

TEST_F(LingeringTest, APartitionWithTooMuchHoldsUpItselfAlone) {
  owned_ = {0, 1};
  for (std::size_t i = 0; i < 2 * kLingeringMax; ++i) there_["a" + std::to_string(10'000 + i)] = 0;
  there_["b"] = 1;
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(Due(), SizeIs(kLingeringMax + 1));
  EXPECT_THAT(Due(), SizeIs(kLingeringMax)) << "those behind them";
}

}  // namespace
}  // namespace telex::owner
