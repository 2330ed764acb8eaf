#include "platform/text/uri.h"

#include <gtest/gtest.h>

namespace telex::text {
namespace {

TEST(UriTest, AHostBeyondAsciiIsPunycode) {
  EXPECT_EQ(DomainToAscii("новости.example"), "xn--b1amnebsh.example");
  EXPECT_EQ(DomainToAscii("НОВОСТИ.Example"), "xn--b1amnebsh.example");
  EXPECT_EQ(DomainToAscii("xn--b1amnebsh.example"), "xn--b1amnebsh.example");
  EXPECT_EQ(DomainToAscii("faß.example"), "xn--fa-hia.example");
  for (const std::string& bad :
       {std::string(), std::string("a\xff.example"), std::string(300, 'a')})
    EXPECT_EQ(DomainToAscii(bad), "") << bad;
}

TEST(UriTest, WhatNoUriHasIsEscaped) {
  EXPECT_EQ(EscapedForUri("/новый?q=[1]"), "/%D0%BD%D0%BE%D0%B2%D1%8B%D0%B9?q=%5B1%5D");
  EXPECT_EQ(EscapedForUri("/%d0%BD/100%"), "/%d0%BD/100%25");
}

TEST(UriTest, EquivalentEscapesAreOne) {
  EXPECT_EQ(NormalEscapes("/%66eeds/%61ll%2een%2Erss%7e"), "/feeds/all.en.rss~");
  EXPECT_EQ(NormalEscapes("/a%2fb%c3%a9%25"), "/a%2Fb%C3%A9%25");
  EXPECT_EQ(NormalEscapes("/a%2566"), "/a%2566");  // once, not twice
  for (const char* same : {"/", "/feeds/all.en.rss", "/%", "/%6", "/%6x", "/%x6", "/%%"}) {
    EXPECT_EQ(NormalEscapes(same), same);
  }
}

TEST(UriTest, DotSegmentsAreLeftOut) {
  EXPECT_EQ(WithoutDotSegments("/a/./b/../c"), "/a/c");
  EXPECT_EQ(WithoutDotSegments("/../a"), "/a");
  EXPECT_EQ(WithoutDotSegments("/a/.."), "/");
  EXPECT_EQ(WithoutDotSegments("/a/."), "/a/");
  EXPECT_EQ(WithoutDotSegments("/a/..b/.c"), "/a/..b/.c");
  EXPECT_EQ(WithoutDotSegments(""), "");
}

}  // namespace
}  // namespace telex::text
