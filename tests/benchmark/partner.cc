#include "tests/benchmark/partner.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/compress/compress.h"
#include "tests/benchmark/die.h"

namespace telex::bench {
namespace {

std::string FieldOf(const std::string& head, const std::string& name) {
  const std::size_t start = head.find("\r\n" + name + ": ");
  if (start == std::string::npos) return {};
  const std::size_t value = start + name.size() + 4;
  return head.substr(value, head.find("\r\n", value) - value);
}

}  // namespace

Partner::Partner(const std::string& address) {
  const auto colon = address.rfind(':');
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &hints,
                  &found) != 0) {
    OrDie("feeds", absl::InvalidArgumentError(address));
  }
  socket_ = ::socket(found->ai_family, SOCK_STREAM, 0);
  const int connected = ::connect(socket_, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (connected != 0) OrDie("feeds", absl::UnavailableError(address));
  const int one = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

Partner::~Partner() { ::close(socket_); }

std::string Partner::Poll(const std::string& path) {
  const std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n{}\r\n", path,
                  etag_.empty() ? "" : fmt::format("If-None-Match: {}\r\n", etag_));
  if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    OrDie("poll", absl::UnavailableError("the connection is gone"));
  }
  while (buffer_.find("\r\n\r\n") == std::string::npos) Receive();
  const std::size_t head_bytes = buffer_.find("\r\n\r\n") + 4;
  const std::string head = buffer_.substr(0, head_bytes);
  buffer_.erase(0, head_bytes);
  if (head.starts_with("HTTP/1.1 304")) return {};
  const std::size_t length = std::stoul(FieldOf(head, "Content-Length"));
  while (buffer_.size() < length) Receive();
  std::string body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  if (head.starts_with("HTTP/1.1 404")) return {};  // nothing was published there yet
  if (!head.starts_with("HTTP/1.1 200")) OrDie("poll", absl::InternalError(head));
  etag_ = FieldOf(head, "ETag");
  if (FieldOf(head, "Content-Encoding") != "gzip") return body;
  return OrDie("gzip", compress::Gunzip(body, 64u << 20));
}

void Partner::Receive() {
  char bytes[65536];
  const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
  if (got <= 0) OrDie("poll", absl::UnavailableError("the connection is gone"));
  buffer_.append(bytes, static_cast<std::size_t>(got));
}

}  // namespace telex::bench
