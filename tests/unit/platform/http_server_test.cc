#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/http/body_file.h"
#include "platform/http/server.h"

namespace telex::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr int kPatienceMs = 10'000;  // a bound for failures; nothing waits for it when all is well

// A client that says exactly what it is told to.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}
  RawClient(const RawClient&) = delete;
  ~RawClient() { Close(); }

  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed: the test looks at what it said
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Everything until the server closes.
  std::string ReadAll() {
    while (More()) {
    }
    return std::exchange(pending_, "");
  }

  // The next answer, by its Content-Length; without a body when `head_only`.
  std::string ReadAnswer(bool head_only = false) {
    std::size_t head = 0;
    while ((head = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) return std::exchange(pending_, "");
    }
    std::size_t length = 0;
    const std::size_t line = pending_.substr(0, head).find("Content-Length: ");
    if (line != std::string::npos && !head_only) length = std::stoul(pending_.substr(line + 16));
    const std::size_t all = head + 4 + length;
    while (pending_.size() < all) {
      if (!More()) break;
    }
    std::string answer = pending_.substr(0, all);
    pending_.erase(0, all);
    return answer;
  }

  bool NothingWaits() const { return pending_.empty(); }

 private:
  bool More() {
    pollfd wait = {fd_, POLLIN, 0};
    if (::poll(&wait, 1, kPatienceMs) <= 0) {
      ADD_FAILURE() << "nothing came from the server";
      return false;
    }
    char chunk[16384];
    const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
    if (got <= 0) return false;
    pending_.append(chunk, static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  std::string pending_;
};

class CountingObserver : public ServerObserver {
 public:
  void OnConnectionOpened() override { Count("opened"); }
  void OnConnectionClosed() override { Count("closed"); }
  void OnConnectionRefused() override { Count("turned away"); }
  void OnAnswered(const Request&, int status, std::size_t bytes) override {
    Count("answered " + std::to_string(status));
    Count("bytes", static_cast<int>(bytes));
  }
  void OnRefused(int status) override { Count("refused " + std::to_string(status)); }
  void OnCut(std::string_view why) override { Count("cut " + std::string(why)); }

  int operator[](const std::string& what) {
    const std::lock_guard lock(mutex_);
    return counts_[what];
  }
  bool Await(const std::string& what, int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(kPatienceMs),
                             [&] { return counts_[what] >= count; });
  }

 private:
  void Count(const std::string& what, int by = 1) {
    const std::lock_guard lock(mutex_);
    counts_[what] += by;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> counts_;
};

// Responders that the test answers itself, from its own thread.
class Held {
 public:
  void Add(Responder responder) {
    const std::lock_guard lock(mutex_);
    responders_.push_back(std::move(responder));
    changed_.notify_all();
  }
  Responder Take() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::milliseconds(kPatienceMs),
                                  [&] { return !responders_.empty(); }));
    Responder responder = std::move(responders_.front());
    responders_.erase(responders_.begin());
    return responder;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Responder> responders_;
};

// Says what it was asked.
void Echo(const Request& request, Responder responder) {
  responder.Send(Text(200, "text/plain",
                      std::string(request.method_name) + " " + std::string(request.path) + "?" +
                          std::string(request.query) + " " + std::string(request.body)));
}

class HttpServer : public ::testing::Test {
 protected:
  RawClient Connect() { return RawClient(server->port()); }

  void Start(Handler handler = Echo) {
    auto started = Server::Start(options, std::move(handler), &observer);
    ASSERT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }

  // What the server says to these bytes before it closes.
  std::string Say(std::string_view bytes) {
    RawClient client = Connect();
    client.Send(bytes);
    return client.ReadAll();
  }

  ServerOptions options;
  CountingObserver observer;
  Held held;
  std::unique_ptr<Server> server;
};

