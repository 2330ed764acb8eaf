#include "platform/redis/client.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/redis/connection.h"

namespace telex::redis {
namespace {

Args ScriptCall(std::string_view command, const std::string& script,
                std::span<const std::string> keys, std::span<const std::string> args) {
  Args call{std::string(command), script, std::to_string(keys.size())};
  call.insert(call.end(), keys.begin(), keys.end());
  call.insert(call.end(), args.begin(), args.end());
  return call;
}

// Says something about the server, and not about this one call.
bool IsServerFailure(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded;
}

}  // namespace

Script::Script(std::string lua) : lua_(std::move(lua)) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(lua_.data()), lua_.size(), digest.data());
  for (const unsigned char byte : digest) sha_ += fmt::format("{:02x}", byte);
}

struct Client::Impl {
  using Work = std::function<absl::Status(Connection&, Clock::time_point)>;

  explicit Impl(ClientOptions client_options)
      : options(std::move(client_options)),
        breaker({.failures_max = options.breaker_failures,
                 .open_for = absl::ToChronoNanoseconds(options.breaker_open)}) {
    options.connections_max = std::max<std::uint32_t>(options.connections_max, 1);
  }

  // Every call goes through here: breaker, connection, work, and what it says about the server.
  absl::Status Do(absl::Duration within, const Work& work) {
    const Clock::time_point now = Clock::now();
    const Clock::time_point deadline = now + absl::ToChronoNanoseconds(within);
    if (deadline <= now) {
      // The caller's time was up before: that says nothing about the server.
      return errors::Error(absl::StatusCode::kDeadlineExceeded, errors::kRedisUnavailable,
                           "no time was left to ask Redis");
    }
    const resilience::Breaker::Admission admission = breaker.Admit(now);
    if (admission == resilience::Breaker::Admission::kRefused) {
      return errors::Error(absl::StatusCode::kUnavailable, errors::kRedisUnavailable,
                           "Redis did not answer lately and is not asked for a moment");
    }
    if (auto status = TakePlace(deadline); !status.ok()) {
      breaker.Abandon(admission);
      return status;
    }
    std::unique_ptr<Connection> connection = TakeIdle();
    absl::Status status;
    if (connection == nullptr) status = Connect(deadline, connection);
    if (status.ok()) status = work(*connection, deadline);
    // After a failover the one that is read-only now is not asked again: the name may lead
    // elsewhere.
    const bool keep = !IsServerFailure(status.code());
    GivePlace(std::move(connection), keep);
    if (!keep) {
      breaker.Failed(Clock::now());
    } else {
      breaker.Succeeded();
    }
    return status;
  }

  absl::Status Connect(Clock::time_point deadline, std::unique_ptr<Connection>& connection) {
    const auto connect_deadline =
        std::min(deadline, Clock::now() + absl::ToChronoNanoseconds(options.connect_timeout));
    auto opened = Connection::Open(options, connect_deadline);
    if (!opened.ok()) return opened.status();
    connection = *std::move(opened);
    const std::lock_guard lock(mutex);
    ++open;
    return absl::OkStatus();
  }

  // One of the `connections_max` places to work in.
  absl::Status TakePlace(Clock::time_point deadline) {
    std::unique_lock lock(mutex);
    if (!freed.wait_until(lock, deadline, [&] { return busy < options.connections_max; })) {
      return errors::Error(
          absl::StatusCode::kResourceExhausted, errors::kRedisUnavailable,
          fmt::format("all {} connections to Redis are in use", options.connections_max));
    }
    ++busy;
    return absl::OkStatus();
  }

  // The connection used last, as it is the warmest; nullptr when there is none that lives.
  std::unique_ptr<Connection> TakeIdle() {
    const std::lock_guard lock(mutex);
    while (!idle.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle.back());
      idle.pop_back();
      if (!connection->Stale()) return connection;
      --open;
    }
    return nullptr;
  }

  void GivePlace(std::unique_ptr<Connection> connection, bool keep) {
    std::unique_ptr<Connection> dropped;  // closed after the lock is given back
    {
      const std::lock_guard lock(mutex);
      --busy;
      if (connection != nullptr) {
        if (connection->broken() || !keep) {
          --open;
          dropped = std::move(connection);
        } else {
          idle.push_back(std::move(connection));
        }
      }
    }
    freed.notify_one();
  }

  ClientOptions options;
  resilience::Breaker breaker;

  mutable std::mutex mutex;  // guards what follows
  std::condition_variable freed;
  std::vector<std::unique_ptr<Connection>> idle;
  std::uint32_t busy = 0;
  std::uint32_t open = 0;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Client::~Client() = default;

absl::StatusOr<Reply> Client::Command(const Args& args, absl::Duration within) {
  Reply reply;
  const absl::Status status =
      impl_->Do(within, [&](Connection& connection, Clock::time_point deadline) {
        std::string bytes;
        Encode(args, bytes);
        auto replies = connection.Exchange(bytes, 1, deadline);
        if (!replies.ok()) return replies.status();
        reply = std::move(replies->front());
        return reply.is_error() ? ErrorOf(reply) : absl::OkStatus();
      });
  if (!status.ok()) return status;
  return reply;
}

absl::StatusOr<std::vector<Reply>> Client::Pipeline(std::span<const Args> commands,
                                                    absl::Duration within) {
  std::vector<Reply> answered;
  if (commands.empty()) return answered;
  const absl::Status status =
      impl_->Do(within, [&](Connection& connection, Clock::time_point deadline) {
        std::string bytes;
        for (const Args& command : commands) Encode(command, bytes);
        auto replies = connection.Exchange(bytes, commands.size(), deadline);
        if (!replies.ok()) return replies.status();
        answered = *std::move(replies);
        // A server that cannot serve says so to all: that is its failure, not an answer.
        const bool unavailable = std::all_of(answered.begin(), answered.end(), &MeansUnavailable);
        return unavailable ? ErrorOf(answered.front()) : absl::OkStatus();
      });
  if (!status.ok()) return status;
  return answered;
}

absl::StatusOr<Reply> Client::Run(const Script& script, std::span<const std::string> keys,
                                  std::span<const std::string> args, absl::Duration within) {
  Reply reply;
  const absl::Status status =
      impl_->Do(within, [&](Connection& connection, Clock::time_point deadline) {
        for (const bool by_hash : {true, false}) {
          std::string bytes;
          Encode(by_hash ? ScriptCall("EVALSHA", script.sha(), keys, args)
                         : ScriptCall("EVAL", script.lua(), keys, args),
                 bytes);
          auto replies = connection.Exchange(bytes, 1, deadline);
          if (!replies.ok()) return replies.status();
          reply = std::move(replies->front());
          if (!reply.is_error() || !reply.text.starts_with("NOSCRIPT")) break;
        }
        return reply.is_error() ? ErrorOf(reply) : absl::OkStatus();
      });
  if (!status.ok()) return status;
  return reply;
}

BreakerState Client::breaker_state() const { return impl_->breaker.state(); }

std::uint32_t Client::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->open;
}

}  // namespace telex::redis
