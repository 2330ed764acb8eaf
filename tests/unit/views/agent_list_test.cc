#include "views/formats/agent_list.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <string>

namespace telex::views {
namespace {

using ::testing::HasSubstr;

std::vector<std::pair<std::string, std::string>> Read(const std::string& name) {
  std::ifstream file("tests/testdata/agents/" + name);
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const auto tab = line.find('\t');
    rows.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return rows;
}

std::string NameOf(AgentClass agent_class) {
  static const std::map<AgentClass, std::string> kNames = {
      {AgentClass::kBrowser, "browser"},  {AgentClass::kApp, "app"},
      {AgentClass::kFeedFetcher, "feed"}, {AgentClass::kRobot, "robot"},
      {AgentClass::kAiFetcher, "ai"},     {AgentClass::kEmpty, "empty"}};
  return kNames.at(agent_class);
}

TEST(AgentList, TellsPeopleRobotsAndFetchersApart) {
  const auto rows = Read("agents.tsv");
  ASSERT_GT(rows.size(), 100u);
  for (const auto& [expected, agent] : rows) {
    EXPECT_EQ(NameOf(AgentList::BuiltIn().Classify(agent)), expected) << agent;
  }
}

// What the package says that a pattern of it is for is no person, whatever else is in the tables.
TEST(AgentList, KnowsAllTheAgentsOfThePackage) {
  const auto rows = Read("crawler_instances.tsv");
  ASSERT_GT(rows.size(), 2'000u);
  for (const auto& [expected, agent] : rows) {
    const std::string name = NameOf(AgentList::BuiltIn().Classify(agent));
    EXPECT_TRUE(name == "robot" || name == "feed" || name == "ai") << name << ": " << agent;
    if (expected == "ai") {
      EXPECT_EQ(name, "ai") << agent;
    }
  }
}

TEST(AgentList, TheFirstClassStands) {
  const std::string_view table[] = {"app\tX\nrobot\tX|Y\n", "# none\n\nfeed\tY\nai\tZ$\n"};
  const auto list = AgentList::Parse(table);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->Classify("aXb"), AgentClass::kRobot);
  EXPECT_EQ(list->Classify("Y"), AgentClass::kFeedFetcher);
  EXPECT_EQ(list->Classify("XYZ"), AgentClass::kAiFetcher);
  EXPECT_EQ(list->Classify("Mozilla/5.0 \xff"), AgentClass::kBrowser);
  EXPECT_EQ(list->Classify("Reading/1.0"), AgentClass::kApp);
  EXPECT_EQ(list->Classify(""), AgentClass::kEmpty);
  std::string longest(kAgentBytesMax, 'a');
  longest.push_back('X');
  EXPECT_EQ(list->Classify(longest), AgentClass::kApp);
}

TEST(AgentList, FaultsNameTheLine) {
  const auto parse = [](std::string_view line) {
    return std::string(AgentList::Parse({&line, 1}).status().message());
  };
  EXPECT_THAT(parse("robot"), HasSubstr("'robot'"));
  EXPECT_THAT(parse("human\tX"), HasSubstr("human"));
  EXPECT_THAT(parse("robot\t(X"), HasSubstr("(X"));
}

// A view says by which tables it was classified: they never change under one number.
TEST(AgentList, ItsNumberIsThatOfItsTables) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const std::string_view table : AgentList::BuiltInTables()) {
    for (const char c : table) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  const std::pair<std::uint32_t, std::uint64_t> expected = {2, 0xb727cfbef5c329feu};
  EXPECT_EQ(std::pair(kAgentListVersion, hash), expected)
      << "raise kAgentListVersion, and put both here: 0x" << std::hex << hash;
}

}  // namespace
}  // namespace telex::views
