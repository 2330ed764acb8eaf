#include <gmock/gmock.h>

#include "telexctl/failures/failure.h"
#include "tests/unit/telexctl/program_fixture.h"

namespace telex::cli {
namespace {

using ::testing::HasSubstr;
using PurgeTest = ProgramTest;

TEST_F(PurgeTest, APurgeIsAskedForTwice) {
  const std::string name = std::string("articles/") + kStory;
  service_.standing.set_name(name);
  service_.standing.set_version(3);
  service_.standing.set_headline("The ferry is late");
  // Nobody is at the terminal: a script must say it.
  EXPECT_EQ(Telexctl({"articles", "purge", kStory, "--reason", "request 14"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("nothing was purged"));
  EXPECT_THAT(err_.str(), HasSubstr(std::string("telexctl articles purge ") + kStory +
                                    " --reason 'request 14' --confirm " + kStory));
  for (const char* wrong : {"yes", "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d3"}) {
    EXPECT_EQ(Telexctl({"articles", "purge", kStory, "--reason", "x", "--confirm", wrong}),
              kExitUsage);
    terminal_ = std::make_unique<std::istringstream>(std::string(wrong) + "\n");
    EXPECT_EQ(Telexctl({"articles", "purge", kStory, "--reason", "x"}), kExitUsage);
    EXPECT_THAT(err_.str(), HasSubstr("all 3 of its versions, and cannot be undone: 'The ferry"));
    terminal_.reset();
  }
  service_.reads = 0;
  EXPECT_TRUE(service_.purges.empty());

  EXPECT_EQ(Telexctl({"articles", "purge", kStory, "--reason", "request 14", "--etag", "3",
                      "--confirm", kStory}),
            kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("accepted: version 4 was made"));
  EXPECT_THAT(out_.str(), HasSubstr("purged: request 14"));
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(service_.reads, 0);  // who has confirmed it is shown nothing first
  terminal_ = std::make_unique<std::istringstream>(name + " \n");
  EXPECT_EQ(Telexctl({"articles", "purge", kStory, "--reason", "request 14"}), kExitOk);
  ASSERT_EQ(service_.purges.size(), 2u);
  EXPECT_EQ(service_.purges[0].name(), name);
  EXPECT_EQ(service_.purges[0].reason(), "request 14");
  EXPECT_EQ(service_.purges[0].etag(), "\"3\"");
  EXPECT_EQ(service_.purges[1].etag(), "");
  EXPECT_NE(service_.purges[0].request_id(), service_.purges[1].request_id());
}

// The tombstone of what was purged has no words (feeds/formats/story.h).
TEST_F(PurgeTest, TheHelpDoesNotPromiseThatPartnersReadTheReason) {
  EXPECT_EQ(Telexctl({"articles", "purge", "--help"}), kExitOk);
  EXPECT_THAT(out_.str(), ::testing::ContainsRegex("partners[ \n]+do[ \n]+not"));
  EXPECT_EQ(Telexctl({"articles", "kill", "--help"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("partners read it"));
}

TEST_F(PurgeTest, APurgeOfAnotherVersionSpeaksOfItsEtag) {
  service_.standing.set_name(std::string("articles/") + kStory);
  service_.standing.set_version(4);
  service_.refusal =
      errors::Error(absl::StatusCode::kAborted, errors::kStaleEtag, "has changed", {});
  EXPECT_EQ(
      Telexctl({"articles", "purge", kStory, "--reason", "x", "--confirm", kStory, "--etag", "2"}),
      kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("or without --etag"));
}

}  // namespace
}  // namespace telex::cli
