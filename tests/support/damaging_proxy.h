// Stands between a client and a broker on loopback, and damages what the broker sends: a bit of the
// responses in which a text stands, so many times. The client stays with the proxy: where the
// broker says its own port, the proxy says its.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace telex::testing {

class DamagingProxy {
 public:
  // `broker`: "127.0.0.1:port".
  DamagingProxy(const std::string& broker, std::string text, int times);
  ~DamagingProxy();
  DamagingProxy(const DamagingProxy&) = delete;
  DamagingProxy& operator=(const DamagingProxy&) = delete;

  std::string brokers() const { return "127.0.0.1:" + std::to_string(port_); }
  int left() const { return times_; }  // to be damaged

 private:
  void Accept();
  void Relay(int from, int to);
  // Whole responses, each with its length before it.
  void RelayResponses(int from, int to);
  void Bend(std::string& response);

  const std::string text_;
  std::uint16_t broker_port_ = 0;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<int> times_;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace telex::testing
