#pragma once

// What the tests of reading share: a replica of the counts without Kafka, which is handed records.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "platform/kafka/partitioner.h"
#include "tests/support/article_records.h"
#include "tests/support/articles.h"
#include "tests/support/temp_dir.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/views_store.h"

namespace telex::views {

constexpr std::int32_t kPartitions = 3;
constexpr Day kDay = 20'700;  // 2026-09-04

inline absl::TimeZone Baku() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Baku", &zone));
  return zone;
}

inline absl::Time Noon(Day day) {
  return absl::FromCivil(CivilDayOf(day), Baku()) + absl::Hours(12);
}

// Looks at noon, of as many visitors, in English, half of them at panorama.
inline DayTotals Looks(std::int64_t position, std::int64_t views) {
  DayTotals totals;
  totals.position = position;
  totals.views = views;
  totals.by_language.Add(totals.by_language.NumberOf("en"), views);
  totals.by_partner.Add(totals.by_partner.NumberOf(""), views - views / 2);
  totals.by_partner.Add(totals.by_partner.NumberOf("panorama"), views / 2);
  totals.by_hour[12] = views;
  totals.filtered[static_cast<std::size_t>(Filter::kRobot)] = 2;
  for (std::int64_t n = 1; n <= views; ++n) {
    totals.visitors.Add(static_cast<Visitor>(n) * 0x9E3779B97F4A7C15u);
  }
  totals.rule = 1;
  totals.zone = "Asia/Baku";
  return totals;
}

class Counted {
 public:
  Counted() { Open(); }

  // As after a stop and a start.
  void Reopen() {
    EXPECT_TRUE(store_->log().Close().ok());
    store_.reset();
    Open();
  }

  ViewsStore& store() { return *store_; }

  void Read(std::vector<kafka::Record> records) {
    for (kafka::Record& record : records) {
      record.offset = next_offsets_[{record.topic, record.partition}]++;
    }
    ASSERT_EQ(store_->log().OnBatch(records, {}).kind(), kafka::Outcome::Kind::kDone);
  }
  void Read(const news::Article& article) {
    Read(std::vector{tests::RecordOf(article, PartitionOf(article.id), 0)});
  }
  void Read(const news::ArticleId& article, Day day, const DayTotals& totals) {
    Read(std::vector{RecordOf(PartitionOf(article), {article, day}, totals, Noon(day))});
  }
  void ReadCheckpoint(const news::ArticleId& article, absl::Time watermark) {
    const Checkpoint checkpoint = {.position = 100,
                                   .watermark_ms = absl::ToUnixMillis(watermark),
                                   .rule = 1,
                                   .zone = "Asia/Baku"};
    Read(std::vector{RecordOf(PartitionOf(article), checkpoint)});
  }
  void CatchUp() { store_->log().OnAllCaughtUp(); }

  static std::int32_t PartitionOf(const news::ArticleId& article) {
    return kafka::PartitionOf(article.ToString(), kPartitions);
  }

 private:
  void Open() {
    replica::Options options = ViewsStore::Options();
    options.store.path = folder_ / "store";
    options.store.map_bytes_max = 64 << 20;
    store_ = std::make_unique<ViewsStore>(*replica::LogReplica::Open(options, Noon(kDay)), Baku());
    EXPECT_TRUE(store_->Load().ok());
    EXPECT_TRUE(store_->Bind("c1", kPartitions, Noon(kDay)).ok());
    store_->Follow({});
  }

  tests::TempDir folder_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> next_offsets_;
  std::unique_ptr<ViewsStore> store_;
};

}  // namespace telex::views
