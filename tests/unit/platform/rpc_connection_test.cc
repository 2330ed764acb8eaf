// How long a connection lives: what the server does to it of its own accord.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

#include "platform/errors/errors.h"
#include "tests/unit/platform/rpc_fixture.h"

namespace telex::rpc {
namespace {

using ::testing::HasSubstr;

// ---- certificates that change

class TlsReload : public ::testing::Test {
 protected:
  TlsReload() {
    ServerOptions options;
    options.tls = {.certificate_file = dir_ / "server.pem",
                   .key_file = dir_ / "server.key",
                   .client_ca_file = dir_ / "clients.pem",
                   .reload_interval = absl::Milliseconds(200)};
    Install(before_);
    WriteFile(options.tls.client_ca_file, before_.ca.pem());
    server_ = StartOrDie(options, {{"telex.test.Greeter", &greeter_}});
  }
  void Install(TlsFiles& files) {
    const auto pair = files.ca.Issue("server", "DNS:localhost,IP:127.0.0.1");
    Install("server.pem", pair.certificate);
    Install("server.key", pair.key);
  }
  // As a mounted secret is replaced: never half a file.
  void Install(const std::string& name, const std::string& text) {
    WriteFile(dir_ / "new", text);
    std::filesystem::rename(dir_ / "new", dir_ / name);
  }
  // A call on a connection of its own: by a client that trusts `servers` and is of `clients`.
  absl::StatusOr<std::string> Call(TlsFiles& servers, TlsFiles& clients) {
    ChannelOptions options{.ca_file = servers.ca_file};
    std::tie(options.certificate_file, options.key_file) = clients.Issue("client", "DNS:client");
    return Greet(*CallerOf(*server_, options), "hello");
  }
  bool AwaitCall(TlsFiles& servers, TlsFiles& clients, bool accepted) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (Call(servers, clients).ok() != accepted) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }

  tests::TempDir dir_;
  TlsFiles before_;
  TlsFiles after_;
  Greeter greeter_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsReload, ANewCertificateIsShownToNewConnectionsAndOldOnesGoOn) {
  ChannelOptions options{.ca_file = before_.ca_file};
  std::tie(options.certificate_file, options.key_file) = before_.Issue("old", "DNS:old");
  const auto old = CallerOf(*server_, options);
  EXPECT_EQ(*Greet(*old, "hello"), "hello");
  EXPECT_FALSE(Call(after_, before_).ok()) << "it is not of the new authority yet";
  Install(after_);
  EXPECT_TRUE(AwaitCall(after_, before_, true));
  EXPECT_FALSE(Call(before_, before_).ok());
  EXPECT_EQ(*Greet(*old, "hello"), "hello") << "a connection that stands goes on";
}

TEST_F(TlsReload, ANewAuthorityOfClientsIsHeeded) {
  EXPECT_TRUE(Call(before_, before_).ok());
  EXPECT_FALSE(Call(before_, after_).ok());
  Install("clients.pem", after_.ca.pem());
  EXPECT_TRUE(AwaitCall(before_, after_, true));
  EXPECT_FALSE(Call(before_, before_).ok()) << "who was trusted before is no longer";
  Install("clients.pem", before_.ca.pem() + after_.ca.pem());
  EXPECT_TRUE(AwaitCall(before_, before_, true));
  EXPECT_TRUE(Call(before_, after_).ok()) << "both, while they are rotated";
}

TEST_F(TlsReload, FilesThatCannotBeUsedLeaveWhatWasRead) {
  const auto other = after_.ca.Issue("server", "DNS:localhost,IP:127.0.0.1");
  const auto stays_for = [&](std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
      const auto answer = Call(before_, before_);
      ASSERT_TRUE(answer.ok()) << answer.status();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  };
  const std::chrono::milliseconds two_looks(500);
  Install("server.pem", "no certificate\n");
  stays_for(two_looks);
  Install("server.pem", other.certificate);  // the key is another one's
  stays_for(two_looks);
  std::filesystem::remove(dir_ / "server.pem");
  stays_for(two_looks);
  Install(after_);
  EXPECT_TRUE(AwaitCall(after_, before_, true)) << "mended, it is read";
}

TEST(RpcConnection, TlsNeedsNoAuthorityOfClients) {
  TlsFiles files;
  TlsFiles others;
  Greeter greeter;
  ServerOptions options;
  std::tie(options.tls.certificate_file, options.tls.key_file) =
      files.Issue("server", "DNS:ingestion.telex.test");
  options.tls.reload_interval = absl::ZeroDuration();
  auto server = StartOrDie(options, {{"telex.test.Greeter", &greeter}});
  ChannelOptions client{.ca_file = files.ca_file, .server_name = "ingestion.telex.test"};
  EXPECT_EQ(*Greet(*CallerOf(*server, client), "hello"), "hello");
  // Nobody is asked for a certificate; who has one may come all the same.
  std::tie(client.certificate_file, client.key_file) = others.Issue("client", "DNS:client");
  EXPECT_EQ(*Greet(*CallerOf(*server, client), "hello"), "hello");
  client.server_name = "feeds.telex.test";
  EXPECT_EQ(Greet(*CallerOf(*server, client)).status().code(), absl::StatusCode::kUnavailable)
      << "not the name in its certificate";
  client.server_name = "";
  EXPECT_FALSE(Greet(*CallerOf(*server, client)).ok()) << "nor is its address";
  files.Issue("server", "DNS:feeds.telex.test");
  client.server_name = "feeds.telex.test";
  EXPECT_EQ(*Greet(*CallerOf(*server, client), "hello"), "hello") << "read again";
}

// ---- connections that grow old

TEST(RpcConnection, AnOldOneIsEndedAndTheClientMakesANewOne) {
  Greeter greeter;
  ServerOptions options;
  options.connection_age_max = absl::Milliseconds(300);
  options.connection_age_grace = absl::Seconds(30);
  auto server = StartOrDie(options, {{"telex.test.Greeter", &greeter}});
  const auto caller = CallerOf(*server);
  for (int connection = 0; connection < 3; ++connection) {
    EXPECT_EQ(*Greet(*caller, "hello"), "hello");
    EXPECT_EQ(caller->channel()->GetState(false), GRPC_CHANNEL_READY);
    // Nobody calls, and nobody hangs up but the server.
    EXPECT_TRUE(caller->channel()->WaitForStateChange(
        GRPC_CHANNEL_READY, std::chrono::system_clock::now() + std::chrono::seconds(10)));
    EXPECT_NE(caller->channel()->GetState(false), GRPC_CHANNEL_READY);
  }
}

TEST(RpcConnection, ACallUnderWayHasTheGraceAndNotMore) {
  Greeter greeter;
  ServerOptions options;
  options.connection_age_max = absl::Milliseconds(200);
  options.connection_age_grace = absl::Milliseconds(500);
  auto server = StartOrDie(options, {{"telex.test.Greeter", &greeter}});
  const auto caller = CallerOf(*server);
  const auto began = std::chrono::steady_clock::now();
  const auto held = Greet(*caller, "hold");
  EXPECT_FALSE(held.ok());
  EXPECT_NE(held.status().code(), absl::StatusCode::kDeadlineExceeded) << held.status();
  // The age may be a tenth less.
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(600));
  EXPECT_EQ(*Greet(*caller, "hello"), "hello") << "the next one gets a new connection";
}

