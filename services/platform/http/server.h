#pragma once

// An HTTP/1.1 server (RFC 9110, RFC 9112) for answers that are ready in memory: some threads, each
// with an event loop and a listening socket of its own (SO_REUSEPORT), so that a request is
// served by one thread from its first byte to its last.
//
// The server itself sees to: HEAD, Date, Content-Length, keep-alive, pipelining (answers in order,
// one request at a time), Expect: 100-continue, all limits below, and refusals as problem+json:
// 400, 408, 413, 414, 417, 431, 500 (handler did not answer), 501 (Transfer-Encoding, CONNECT),
// 503 (too many connections, handler too slow), 505.

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/http/message.h"

namespace telex::http {

struct ServerOptions {
  std::string host = "127.0.0.1";  // a numeric address; "::" takes v4 and v6
  std::uint16_t port = 0;          // 0: any free one, see Server::port()
  int threads = 1;                 // 1..64

  // Bounds. All times are kept by a coarse sweep of each thread and may be overrun by one step of
  // it (a quarter of the shortest of them, within 10 ms .. 500 ms).
  std::size_t header_bytes_max = 16 * 1024;  // request line and headers; 1 KiB..1 MiB; more: 431
  std::size_t target_bytes_max = 4 * 1024;   // request target; more: 414
  std::size_t body_bytes_max = 1024 * 1024;  // request body; more: 413
  int connections_max = 10'000;              // all threads together; more: each told 503, closed
  // Between requests; closed without a word. Blank lines are no request, and do not prolong it.
  absl::Duration idle_max = absl::Seconds(60);
  // From the connection to the first byte of a head, closed without a word; from there to its last
  // byte, 408.
  absl::Duration header_read_max = absl::Seconds(10);
  absl::Duration body_read_max = absl::Seconds(30);  // the whole body; 408
  absl::Duration answer_max = absl::Seconds(60);     // for the handler to answer; 503
  absl::Duration write_max = absl::Seconds(30);      // a client's time for each 64 KiB of answer
};

// Told of what happens, on the server's threads, several at once: implementations are thread-safe
// and quick. It outlives the server.
class ServerObserver {
 public:
  virtual ~ServerObserver() = default;
  virtual void OnConnectionOpened() {}
  virtual void OnConnectionClosed() {}
  // Turned away at the door with 503: `connections_max` is reached.
  virtual void OnConnectionRefused() {}
  // An answer to a request that reached the handler is complete in the socket's buffer.
  // `body_bytes`: what was sent of a body. The request's views still hold.
  virtual void OnAnswered(const Request& request, int status, std::size_t body_bytes) {
    (void)request, (void)status, (void)body_bytes;
  }
  // The server refused a request by itself (a bound, a malformed request).
  virtual void OnRefused(int status) { (void)status; }
  // A connection was cut because a time was over and there was nobody to tell: "idle", "write",
  // or because of an error of the socket: "reset".
  virtual void OnCut(std::string_view why) { (void)why; }
};

namespace internal {
class Connection;
}

// The right, and the duty, to answer one request: exactly once, from any thread, now or later.
// Destroyed without an answer, it answers 500. The connection may be gone meanwhile: then the
// answer is dropped. It may outlive the Server.
class Responder {
 public:
  Responder(Responder&& other) noexcept;
  Responder& operator=(Responder&& other) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  // The cheapest answer: held by pointer until it is sent. Never null.
  void Send(std::shared_ptr<const Response> response);
  void Send(Response response);

 private:
  friend class internal::Connection;
  Responder(std::shared_ptr<internal::Connection> connection, std::uint64_t serial);
  void Abandon();

  std::shared_ptr<internal::Connection> connection_;  // null: answered or moved from
  std::uint64_t serial_ = 0;
};

// Called on a server thread; it must not block that (hand longer work to a thread of your own and
// answer from there) and must not throw.
using Handler = std::function<void(const Request&, Responder)>;

class Server {
 public:
  // Binds, listens, starts the threads. INVALID_ARGUMENT for options out of bounds,
  // FAILED_PRECONDITION when the address is taken, UNAVAILABLE for other failures of the sockets.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, Handler handler,
                                                       ServerObserver* observer = nullptr);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // Stop(absl::ZeroDuration())

  std::uint16_t port() const;
  int connections() const;  // open at this moment

  // Stops accepting, closes idle connections, lets requests in flight finish (their answers say
  // Connection: close), and cuts what is left after `deadline`. Returns how many it had to cut.
  // Afterwards no handler runs. Not from a handler. The second call does nothing.
  int Stop(absl::Duration deadline);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::http
