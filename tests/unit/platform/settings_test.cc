#include "platform/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/config/settings_text.h"

namespace telex::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Settings Make(std::vector<const char*> arguments, Environment environment = {}) {
  arguments.insert(arguments.begin(), "telex-test");
  return Settings(static_cast<int>(arguments.size()), arguments.data(), "telex-test", "1.2.3",
                  std::move(environment));
}

struct Printed {
  Outcome outcome;
  std::string out;
  std::string err;
};

Printed Finish(Settings& settings) {
  std::ostringstream out;
  std::ostringstream err;
  const Outcome outcome = settings.Finish(out, err);
  return {outcome, out.str(), err.str()};
}

// A file that is gone with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content)
      : path_(std::filesystem::temp_directory_path() /
              ("telex-settings-" + std::to_string(::getpid()))) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

TEST(SettingsTest, AFlagWinsOverTheEnvironmentAndThatOverTheFallback) {
  const Setting setting{.name = "TELEX_TEST_NAME", .help = "h", .fallback = "fallback"};
  Settings none = Make({});
  EXPECT_EQ(none.Text(setting), "fallback");
  Settings empty = Make({}, {{"TELEX_TEST_NAME", ""}});
  EXPECT_EQ(empty.Text(setting), "fallback");
  Settings environment = Make({}, {{"TELEX_TEST_NAME", "env"}});
  EXPECT_EQ(environment.Text(setting), "env");
  EXPECT_EQ(environment.Describe().at(0).origin, "environment");
  Settings flag = Make({"--test-name=flag"}, {{"TELEX_TEST_NAME", "env"}});
  EXPECT_EQ(flag.Text(setting), "flag");
  Settings separate = Make({"--test-name", "first", "--test-name", "last"});
  EXPECT_EQ(separate.Text(setting), "last");
  EXPECT_TRUE(Finish(separate).outcome.run);
}

TEST(SettingsTest, ReadsEveryKind) {
  Settings s = Make({}, {{"TELEX_TEST_COUNT", "-7"},
                         {"TELEX_TEST_WAIT_MS", "1500"},
                         {"TELEX_TEST_KEPT_DAYS", "2"},
                         {"TELEX_TEST_HOSTS", " a, b ,,c"},
                         {"TELEX_TEST_ADDRESS", "[::1]:0"},
                         {"TELEX_TEST_LEVEL", "info"}});
  EXPECT_EQ(s.Integer({.name = "TELEX_TEST_COUNT", .help = "h"}, -10, 10), -7);
  EXPECT_EQ(s.Duration({.name = "TELEX_TEST_WAIT_MS", .help = "h"}), absl::Milliseconds(1500));
  EXPECT_EQ(s.Duration({.name = "TELEX_TEST_KEPT_DAYS", .help = "h"}), absl::Hours(48));
  EXPECT_THAT(s.List({.name = "TELEX_TEST_HOSTS", .help = "h"}), ElementsAre("a", "b", "c"));
  EXPECT_EQ(s.Address({.name = "TELEX_TEST_ADDRESS", .help = "h"}), (HostPort{"::1", 0}));
  EXPECT_EQ(s.Choice({.name = "TELEX_TEST_LEVEL", .help = "h"}, {"debug", "info"}), "info");
  const Printed printed = Finish(s);
  EXPECT_TRUE(printed.outcome.run) << printed.err;
  EXPECT_EQ(printed.out + printed.err, "");
}

