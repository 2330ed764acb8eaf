#include "platform/service/service_main.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "platform/service/service_settings.h"
#include "tests/support/http_get.h"

namespace telex::service {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::FreePort;
using tests::HttpGet;

struct Config {
  ServiceSettings service;
};

Config ReadConfig(config::Settings& settings) {
  return {ReadServiceSettings(settings, {.instance = "test-0", .admin_listen = "127.0.0.1:0"})};
}

constexpr HostTexts kTexts = {.not_ready_impact = "Old feeds.",
                              .broker_away_impact = "No news.",
                              .not_ready_runbook = "docs/runbooks/feeds-not-ready.md"};

// A service that does what a test wants on its start thread.
struct FakeApp final : App {
  using BeginAs = std::function<absl::Status(FakeApp&, std::stop_token)>;

  FakeApp(Host& host_in, BeginAs begin_in) : host(host_in), begin(std::move(begin_in)) {}
  absl::Status Begin(std::stop_token stop) override { return begin(*this, std::move(stop)); }

  Host& host;
  const BeginAs begin;
};

class ServiceMainTest : public testing::Test {
 protected:
  // The exit code.
  int Run(const FakeApp::BeginAs& begin, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"telex-test", "--data-dir=/nonexistent",
                                          "--drain-delay-seconds=0",
                                          "--admin-listen=127.0.0.1:" + std::to_string(port_)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return RunService(
        static_cast<int>(argv.size()), argv.data(), "telex-test", "1.2.3", kTexts, ReadConfig,
        [&begin](const Config&, Host& host) { return std::make_unique<FakeApp>(host, begin); });
  }
  json Ready(int status) {
    const auto answer = HttpGet(port_, "/readyz");
    EXPECT_EQ(answer.status, status) << answer.body;
    return json::parse(answer.body, nullptr, false);
  }

