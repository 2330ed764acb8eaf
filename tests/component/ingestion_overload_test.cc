// As many callers as a replica takes, and one more.
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "platform/errors/errors.h"
#include "tests/component/ingestion_replica.h"

namespace telex::ingestion::testing {
namespace {

TEST(IngestionOverloadTest, OneCallerTooManyIsToldSoAndNothingOfItIsHandedIn) {
  Cluster cluster;
  auto replica = std::make_unique<Replica>(cluster, ReplicaOptions{.decides = false});
  const Submission submission{.time = absl::FromUnixSeconds(1'790'000'000),
                              .actor = "desk",
                              .subject = news::ArticleId::Of("sources/caliber.az", "1"),
                              .action = Withhold{}};
  std::vector<std::atomic<int>> answers(Submitter::Requests::kWaitersMax);
  std::atomic<int> stopping = 0;
  const Call call = Editor(absl::Hours(1));
  for (std::atomic<int>& answer : answers) {
    replica->submitter->Submit(submission, "", call.deadline,
                               [&](const absl::StatusOr<Decision>& decided) {
                                 ++answer;
                                 if (errors::Is(decided.status(), errors::kStopping)) ++stopping;
                               });
  }
  EXPECT_EQ(replica->submitter->waiting(), Submitter::Requests::kWaitersMax);

  absl::Status refused;
  replica->submitter->Submit(
      submission, "", call.deadline,
      [&](const absl::StatusOr<Decision>& decided) { refused = decided.status(); });
  EXPECT_TRUE(errors::Is(refused, errors::kOverloaded)) << refused;
  EXPECT_TRUE(absl::IsUnavailable(refused)) << "to be repeated, here or elsewhere";
  EXPECT_EQ(replica->edge_publisher->Flush(kWithin), 0u);
  EXPECT_EQ(cluster.RecordsOf(kSubmissionsTopic).size(), Submitter::Requests::kWaitersMax);

  replica.reset();
  EXPECT_EQ(stopping, static_cast<int>(Submitter::Requests::kWaitersMax));
  for (const std::atomic<int>& answer : answers) EXPECT_EQ(answer, 1);
}

}  // namespace
}  // namespace telex::ingestion::testing