const std::string kGet = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kLastGet = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_F(HttpServer, AnswersWithDateAndLengthAndKeepsTheConnection) {
  Start();
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send(kGet);
    const std::string answer = client.ReadAnswer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(answer,
                HasSubstr(" GMT\r\nContent-Length: 11\r\nContent-Type: text/plain\r\n\r\n"));
    EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\nGET /a?b=c "));
    EXPECT_THAT(answer, Not(HasSubstr("Connection:")));
  }
  client.Send(kLastGet);
  EXPECT_THAT(client.ReadAll(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(observer.Await("closed", 1));
  EXPECT_EQ(observer["answered 200"], 4);
  EXPECT_EQ(observer["opened"], 1);
  EXPECT_EQ(server->connections(), 0);
}

TEST_F(HttpServer, TellsThePeersAddress) {
  for (const std::string host : {"127.0.0.1", "::"}) {  // of the latter a v4 peer is a mapped one
    options.host = host;
    Start([](const Request& request, Responder responder) {
      responder.Send(Text(200, "text/plain", std::string(request.remote)));
    });
    RawClient client = Connect();
    for (int i = 0; i < 2; ++i) {
      client.Send(kGet);
      EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("\r\n\r\n127.0.0.1")) << host;
    }
  }
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrderWhoeverAnswersThem) {
  Start([this](const Request& request, Responder responder) {
    if (request.path == "/late") return held.Add(std::move(responder));
    Echo(request, std::move(responder));
  });
  RawClient client = Connect();
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
  }
  client.Send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n" + all);
  held.Take().Send(Text(200, "text/plain", "late"));
  EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("\r\n\r\nlate"));
  for (int i = 0; i < 200; ++i) {
    EXPECT_THAT(client.ReadAnswer(),
                ::testing::EndsWith("\r\n\r\nPOST /" + std::to_string(i) + "? hi"));
  }
  EXPECT_TRUE(client.NothingWaits());
}

TEST_F(HttpServer, TakesARequestByteByByte) {
  Start();
  RawClient client = Connect();
  for (char c : std::string("\r\nPOST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")) {
    client.Send({&c, 1});
  }
  EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("POST /p? hello"));
}

TEST_F(HttpServer, HeadAnd304TellButDoNotSend) {
  Start([](const Request& request, Responder responder) {
    Response response = Text(request.path == "/304" ? 304 : 200, "text/plain", "twelve bytes");
    responder.Send(std::move(response));
  });
  RawClient client = Connect();
  client.Send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(true), HasSubstr("Content-Length: 12\r\n"));
  client.Send("GET /304 HTTP/1.1\r\nHost: x\r\n\r\n" + kLastGet);
  EXPECT_THAT(client.ReadAnswer(), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(client.ReadAll(), ::testing::EndsWith("\r\n\r\ntwelve bytes"));
  EXPECT_TRUE(observer.Await("closed", 1));
  EXPECT_EQ(observer["bytes"], 12);
}

TEST_F(HttpServer, SpeaksTheOldVersion) {
  Start();
  EXPECT_THAT(Say("GET / HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
  RawClient client = Connect();
  for (int i = 0; i < 2; ++i) {
    client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(client.ReadAnswer(), HasSubstr("Connection: keep-alive\r\n"));
  }
}

TEST_F(HttpServer, AsksForABodyThatWaitsToBeAskedFor) {
  Start();
  RawClient client = Connect();
  client.Send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("abc");
  EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("PUT /? abc"));
}

TEST_F(HttpServer, HeaderLookupsJoinRepeatedLines) {
  Start([](const Request& request, Responder responder) {
    responder.Send(Text(200, "text/plain",
                        std::string(request.Find("IF-none-match").value_or("-")) + "|" +
                            std::string(request.Find("x").value_or("-"))));
  });
  RawClient client = Connect();
  client.Send(
      "GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match:\"a\"\r\nif-none-match: \t\"b\" \r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("\r\n\r\n\"a\", \"b\"|-"));
}