  const std::uint16_t port_ = FreePort();
};

// Ends the process as a signal would, once what a test looked at is seen.
absl::Status Stop() {
  kill(getpid(), SIGTERM);
  return absl::OkStatus();
}

TEST_F(ServiceMainTest, IsNotReadyWhileItStartsAndSaysWhatItWaitsFor) {
  const int code = Run([&](FakeApp& app, std::stop_token) {
    EXPECT_THAT(Ready(503)["why_not"], ElementsAre("log: UNAVAILABLE: starting"));
    app.host.WaitFor("waiting for the Kafka cluster");
    const json page = Ready(503);
    EXPECT_THAT(page["why_not"], ElementsAre("log: UNAVAILABLE: waiting for the Kafka cluster"));
    const json& check = page["checks"][0];
    EXPECT_EQ(check["name"], "log");
    EXPECT_EQ(check["business_impact"], "Old feeds.");
    EXPECT_EQ(check["panic_guide"], "docs/runbooks/feeds-not-ready.md");
    EXPECT_EQ(HttpGet(port_, "/livez").status, 200) << "a start that lasts is no hang";
    EXPECT_THAT(HttpGet(port_, "/metrics").body, HasSubstr("telex_runtime_ready 0\n"));
    EXPECT_THAT(HttpGet(port_, "/configz").body, HasSubstr("TELEX_DATA_DIR"));
    app.host.SetReady();
    EXPECT_TRUE(Ready(200)["why_not"].empty());
    return Stop();
  });
  EXPECT_EQ(code, 0);
}

TEST_F(ServiceMainTest, AServiceMayJudgeItsReadinessItself) {
  const int code = Run([&](FakeApp& app, std::stop_token) {
    std::atomic<bool> stale = true;
    app.host.SetReadiness([&](const std::string& text) {
      return stale ? absl::UnavailableError("old, " + text) : absl::OkStatus();
    });
    EXPECT_THAT(Ready(503)["why_not"], ElementsAre("log: UNAVAILABLE: old, starting"));
    stale = false;
    Ready(200);
    app.host.SetReadiness({});
    return Stop();
  });
  EXPECT_EQ(code, 0);
}

TEST_F(ServiceMainTest, AStartThatFailsIsShownAndEndsTheProcessAsAFault) {
  json seen;
  const int code = Run([&](FakeApp& app, std::stop_token) -> absl::Status {
    app.host.OnStop(StopPhase::kConsuming, "looks", [&](absl::Duration) {
      seen = Ready(503);
      return absl::OkStatus();
    });
    return absl::FailedPreconditionError("another log");
  });
  EXPECT_EQ(code, 70);
  EXPECT_THAT(seen["why_not"].dump(), HasSubstr("cannot start: FAILED_PRECONDITION: another log"));
}

TEST_F(ServiceMainTest, ASignalInTheMiddleOfTheStartIsHeeded) {
  const int code = Run([&](FakeApp&, std::stop_token stop) -> absl::Status {
    kill(getpid(), SIGTERM);
    while (!stop.stop_requested()) std::this_thread::yield();
    return absl::CancelledError("stopping");
  });
  EXPECT_EQ(code, 0);
}

TEST_F(ServiceMainTest, PartsAreStoppedByPhaseAndThenInTheOrderInWhichTheyWereAdded) {
  std::vector<std::string> stopped;
  const int code = Run([&](FakeApp& app, std::stop_token) {
    const auto add = [&](StopPhase phase, const std::string& name) {
      app.host.OnStop(phase, name, [&stopped, name](absl::Duration within) {
        EXPECT_GT(within, absl::ZeroDuration());
        stopped.push_back(name);
        return absl::OkStatus();
      });
    };
    add(StopPhase::kStores, "store");
    add(StopPhase::kReading, "reader");
    add(StopPhase::kPublishing, "edge");
    add(StopPhase::kPublishing, "owner");
    add(StopPhase::kCalls, "grpc");
    add(StopPhase::kConsuming, "decider");
    return Stop();
  });
  EXPECT_EQ(code, 0);
  EXPECT_THAT(stopped, ElementsAre("decider", "grpc", "edge", "owner", "reader", "store"));
}

TEST_F(ServiceMainTest, APartThatDoesNotStopInOrderIsACodeOfItsOwnAndStopsNoOther) {
  bool other = false;
  const int code = Run([&](FakeApp& app, std::stop_token) {
    app.host.OnStop(StopPhase::kPublishing, "edge",
                    [](absl::Duration) { return absl::DataLossError("3 undelivered"); });
    app.host.OnStop(StopPhase::kPublishing, "owner", [&](absl::Duration) {
      other = true;
      return absl::OkStatus();
    });
    return Stop();
  });
  EXPECT_EQ(code, 1);
  EXPECT_TRUE(other);
}

// What checks and gauges use may be gone once the stores are closed; the admin port still answers.
TEST_F(ServiceMainTest, ChecksAndGaugesEndBeforeTheStores) {
  std::string before;
  std::string after;
  const int code = Run([&](FakeApp& app, std::stop_token) {
    app.host.Gauge("telex_test_bytes", "x", [] { return 1.0; });
    app.host.AddCheck({.name = "mine", .severity = 1, .status = [] { return absl::OkStatus(); }});
    app.host.OnStop(StopPhase::kReading, "looks", [&](absl::Duration) {
      before = HttpGet(port_, "/metrics").body + HttpGet(port_, "/readyz").body;
      return absl::OkStatus();
    });
    app.host.OnStop(StopPhase::kStores, "looks", [&](absl::Duration) {
      after = HttpGet(port_, "/metrics").body + HttpGet(port_, "/readyz").body;
      return absl::OkStatus();
    });
    return Stop();
  });
  EXPECT_EQ(code, 0);
  for (const char* text : {"telex_test_bytes 1", "\"mine\""}) {
    EXPECT_THAT(before, HasSubstr(text));
    EXPECT_THAT(after, testing::Not(HasSubstr(text)));
  }
}

TEST_F(ServiceMainTest, AnAdminPortThatIsTakenIsAFault) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  const int code = Run([](FakeApp&, std::stop_token) {
    ADD_FAILURE() << "it must not start";
    return absl::OkStatus();
  });
  ::close(fd);
  EXPECT_EQ(code, 70);
}

TEST_F(ServiceMainTest, WrongSettingsStartNothing) {
  const auto never = [](FakeApp&, std::stop_token) {
    ADD_FAILURE() << "it must not start";
    return absl::OkStatus();
  };
  EXPECT_EQ(Run(never, {"--drain-delay-seconds=soon"}), 64);
  EXPECT_EQ(Run(never, {"--loop-silence-seconds=9"}), 64) << "below the bound";
  EXPECT_EQ(Run(never, {"--no-such-flag"}), 64);
  EXPECT_EQ(Run(never, {"--version"}), 0);
  EXPECT_EQ(Run(never, {"--help"}), 0);
}

}  // namespace
}  // namespace telex::service
