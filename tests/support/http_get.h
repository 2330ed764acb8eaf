#pragma once

// A request on a connection of its own, for tests of servers on loopback.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace telex::tests {

struct HttpAnswer {
  int status = 0;    // 0: no answer
  std::string head;  // status line and headers
  std::string body;
};

struct HttpQuestion {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::string> headers = {};  // "Name: value"
  std::string body = {};
  std::string lines = {};  // further headers, each with its CRLF
};

inline HttpAnswer HttpAsk(std::uint16_t port, const HttpQuestion& question) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string request = question.method + " " + question.target + " HTTP/1.1\r\nHost: test\r\n";
  for (const std::string& line : question.headers) request += line + "\r\n";
  if (!question.body.empty()) {
    request += "Content-Length: " + std::to_string(question.body.size()) + "\r\n";
  }
  request += "Connection: close\r\n" + question.lines + "\r\n" + question.body;
  std::string text;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
  }
  ::close(fd);
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  return {.status = std::stoi(text.substr(9, 3)),
          .head = text.substr(0, end + 2),
          .body = text.substr(end + 4)};
}

// `lines`: further headers, each with its CRLF.
inline HttpAnswer HttpGet(std::uint16_t port, const std::string& path,
                          const std::string& lines = "") {
  return HttpAsk(port, {.target = path, .lines = lines});
}

// One that was free a moment ago.
inline std::uint16_t FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    address.sin_port = 0;
  }
  ::close(fd);
  return ntohs(address.sin_port);
}

}  // namespace telex::tests
