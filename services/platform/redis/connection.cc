#include "platform/redis/connection.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <iterator>

#include "platform/errors/errors.h"

namespace telex::redis {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;

absl::Status Unavailable(std::string_view message) {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kRedisUnavailable, message);
}

Reply ToReply(const redisReply& raw) {
  Reply reply;
  switch (raw.type) {
    case REDIS_REPLY_STRING:
      reply.kind = Reply::Kind::kString;
      reply.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::kStatus;
      reply.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::kError;
      reply.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::kInteger;
      reply.integer = raw.integer;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::kArray;
      reply.items.reserve(raw.elements);
      for (std::size_t i = 0; i < raw.elements; ++i) {
        reply.items.push_back(ToReply(*raw.element[i]));
      }
      break;
    default:
      break;  // nil
  }
  return reply;
}

bool StartsWithAny(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

}  // namespace

void Encode(const Args& args, std::string& bytes) {
  fmt::format_to(std::back_inserter(bytes), "*{}\r\n", args.size());
  for (const std::string& arg : args) {
    fmt::format_to(std::back_inserter(bytes), "${}\r\n", arg.size());
    bytes.append(arg).append("\r\n");
  }
}

bool MeansUnavailable(const Reply& reply) {
  return reply.is_error() &&
         StartsWithAny(reply.text,
                       {"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY ",
                        "NOREPLICAS", "MISCONF", "ERR max number of clients reached"});
}

absl::Status ErrorOf(const Reply& reply) {
  if (MeansUnavailable(reply)) return Unavailable(reply.text);
  if (StartsWithAny(reply.text, {"NOAUTH", "WRONGPASS", "NOPERM", "ERR AUTH"})) {
    return errors::Error(absl::StatusCode::kPermissionDenied, errors::kRedisUnavailable,
                         "Redis refuses the user, the password or the command");
  }
  if (reply.text.starts_with("OOM")) {
    return errors::Error(absl::StatusCode::kResourceExhausted, errors::kRedisUnavailable,
                         reply.text);
  }
  return absl::InternalError(fmt::format("Redis: {}", reply.text.substr(0, 200)));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ClientOptions& options,
                                                             Clock::time_point deadline) {
  const Endpoint& endpoint = options.endpoint;
  redisContext* const context = endpoint.unix_path.empty()
                                    ? redisConnectNonBlock(endpoint.host.c_str(), endpoint.port)
                                    : redisConnectUnixNonBlock(endpoint.unix_path.c_str());
  if (context == nullptr) return Unavailable("cannot make a connection: out of memory");
  std::unique_ptr<Connection> connection(new Connection(context, options.reply_bytes_max));
  if (context->err != 0) return Unavailable(fmt::format("cannot connect: {}", context->errstr));
  if (auto status = connection->AwaitConnected(deadline); !status.ok()) return status;
  if (auto status = connection->Greet(options, deadline); !status.ok()) return status;
  return connection;
}

Connection::~Connection() { redisFree(context_); }

absl::Status Connection::AwaitConnected(Clock::time_point deadline) {
  if (auto status = Await(POLLOUT, deadline); !status.ok()) return status;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return Unavailable(fmt::format("cannot connect: {}", std::strerror(error)));
  return absl::OkStatus();
}

absl::Status Connection::Greet(const ClientOptions& options, Clock::time_point deadline) {
  std::vector<Args> commands;
  if (!options.password.empty()) {
    commands.push_back(options.endpoint.username.empty()
                           ? Args{"AUTH", options.password}
                           : Args{"AUTH", options.endpoint.username, options.password});
  }
  commands.push_back({"CLIENT", "SETNAME", options.client_name});
  commands.push_back({"SELECT", std::to_string(options.endpoint.database)});
  std::string bytes;
  for (const Args& command : commands) Encode(command, bytes);
  auto replies = Exchange(bytes, commands.size(), deadline);
  if (!replies.ok()) return replies.status();
  for (const Reply& reply : *replies) {
    // While it loads, a server answers so to all: the name then matters less than the truth.
    if (reply.is_error()) return ErrorOf(reply);
  }
  return absl::OkStatus();
}

bool Connection::Stale() const {
  char byte = 0;
  const ssize_t size = ::recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

absl::Status Connection::Await(short events, Clock::time_point deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waited{context_->fd, events, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::clamp<long>(left, 0, 1L << 30)));
    if (ready > 0) return absl::OkStatus();  // an error shows at the next call
    if (ready < 0 && errno != EINTR) {
      return Unavailable(fmt::format("poll: {}", std::strerror(errno)));
    }
    if (ready == 0) {
      return errors::Error(absl::StatusCode::kDeadlineExceeded, errors::kRedisUnavailable,
                           "Redis did not answer in time");
    }
  }
}

absl::Status Connection::Send(std::string_view bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    const ssize_t sent =
        ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (auto status = Await(POLLOUT, deadline); !status.ok()) return status;
    } else if (errno != EINTR) {
      return Unavailable(fmt::format("send: {}", std::strerror(errno)));
    }
  }
  return absl::OkStatus();
}

absl::Status Connection::Receive(std::size_t count, Clock::time_point deadline,
                                 std::vector<Reply>& replies) {
  std::array<char, kReadBytes> buffer;  // NOLINT(*-member-init): recv() fills it
  std::size_t received = 0;
  while (true) {
    while (replies.size() < count) {
      void* raw = nullptr;
      if (redisReaderGetReply(context_->reader, &raw) != REDIS_OK) {
        return Unavailable(fmt::format("an answer that is none: {}", context_->reader->errstr));
      }
      if (raw == nullptr) break;
      replies.push_back(ToReply(*static_cast<redisReply*>(raw)));
      freeReplyObject(raw);
    }
    if (replies.size() == count) return absl::OkStatus();
    if (auto status = Await(POLLIN, deadline); !status.ok()) return status;
    const ssize_t size = ::recv(context_->fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      received += static_cast<std::size_t>(size);
      if (received > reply_bytes_max_) {
        return errors::Error(absl::StatusCode::kResourceExhausted, errors::kRedisUnavailable,
                             fmt::format("the answer has more than {} bytes", reply_bytes_max_));
      }
      if (redisReaderFeed(context_->reader, buffer.data(), static_cast<std::size_t>(size)) !=
          REDIS_OK) {
        return Unavailable("out of memory for an answer");
      }
    } else if (size == 0) {
      return Unavailable("Redis closed the connection");
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      return Unavailable(fmt::format("receive: {}", std::strerror(errno)));
    }
  }
}

absl::StatusOr<std::vector<Reply>> Connection::Exchange(std::string_view bytes, std::size_t count,
                                                        Clock::time_point deadline) {
  std::vector<Reply> replies;
  replies.reserve(count);
  absl::Status status = Send(bytes, deadline);
  if (status.ok()) status = Receive(count, deadline, replies);
  if (status.ok()) return replies;
  broken_ = true;
  return status;
}

}  // namespace telex::redis
