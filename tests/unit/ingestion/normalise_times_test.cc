// Dates of drafts where clocks are changed; expiries that have passed; sizes as callers count them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestion/domain/normalise.h"
#include "platform/errors/errors.h"
#include "tests/unit/ingestion/drafts.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace testing;  // the drafts of these tests

absl::TimeZone Berlin() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  return zone;
}

absl::Time At(absl::CivilSecond utc) { return absl::FromCivil(utc, absl::UTCTimeZone()); }

SetContent PublishedInBerlin(absl::CivilSecond civil) {
  Draft draft = Good();
  draft.published = PrintedTime{.civil = civil, .utc_offset = std::nullopt};
  const auto set = Tidy(draft, Caliber(), "", Berlin());
  EXPECT_TRUE(set.ok()) << set.status();
  return set.ok() ? *set : SetContent();
}

TEST(NormaliseTimesTest, ATimeThatClocksLeftOutIsSaidToBeNone) {
  const SetContent set = PublishedInBerlin(absl::CivilSecond(2026, 3, 29, 2, 30, 0));
  EXPECT_EQ(set.firstcreated, At(absl::CivilSecond(2026, 3, 29, 1, 0, 0)));
  EXPECT_THAT(
      set.warnings,
      Contains(AllOf(HasSubstr("2026-03-29T02:30:00 does not exist in Europe/Berlin"),
                     HasSubstr("clocks went forward: 2026-03-29T01:00:00+00:00 is taken"))));
}

TEST(NormaliseTimesTest, ATimeThatCameTwiceIsTheFirstAndSaysSo) {
  const SetContent set = PublishedInBerlin(absl::CivilSecond(2026, 10, 25, 2, 30, 0));
  EXPECT_EQ(set.firstcreated, At(absl::CivilSecond(2026, 10, 25, 0, 30, 0)));
  EXPECT_THAT(set.warnings,
              Contains(AllOf(HasSubstr("2026-10-25T02:30:00 came twice in Europe/Berlin"),
                             HasSubstr("clocks went back: 2026-10-25T00:30:00+00:00 is taken"))));
}

TEST(NormaliseTimesTest, AnyOtherTimeAndOneWithAnOffsetAreNoMatterOfClocks) {
  EXPECT_THAT(PublishedInBerlin(absl::CivilSecond(2026, 3, 29, 3, 0, 0)).warnings,
              ElementsAre(HasSubstr("no time zone")));
  Draft draft = Good();
  draft.published =
      PrintedTime{.civil = absl::CivilSecond(2026, 3, 29, 2, 30, 0), .utc_offset = absl::Hours(1)};
  EXPECT_THAT(Tidy(draft, Caliber(), "", Berlin())->warnings, ElementsAre());
}

TEST(CheckExpiryTest, LiesAhead) {
  const auto check = [](std::optional<absl::Time> expires,
                        std::optional<absl::Time> standing = std::nullopt) {
    return CheckExpiry(expires, standing, kNow, "article.");
  };
  EXPECT_TRUE(check(std::nullopt).ok());
  EXPECT_TRUE(check(kNow + absl::Seconds(1)).ok());
  for (const absl::Duration ago : {absl::ZeroDuration(), absl::Seconds(1), absl::Hours(9'000)}) {
    EXPECT_THAT(FaultsOf(check(kNow - ago)),
                ElementsAre(Fault("article.expires", errors::kFieldInvalid)));
  }
  EXPECT_THAT(std::string(check(kNow).message()),
              HasSubstr("2026-11-22T12:00:00+00:00 has passed"));
}

TEST(CheckExpiryTest, OneThatHasPassedIsTold) {
  const auto details = errors::DetailsOf(
      CheckExpiry(absl::FromUnixSeconds(1'744'971'900), std::nullopt, kNow, "article."));
  ASSERT_TRUE(details);
  EXPECT_EQ(details->metadata.at("expired"), "2025-04-18T10:25:00Z");
}

TEST(CheckExpiryTest, WhatHasExpiredKeepsItsExpiryAndGetsNoOtherPastOne) {
  const absl::Time past = kNow - absl::Hours(1);
  EXPECT_TRUE(CheckExpiry(past, past, kNow, "article.").ok());
  EXPECT_FALSE(CheckExpiry(past - absl::Hours(1), past, kNow, "article.").ok());
  EXPECT_TRUE(CheckExpiry(std::nullopt, past, kNow, "article.").ok());
}

TEST(BodySizeTest, IsSaidAsTheCallerCountsItAndAsItIsKept) {
  Draft draft = Good();
  draft.body_html.assign(news::kBodyBytesMax + 7, 'x');
  const std::string kept = std::to_string(news::kBodyBytesMax + 7);
  EXPECT_THAT(std::string(Tidy(draft).status().message()), HasSubstr("has " + kept + " bytes;"));
  draft.body_bytes_submitted = draft.body_html.size();
  EXPECT_THAT(std::string(Tidy(draft).status().message()), HasSubstr("has " + kept + " bytes;"));
  draft.body_bytes_submitted = 700'000;
  EXPECT_THAT(std::string(Tidy(draft).status().message()),
              AllOf(HasSubstr("has " + kept + " bytes as the HTML that would be kept"),
                    HasSubstr("made of the 700000 bytes that were submitted"),
                    HasSubstr("at most 786432 are taken")));
  // What shrinks on its way in is judged by what is kept.
  draft.body_html = "<p>Words.</p>";
  draft.body_bytes_submitted = 2 * news::kBodyBytesMax;
  EXPECT_TRUE(Tidy(draft).ok());
}

}  // namespace
}  // namespace telex::ingestion
