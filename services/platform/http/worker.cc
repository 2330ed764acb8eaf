#include "platform/http/worker.h"

#include <absl/time/time.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <ctime>
#include <future>
#include <utility>

#include "platform/http/conditional.h"

namespace telex::http::internal {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int kBacklog = 4096;              // the kernel cuts it to net.core.somaxconn
constexpr std::size_t kTurnedAwayMax = 64;  // at a time; each was answered before it gives way
constexpr int kDrainMax = 4096;
constexpr std::size_t kDiscardBytes = 16 * 1024;

thread_local Worker* current_worker = nullptr;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

bool OutOfDescriptors(const error_code& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
         error == asio::error::no_memory ||
         error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

// UNSAFE_IO: sockets and timers of this loop are used on its own thread alone, so the reactor
// takes no locks; posting from other threads is still safe.
Worker::Worker(Shared& shared)
    : shared_(shared),
      loop_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      mailbox_(std::make_shared<Mailbox>(loop_)),
      acceptor_(loop_),
      timer_(loop_),
      discard_(kDiscardBytes, '\0') {}

Worker::~Worker() { Join(); }

Worker* Worker::Current() { return current_worker; }

absl::Status Worker::Listen(const Endpoint& endpoint) {
  error_code error;
  const auto failed = [&] { return static_cast<bool>(error); };
  acceptor_.open(endpoint.protocol(), error);
  if (!failed()) acceptor_.set_option(Acceptor::reuse_address(true), error);
  if (!failed()) acceptor_.set_option(ReusePort(true), error);
  // Accepted sockets inherit it: an answer is one write and must not wait for more.
  if (!failed()) acceptor_.set_option(asio::ip::tcp::no_delay(true), error);
  if (!failed() && endpoint.address().is_v6()) {
    acceptor_.set_option(asio::ip::v6_only(false), error);
  }
  if (!failed()) acceptor_.bind(endpoint, error);
  if (!failed()) acceptor_.listen(kBacklog, error);
  if (!failed()) port_ = acceptor_.local_endpoint(error).port();
  if (!failed()) acceptor_.non_blocking(true, error);
  if (!failed()) return absl::OkStatus();
  const std::string what = fmt::format("cannot listen on {}:{}: {}", endpoint.address().to_string(),
                                       endpoint.port(), error.message());
  return error == asio::error::address_in_use ? absl::FailedPreconditionError(what)
                                              : absl::UnavailableError(what);
}

void Worker::Run(int number) {
  ReadClocks();
  Accept();
  timer_.expires_after(std::chrono::milliseconds(shared_.step_ms));
  timer_.async_wait([this](const error_code& error) {
    if (!error) Sweep();
  });
  thread_ = std::thread([this, number] {
    pthread_setname_np(pthread_self(), fmt::format("http-{}", number).c_str());
    current_worker = this;
    loop_.run();
    current_worker = nullptr;
  });
}

void Worker::Accept() {
  acceptor_.async_accept([this](const error_code& error, Socket socket) {
    if (!error) {
      Admit(std::move(socket));
    } else if (error == asio::error::operation_aborted) {
      return;
    } else if (OutOfDescriptors(error)) {
      accept_paused_ = true;
      return;
    }
    if (!stopping_) Accept();
  });
}

void Worker::Admit(Socket socket) {
  error_code error;
  const Endpoint remote = socket.remote_endpoint(error);
  if (error) return;  // gone again
  const bool counted = shared_.connections.fetch_add(1) < shared_.options.connections_max;
  if (!counted) {
    shared_.connections.fetch_sub(1);
    shared_.observer->OnConnectionRefused();
    // Who was told first has had the most time to read it.
    if (turned_away_.size() == kTurnedAwayMax) turned_away_.front()->GiveWay();
  }
  auto connection = std::make_shared<Connection>(*this, mailbox_, std::move(socket), remote);
  connection->index = connections_.size();
  connection->turned_away = !counted;
  connections_.push_back(connection);
  if (!counted) {
    turned_away_.push_back(connection.get());
    return connection->TurnAway();
  }
  shared_.observer->OnConnectionOpened();
  connection->Start();
}

void Worker::Remove(Connection& connection) {
  if (connection.turned_away) {
    std::erase(turned_away_, &connection);
  } else {
    shared_.connections.fetch_sub(1);
    shared_.observer->OnConnectionClosed();
  }
  // The caller may be held by this list alone.
  const std::shared_ptr<Connection> last_hold = std::move(connections_[connection.index]);
  if (connection.index + 1 != connections_.size()) {
    connections_[connection.index] = std::move(connections_.back());
    connections_[connection.index]->index = connection.index;
  }
  connections_.pop_back();
  TellIfDrained();
}

void Worker::ReadClocks() {
  now_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
                .count();
  const std::int64_t second = std::time(nullptr);
  if (second == date_second_) return;
  date_second_ = second;
  date_line_ = fmt::format("Date: {}\r\n", FormatHttpDate(absl::FromUnixSeconds(second)));
}

void Worker::Sweep() {
  ReadClocks();
  // Backwards: what is closed has its place taken by one already seen.
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (i >= connections_.size()) continue;
    const std::shared_ptr<Connection> hold = connections_[i];
    hold->OnSweep(now_ms_);
  }
  if (accept_paused_ && !stopping_) {
    accept_paused_ = false;
    Accept();
  }
  timer_.expires_after(std::chrono::milliseconds(shared_.step_ms));
  timer_.async_wait([this](const error_code& error) {
    if (!error) Sweep();
  });
}

void Worker::BeginStop(std::function<void()> drained) {
  asio::post(loop_, [this, drained = std::move(drained)]() mutable {
    drained_ = std::move(drained);
    StopHere();
  });
}

void Worker::StopHere() {
  // Who is in the backlog has been accepted as far as he knows.
  DrainBacklog();
  stopping_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (i >= connections_.size()) continue;
    const std::shared_ptr<Connection> hold = connections_[i];
    hold->OnStopping();
  }
  TellIfDrained();
}

void Worker::DrainBacklog() {
  for (int i = 0; i < kDrainMax; ++i) {
    error_code error;
    Socket socket(loop_);
    acceptor_.accept(socket, error);
    if (error) return;
    Admit(std::move(socket));
  }
}

void Worker::TellIfDrained() {
  if (!stopping_ || !connections_.empty() || !drained_) return;
  std::exchange(drained_, nullptr)();
}

int Worker::Join() {
  if (!thread_.joinable()) return cut_;
  std::promise<void> done;
  asio::post(loop_, [this, &done] {
    stopping_ = true;
    drained_ = nullptr;
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel(ignored);
    while (!connections_.empty()) {
      if (!connections_.back()->turned_away) ++cut_;
      connections_.back()->Close();
    }
    done.set_value();
  });
  done.get_future().wait();
  mailbox_->Close();
  loop_.stop();
  thread_.join();
  return cut_;
}

}  // namespace telex::http::internal
