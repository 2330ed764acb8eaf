#include "translation/adapters/desk/log_job_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/translation/desk_log.h"

namespace telex::translation {
namespace {

using testing::SizeIs;

class LogJobDeskTest : public ::testing::Test {
 protected:
  using Claims = absl::StatusOr<std::vector<ClaimedJob>>;

  // Articles `first` to `last`, each with an open job.
  LogJobDeskTest() {
    for (int story = 1; story <= 4; ++story) {
      news::Article article = log_.read.Article(1);
      article.id = JobOf(story).article;
      log_.read.ReadArticle(article);
      log_.read.Read(RecordOf(JobFact{JobOf(story), "owners/a", "", Queued::Wanting(1)},
                              "w" + std::to_string(story), 1));
    }
  }
  void Claim(std::optional<Claims>& told, std::string request_id = kClaimRequest) {
    log_.desk.Claim({.worker = Worker::kMachine, .count = 2}, absl::Minutes(1),
                    {.actor = "anna",
                     .request_id = std::move(request_id),
                     .deadline = absl::Now() + absl::Minutes(5)},
                    [&told](Claims claimed) { told = std::move(claimed); });
  }

  static constexpr char kClaimRequest[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";
  DeskLog log_;
};

TEST_F(LogJobDeskTest, AClaimThatIsRepeatedWhileItIsUnderWayIsGivenTheSameJobs) {
  std::optional<Claims> first;
  std::optional<Claims> second;
  std::optional<Claims> third;
  Claim(first);
  Claim(second);
  EXPECT_EQ(log_.appended(), 2u);
  log_.Read();
  ASSERT_TRUE(first && first->ok() && second && second->ok());
  ASSERT_THAT(**first, SizeIs(2));
  ASSERT_THAT(**second, SizeIs(2));
  for (std::size_t n = 0; n < 2; ++n) EXPECT_EQ((**first)[n].job, (**second)[n].job);
  Claim(third);  // what was read answers it
  ASSERT_TRUE(third && third->ok());
  EXPECT_THAT(**third, SizeIs(2));
  std::optional<Claims> other;
  Claim(other, "");
  log_.Read();
  ASSERT_TRUE(other && other->ok());
  EXPECT_THAT(**other, SizeIs(2));
  EXPECT_NE((**other)[0].job.id, (**first)[0].job.id);
}

TEST_F(LogJobDeskTest, OfAPairThatIsPausedNoJobIsClaimedByItsNameEither) {
  std::optional<Claims> told;
  const auto claim = [&](int story, const char* request_id) {
    told.reset();
    log_.desk.ClaimOne(
        JobOf(story), Worker::kPerson, absl::Minutes(1),
        {.actor = "anna", .request_id = request_id, .deadline = absl::Now() + absl::Minutes(5)},
        [&told](Claims claimed) { told = std::move(claimed); });
    log_.Read();
  };
  claim(1, kClaimRequest);
  ASSERT_TRUE(told && told->ok());
  log_.desk.Pause({.pair = {Language("en"), Language("hy")}, .paused = true, .actor = "ben"},
                  absl::Now() + absl::Minutes(5), [](const absl::Status&) {});
  log_.Read();
  claim(2, "");
  ASSERT_TRUE(told && !told->ok());
  EXPECT_EQ(errors::ReasonOf(told->status()), errors::kPairPaused);
  claim(1, kClaimRequest);  // it was granted before
  ASSERT_TRUE(told && told->ok());
  EXPECT_THAT(**told, SizeIs(1));
}

}  // namespace
}  // namespace telex::translation
