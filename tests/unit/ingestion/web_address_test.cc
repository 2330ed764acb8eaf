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

TEST(WebAddressTest, AHostBeyondAsciiIsPunycodeHoweverItIsWritten) {
  for (const char* same : {"https://новости.example/", "https://www.НОВОСТИ.example",
                           "http://xn--b1amnebsh.example:80", "https://XN--B1AMNEBSH.EXAMPLE./x"}) {
    EXPECT_EQ(HostOf(same), "xn--b1amnebsh.example") << same;
  }
}

TEST(WebAddressTest, SpellingsOfOneAddressAreOne) {
  const std::string one = ComparableAddress("https://caliber.az/en/post/1");
  EXPECT_EQ(one, "caliber.az/en/post/1");
  for (const char* same :
       {"http://caliber.az/en/post/1", "https://www.caliber.az/en/post/1/",
        "HTTPS://Caliber.AZ/en/post/1#comments", "https://caliber.az:443/en/post/1",
        "http://caliber.az:80/en/post/1", "https://caliber.az:/en/post/1",
        "https://caliber.az./en/post/1", " https://caliber.az/en/post/1\n",
        "https://caliber.az/%65n/p%6Fst/1", "https://caliber.az/ru/../en/./post/1",
        "https://caliber.az\\en\\post\\1", "https://caliber.az/en/post/1?",
        "https://caliber.az/en/post/1?utm_source=x&utm_medium=y", "https://caliber.az/en/post/1?&",
        "https://caliber.az/en/post/1?fbclid=a", "https://caliber.az/en/post/1?GCLID=a&yclid=b",
        "https://caliber.az/en/post/1?%75tm_source=x#top"}) {
    EXPECT_EQ(ComparableAddress(same), one) << same;
  }
  for (const char* other : {"https://caliber.az/en/post/2", "https://caliber.az/EN/post/1",
                            "https://caliber.az:8443/en/post/1", "https://caliber.az/en/post/1?p=2",
                            "https://caliber.az/en/post%2F1", "https://en.caliber.az/en/post/1",
                            "https://caliber.az/en/post/1?p=utm_source", "caliber.az/en/post/1"}) {
    EXPECT_NE(ComparableAddress(other), one) << other;
  }
  EXPECT_EQ(ComparableAddress("https://a/?id=1/"), "a?id=1/");
  EXPECT_EQ(ComparableAddress("https://a/?utm_id=3&b=2&fbclid=4&a=1"), "a?b=2&a=1");
}

TEST(WebAddressTest, AnAddressIsOneWithWhatFeedsPrint) {
  const std::string one = ComparableAddress("https://новости.example/новости/паром?слово=да");
  for (const char* same :
       {"https://xn--b1amnebsh.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/"
        "%D0%BF%D0%B0%D1%80%D0%BE%D0%BC?%D1%81%D0%BB%D0%BE%D0%B2%D0%BE=%D0%B4%D0%B0",
        "https://НОВОСТИ.example/%d0%bd%d0%be%d0%b2%d0%be%d1%81%d1%82%d0%b8/паром?слово=%d0%b4а"}) {
    EXPECT_EQ(ComparableAddress(same), one) << same;
  }
}

}  // namespace
}  // namespace telex::ingestion
