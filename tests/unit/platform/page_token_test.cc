#include "platform/text/page_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"

namespace telex::text {
namespace {

TEST(PageTokenTest, APlaceOfAnyBytesIsReadBackInItsOwnListing) {
  for (const std::string& place :
       {std::string("a"), std::string("\x00\xff|", 3), std::string(500, '\x80')}) {
    const std::string token = MakePageToken(place, "articles|world");
    EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
    const auto read = ReadPageToken(token, "articles|world");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, place);
  }
}

TEST(PageTokenTest, ATokenOfAnotherListingOrFilterIsRefused) {
  const auto read = ReadPageToken(MakePageToken("place", "articles|world"), "articles|culture");
  EXPECT_TRUE(absl::IsInvalidArgument(read.status()));
  EXPECT_EQ(errors::ReasonOf(read.status()), errors::kBadPageToken);
  EXPECT_EQ(errors::DetailsOf(read.status())->fields.at(0).field, "page_token");
}

TEST(PageTokenTest, ATokenThatWasCutOrChangedIsRefused) {
  const std::string token = MakePageToken("place", "scope");
  for (std::size_t i = 0; i < token.size(); ++i) {
    EXPECT_FALSE(ReadPageToken(token.substr(0, i), "scope").ok()) << i;
    std::string changed = token;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(ReadPageToken(changed, "scope").ok()) << i;
  }
}

TEST(PageTokenTest, WhatIsNoTokenIsRefused) {
  for (const std::string& bad : {std::string("x"), std::string(40, 'g'), std::string(40, 'A'),
                                 std::string(100'000, 'a'), std::string(17, '0')}) {
    EXPECT_EQ(errors::ReasonOf(ReadPageToken(bad, "scope").status()), errors::kBadPageToken);
  }
}

}  // namespace
}  // namespace telex::text