TEST(SettingsTest, TellsAllFaultsAtOnce) {
  Settings s = Make({"--test-wait-ms=soon", "--test-nmae=hunter2", "stray", "--test-name"},
                    {{"TELEX_TEST_COUNT", "99999999999999999999"}, {"TELEX_TEST_ADDRESS", "x\n"}});
  s.Text({.name = "TELEX_TEST_NAME", .help = "h", .fallback = "x"});
  s.Integer({.name = "TELEX_TEST_COUNT", .help = "h", .fallback = "1"}, 1, 64);
  s.Duration({.name = "TELEX_TEST_WAIT_MS", .help = "h", .fallback = "5"}, absl::Milliseconds(1),
             absl::Seconds(1));
  s.Address({.name = "TELEX_TEST_ADDRESS", .help = "h", .fallback = "127.0.0.1:0"});
  s.Choice({.name = "TELEX_TEST_LEVEL", .help = "h"}, {"debug", "info"});
  s.Text({.name = "TELEX_TEST_NEEDED", .help = "h", .required = true});
  s.Text({.name = "TELEX_TEST_PATH", .help = "h", .fallback = "/a"});
  s.Refuse("TELEX_TEST_PATH", "expects a folder that exists");
  const Printed printed = Finish(s);
  EXPECT_FALSE(printed.outcome.run);
  EXPECT_EQ(printed.outcome.exit_code, 64);
  EXPECT_EQ(printed.err,
            "telex-test: 9 settings are wrong:\n"
            "  TELEX_TEST_NAME (--test-name): the flag needs a value\n"
            "  TELEX_TEST_COUNT = \"99999999999999999999\": expects a whole number from 1 to 64\n"
            "  TELEX_TEST_WAIT_MS = \"soon\": expects a whole number of milliseconds from"
            " 1 to 1000\n"
            "  TELEX_TEST_ADDRESS = \"x\\x0a\": expects host:port or [IPv6]:port, with a port"
            " from 0 to 65535\n"
            "  TELEX_TEST_LEVEL = \"\": expects one of debug, info\n"
            "  TELEX_TEST_NEEDED = \"\": is required\n"
            "  TELEX_TEST_PATH = \"/a\": expects a folder that exists\n"
            "  \"--test-nmae\": unknown argument, see --help\n"
            "  \"stray\": unknown argument, see --help\n");
}

TEST(SettingsTest, SecretsComeFromTheEnvironmentOrAFileAndAreNeverShown) {
  const TemporaryFile file("hunter2\r\n");
  const Setting setting{.name = "TELEX_TEST_PASSWORD", .help = "h"};
  for (const Environment& environment : {Environment{{"TELEX_TEST_PASSWORD", "hunter2"}},
                                         Environment{{"TELEX_TEST_PASSWORD_FILE", file.path()}}}) {
    Settings s = Make({"--print-config"}, environment);
    EXPECT_EQ(s.Secret(setting), "hunter2");
    EXPECT_THAT(s.UnknownVariables(), IsEmpty());
    const Printed printed = Finish(s);
    EXPECT_FALSE(printed.outcome.run);
    EXPECT_EQ(printed.outcome.exit_code, 0);
    EXPECT_EQ(printed.out, "TELEX_TEST_PASSWORD=<redacted>\n");
  }
  const std::string flag = "--test-password-file=" + file.path();
  Settings from_flag = Make({flag.c_str()});
  EXPECT_EQ(from_flag.Secret(setting), "hunter2");
  Settings unset = Make({"--print-config"});
  EXPECT_EQ(unset.Secret(setting), "");
  EXPECT_EQ(Finish(unset).out, "TELEX_TEST_PASSWORD=\n");
}

TEST(SettingsTest, FaultsOfSecretsDoNotTellThem) {
  const TemporaryFile empty("\n");
  const Setting setting{.name = "TELEX_TEST_PASSWORD", .help = "h", .required = true};
  const auto faults = [&setting](std::vector<const char*> arguments, Environment environment) {
    Settings s = Make(std::move(arguments), std::move(environment));
    s.Secret(setting);
    const Printed printed = Finish(s);
    EXPECT_EQ(printed.outcome.exit_code, kExitUsage);
    EXPECT_THAT(printed.err, Not(HasSubstr("hunter2")));
    return printed.err;
  };
  EXPECT_THAT(faults({"--test-password=hunter2"}, {}), HasSubstr("a secret is no flag"));
  EXPECT_THAT(faults({}, {{"TELEX_TEST_PASSWORD_FILE", "/nowhere/at/all"}}),
              HasSubstr("expects a readable file"));
  EXPECT_THAT(faults({}, {{"TELEX_TEST_PASSWORD_FILE", "/"}}), HasSubstr("expects a readable"));
  EXPECT_THAT(faults({}, {{"TELEX_TEST_PASSWORD_FILE", empty.path()}}), HasSubstr("is empty"));
  EXPECT_THAT(faults({}, {{"TELEX_TEST_PASSWORD", "hunter2"}, {"TELEX_TEST_PASSWORD_FILE", "/x"}}),
              HasSubstr("set one of them"));
  EXPECT_THAT(faults({}, {}), HasSubstr("is required"));
}

