#include <gmock/gmock.h>

#include <string>

#include "views/formats/partner_list.h"

namespace telex::views {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHash(64, 'a');

TEST(Partners, KnowTheirPagesAndThoseBelow) {
  const auto partners = ParsePartners(
      "# who shows stories\n"
      "own active newsroom.example -\n"
      "panorama active Panorama.example,p.example " +
      kHash +
      "  # since May\n"
      "gone suspended gone.example " +
      std::string(64, 'b') + "\n");
  ASSERT_TRUE(partners.ok()) << partners.status();
  EXPECT_EQ(partners->SiteOf("newsroom.example"), kOwnSite);
  EXPECT_EQ(partners->SiteOf("panorama.example"), "panorama");
  EXPECT_EQ(partners->SiteOf("WWW.m.panorama.example"), "panorama");
  EXPECT_EQ(partners->SiteOf("notpanorama.example"), kOtherSite);
  EXPECT_EQ(partners->SiteOf("example"), kOtherSite);
  EXPECT_EQ(partners->SiteOf("gone.example"), kOtherSite);
  EXPECT_EQ(partners->SiteOf(""), kOtherSite);
  ASSERT_NE(partners->ByKeyHash(kHash), nullptr);
  EXPECT_EQ(partners->ByKeyHash(kHash)->id, "panorama");
  EXPECT_EQ(partners->ByKeyHash(std::string(64, 'c')), nullptr);
  EXPECT_FALSE(partners->ById("gone")->active);
  EXPECT_EQ(partners->ById("own"), nullptr);
  EXPECT_NE(partners->ById(kOwnSite), nullptr);
}

TEST(Partners, WithoutAnyAllIsThePublishersOwn) {
  EXPECT_EQ(ParsePartners("")->SiteOf("any.example"), kOwnSite);
}

TEST(Partners, FaultsNameLineAndFieldAndNoKey) {
  const auto faults = ParsePartners(
      "a active a.example\n"
      "B active b.example -\n"
      "other active o.example -\n"
      "c paused c.example -\n"
      "d active d\u00e9.example -\n"
      "e active e.example hunter2\n"
      "f active f.example -\n"
      "f active g.example -\n"
      "g active f.example -\n"
      "h active - " +
      kHash +
      "\n"
      "i active - " +
      kHash + "\n");
  const std::string text(faults.status().message());
  EXPECT_THAT(text, HasSubstr("line 1: expects four columns"));
  EXPECT_THAT(text, HasSubstr("line 2: id: "));
  EXPECT_THAT(text, HasSubstr("line 3: id: "));
  EXPECT_THAT(text, HasSubstr("line 4: status: "));
  EXPECT_THAT(text, HasSubstr("line 5: hosts: 'd\u00e9.example' is no host name as browsers send"));
  EXPECT_THAT(text, HasSubstr("line 6: key: "));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, HasSubstr("line 8: id: stands on an earlier line"));
  EXPECT_THAT(text, HasSubstr("line 9: hosts: 'f.example' is named before"));
  EXPECT_THAT(text, HasSubstr("line 11: key: "));
}

}  // namespace
}  // namespace telex::views
