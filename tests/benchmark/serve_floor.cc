// The floor under serving: for each request one receive and one send (or sendfile) of bytes that
// were ready before, with no look at what was asked. No server on this kernel's sockets costs less.
//   telex-bench-serve --port 25096 --head FILE --body FILE
// HEAD: the head of the answer with its empty line; BODY may be empty. Ends with SIGTERM.
#include <absl/status/status.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <unordered_map>

#include "platform/http/body_file.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"

namespace {

using namespace telex;

// As telex-feeds has it: smaller bodies are copied, larger ones sent from the kernel's own pages.
struct Answer {
  std::string bytes;  // head, and the body when there is no file
  std::shared_ptr<const http::BodyFile> file;
};

struct Left {
  std::int64_t file_at = 0;
  std::size_t file_bytes = 0;
};

std::string BytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  bench::OrDie(path.c_str(), in ? absl::OkStatus() : absl::NotFoundError("cannot be read"));
  return {std::istreambuf_iterator<char>(in), {}};
}

void Require(const char* what, bool holds) {
  bench::OrDie(what, holds ? absl::OkStatus() : absl::ErrnoToStatus(errno, "failed"));
}

int Listen(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  Require("socket", fd >= 0);
  const int on = 1;
  Require("reuse", ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
  Require("no delay", ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Require("bind", ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  Require("listen", ::listen(fd, 1024) == 0);
  return fd;
}

void Watch(int loop, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  Require("watch", ::epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) == 0);
}

// False: the connection is of no use any more.
bool SendFile(int fd, const http::BodyFile& file, Left& left) {
  while (left.file_bytes > 0) {
    const ssize_t sent = ::sendfile(fd, file.fd(), &left.file_at, left.file_bytes);
    if (sent < 0) return errno == EAGAIN;
    left.file_bytes -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool Serve(int fd, const Answer& answer, Left& left) {
  if (left.file_bytes > 0) return SendFile(fd, *answer.file, left);
  // Of one request after the other: the client does not pipeline.
  std::array<char, 4096> request;  // NOLINT(*-member-init): recv() fills it
  const ssize_t got = ::recv(fd, request.data(), request.size(), 0);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  const int more = answer.file == nullptr ? 0 : MSG_MORE;
  const ssize_t sent =
      ::send(fd, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT | more);
  if (sent != static_cast<ssize_t>(answer.bytes.size())) return false;
  if (answer.file == nullptr) return true;
  left = {.file_at = 0, .file_bytes = answer.file->size()};
  return SendFile(fd, *answer.file, left);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const auto port = static_cast<std::uint16_t>(flags.Integer("port", 25096));
  const std::string head = BytesOf(flags.Text("head", ""));
  const std::string body = BytesOf(flags.Text("body", ""));
  flags.Finish();
  Answer answer{.bytes = head, .file = http::BodyFile::Make(body)};
  if (answer.file == nullptr) answer.bytes += body;
  const int listener = Listen(port);
  const int loop = ::epoll_create1(EPOLL_CLOEXEC);
  Require("epoll", loop >= 0);
  Watch(loop, listener, EPOLLIN);
  std::unordered_map<int, Left> connections;
  std::array<epoll_event, 128> events{};
  for (;;) {
    const int ready = ::epoll_wait(loop, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0) continue;
        connections[accepted] = {};
        Watch(loop, accepted, EPOLLIN | EPOLLOUT | EPOLLET);
      } else if (!Serve(fd, answer, connections[fd])) {
        connections.erase(fd);
        ::close(fd);
      }
    }
  }
}
