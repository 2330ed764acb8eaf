#pragma once

// An HTTP/1.1 client for worker threads, on libcurl: asks others (translation engines, social
// networks, partners), says what came of it, and keeps within bounds. Blocking: never call it from
// a gRPC callback or an HTTP event loop. Thread-safe; it outlives its requests.
//
// - Every address is checked when its socket is opened (address.h), after the name was resolved: a
//   name that means another address the second time gets nowhere.
// - TLS 1.2 or later; certificates are always verified.
// - Nothing is repeated here: Result::outcome says what may be.
// - No proxy of the environment (but see ClientOptions), .netrc, cookies, HSTS or Alt-Svc.
// - Errors never tell a query, a secret path or a header. The process has to ignore SIGPIPE.

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "platform/http_client/address.h"
#include "platform/http_client/message.h"

namespace telex::http_client {

struct ClientOptions {
  std::string user_agent;    // e.g. "Telex/0.1 (+https://example.org)"; not empty
  AddressPolicy addresses;   // of all requests
  std::string ca_file = {};  // PEM, instead of what the system trusts; read at each handshake
  absl::Duration connect_timeout = absl::Seconds(10);  // name, TCP and TLS; > 0
  int requests_max = 16;  // at once, 1..256; others wait within their own timeout
  absl::Duration retry_after_max = absl::Hours(24);
  // http_proxy, https_proxy, no_proxy; not for loopback addresses. The proxy resolves the names, so
  // only its own address is checked: for an operator's program, not for what a partner submits.
  // Needs a policy that allows 0.0.0.0/0 and ::/0.
  bool proxy_from_environment = false;
};

class HttpClient {
 public:
  // INVALID_ARGUMENT names the option that is out of bounds. Connects to nothing.
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(ClientOptions options);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // Returns when there is a whole answer, the request's timeout is over, or `stop` is requested
  // (CANCELLED / REQUEST_CANCELLED; kUnknown when it was sent).
  Result Send(const Request& request, const std::stop_token& stop = {});

 private:
  struct Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::http_client