// ---- connections that are silent, or too loud

// HTTP/2 by hand (RFC 9113): a peer that does not answer pings, or sends too many.
class RawPeer {
 public:
  explicit RawPeer(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    Send({"\0\0\0\x4\0\0\0\0\0", 9});  // SETTINGS, none
  }
  ~RawPeer() { ::close(fd_); }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  void Send(std::string_view bytes) {
    (void)!::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void Ping() { Send({"\0\0\x8\x6\0\0\0\0\0telexpng", 17}); }
  // All until the server hangs up; `ended` is false when it has not after 10 s.
  std::string ReadToEnd(bool& ended) {
    std::string text;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = ::recv(fd_, buffer, sizeof buffer, 0)) > 0) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
    ended = got == 0 || errno == ECONNRESET;
    return text;
  }

 private:
  const int fd_;
};

TEST(RpcConnection, APeerThatDoesNotAnswerPingsIsHungUpOn) {
  ServerOptions options;
  options.keepalive_interval = absl::Milliseconds(200);
  options.keepalive_timeout = absl::Milliseconds(200);
  auto server = StartOrDie(options);
  RawPeer dead(server->port());
  bool ended = false;
  const std::string said = dead.ReadToEnd(ended);
  EXPECT_TRUE(ended);
  EXPECT_THAT(said, HasSubstr(std::string("\0\0\x8\x6\0", 5))) << "it was asked first";

  // One that answers stays: gRPC's own client does.
  Greeter greeter;
  auto other = StartOrDie(options, {{"telex.test.Greeter", &greeter}});
  const auto caller = CallerOf(*other);
  EXPECT_EQ(*Greet(*caller, "hello"), "hello");
  EXPECT_FALSE(caller->channel()->WaitForStateChange(
      GRPC_CHANNEL_READY, std::chrono::system_clock::now() + std::chrono::seconds(1)));
}

TEST(RpcConnection, APeerThatPingsAllTheTimeIsHungUpOn) {
  ServerOptions options;
  options.client_ping_interval_min = absl::Seconds(10);
  auto server = StartOrDie(options);
  RawPeer loud(server->port());
  for (int n = 0; n < 10; ++n) loud.Ping();
  bool ended = false;
  EXPECT_THAT(loud.ReadToEnd(ended), HasSubstr("too_many_pings"));
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace telex::rpc