TEST(SettingsTest, HelpListsEverySetting) {
  Settings s = Make({"--help", "--nonsense"});
  s.Integer({.name = "TELEX_TEST_COUNT", .help = "How many.", .fallback = "3"}, 1, 64);
  s.Secret({.name = "TELEX_TEST_PASSWORD", .help = "The password.", .fallback = "dev"});
  const Printed printed = Finish(s);
  EXPECT_EQ(printed.outcome.exit_code, 0);
  EXPECT_FALSE(printed.outcome.run);
  EXPECT_THAT(printed.out, HasSubstr("  TELEX_TEST_COUNT  --test-count\n"
                                     "      How many. (a whole number from 1 to 64; default 3)\n"));
  EXPECT_THAT(printed.out, HasSubstr("TELEX_TEST_PASSWORD  --test-password-file"));
  EXPECT_THAT(printed.out, Not(HasSubstr("default dev")));
  Settings version = Make({"--version"});
  EXPECT_EQ(Finish(version).out, "telex-test 1.2.3\n");
}

TEST(SettingsTest, UnknownVariablesOfTheProgramAreNamed) {
  Settings s = Make({}, {{"TELEX_TEST_COUNT", "3"},
                         {"TELEX_TEST_CUONT", "3"},
                         {"TELEX_OTHER_X", "1"},
                         {"TELEX_TEST_SERVICE_HOST", "10.0.0.1"},
                         {"TELEX_TEST_PORT", "tcp://10.0.0.1:80"},
                         {"TELEX_TEST_PORT_80_TCP_ADDR", "10.0.0.1"}});
  s.Integer({.name = "TELEX_TEST_COUNT", .help = "h"});
  EXPECT_THAT(s.UnknownVariables(), ElementsAre("TELEX_TEST_CUONT"));
}

TEST(SettingsTest, FaultsOfTheProgramThrow) {
  Settings s = Make({});
  s.Text({.name = "TELEX_TEST_NAME", .help = "h"});
  EXPECT_THROW(s.Text({.name = "TELEX_TEST_NAME", .help = "h"}), std::logic_error);
  EXPECT_THROW(s.Text({.name = "TELEX_test", .help = "h"}), std::logic_error);
  EXPECT_THROW(s.Duration({.name = "TELEX_TEST_WAIT", .help = "h"}), std::logic_error);
  EXPECT_THROW(s.Refuse("TELEX_TEST_OTHER", "x"), std::logic_error);
}

TEST(SettingsTextTest, PasswordsInUrlsAreRedacted) {
  EXPECT_EQ(RedactUrls("redis://:p@ss@h:1/0,redis://u:p@h"),
            "redis://:<redacted>@h:1/0,redis://u:<redacted>@h");
  EXPECT_EQ(RedactUrls("redis://h:6379/0?a@b"), "redis://h:6379/0?a@b");
  EXPECT_EQ(RedactUrls("unix:///run/redis.sock"), "unix:///run/redis.sock");
  EXPECT_EQ(RedactUrls("plain"), "plain");
}

TEST(HostPortTest, ParsesAndPrints) {
  for (const char* text : {"localhost:8080", "0.0.0.0:0", "[::1]:65535", "broker-0.kafka_1:9092"}) {
    const auto parsed = ParseHostPort(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->ToString(), text);
  }
  for (const char* text : {"", "host", ":80", "host:", "host:65536", "host:-1", "host:80x",
                           "::1:80", "[]:80", "[h]:80", "a b:80", "host:+1", "http://h:80"}) {
    EXPECT_FALSE(ParseHostPort(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace telex::config
