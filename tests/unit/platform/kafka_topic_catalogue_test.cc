#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "platform/kafka/topic_catalogue.h"

namespace telex::kafka {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kYaml = R"(
partitions: 12
replication_factor: 3
topics:
  - name: telex.submissions.v1
    about: articles
    config: {cleanup.policy: delete, retention.ms: 2592000000}
  - name: telex.resources.v1
    partitions: 1
)";

TEST(TopicCatalogue, ReadsTopics) {
  const auto catalogue = TopicCatalogue::Parse(kYaml);
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  ASSERT_EQ(catalogue->topics().size(), 2u);
  const TopicSpec* submissions = catalogue->Find("telex.submissions.v1");
  ASSERT_NE(submissions, nullptr);
  EXPECT_EQ(submissions->partitions, 12);
  EXPECT_EQ(submissions->replication_factor, 3);
  EXPECT_THAT(submissions->config, UnorderedElementsAre(Pair("cleanup.policy", "delete"),
                                                        Pair("retention.ms", "2592000000")));
  EXPECT_EQ(catalogue->Find("telex.resources.v1")->partitions, 1);
  EXPECT_EQ(catalogue->Find("telex.views.v1"), nullptr);
}

TEST(TopicCatalogue, OverridesWin) {
  const auto catalogue = TopicCatalogue::Parse(kYaml, {.replication_factor = 1, .partitions = 4});
  ASSERT_TRUE(catalogue.ok());
  EXPECT_EQ(catalogue->Find("telex.submissions.v1")->partitions, 4);
  EXPECT_EQ(catalogue->Find("telex.resources.v1")->partitions, 1);
  EXPECT_EQ(catalogue->Find("telex.resources.v1")->replication_factor, 1);
}

TEST(TopicCatalogue, TellsAllFaultsAtOnce) {
  const auto catalogue = TopicCatalogue::Parse(R"(
partitions: 0
replication_factor: 3
surprise: 1
topics:
  - name: "no spaces"
  - name: twice
    partitions: 1
  - name: twice
    partitions: 1
  - name: both
    about: articles
    partitions: 2
  - name: neither
  - name: other
    about: readers
)");
  ASSERT_FALSE(catalogue.ok());
  const std::string message(catalogue.status().message());
  for (const char* part :
       {"`partitions` must be", "unknown key `surprise`", "`no spaces`", "twice stands twice",
        "both: give either", "neither: give either", "other: `about` can only be"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(TopicCatalogue, RefusesWhatIsNoYamlOrNoFile) {
  EXPECT_EQ(TopicCatalogue::Parse("{").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(TopicCatalogue::Parse("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(TopicCatalogue::Load("no/such/file").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace telex::kafka
