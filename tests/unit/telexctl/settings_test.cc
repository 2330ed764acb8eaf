#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "telexctl/env_file.h"
#include "telexctl/failures/failure.h"
#include "telexctl/options.h"
#include "tests/support/temp_dir.h"

namespace telex::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::Pair;

Environment EnvironmentOf(Values values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

void Write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

TEST(EnvFileTest, ReadsNamesAndValues) {
  EXPECT_THAT(ParseEnvFile("A=1\n# B=2\n\n C = 3 \r\nD='a b'\nE=\"x=y\"\nnonsense\nA=4"),
              ElementsAre(Pair("A", "4"), Pair("C", "3"), Pair("D", "a b"), Pair("E", "x=y")));
}

TEST(EnvFileTest, IsFoundUpwardsFromTheWorkingFolderFirst) {
  const tests::TempDir dir;
  const fs::path root = dir.path();
  Write(root / "work/.stack/telexctl.env", "A=1");
  Write(root / "build/.stack/telexctl.env", "A=2");
  fs::create_directories(root / "work/a/b");
  fs::create_directories(root / "build/bin");
  EXPECT_EQ(FindEnvFile(EnvironmentOf({}), root / "work/a/b", root / "build/bin"),
            root / "work/.stack/telexctl.env");
  EXPECT_EQ(FindEnvFile(EnvironmentOf({}), root, root / "build/bin"),
            root / "build/.stack/telexctl.env");
  EXPECT_EQ(FindEnvFile(EnvironmentOf({}), root, root), std::nullopt);
}

TEST(EnvFileTest, TheStackThatTheEnvironmentNamesWins) {
  const tests::TempDir dir;
  const fs::path root = dir.path();
  Write(root / ".stack/telexctl.env", "A=1");
  const auto found = FindEnvFile(EnvironmentOf({{"TELEX_STACK_DIR", root / "mine"}}), root, root);
  EXPECT_EQ(found, root / "mine/telexctl.env");
  EXPECT_TRUE(ReadEnvFile(found).empty());  // it is not up: nothing, and not another stack's
}

TEST(EnvFileTest, AFolderWithoutItIsSaidAndTheOneThatWasMeant) {
  const tests::TempDir dir;
  const fs::path root = dir.path();
  Write(root / "checkout/.stack/telexctl.env", "A=1");
  EXPECT_EQ(FaultOf(root / "checkout/.stack/telexctl.env"), "");
  const std::string fault = FaultOf(root / "checkout/telexctl.env");
  EXPECT_THAT(fault, ::testing::HasSubstr("there is no " + (root / "checkout").string()));
  EXPECT_THAT(fault,
              ::testing::EndsWith("TELEX_STACK_DIR=" + (root / "checkout/.stack").string() + "?"));
  EXPECT_THAT(FaultOf(root / "telexctl.env"), ::testing::Not(::testing::HasSubstr("did you mean")));
}

TEST(OptionsTest, FlagBeforeEnvironmentBeforeFileBeforeDefault) {
  const Values file = {{"TELEX_INGESTION_ADDRESS", "file:1"},
                       {"TELEX_KAFKA_BROKERS", "file:2"},
                       {"TELEX_FEEDS_URL", "http://file:3/"}};
  Flags flags;
  flags.ingestion_address = "flag:1";
  const auto options = Resolve(
      flags,
      EnvironmentOf({{"TELEX_INGESTION_ADDRESS", "env:1"}, {"TELEX_KAFKA_BROKERS", "env:2"}}),
      file);
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->ingestion_address, "flag:1");
  EXPECT_EQ(options->kafka_brokers, "env:2");
  EXPECT_EQ(options->feeds_url, "http://file:3");
  EXPECT_EQ(options->timeout, absl::Seconds(10));
  EXPECT_EQ(
      Resolve({}, EnvironmentOf({{"TELEX_SERVER_NAME", "ingestion.telex.svc"}}), {})->server_name,
      "ingestion.telex.svc");
  EXPECT_EQ(Resolve({}, EnvironmentOf({}), {})->ingestion_address, "127.0.0.1:8090");
}

TEST(OptionsTest, WhatCannotBeReadIsWrongUsage) {
  EXPECT_TRUE(IsUsage(Resolve({}, EnvironmentOf({{"TELEX_FEEDS_URL", "ftp://x"}}), {}).status()));
  EXPECT_TRUE(
      IsUsage(Resolve({}, EnvironmentOf({{"TELEX_TIMEOUT_SECONDS", "soon"}}), {}).status()));
  EXPECT_TRUE(
      IsUsage(Resolve({}, EnvironmentOf({{"TELEX_ADMIN_ADDRESSES", "ingestion"}}), {}).status()));
}

TEST(OptionsTest, AdminAddressesMayHaveNames) {
  EXPECT_THAT(ParseAdminAddresses("feeds=127.0.0.1:8081,[::1]:8091").value(),
              ElementsAre(AdminAddress{"feeds", "127.0.0.1:8081"},
                          AdminAddress{"[::1]:8091", "[::1]:8091"}));
}

}  // namespace
}  // namespace telex::cli
