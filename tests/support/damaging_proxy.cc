#include "tests/support/damaging_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>

namespace telex::testing {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Receive(int from, std::string& bytes) {
  return bytes.empty() ||
         recv(from, bytes.data(), bytes.size(), MSG_WAITALL) == static_cast<ssize_t>(bytes.size());
}

// As Kafka writes an address: the host, then the port in four bytes.
std::string AddressOf(std::uint16_t port) {
  return std::string("127.0.0.1") + std::string(2, '\0') + static_cast<char>(port >> 8) +
         static_cast<char>(port & 0xff);
}

}  // namespace

DamagingProxy::DamagingProxy(const std::string& broker, std::string text, int times)
    : text_(std::move(text)), times_(times) {
  broker_port_ = static_cast<std::uint16_t>(std::stoi(broker.substr(broker.rfind(':') + 1)));
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

DamagingProxy::~DamagingProxy() {
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
}

void DamagingProxy::Accept() {
  while (true) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int broker = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = Loopback(broker_port_);
    sockets_.insert(sockets_.end(), {client, broker});
    if (connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      shutdown(client, SHUT_RDWR);
      continue;
    }
    threads_.emplace_back([this, client, broker] { Relay(client, broker); });
    threads_.emplace_back([this, client, broker] { RelayResponses(broker, client); });
  }
}

void DamagingProxy::Relay(int from, int to) {
  std::array<char, 65'536> bytes;
  while (true) {
    const ssize_t got = recv(from, bytes.data(), bytes.size(), 0);
    if (got <= 0 || !SendAll(to, {bytes.data(), static_cast<std::size_t>(got)})) break;
  }
  shutdown(to, SHUT_RDWR);
}

void DamagingProxy::RelayResponses(int from, int to) {
  std::string length(4, '\0');
  while (Receive(from, length)) {
    std::uint32_t size = 0;
    for (const char byte : length) size = size << 8 | static_cast<unsigned char>(byte);
    std::string response(size, '\0');
    if (!Receive(from, response)) break;
    Bend(response);
    if (!SendAll(to, length + response)) break;
  }
  shutdown(to, SHUT_RDWR);
}

void DamagingProxy::Bend(std::string& response) {
  const std::string address = AddressOf(broker_port_);
  for (std::size_t at = 0; (at = response.find(address, at)) != std::string::npos;) {
    response.replace(at, address.size(), AddressOf(port_));
  }
  const std::lock_guard lock(mutex_);
  const std::size_t at = response.find(text_);
  if (at == std::string::npos || times_ == 0) return;
  --times_;
  response[at] ^= 1;
}

}  // namespace telex::testing
