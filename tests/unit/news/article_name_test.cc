#include "news/article_name.h"

#include <gtest/gtest.h>

namespace telex::news {
namespace {

TEST(ArticleName, RoundTrips) {
  const ArticleId id = ArticleId::Of("a", "b");
  EXPECT_EQ(ArticleName::Parse(NameOf(id)), (ArticleName{id, std::nullopt}));
  EXPECT_EQ(ArticleName::Parse(NameOf(id, Version{7})), (ArticleName{id, Version{7}}));
  EXPECT_EQ(ArticleName::Parse(NameOf(id, Version{7}))->ToString(), NameOf(id, Version{7}));
}

TEST(ArticleName, RefusesWhatIsNoName) {
  const std::string name = NameOf(ArticleId::Of("a", "b"));
  for (const std::string& text :
       {std::string("articles/"), std::string("articles/x"), name + "@", name + "@0", name + "@-1",
        name + "@1x", name + "@99999999999999999999", "source" + name, name + "/"}) {
    EXPECT_FALSE(ArticleName::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace telex::news
