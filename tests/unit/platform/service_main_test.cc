#include "platform/service/service_main.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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
using testing::StartsWith;
using tests::FreePort;
using tests::HttpGet;

struct Config {
  ServiceSettings service;
};

Config ReadConfig(config::Settings& settings) {
  return {ReadServiceSettings(settings, {.instance = "test-0", .admin_listen = "127.0.0.1:0"})};
}

// A service that does what a test wants at its start.
class FakeApp {
 public:
  FakeApp(Config config_in, runtime::Lifecycle& lifecycle_in, runtime::HealthChecks& health_in,
          observe::Metrics& metrics_in)
      : config(std::move(config_in)),
        lifecycle(lifecycle_in),
        health(health_in),
        metrics(metrics_in) {}
  void Start() { on_start(*this); }

  static inline std::function<void(FakeApp&)> on_start;

  const Config config;
  runtime::Lifecycle& lifecycle;
  runtime::HealthChecks& health;
  observe::Metrics& metrics;
};

class ServiceMainTest : public testing::Test {
 protected:
  // The exit code.
  int Run(std::function<void(FakeApp&)> on_start, std::vector<std::string> more = {}) {
    FakeApp::on_start = std::move(on_start);
    std::vector<std::string> arguments = {"telex-test", "--data-dir=/nonexistent",
                                          "--drain-delay-seconds=0",
                                          "--admin-listen=127.0.0.1:" + std::to_string(port_)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return RunService<FakeApp>(static_cast<int>(argv.size()), argv.data(), "telex-test", "1.2.3",
                               ReadConfig);
  }
  json Ready(int status) {
    const auto answer = HttpGet(port_, "/readyz");
    EXPECT_EQ(answer.status, status) << answer.body;
    return json::parse(answer.body, nullptr, false);
  }

  const std::uint16_t port_ = FreePort();
};

// As an app adds it: what it waits for.
void AddLogCheck(FakeApp& app, const absl::Status* status) {
  app.health.Add({.name = "log",
                  .severity = 1,
                  .business_impact = "Old feeds.",
                  .technical_summary = "The log is read.",
                  .panic_guide = "docs/runbooks/feeds-not-ready.md",
                  .status = [status] { return *status; }});
}

TEST_F(ServiceMainTest, IsNotReadyBeforeItsPartsHaveBegun) {
  const int code = Run([&](FakeApp& app) {
    const json page = Ready(503);
    EXPECT_EQ(page["why_not"].size(), 1U);
    EXPECT_THAT(page["why_not"][0].get<std::string>(), StartsWith("start: UNAVAILABLE"));
    const json& check = page["checks"][0];
    EXPECT_EQ(check["name"], "start");
    EXPECT_EQ(check["severity"], 3);
    for (const char* text : {"business_impact", "technical_summary", "panic_guide"}) {
      EXPECT_FALSE(check[text].get<std::string>().empty()) << text;
    }
    EXPECT_EQ(HttpGet(port_, "/livez").status, 200) << "a start that lasts is no hang";
    EXPECT_THAT(HttpGet(port_, "/metrics").body, HasSubstr("telex_runtime_ready 0\n"));
    EXPECT_THAT(HttpGet(port_, "/configz").body, HasSubstr("TELEX_DATA_DIR"));
    app.lifecycle.RequestStop("the test is over");
  });
  EXPECT_EQ(code, 0);
}

TEST_F(ServiceMainTest, AStartThatWaitsIsShownUntilItIsOver) {
  absl::Status log = absl::UnavailableError("waiting for the Kafka cluster");
  std::thread starter;
  const int code = Run([&](FakeApp& app) {
    AddLogCheck(app, &log);
    // Both: what the process knows of itself, and what the app waits for.
    EXPECT_EQ(Ready(503)["why_not"].size(), 2U);
    // After Start has returned, as an app's own thread goes on.
    starter = std::thread([&] {
      while (Ready(503)["why_not"].size() != 1) std::this_thread::yield();
      EXPECT_THAT(Ready(503)["why_not"],
                  ElementsAre("log: UNAVAILABLE: waiting for the Kafka cluster"));
      app.health.Remove("log");
      log = absl::OkStatus();
      AddLogCheck(app, &log);
      EXPECT_TRUE(Ready(200)["why_not"].empty());
      app.health.Remove("log");
      app.lifecycle.RequestStop("the test is over");
    });
  });
  starter.join();
  EXPECT_EQ(code, 0);
}

TEST_F(ServiceMainTest, AStartThatFailsIsShownAndEndsTheProcessAsAFault) {
  json seen;
  const int code = Run([&](FakeApp& app) {
    app.lifecycle.OnStop({"looks", absl::Seconds(10), [&](absl::Duration) {
                            seen = Ready(503);
                            return absl::OkStatus();
                          }});
    app.lifecycle.RequestStop("cannot start: FAILED_PRECONDITION: another log",
                              runtime::kExitFault);
  });
  EXPECT_EQ(code, 70);
  EXPECT_THAT(seen["why_not"],
              ElementsAre("stopping: cannot start: FAILED_PRECONDITION: another log"));
}

TEST_F(ServiceMainTest, ASignalInTheMiddleOfTheStartIsHeeded) {
  const int code = Run([&](FakeApp& app) {
    kill(getpid(), SIGTERM);
    while (!app.lifecycle.stopping()) std::this_thread::yield();
    EXPECT_THAT(Ready(503)["why_not"][0], "stopping: SIGTERM");
  });
  EXPECT_EQ(code, 0);
}

TEST_F(ServiceMainTest, AStepThatFailsIsACodeOfItsOwn) {
  const int code = Run([&](FakeApp& app) {
    app.lifecycle.OnStop({"publishers", absl::Seconds(10),
                          [](absl::Duration) { return absl::DataLossError("3 undelivered"); }});
    app.lifecycle.RequestStop("the test is over");
  });
  EXPECT_EQ(code, 1);
}

TEST_F(ServiceMainTest, AnAdminPortThatIsTakenIsAFault) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  const int code = Run([](FakeApp&) { FAIL() << "it must not start"; });
  ::close(fd);
  EXPECT_EQ(code, 70);
}

TEST_F(ServiceMainTest, WrongSettingsStartNothing) {
  const auto never = [](FakeApp&) { FAIL() << "it must not start"; };
  EXPECT_EQ(Run(never, {"--drain-delay-seconds=soon"}), 64);
  EXPECT_EQ(Run(never, {"--loop-silence-seconds=9"}), 64) << "below the bound";
  EXPECT_EQ(Run(never, {"--no-such-flag"}), 64);
  EXPECT_EQ(Run(never, {"--version"}), 0);
  EXPECT_EQ(Run(never, {"--help"}), 0);
}

}  // namespace
}  // namespace telex::service
