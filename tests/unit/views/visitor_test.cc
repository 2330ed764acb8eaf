#include "views/domain/visitor.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace telex::views {
namespace {

const news::ArticleId kArticle = news::ArticleId::Of("s", "a");
constexpr SaltBytes kSalt = {1, 2, 3};

// The vectors of the paper's appendix A and of its reference implementation: the key 00 01 ... 0f,
// and a text of so many bytes 00 01 02 ...
TEST(SipHash, GivesTheVectorsOfItsAuthors) {
  SaltBytes key;
  std::string text;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  EXPECT_EQ(SipHash(key, text), 0x726fdb47dd0e0e31u);
  for (char i = 0; i < 8; ++i) text.push_back(i);
  EXPECT_EQ(SipHash(key, text.substr(0, 1)), 0x74f839c593dc67fdu);
  EXPECT_EQ(SipHash(key, text), 0x93f5f5799a932462u);
  for (char i = 8; i < 15; ++i) text.push_back(i);
  EXPECT_EQ(SipHash(key, text), 0xa129ca6149be45e5u);
}

TEST(Visitor, IsTheSameForTheSameReaderOfTheSameStoryOnTheSameDay) {
  const std::string v4("\x7f\0\0\1", 4);
  const std::string v6(16, '\1');
  const std::set<Visitor> all = {
      VisitorOf(kSalt, kArticle, v4, "agent"),
      VisitorOf({9}, kArticle, v4, "agent"),
      VisitorOf(kSalt, news::ArticleId::Of("s", "b"), v4, "agent"),
      VisitorOf(kSalt, kArticle, v6, "agent"),
      VisitorOf(kSalt, kArticle, v6.substr(1) + "\2", "agent"),  // the whole address counts
      VisitorOf(kSalt, kArticle, v4, "another"),
      VisitorOf(kSalt, kArticle, v4, ""),
      VisitorOf(kSalt, kArticle, "", v4),  // where the address ends is no matter of its bytes
  };
  EXPECT_EQ(all.size(), 8u);
  EXPECT_FALSE(all.contains(kNoVisitor));
  EXPECT_TRUE(all.contains(VisitorOf(kSalt, kArticle, v4, "agent")));
}

}  // namespace
}  // namespace telex::views
