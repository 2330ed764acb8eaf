#pragma once

// A blocking Redis client for worker threads: a bounded pool of connections, a time budget for
// every call, pipelines, scripts by hash, and a breaker, so that a Redis that is slow or away costs
// a caller little. Never call it from a gRPC callback or an HTTP event loop.
//
// Every call takes `within`: the time it may take in all (waiting for a connection, connecting,
// sending, receiving), by the steady clock. Only the resolving of a host name is not bounded by it
// but by the system's resolver. A call that ran out of time may or may not have been carried out by
// the server; nothing is repeated here, as the caller alone knows what may be.
//
// Errors: UNAVAILABLE / REDIS_UNAVAILABLE (away, refusing, breaker open, loading, read-only
// replica), DEADLINE_EXCEEDED / REDIS_UNAVAILABLE, RESOURCE_EXHAUSTED / REDIS_UNAVAILABLE (no
// connection free, reply too large, server out of memory), PERMISSION_DENIED (password or ACL),
// INTERNAL for an error reply to a single command. A password is never part of a message.
// Thread-safe.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/redis/reply.h"
#include "platform/resilience/breaker.h"

namespace telex::redis {

using resilience::BreakerState;

struct Endpoint {
  std::string host;  // with `port`; or
  std::uint16_t port = 6379;
  std::string unix_path;  // a socket, when not empty
  std::string username;   // "" = the default user
  std::uint32_t database = 0;
};

// redis://[user@]host[:port][/db], host may be [v6]; unix:///path[?db=n]. INVALID_ARGUMENT for all
// else, also for a password in it: that is a setting of its own and must not be in a URL that gets
// printed.
absl::StatusOr<Endpoint> ParseUrl(std::string_view url);

struct ClientOptions {
  Endpoint endpoint;
  std::string password;
  std::string client_name = "telex";
  std::uint32_t connections_max = 8;
  absl::Duration connect_timeout = absl::Milliseconds(500);
  std::uint32_t breaker_failures = 5;
  absl::Duration breaker_open = absl::Seconds(1);
  std::size_t reply_bytes_max = 64u << 20;  // of one call, all replies together
};

// A command and its arguments, any bytes: {"SET", key, value}.
using Args = std::vector<std::string>;

// A Lua script. Its SHA-1 is computed once; the text is sent only when the server does not know it.
class Script {
 public:
  explicit Script(std::string lua);
  const std::string& lua() const { return lua_; }
  const std::string& sha() const { return sha_; }

 private:
  std::string lua_;
  std::string sha_;
};

class Client {
 public:
  // Does not connect: a Redis that is away is no reason not to start.
  explicit Client(ClientOptions options);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  absl::StatusOr<Reply> Command(const Args& args, absl::Duration within);

  // One round trip; replies in order. An error reply to one command stands among the replies, and
  // the others are carried out all the same.
  absl::StatusOr<std::vector<Reply>> Pipeline(std::span<const Args> commands,
                                              absl::Duration within);

  // EVALSHA; on NOSCRIPT (a flushed or new server) EVAL on the same connection and in the same
  // budget.
  absl::StatusOr<Reply> Run(const Script& script, std::span<const std::string> keys,
                            std::span<const std::string> args, absl::Duration within);

  BreakerState breaker_state() const;
  // Open connections, in use or idle.
  std::uint32_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::redis
