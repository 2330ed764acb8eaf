#include "translation/adapters/job_reads.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/unit/translation/desk_log.h"

namespace telex::translation {
namespace {

class JobReadsTest : public ::testing::Test {
 protected:
  JobReadsTest() { reads_ = std::make_unique<JobReads>(Parts()); }

  JobReads::Parts Parts() {
    return {.desk = log_.desk, .workers = workers_, .engines = {}, .advise = {}};
  }

  DeskLog log_;
  rpc::CallWorkers workers_;
  std::unique_ptr<JobReads> reads_;
};

TEST_F(JobReadsTest, APauseIsAnsweredOnceItIsReadWithWhatThePairHas) {
  log_.read.ReadFact(Queued::Wanting(1));
  std::optional<absl::StatusOr<v1::PairStats>> answer;
  const auto keep = [&](auto stats) { answer = std::move(stats); };
  reads_->Pause(DeskLog::CallOf("anna"), "en", "hy", true, "", keep);
  EXPECT_EQ(log_.appended(), 1u);
  EXPECT_FALSE(answer.has_value());
  log_.Read();
  ASSERT_TRUE(answer.has_value() && answer->ok());
  EXPECT_TRUE((*answer)->paused());
  EXPECT_EQ((*answer)->open_machine(), 1);
  EXPECT_EQ((*answer)->to(), "hy");
  reads_->Pause(DeskLog::CallOf("anna"), "en", "ru", false, "", keep);
  log_.Read();
  EXPECT_FALSE((*answer)->paused());
  EXPECT_EQ((*answer)->to(), "ru");
}

TEST_F(JobReadsTest, JobsChangeWhenNobodyReadsThemAnyMore) {
  reads_.reset();
  log_.read.ReadFact(Queued::Wanting(1));
  reads_ = std::make_unique<JobReads>(Parts());
}

}  // namespace
}  // namespace telex::translation
