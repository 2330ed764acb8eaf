#include "translation/adapters/store/engine_spending.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/support/temp_dir.h"

namespace telex::translation {
namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 60 * 60 * 1'000;
constexpr std::int64_t kNow = 1'788'516'000'000;  // 2026-09-04T10:00:00Z

class EngineSpendingTest : public ::testing::Test {
 protected:
  EngineSpendingTest() { Open(); }

  void Open() {
    spending_.reset();
    store_.reset();
    store_ =
        *store::Store::Open({.path = dir_ / "store", .databases = EngineSpending::Databases()});
    spending_ = std::make_unique<EngineSpending>(*store_);
  }
  void Apply(const std::string& engine, std::int64_t characters, std::int64_t append_ms) {
    v1::Text text;
    v1::Cost& cost = *text.add_costs();
    cost.set_engine(engine);
    cost.set_characters(characters);
    const absl::Status applied = store_->Write(
        [&](store::WriteTxn& txn) { return spending_->Apply(txn, text.costs(), append_ms); });
    EXPECT_TRUE(applied.ok()) << applied;
  }
  EngineSpent Of(const std::string& engine, std::int64_t now_ms = kNow) const {
    return spending_->Of(engine, absl::FromUnixMillis(now_ms));
  }

  const tests::TempDir dir_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<EngineSpending> spending_;
};

TEST_F(EngineSpendingTest, CountsWhatIsCommitted) {
  Apply("deepl", 5, kNow);
  Apply("deepl", 6, kNow - kDay);
  EXPECT_EQ(Of("deepl"), EngineSpent{});
  spending_->Committed();
  EXPECT_EQ(Of("deepl"), (EngineSpent{.day = 5, .month = 11}));
  EXPECT_EQ(Of("google"), EngineSpent{});
}

TEST_F(EngineSpendingTest, WhatIsUndoneIsNotCounted) {
  Apply("deepl", 5, kNow);
  spending_->Undone();
  spending_->Committed();
  EXPECT_EQ(Of("deepl"), EngineSpent{});
}

TEST_F(EngineSpendingTest, IsThereAgainAfterAStart) {
  Apply("deepl", 5, kNow);
  Apply("deepl", 7, kNow);
  Apply("google", 1, kNow - kDay);
  spending_->Committed();
  Open();
  EXPECT_EQ(Of("deepl"), (EngineSpent{.day = 12, .month = 12}));
  EXPECT_EQ(Of("google"), (EngineSpent{.day = 0, .month = 1}));
}

TEST_F(EngineSpendingTest, KeepsTwoMonthsOfRows) {
  for (std::int64_t day = 0; day < 120; ++day) {
    Apply("deepl", 1, kNow + day * kDay);
    spending_->Committed();
  }
  const auto txn = store_->Read();
  EXPECT_LE(txn->Count(store_->database("engine-spending")), 62U);
}

}  // namespace
}  // namespace telex::translation
