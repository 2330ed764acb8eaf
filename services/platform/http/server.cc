#include "platform/http/server.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "platform/errors/reasons.h"
#include "platform/http/connection.h"
#include "platform/http/worker.h"

namespace telex::http {
namespace asio = boost::asio;
using boost::system::error_code;
using internal::Endpoint;
using internal::Shared;
using internal::Worker;

namespace {

constexpr int kThreadsMax = 64;
constexpr absl::Duration kTimeMin = absl::Milliseconds(10);
constexpr absl::Duration kTimeMax = absl::Hours(24);

absl::Status CheckOptions(const ServerOptions& options) {
  const auto check = [](bool good, std::string_view what) {
    return good ? absl::OkStatus() : absl::InvalidArgumentError(fmt::format("http: {}", what));
  };
  absl::Status status;
  status.Update(check(options.threads >= 1 && options.threads <= kThreadsMax, "threads 1..64"));
  status.Update(check(options.header_bytes_max >= 1024 && options.header_bytes_max <= (1u << 20),
                      "header_bytes_max 1 KiB..1 MiB"));
  status.Update(check(options.target_bytes_max >= 1, "target_bytes_max is 0"));
  status.Update(check(options.body_bytes_max <= (std::size_t{1} << 30), "body_bytes_max > 1 GiB"));
  status.Update(check(options.connections_max >= 1, "connections_max is not positive"));
  for (absl::Duration time : {options.idle_max, options.header_read_max, options.body_read_max,
                              options.answer_max, options.write_max}) {
    status.Update(check(time >= kTimeMin && time <= kTimeMax, "times are within 10 ms..24 h"));
  }
  return status;
}

void SetTimes(Shared& shared) {
  const ServerOptions& options = shared.options;
  shared.idle_ms = absl::ToInt64Milliseconds(options.idle_max);
  shared.header_ms = absl::ToInt64Milliseconds(options.header_read_max);
  shared.body_ms = absl::ToInt64Milliseconds(options.body_read_max);
  shared.answer_ms = absl::ToInt64Milliseconds(options.answer_max);
  shared.write_ms = absl::ToInt64Milliseconds(options.write_max);
  const std::int64_t shortest = std::min(
      {shared.idle_ms, shared.header_ms, shared.body_ms, shared.answer_ms, shared.write_ms});
  shared.step_ms = std::clamp<std::int64_t>(shortest / 4, 10, 500);
}

// SO_REUSEPORT would let a second process of the same user take half of the connections, quietly.
// A bind without it fails while anybody listens there.
absl::Status CheckFree(const Endpoint& endpoint) {
  if (endpoint.port() == 0) return absl::OkStatus();
  asio::io_context loop;
  asio::ip::tcp::acceptor probe(loop);
  error_code error;
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) probe.set_option(asio::ip::v6_only(false), error);
  if (!error) probe.bind(endpoint, error);
  if (!error) return absl::OkStatus();
  const std::string what = fmt::format("cannot listen on {}:{}: {}", endpoint.address().to_string(),
                                       endpoint.port(), error.message());
  return error == asio::error::address_in_use ? absl::FailedPreconditionError(what)
                                              : absl::UnavailableError(what);
}

}  // namespace

// --- Responder -------------------------------------------------------------------------------

Responder::Responder(std::shared_ptr<internal::Connection> connection, std::uint64_t serial)
    : connection_(std::move(connection)), serial_(serial) {}

Responder::Responder(Responder&& other) noexcept = default;

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Abandon();
    connection_ = std::move(other.connection_);
    serial_ = other.serial_;
  }
  return *this;
}

Responder::~Responder() { Abandon(); }

void Responder::Abandon() {
  if (connection_ == nullptr) return;
  Send(Problem(500, errors::kInternal, "Internal Server Error", "the request was not answered"));
}

void Responder::Send(std::shared_ptr<const Response> response) {
  if (const auto connection = std::move(connection_)) {
    connection->Deliver(serial_, std::move(response));
  }
}

void Responder::Send(Response response) {
  if (const auto connection = std::move(connection_)) {
    connection->Deliver(serial_, std::move(response));
  }
}

// --- Server ----------------------------------------------------------------------------------

struct Server::Impl {
  Shared shared;
  ServerObserver silent;
  std::vector<std::unique_ptr<Worker>> workers;
  std::uint16_t port = 0;
  std::mutex stop_mutex;
  bool stopped = false;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, Handler handler,
                                                      ServerObserver* observer) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  if (!handler) return absl::InvalidArgumentError("http: no handler");
  error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) {
    return absl::InvalidArgumentError(
        fmt::format("http: '{}' is no numeric address", options.host));
  }
  Endpoint endpoint(address, options.port);
  if (absl::Status status = CheckFree(endpoint); !status.ok()) return status;

  auto impl = std::make_unique<Impl>();
  impl->shared.options = std::move(options);
  impl->shared.handler = std::move(handler);
  impl->shared.observer = observer != nullptr ? observer : &impl->silent;
  impl->shared.head_limits = {impl->shared.options.target_bytes_max,
                              impl->shared.options.body_bytes_max};
  SetTimes(impl->shared);
  for (int i = 0; i < impl->shared.options.threads; ++i) {
    auto worker = std::make_unique<Worker>(impl->shared);
    if (absl::Status status = worker->Listen(endpoint); !status.ok()) return status;
    endpoint.port(worker->port());
    impl->workers.push_back(std::move(worker));
  }
  impl->port = endpoint.port();
  for (std::size_t i = 0; i < impl->workers.size(); ++i) {
    impl->workers[i]->Run(static_cast<int>(i));
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Stop(absl::ZeroDuration()); }

std::uint16_t Server::port() const { return impl_->port; }

int Server::connections() const { return impl_->shared.connections.load(); }

int Server::Stop(absl::Duration deadline) {
  const std::lock_guard once(impl_->stop_mutex);
  if (std::exchange(impl_->stopped, true)) return 0;

  struct Latch {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t left = 0;
  };
  const auto latch = std::make_shared<Latch>();
  latch->left = impl_->workers.size();
  for (const auto& worker : impl_->workers) {
    worker->BeginStop([latch] {
      const std::lock_guard lock(latch->mutex);
      --latch->left;
      latch->changed.notify_all();
    });
  }
  {
    std::unique_lock lock(latch->mutex);
    const absl::Duration bounded = std::clamp(deadline, absl::ZeroDuration(), absl::Hours(1));
    latch->changed.wait_for(lock, absl::ToChronoMilliseconds(bounded),
                            [&] { return latch->left == 0; });
  }
  int cut = 0;
  for (const auto& worker : impl_->workers) cut += worker->Join();
  return cut;
}

}  // namespace telex::http
