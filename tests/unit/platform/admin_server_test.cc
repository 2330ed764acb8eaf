#include "platform/runtime/admin_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace telex::runtime {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class AdminTest : public testing::Test {
 protected:
  http::Response Get(std::string_view path, http::Method method = http::Method::kGet) {
    const AdminPages pages(health_, metrics_, Options(), rows_);
    http::Request request;
    request.method = method;
    request.path = path;
    return pages.Answer(request);
  }

  static AdminOptions Options() {
    return {.address = {"127.0.0.1", 0}, .program = "telex-test", .version = "1.2.3"};
  }

  HealthChecks health_;
  observe::Metrics metrics_;
  const std::vector<config::Row> rows_ = {{.name = "TELEX_TEST_PASSWORD",
                                           .flag = "--test-password-file",
                                           .value = "<redacted>",
                                           .fallback = "",
                                           .accepts = "a secret",
                                           .help = "h",
                                           .origin = "file"}};
};

// One request over a connection that the server closes.
std::string Fetch(std::uint16_t port, std::string_view request) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char buffer[4096];
    for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(got));
    }
  }
  close(fd);
  return answer;
}

TEST_F(AdminTest, ReadinessFollowsTheChecks) {
  EXPECT_EQ(Get("/readyz").status, 200);
  health_.NotReady("stopping: SIGTERM");
  const http::Response response = Get("/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(json::parse(*response.body)["why_not"][0], "stopping: SIGTERM");
  EXPECT_THAT(std::string(response.extra.bytes()), HasSubstr("no-store"));
  EXPECT_EQ(Get("/livez").status, 200);
}

TEST_F(AdminTest, ShowsMetricsAndSettings) {
  metrics_.Counter("telex_test_items_total", "Items").Increment();
  EXPECT_THAT(*Get("/metrics").body, HasSubstr("telex_test_items_total 1\n"));
  const json page = json::parse(*Get("/configz").body);
  EXPECT_EQ(page["program"], "telex-test");
  EXPECT_EQ(page["settings"][0]["name"], "TELEX_TEST_PASSWORD");
  EXPECT_EQ(page["settings"][0]["value"], "<redacted>");
  EXPECT_THAT(*Get("/").body, HasSubstr("/readyz"));
}

TEST_F(AdminTest, RefusesTheRestWithAReason) {
  EXPECT_EQ(Get("/readyz", http::Method::kHead).status, 200);
  const http::Response refusal = Get("/readyz", http::Method::kPost);
  EXPECT_EQ(refusal.status, 405);
  EXPECT_EQ(json::parse(*refusal.body)["reason"], "METHOD_NOT_ALLOWED");
  EXPECT_THAT(std::string(refusal.head.bytes()), HasSubstr("Allow: GET, HEAD\r\n"));
  const http::Response response = Get("/nothing");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(json::parse(*response.body)["reason"], "PATH_NOT_FOUND");
}

TEST_F(AdminTest, ServesOnItsPort) {
  auto server = AdminServer::Start(Options(), health_, metrics_, rows_);
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string tail = " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
  EXPECT_THAT(Fetch((*server)->port(), "GET /readyz" + tail), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Fetch((*server)->port(), "GET /metrics" + tail),
              HasSubstr("telex_runtime_ready 1\n"));
  health_.NotReady("stopping: test");
  EXPECT_THAT(Fetch((*server)->port(), "GET /readyz" + tail), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(Fetch((*server)->port(), "GET /metrics" + tail),
              HasSubstr("telex_runtime_ready 0\n"));
  (*server)->Stop(absl::Seconds(5));
  EXPECT_EQ(Fetch((*server)->port(), "GET /readyz" + tail), "");
}

}  // namespace
}  // namespace telex::runtime
