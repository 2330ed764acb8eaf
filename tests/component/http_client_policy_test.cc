// Which addresses the HTTP client asks, and what is checked and told of its requests.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/component/http_client_fixture.h"
#include "tests/support/http_get.h"

namespace telex::http_client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// --- addresses ---------------------------------------------------------------------------------

TEST(HttpClientAddresses, OnlyPublicOnesByDefault) {
  RawServer server(Always(kOk));
  const auto client = MakeClient({});
  for (const char* host :
       {"127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "[::ffff:127.0.0.1]", "[::1]",
        "0.0.0.0", "[::]", "169.254.169.254", "10.0.0.1", "[64:ff9b::7f00:1]", "[fd00:ec2::254]"}) {
    const Result result = client->Send({.url = fmt::format("http://{}:{}/", host, server.port())});
    ExpectFailure(result, Outcome::kRefused, "ADDRESS_FORBIDDEN");
    EXPECT_FALSE(errors::DetailsOf(result.status)->metadata["address"].empty()) << host;
  }
  EXPECT_EQ(server.connections(), 0);
}

// localhost is ::1 and 127.0.0.1: the one is refused, the other asked.
TEST(HttpClientAddresses, ARefusedAddressLeavesTheOthersOfAName) {
  RawServer server(Always(kOk));
  const auto client = MakeClient({.addresses = {.allow = kLoopback}});
  const Result result = client->Send({.url = fmt::format("http://localhost:{}/", server.port())});
  EXPECT_TRUE(result.status.ok()) << result.status;
}

TEST(HttpClientAddresses, PortsAndSchemesOfThePolicy) {
  RawServer server(Always(kOk));
  const auto client = MakeClient({.addresses = {.allow = kLoopback, .ports = {server.port()}}});
  EXPECT_TRUE(client->Send({.url = UrlOf(server.port())}).status.ok());
  ExpectFailure(client->Send({.url = UrlOf(22)}), Outcome::kRefused, "ADDRESS_FORBIDDEN");
  const auto strict = MakeClient({.addresses = {.allow = kLoopback, .https_only = true}});
  ExpectFailure(strict->Send({.url = UrlOf(server.port())}), Outcome::kRefused,
                "ADDRESS_FORBIDDEN");
}

TEST(HttpClientAddresses, AProxyOfTheEnvironmentIsUsedWhereThatIsWanted) {
  std::string seen;
  RawServer proxy([&](RawServer::Peer& peer) {
    seen = peer.ReadRequest();
    peer.Write(kOk);
  });
  RawServer server(Always(kOk));
  ::setenv("http_proxy", fmt::format("http://127.0.0.1:{}", proxy.port()).c_str(), 1);
  const auto without = MakeClient({.addresses = {.allow = kLoopback}});
  EXPECT_TRUE(without->Send({.url = UrlOf(server.port())}).status.ok());
  EXPECT_FALSE(without->Send({.url = "http://nobody.invalid/"}).status.ok());
  const auto with =
      MakeClient({.addresses = {.allow = {"0.0.0.0/0", "::/0"}}, .proxy_from_environment = true});
  EXPECT_TRUE(with->Send({.url = UrlOf(server.port())}).status.ok());
  EXPECT_EQ(proxy.connections(), 0) << "not for loopback";
  EXPECT_TRUE(with->Send({.url = "http://nobody.invalid/"}).status.ok());
  EXPECT_THAT(seen, StartsWith("GET http://nobody.invalid/ HTTP/1.1\r\n"));
  ::unsetenv("http_proxy");
}

// --- options -----------------------------------------------------------------------------------

TEST(HttpClientOptions, AreChecked) {
  const auto fault = [](ClientOptions options) {
    return errors::ReasonOf(HttpClient::Create(std::move(options)).status());
  };
  EXPECT_EQ(fault({.user_agent = "a"}), "");
  EXPECT_EQ(fault({.user_agent = ""}), "FIELD_INVALID");
  EXPECT_EQ(fault({.user_agent = "a\r\nb"}), "FIELD_INVALID");
  EXPECT_EQ(fault({.user_agent = "a", .addresses = {.allow = {"10.0.0.1/8"}}}), "FIELD_INVALID");
  EXPECT_EQ(fault({.user_agent = "a", .requests_max = 0}), "FIELD_INVALID");
  EXPECT_EQ(fault({.user_agent = "a", .proxy_from_environment = true}), "FIELD_INVALID");
}

TEST_F(HttpClientTest, ErrorsTellNoSecrets) {
  const std::string port = fmt::format("{}", tests::FreePort());
  const Result result = client_->Send({.url = "http://127.0.0.1:" + port + "/botSECRET/x?q=SECRET",
                                       .headers = {{"X-Key", "SECRET", true}},
                                       .secret_path = true});
  EXPECT_THAT(result.status.ToString(), Not(HasSubstr("SECRET")));
  EXPECT_THAT(result.status.ToString(), HasSubstr("GET http://127.0.0.1:" + port + "/..."));
}

}  // namespace
}  // namespace telex::http_client
