#include "platform/observe/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "platform/observe/outage_log.h"

namespace telex::observe {
namespace {

using nlohmann::json;

const absl::Time kTime = absl::FromUnixMillis(1'767'225'600'007);  // 2026-01-01T00:00:00.007Z

std::string Line(std::string_view message, std::vector<LogField> fields,
                 const TraceContext* trace = nullptr) {
  return FormatLogLine({.time = kTime,
                        .severity = Severity::kWarning,
                        .service = "telex-test",
                        .message = message,
                        .trace = trace,
                        .fields = fields});
}

// The log of a process goes to a memory file here, read back line by line.
class LogToMemory {
 public:
  explicit LogToMemory(Severity severity_min = Severity::kInfo)
      : fd_(memfd_create("log", MFD_CLOEXEC)) {
    ConfigureLog({.service = "telex-test", .severity_min = severity_min, .fd = fd_});
  }
  ~LogToMemory() {
    ConfigureLog({.service = "telex", .severity_min = Severity::kInfo, .fd = 2});
    close(fd_);
  }
  LogToMemory(const LogToMemory&) = delete;
  LogToMemory& operator=(const LogToMemory&) = delete;

  std::vector<json> Lines() const {
    std::string text(static_cast<std::size_t>(lseek(fd_, 0, SEEK_END)), '\0');
    EXPECT_EQ(pread(fd_, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    std::vector<json> lines;
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = text.find('\n', start);
      lines.push_back(json::parse(text.substr(start, end - start)));
      start = end + 1;
    }
    return lines;
  }

 private:
  int fd_;
};

TEST(LogLineTest, IsJsonWithTheFieldsInOrder) {
  const auto trace = ParseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(Line("kept",
                 {{"article", std::string("a")},
                  {"version", 3},
                  {"fresh", true},
                  {"ratio", 0.5},
                  {"size", std::size_t{9}}},
                 &*trace),
            "{\"time\":\"2026-01-01T00:00:00.007Z\",\"severity\":\"WARNING\","
            "\"service\":\"telex-test\",\"message\":\"kept\","
            "\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\","
            "\"article\":\"a\",\"version\":3,\"fresh\":true,\"ratio\":0.5,\"size\":9}\n");
}

TEST(LogLineTest, EscapesWhatJsonDoesNotAllow) {
  const std::string_view text("a\"b\\c\n\r\t\x01\x7F\0z", 12);
  const std::string line = Line(text, {{"key \"\n", text}});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const json parsed = json::parse(line);
  EXPECT_EQ(parsed["message"], std::string(text));
  EXPECT_EQ(parsed["key \"\n"], std::string(text));
}

TEST(LogLineTest, ReplacesBytesThatAreNoUtf8) {
  const json parsed = json::parse(
      Line("ok \xD5\xA1 \xF0\x9F\x97\x9E bad \xFF overlong \xC0\xAF surrogate \xED\xA0\x80"
           " cut \xE2\x82",
           {{"article", "\xE2"}}));
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(parsed["message"], "ok \xD5\xA1 \xF0\x9F\x97\x9E bad " + r + " overlong " + r + r +
                                   " surrogate " + r + r + r + " cut " + r + r);
  EXPECT_EQ(parsed["article"], r);
}

TEST(LogLineTest, NumbersThatJsonDoesNotHaveBecomeTexts) {
  const json parsed = json::parse(Line("m", {{"a", std::nan("")},
                                             {"b", std::numeric_limits<double>::infinity()},
                                             {"c", std::numeric_limits<std::uint64_t>::max()},
                                             {"d", std::numeric_limits<std::int64_t>::min()}}));
  EXPECT_EQ(parsed["a"], "nan");
  EXPECT_EQ(parsed["b"], "inf");
  EXPECT_EQ(parsed["c"], std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parsed["d"], std::numeric_limits<std::int64_t>::min());
}

TEST(LogLineTest, OwnKeysAreNotOverwritten) {
  const json parsed = json::parse(Line("m", {{"message", "other"}, {"time", 3}}));
  EXPECT_EQ(parsed["message"], "m");
  EXPECT_EQ(parsed["_message"], "other");
  EXPECT_EQ(parsed["_time"], 3);
}

TEST(LogLineTest, IsBoundedAndSaysSo) {
  std::string armenian;
  for (int i = 0; i < 5000; ++i) armenian += "\xD5\xA1";
  const std::string quotes(5000, '"');
  std::vector<LogField> fields;
  for (int i = 0; i < 50; ++i) fields.push_back({"field", i % 2 == 0 ? armenian : quotes});
  fields.push_back({"last", 1});
  const std::string line = Line(armenian, fields);
  EXPECT_LE(line.size(), kLogLineBytesMax);
  const json parsed = json::parse(line);
  EXPECT_EQ(parsed["truncated"], true);
  EXPECT_EQ(parsed["message"].get<std::string>().size(), kLogValueBytesMax);
  EXPECT_EQ(parsed["last"], 1);  // small fields behind a large one still come through
  EXPECT_FALSE(json::parse(Line("short", {})).contains("truncated"));
}

TEST(LogTest, WritesLinesAtOrAboveTheLevelWithTheTraceOfTheThread) {
  const LogToMemory log(Severity::kInfo);
  const std::uint64_t debug_before = CountLogLines().lines[0];
  const TraceContext trace = NewTrace();
  {
    const ScopedTrace scope(trace);
    Log(Severity::kInfo, "inside", {{"version", 2}});
  }
  Log(Severity::kDebug, "unseen");
  Log(Severity::kError, "outside");
  const std::vector<json> lines = log.Lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["trace_id"], trace.TraceIdHex());
  EXPECT_EQ(lines[0]["service"], "telex-test");
  EXPECT_FALSE(lines[1].contains("trace_id"));
  EXPECT_EQ(CountLogLines().lines[0], debug_before + 1);
  EXPECT_FALSE(LogEnabled(Severity::kDebug));
}

TEST(LogTest, LinesOfThreadsDoNotMix) {
  const LogToMemory log;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 100; ++i) Log(Severity::kInfo, "line", {{"thread", t}, {"i", i}});
      });
    }
  }
  EXPECT_EQ(log.Lines().size(), 400U);
}

