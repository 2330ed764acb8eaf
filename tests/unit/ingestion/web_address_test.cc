#include "ingestion/domain/web_address.h"

#include <gtest/gtest.h>

namespace telex::ingestion {
namespace {

TEST(WebAddressTest, OnlyWholeWebAddresses) {
  for (const char* good : {"https://a", "http://a/b?c#d", "HTTPS://A.example:8080/x",
                           "https://հայ.am/ա", "https://[::1]/x"}) {
    EXPECT_TRUE(IsWebAddress(good)) << good;
  }
  for (const char* bad : {"", "https://", "https:///x", "http://?x", "https://#", "ftp://a", "//a",
                          "a.example", "javascript:alert(1)", "https://user@a/",
                          "https://user:secret@a/", "https://a b", "https://a/\n", "https://a/\"x",
                          "https://a/<b>", " https://a", "https://a\x7f", "data:text/html,x"}) {
    EXPECT_FALSE(IsWebAddress(bad)) << bad;
  }
}

TEST(WebAddressTest, AHostHasNeitherWwwNorPort) {
  EXPECT_EQ(HostOf("https://www.Caliber.AZ:8443/en/?x#y"), "caliber.az");
  EXPECT_EQ(HostOf("http://caliber.az"), "caliber.az");
  EXPECT_EQ(HostOf("caliber.az/en"), "");
}

TEST(WebAddressTest, SpellingsOfOneAddressAreOne) {
  const std::string one = ComparableAddress("https://caliber.az/en/post/1");
  EXPECT_EQ(one, "caliber.az/en/post/1");
  for (const char* same : {"http://caliber.az/en/post/1", "https://www.caliber.az/en/post/1/",
                           "HTTPS://Caliber.AZ/en/post/1#comments"}) {
    EXPECT_EQ(ComparableAddress(same), one) << same;
  }
  for (const char* other : {"https://caliber.az/en/post/2", "https://caliber.az/EN/post/1",
                            "https://caliber.az:8443/en/post/1", "https://caliber.az/en/post/1?p=2",
                            "https://en.caliber.az/en/post/1", "caliber.az/en/post/1"}) {
    EXPECT_NE(ComparableAddress(other), one) << other;
  }
  EXPECT_EQ(ComparableAddress("https://a/?id=1/"), "a?id=1/");
}

}  // namespace
}  // namespace telex::ingestion
