#pragma once

// One connection: hiredis connects and parses, the sending, receiving and waiting is done here,
// because hiredis bounds each read and not the whole answer. Used by one thread at a time. Inside
// of this room.

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/redis/client.h"

struct redisContext;

namespace telex::redis {

using Clock = std::chrono::steady_clock;

// Appends a command as the server wants it.
void Encode(const Args& args, std::string& bytes);

// The status for an error reply to a command.
absl::Status ErrorOf(const Reply& reply);
// True for an error that speaks of the server and not of the command: loading, read-only, masked.
bool MeansUnavailable(const Reply& reply);

class Connection {
 public:
  // Connects, authenticates, selects the database.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ClientOptions& options,
                                                          Clock::time_point deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends `bytes`, which are `count` commands, and awaits as many replies. After an error the
  // connection is broken: replies may be under way that nobody waits for.
  absl::StatusOr<std::vector<Reply>> Exchange(std::string_view bytes, std::size_t count,
                                              Clock::time_point deadline);
  bool broken() const { return broken_; }

  // True when the server has closed an idle connection, or says what nobody asked for.
  bool Stale() const;

 private:
  Connection(redisContext* context, std::size_t reply_bytes_max)
      : context_(context), reply_bytes_max_(reply_bytes_max) {}

  absl::Status AwaitConnected(Clock::time_point deadline);
  absl::Status Greet(const ClientOptions& options, Clock::time_point deadline);
  absl::Status Await(short events, Clock::time_point deadline) const;
  absl::Status Send(std::string_view bytes, Clock::time_point deadline);
  absl::Status Receive(std::size_t count, Clock::time_point deadline, std::vector<Reply>& replies);

  redisContext* const context_;
  const std::size_t reply_bytes_max_;
  bool broken_ = false;
};

}  // namespace telex::redis