TEST(LogTest, AFullPipeLosesTheLineAndNotTheProcess) {
  int fds[2];
  ASSERT_EQ(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
  const std::string filler(4096, 'x');
  while (write(fds[1], filler.data(), filler.size()) > 0) {
  }
  const std::uint64_t lost_before = CountLogLines().lost;
  ConfigureLog({.service = "telex", .severity_min = Severity::kInfo, .fd = fds[1]});
  Log(Severity::kInfo, "nobody reads");
  ConfigureLog({.service = "telex", .severity_min = Severity::kInfo, .fd = 2});
  EXPECT_EQ(CountLogLines().lost, lost_before + 1);
  close(fds[0]);
  close(fds[1]);
}

TEST(LogTest, ParsesSeverities) {
  EXPECT_EQ(ParseSeverity("debug"), Severity::kDebug);
  EXPECT_EQ(ParseSeverity("WARNING"), Severity::kWarning);
  EXPECT_EQ(ParseSeverity("loud"), std::nullopt);
}

TEST(OutageLogTest, SaysTheFirstThenOneAnIntervalThenTheEnd) {
  const LogToMemory log;
  std::chrono::steady_clock::time_point now;
  OutageLog outage("broker", absl::Seconds(30), [&now] { return now; });
  outage.Recovered();
  for (int second = 0; second <= 60; ++second) {
    outage.Failed("refused");
    now += std::chrono::seconds(1);
  }
  EXPECT_TRUE(outage.failing());
  outage.Recovered();
  EXPECT_FALSE(outage.failing());
  const std::vector<json> lines = log.Lines();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0]["message"], "failing");
  EXPECT_EQ(lines[1]["message"], "still failing");
  EXPECT_EQ(lines[1]["failures_unsaid"], 29);
  EXPECT_EQ(lines[2]["for_seconds"], 60);
  EXPECT_EQ(lines[3]["message"], "recovered");
  EXPECT_EQ(lines[3]["failures"], 61);
}

}  // namespace
}  // namespace telex::observe
