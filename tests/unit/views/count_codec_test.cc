#include "views/adapters/count_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telex/views/v1/view_counts.pb.h"

namespace telex::views {
namespace {

using ::testing::HasSubstr;

const DayKey kKey{news::ArticleId::Of("desk.example", "story"), 20'776};  // 2026-11-19

DayTotals Totals() {
  DayTotals totals;
  totals.views = 3;
  totals.by_language.Add(totals.by_language.NumberOf("hy"), 3);
  totals.by_partner.Add(totals.by_partner.NumberOf("news.example"), 2);
  totals.by_partner.Add(0, 1);
  totals.by_hour[0] = 1;
  totals.by_hour[kHoursMax - 1] = 2;
  totals.filtered[static_cast<std::size_t>(Filter::kLate)] = 7;
  totals.visitors.Add(0x9e3779b97f4a7c15);
  totals.position = 41;
  totals.rule = 1;
  totals.zone = "Asia/Baku";
  return totals;
}

Checkpoint Last() {
  return {
      .position = 41,
      .rewind_offset = 7,
      .rewind_second = 1'795'046'400,
      .closed_ms = 1'795'046'401'000,
      .watermark_ms = 1'795'047'001'234,
      .rule = 1,
      .zone = "Asia/Baku",
      .last_record = RecordPrint{.timestamp_ms = 1'795'047'001'300, .hash = 0xfedcba9876543210}};
}

v1::DayCounts Message() {
  v1::DayCounts message;
  EXPECT_TRUE(message.ParseFromString(EncodeDayTotals(Totals())));
  return message;
}

absl::Status Read(const v1::DayCounts& message) {
  return DecodeDayTotals(message.SerializeAsString()).status();
}

TEST(CountCodec, WhatIsWrittenIsRead) {
  EXPECT_EQ(*DecodeDayTotals(EncodeDayTotals(Totals())), Totals());
  DayTotals none;
  none.position = 0;
  none.rule = 1;
  none.zone = "UTC";
  EXPECT_EQ(*DecodeDayTotals(EncodeDayTotals(none)), none);
  EXPECT_EQ(*DecodeCheckpoint(EncodeCheckpoint(Last())), Last());
  Checkpoint old = Last();
  old.last_record.reset();
  EXPECT_EQ(*DecodeCheckpoint(EncodeCheckpoint(old)), old) << "an earlier release";
}

TEST(CountCodec, KeysAreReadAsTheyAreWrittenAndInNoOtherSpelling) {
  EXPECT_EQ(DayCountsKey(kKey), "articles/" + kKey.article.ToString() + "/days/2026-11-19");
  EXPECT_EQ(std::get<DayKey>(*ParseCountsKey(DayCountsKey(kKey))), kKey);
  EXPECT_EQ(std::get<std::int32_t>(*ParseCountsKey("partitions/11")), 11);
  const std::string article = "articles/" + kKey.article.ToString();
  for (const std::string& key :
       {std::string(), article, article + "/days/", article + "@1/days/2026-11-19",
        article + "/days/2026-11-1", article + "/days/2026-02-30", article + "/days/2026-11-19/x",
        std::string("articles/x/days/2026-11-19"), std::string("partitions/"),
        std::string("partitions/01"), std::string("partitions/x")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseCountsKey(key).status())) << key;
  }
}

TEST(CountCodec, WhatNoReleaseHasWrittenIsInvalidAndNamesItsField) {
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeDayTotals("\xff").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeCheckpoint("\xff").status()));
  const auto refused = [](std::string_view field, auto change) {
    v1::DayCounts message = Message();
    change(message);
    const absl::Status status = Read(message);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << field;
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(field) + ":"));
  };
  refused("position", [](auto& message) { message.set_position(-1); });
  refused("rule", [](auto& message) { message.clear_rule(); });
  refused("zone", [](auto& message) { message.clear_zone(); });
  refused("languages", [](auto& message) { message.clear_languages(); });
  refused("partners", [](auto& message) { message.mutable_partners(0)->set_name("a.example"); });
  refused("hours", [](auto& message) { message.add_hours(1); });
  refused("visitors", [](auto& message) { message.set_visitors("\x01x"); });

  Checkpoint ahead = Last();
  ahead.rewind_offset = ahead.position + 2;
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeCheckpoint(EncodeCheckpoint(ahead)).status()));
}

TEST(CountCodec, WhatANewerReleaseHasWrittenIsUnimplemented) {
  v1::DayCounts filter = Message();
  while (filter.filtered_size() <= static_cast<int>(kFilters)) filter.add_filtered(1);
  EXPECT_TRUE(absl::IsUnimplemented(Read(filter)));
  v1::DayCounts visitors = Message();
  visitors.set_visitors("\x09");
  EXPECT_TRUE(absl::IsUnimplemented(Read(visitors)));
  v1::DayCounts languages = Message();
  while (languages.languages_size() <= static_cast<int>(DayTotals::kLanguagesMax) + 1)
    languages.add_languages();
  EXPECT_TRUE(absl::IsUnimplemented(Read(languages)));
  v1::DayCounts rule = Message();
  rule.set_rule(2);
  EXPECT_TRUE(Read(rule).ok()) << "its owner says whether to count on";
}

TEST(CountCodec, ARecordIsNamedByWhatItStates) {
  const absl::Time as_of = absl::FromUnixMillis(1'795'047'001'234);
  const kafka::Record record = RecordOf(3, kKey, Totals(), as_of);
  EXPECT_EQ(record.value, RecordOf(3, kKey, Totals(), as_of).value);
  EXPECT_EQ(record.headers, RecordOf(3, kKey, Totals(), as_of).headers);
  EXPECT_EQ(record.topic, "telex.view-counts.v1");
  EXPECT_EQ(record.partition, 3);
  EXPECT_EQ(kafka::FindHeader(record, "ce_id"), DayCountsKey(kKey) + "@41");
  EXPECT_EQ(RecordOf(3, Last()).key, "partitions/3");
  EXPECT_EQ(TombstoneOf(3, kKey).key, record.key);
  EXPECT_FALSE(TombstoneOf(3, kKey).value.has_value());
}

}  // namespace
}  // namespace telex::views
