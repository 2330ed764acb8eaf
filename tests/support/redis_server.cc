#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

namespace telex::tests {
namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";
constexpr std::chrono::seconds kStartDeadline{10};
constexpr std::chrono::milliseconds kBetweenPings{5};

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "RedisServer: %s\n", what.c_str());
  std::abort();
}

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Fail("no free port");
  }
  ::close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer(Listen listen, std::vector<std::string> arguments)
    : listen_(listen), arguments_(std::move(arguments)) {
  if (listen_ == Listen::kLoopbackPort) port_ = FreePort();
  Start();
}

RedisServer::~RedisServer() { Kill(); }

std::string RedisServer::url() const {
  if (listen_ == Listen::kUnixSocket) return "unix://" + (dir_ / "redis.sock");
  return "redis://127.0.0.1:" + std::to_string(port_);
}

void RedisServer::Start() {
  std::vector<std::string> arguments = {kProgram,
                                        "--port",
                                        std::to_string(port_),
                                        "--bind",
                                        "127.0.0.1",
                                        "--save",
                                        "",
                                        "--appendonly",
                                        "no",
                                        "--dir",
                                        dir_.path(),
                                        "--logfile",
                                        dir_ / "log",
                                        "--daemonize",
                                        "no",
                                        "--enable-debug-command",
                                        "yes"};
  if (listen_ == Listen::kUnixSocket) {
    arguments.insert(arguments.end(), {"--unixsocket", dir_ / "redis.sock"});
  }
  arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execv(kProgram, argv.data());
    ::_exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + kStartDeadline;
  while (!Answers()) {
    if (std::chrono::steady_clock::now() > deadline) Fail("does not answer");
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) Fail("did not start");
    std::this_thread::sleep_for(kBetweenPings);
  }
}

// Any answer will do: one with a password says NOAUTH, and is up.
bool RedisServer::Answers() const {
  const bool by_path = listen_ == Listen::kUnixSocket;
  const int fd = ::socket(by_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  int connected = -1;
  if (by_path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", (dir_ / "redis.sock").c_str());
    connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    const sockaddr_in address = Loopback(port_);
    connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  constexpr std::string_view kPing = "PING\r\n";
  char answer[64];
  const bool answers = connected == 0 && ::send(fd, kPing.data(), kPing.size(), MSG_NOSIGNAL) > 0 &&
                       ::recv(fd, answer, sizeof answer, 0) > 0;
  ::close(fd);
  return answers;
}

void RedisServer::Kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::Pause() { ::kill(pid_, SIGSTOP); }

void RedisServer::Resume() { ::kill(pid_, SIGCONT); }

}  // namespace telex::tests
