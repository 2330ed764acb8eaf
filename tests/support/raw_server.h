#pragma once

// A server on loopback that does to each connection what the test says, for answers that no proper
// server gives: half of one, none, endless ones. With TLS, when it is handed a certificate.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/certificates.h"

namespace telex::tests {

class RawServer {
 public:
  class Peer {
   public:
    virtual ~Peer() = default;
    // One request's head, and its body where it has a Content-Length; "" when the client has gone.
    virtual std::string ReadRequest() = 0;
    virtual bool Write(std::string_view bytes) = 0;  // false: the client has gone
    virtual void WaitUntilGone() = 0;                // the client, or the server
  };
  // Called once a connection, on a thread of its own; the connection is closed after it.
  using Script = std::function<void(Peer&)>;

  explicit RawServer(Script script, const CertificateAuthority::Pair* certificate = nullptr);
  ~RawServer();
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void Serve(int fd);

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::shared_ptr<void> tls_;  // SSL_CTX, or null
  std::atomic<int> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace telex::tests