TEST_F(HttpServer, RefusesWhatCouldBeReadInTwoWays) {
  Start([](const Request&, Responder responder) {
    ADD_FAILURE() << "reached the handler";
    responder.Send(Text(200, "text/plain", ""));
  });
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::pair<std::string, int> cases[] = {
      {post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
      {post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {post + "Content-Length: 3, 3\r\n\r\nabc", 400},
      {post + "Content-Length: +3\r\n\r\nabc", 400},
      {post + "Content-Length: 0x3\r\n\r\nabc", 400},
      {post + "Content-Length: -1\r\n\r\n", 400},
      {post + "Content-Length:\r\n\r\n", 400},
      {post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
      {post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding : chunked\r\n\r\n", 400},
      {post + " Content-Length: 3\r\n\r\nabc", 400},
      {post + "X: a\r\n b\r\n\r\n", 400},
      {post + "X: a\r\n\tb\r\n\r\n", 400},
      {post + "X: a\rContent-Length: 3\r\n\r\n", 400},
      {post + "X: a\nContent-Length: 3\r\n\r\nabc", 400},
      {"GET / HTTP/1.1\nHost: x\n\n", 400},
      {post + "X: a" + std::string(1, '\0') + "b\r\n\r\n", 400},
      {post + "no colon\r\n\r\n", 400},
      {post + ": empty\r\n\r\n", 400},
      {post + "Connection: close, a b\r\n\r\n", 400},
      {post + "Connection: keep-aliv\xe5\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a:port\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http://a:b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /\tx HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /# HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 501},
      {post + "Expect: tea\r\nContent-Length: 3\r\n\r\n", 417},
      {std::string("\x16\x03\x01\x02\x00\n", 6), 400},  // TLS
  };
  int refused = 0;
  for (const auto& [bytes, status] : cases) {
    // A second request behind it must not be taken for one.
    const std::string answer = Say(bytes + kGet);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status))) << bytes;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << bytes;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << bytes;
    EXPECT_EQ(answer.find("\r\nDate: "), answer.rfind("\r\nDate: ")) << bytes;
    if (status == 400) ++refused;
  }
  EXPECT_EQ(observer["refused 400"], refused);
  EXPECT_EQ(observer["answered 200"], 0);
}

TEST_F(HttpServer, AbsoluteTargetsHaveAPath) {
  Start();
  RawClient client = Connect();
  const std::pair<std::string, std::string> cases[] = {{"http://x/a/b?q", "/a/b?q "},
                                                       {"HTTP://x", "/? "},
                                                       {"http://x?q", "/?q "},
                                                       {"/a?b?c", "/a?b?c "}};
  for (const auto& [target, said] : cases) {
    client.Send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("GET " + said));
  }
}

TEST_F(HttpServer, KeepsItsBoundsOnSize) {
  options.header_bytes_max = 2048;
  options.target_bytes_max = 100;
  options.body_bytes_max = 1000;
  Start();
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_THAT(Say(get + "X: " + std::string(3000, 'a') + "\r\n\r\n"), StartsWith("HTTP/1.1 431"));
  std::string many;
  for (int i = 0; i < 101; ++i) many += "a: b\r\n";
  EXPECT_THAT(Say(get + many + "\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(Say("GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"),
              StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(Say("GET /" + std::string(5000, 'a')), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(
      Say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'b')),
      StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  // What is just within them is taken.
  RawClient client = Connect();
  client.Send(get + "X: " + std::string(1900, 'a') + "\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  client.Send(std::string(1000, 'b'));
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServer, TakesABodyLargerThanItsBuffers) {
  options.body_bytes_max = 3'000'000;
  Start([](const Request& request, Responder responder) {
    responder.Send(Text(200, "text/plain", std::string(request.body)));
  });
  std::string body(2'500'000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 5);
  RawClient client = Connect();
  for (int i = 0; i < 2; ++i) {
    client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2500000\r\n\r\n" + body);
    const std::string answer = client.ReadAnswer();
    EXPECT_EQ(answer.substr(answer.size() - body.size()), body);
  }
}

TEST_F(HttpServer, CutsOffWhoIsTooSlow) {
  options.header_read_max = options.body_read_max = absl::Milliseconds(250);
  options.idle_max = absl::Milliseconds(250);
  Start();
  RawClient silent = Connect();
  EXPECT_EQ(silent.ReadAll(), "");
  RawClient idle = Connect();
  idle.Send(kGet);
  EXPECT_THAT(idle.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(idle.ReadAll(), "");
  EXPECT_THAT(Say("GET / HT"), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(Say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"),
              StartsWith("HTTP/1.1 408"));
  EXPECT_EQ(observer["cut idle"], 2);
  EXPECT_EQ(observer["refused 408"], 2);
}

TEST_F(HttpServer, BytesThatDripDoNotProlongTheHead) {
  options.header_read_max = absl::Milliseconds(100);
  Start();
  RawClient client = Connect();
  client.Send("GET / HTTP/1.1\r\n");
  std::atomic<bool> over = false;
  std::jthread drip([&] {
    for (int i = 0; i < 2000 && !over; ++i) {
      client.Send("a");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 408"));
  over = true;
}

// As many as are let pass, whole or in halves, each well within the time that is left.
TEST_F(HttpServer, BlankLinesThatDripDoNotProlongTheWait) {
  options.header_read_max = options.idle_max = absl::Milliseconds(100);
  Start();
  const std::vector<std::string> whole(8, "\r\n");
  std::vector<std::string> halves;
  for (int line = 0; line < 8; ++line) halves.insert(halves.end(), {"\r", "\n"});
  for (const auto& [drops, first] : {std::pair(whole, std::string()), std::pair(whole, kGet),
                                     std::pair(halves, std::string()), std::pair(halves, kGet)}) {
    RawClient client = Connect();
    if (!first.empty()) {
      client.Send(first);
      EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200"));
    }
    std::atomic<bool> over = false;
    std::atomic<std::size_t> dripped = 0;
    const std::jthread drip([&, &sent = drops] {
      for (; dripped < sent.size() && !over; ++dripped) {
        client.Send(sent[dripped]);
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
      }
    });
    EXPECT_EQ(client.ReadAll(), "");
    EXPECT_LT(dripped, drops.size()) << first;
    over = true;
  }
  EXPECT_EQ(observer["cut idle"], 4);
}

TEST_F(HttpServer, AFewBlankLinesBeforeARequestArePassedOver) {
  Start();
  RawClient client = Connect();
  const auto lines = [](int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += "\r\n";
    return bytes;
  };
  for (int i = 0; i < 3; ++i) {
    client.Send(lines(8) + kGet);
    EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200")) << "counted for each request";
  }
  client.Send(lines(9) + kGet);
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 400"));
  EXPECT_EQ(observer["refused 400"], 1);
}

TEST_F(HttpServer, CutsOffWhoDoesNotRead) {
  options.write_max = absl::Milliseconds(100);
  const Bytes large = MakeBytes(std::string(32 << 20, 'x'));
  Start([large](const Request&, Responder responder) {
    Response response;
    response.body = large;
    responder.Send(std::move(response));
  });
  RawClient client(server->port(), 4096);
  client.Send(kGet);
  EXPECT_TRUE(observer.Await("cut write", 1));
  EXPECT_TRUE(observer.Await("closed", 1));
  EXPECT_EQ(large.use_count(), 2);  // ours and the handler's: the connection has let go
}

TEST_F(HttpServer, SendsTheBytesItWasGivenAndCopiesNone) {
  const auto response = [] {
    auto made = std::make_shared<Response>();
    made->body = MakeBytes(std::string(8 << 20, 'y'));
    return std::shared_ptr<const Response>(made);
  }();
  Start([&response](const Request&, Responder responder) { responder.Send(response); });
  RawClient client(server->port(), 4096);
  client.Send(kGet);
  // While it is being sent, the connection holds the response by pointer, and its body not at all.
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (response.use_count() != 2 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_EQ(response.use_count(), 2);
  EXPECT_EQ(response->body.use_count(), 1);
  const std::string answer = client.ReadAnswer();
  EXPECT_EQ(answer.substr(answer.size() - response->body->size()), *response->body);
  EXPECT_TRUE(observer.Await("answered 200", 1));
  server->Stop(absl::Seconds(5));
  EXPECT_EQ(response.use_count(), 1);
}

TEST_F(HttpServer, SendsALargeBodyFromItsFileToAReaderWhoIsSlow) {
  std::string bytes;
  while (bytes.size() < (3u << 20)) bytes += std::to_string(bytes.size()) + ' ';
  Response response;
  response.file = BodyFile::Make(bytes);
  ASSERT_NE(response.file, nullptr);
  response.body = MakeBytes(bytes);
  Start([&response](const Request&, Responder responder) { responder.Send(response); });
  RawClient client(server->port(), 4096);
  client.Send(kGet + kGet);  // the second follows when the first is sent
  for (int answer = 0; answer < 2; ++answer) {
    const std::string text = client.ReadAnswer();
    ASSERT_GT(text.size(), bytes.size());
    EXPECT_TRUE(text.ends_with("\r\n\r\n" + bytes));
  }
  client.Send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string head = client.ReadAll();
  EXPECT_NE(head.find("Content-Length: " + std::to_string(bytes.size())), std::string::npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST_F(HttpServer, AClientThatHangsUpBeforeTheFileIsSentHurtsNobody) {
  options.write_max = absl::Milliseconds(100);
  Response response;
  response.body = MakeBytes(std::string(32 << 20, 'x'));
  response.file = BodyFile::Make(*response.body);
  Start([&response](const Request&, Responder responder) { responder.Send(response); });
  {
    RawClient gone(server->port(), 4096);
    gone.Send(kGet);
  }
  RawClient idle(server->port(), 4096);
  idle.Send(kGet);
  EXPECT_TRUE(observer.Await("closed", 2));
  RawClient other = Connect();
  other.Send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(other.ReadAll().starts_with("HTTP/1.1 200 "));
}

TEST(BodyFileTest, SmallBodiesHaveNoneAndThereAreOnlySoMany) {
  EXPECT_EQ(BodyFile::Make(std::string(BodyFile::kWorthwhileBytes - 1, 'x')), nullptr);
  const std::string body(BodyFile::kWorthwhileBytes, 'x');
  std::vector<std::shared_ptr<const BodyFile>> files;
  for (int n = 0; n < BodyFile::kAtATimeMax; ++n) files.push_back(BodyFile::Make(body));
  EXPECT_NE(files.back(), nullptr);
  EXPECT_EQ(BodyFile::Make(body), nullptr);
  files.pop_back();
  EXPECT_NE(BodyFile::Make(body), nullptr);
}

TEST_F(HttpServer, TurnsAwayWhatIsOverTheLimitOfConnections) {
  options.connections_max = 2;
  Start();
  RawClient first = Connect(), second = Connect();
  for (RawClient* client : {&first, &second}) {
    client->Send(kGet);
    EXPECT_THAT(client->ReadAnswer(), StartsWith("HTTP/1.1 200"));
  }
  const std::string answer = Say(kGet);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("TOO_MANY_CONNECTIONS"));
  EXPECT_EQ(observer["turned away"], 1);
  EXPECT_EQ(observer["refused 503"], 0) << "counted once";
  first.Close();
  EXPECT_TRUE(observer.Await("closed", 1));
  EXPECT_THAT(Say(kLastGet), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServer, TellsEachOfACrowdThatItIsTooMany) {
  constexpr int kCrowd = 300;  // more than are let to linger
  options.connections_max = 1;
  Start();
  RawClient inside = Connect();
  inside.Send(kGet);
  EXPECT_THAT(inside.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  std::vector<RawClient> crowd;
  for (int i = 0; i < kCrowd; ++i) crowd.push_back(Connect());
  ASSERT_TRUE(observer.Await("turned away", kCrowd));
  for (RawClient& client : crowd) {
    client.Send(kGet);
    const std::string answer = client.ReadAll();
    ASSERT_THAT(answer, StartsWith("HTTP/1.1 503"));
    ASSERT_THAT(answer, HasSubstr("TOO_MANY_CONNECTIONS"));
  }
  EXPECT_EQ(server->connections(), 1);
  inside.Send(kGet);
  EXPECT_THAT(inside.ReadAnswer(), StartsWith("HTTP/1.1 200")) << "and nobody inside is hurt";
}

// A request that arrives with the connection is read, so that closing does not take back the
// answer.
TEST_F(HttpServer, AnswersACrowdThatHasAskedAlready) {
  constexpr int kCrowd = 200;
  options.connections_max = 1;
  Start();
  RawClient inside = Connect();
  inside.Send(kGet);
  EXPECT_THAT(inside.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  std::vector<RawClient> crowd;
  for (int i = 0; i < kCrowd; ++i) {
    crowd.push_back(Connect());
    crowd.back().Send(kGet);
  }
  ASSERT_TRUE(observer.Await("turned away", kCrowd));
  for (RawClient& client : crowd) {
    ASSERT_THAT(client.ReadAll(),
                ::testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("TOO_MANY_CONNECTIONS")));
  }
  inside.Close();
  EXPECT_TRUE(observer.Await("closed", 1));
  EXPECT_THAT(Say(kLastGet), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServer, ServesManyConnectionsOnSeveralThreads) {
  options.threads = 3;
  Start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(Connect());
  for (int round = 0; round < 3; ++round) {
    for (RawClient& client : clients) client.Send(kGet);
    for (RawClient& client : clients) {
      EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("GET /a?b=c "));
    }
  }
  EXPECT_EQ(server->connections(), 300);
  clients.clear();
  EXPECT_TRUE(observer.Await("closed", 300));
  EXPECT_EQ(server->connections(), 0);
}

TEST_F(HttpServer, AnswersFromOtherThreadsWhileTheRequestStaysReadable) {
  std::vector<std::jthread> threads;
  std::mutex mutex;
  Start([&](const Request& request, Responder responder) {
    const std::lock_guard lock(mutex);
    threads.emplace_back([&request, responder = std::move(responder)]() mutable {
      responder.Send(Text(200, "text/plain", std::string(request.path)));
    });
  });
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(Connect());
    clients.back().Send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(clients[static_cast<std::size_t>(i)].ReadAnswer(),
                ::testing::EndsWith("\r\n\r\n/" + std::to_string(i)));
  }
}

// As a publisher does that hears of a whole batch: nobody's answer waits for that of another.
TEST_F(HttpServer, ACrowdIsAnsweredByOneOtherThread) {
  constexpr std::size_t kCrowd = 200;
  options.threads = 2;
  Start([this](const Request&, Responder responder) { held.Add(std::move(responder)); });
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < kCrowd; ++i) clients.push_back(Connect());
  for (int round = 0; round < 3; ++round) {
    for (RawClient& client : clients) client.Send(kGet);
    std::vector<Responder> responders;
    for (std::size_t i = 0; i < clients.size(); ++i) responders.push_back(held.Take());
    clients.pop_back();  // one is gone meanwhile
    for (Responder& responder : responders) {
      responder.Send(Text(200, "text/plain", "answered"));
    }
    for (RawClient& client : clients) {
      EXPECT_THAT(client.ReadAnswer(), ::testing::EndsWith("answered"));
    }
  }
}

TEST_F(HttpServer, ALateAnswerToAClientThatIsGoneIsDropped) {
  Start([this](const Request&, Responder responder) { held.Add(std::move(responder)); });
  RawClient client = Connect();
  client.Send(kGet + std::string(100, 'x'));
  Responder responder = held.Take();
  client.Close();
  // Large, so that it cannot vanish into the socket's buffer before the reset is seen.
  responder.Send(Text(200, "text/plain", std::string(16 << 20, 'x')));
  EXPECT_TRUE(observer.Await("closed", 1));
  EXPECT_EQ(observer["cut reset"], 1);
}

TEST_F(HttpServer, AnAnswerAfterTheServerIsGoneIsDropped) {
  Start([this](const Request&, Responder responder) { held.Add(std::move(responder)); });
  RawClient client = Connect();
  client.Send(kGet);
  Responder responder = held.Take();
  EXPECT_EQ(server->Stop(absl::ZeroDuration()), 1);
  server.reset();
  EXPECT_EQ(client.ReadAll(), "");
  responder.Send(Text(200, "text/plain", "too late"));
}

TEST_F(HttpServer, AHandlerThatForgetsAnswers500AndOneThatDawdles503) {
  options.answer_max = absl::Milliseconds(50);
  Start([this](const Request& request, Responder responder) {
    if (request.path == "/slow") held.Add(std::move(responder));
  });
  RawClient client = Connect();
  client.Send(kGet);
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 500"));
  client.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 503"));
  held.Take().Send(Text(200, "text/plain", "dropped"));
  EXPECT_EQ(observer["refused 503"], 1);
}

TEST_F(HttpServer, StopLetsRequestsInFlightFinish) {
  Start([this](const Request& request, Responder responder) {
    if (request.path == "/slow") return held.Add(std::move(responder));
    Echo(request, std::move(responder));
  });
  RawClient idle = Connect(), busy = Connect(), halfway = Connect();
  idle.Send(kGet);
  EXPECT_THAT(idle.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  halfway.Send(kGet + "GET /half HTTP/1.1\r\n");
  EXPECT_THAT(halfway.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  busy.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  Responder responder = held.Take();

  int cut = -1;
  std::jthread stopper([&] { cut = server->Stop(absl::Seconds(10)); });
  EXPECT_EQ(idle.ReadAll(), "");  // closed at once, which also says that stopping has begun
  halfway.Send("Host: x\r\n\r\n");
  responder.Send(Text(200, "text/plain", "done"));
  const std::string answer = busy.ReadAll();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\ndone"));
  EXPECT_THAT(halfway.ReadAll(), ::testing::EndsWith("GET /half? "));
  stopper.join();
  EXPECT_EQ(cut, 0);
  EXPECT_EQ(observer["opened"], observer["closed"]);
}

TEST_F(HttpServer, StopCutsWhatIsLeftAtTheDeadline) {
  Start([this](const Request&, Responder responder) { held.Add(std::move(responder)); });
  RawClient client = Connect();
  client.Send(kGet);
  Responder responder = held.Take();
  EXPECT_EQ(server->Stop(absl::Milliseconds(20)), 1);
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(server->Stop(absl::Seconds(1)), 0);
}

TEST_F(HttpServer, AnAddressIsTakenOnce) {
  Start();
  ServerOptions same = options;
  same.port = server->port();
  EXPECT_EQ(Server::Start(same, Echo).status().code(), absl::StatusCode::kFailedPrecondition);
  same.host = "localhost";
  EXPECT_EQ(Server::Start(same, Echo).status().code(), absl::StatusCode::kInvalidArgument);
  same = options;
  same.threads = 0;
  EXPECT_EQ(Server::Start(same, Echo).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace telex::http
