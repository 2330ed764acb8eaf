#pragma once

// Internal. One thread of the server: its loop, its listening socket, its connections, and a sweep
// that keeps all their deadlines and the Date line, so that a request arms no timer.

#include <absl/status/status.h>

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/http/connection.h"
#include "platform/http/server.h"

namespace telex::http::internal {

// What all workers of a server share. The options do not change.
struct Shared {
  ServerOptions options;
  Handler handler;
  ServerObserver* observer = nullptr;  // never null
  std::atomic<int> connections{0};
  // The options' times in milliseconds, and the step of the sweep.
  std::int64_t idle_ms = 0, header_ms = 0, body_ms = 0, answer_ms = 0, write_ms = 0, step_ms = 0;
  HeadLimits head_limits;
};

class Worker {
 public:
  explicit Worker(Shared& shared);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Before Run(): binds and listens. Port 0 takes a free one.
  absl::Status Listen(const Endpoint& endpoint);
  std::uint16_t port() const { return port_; }
  void Run(int number);  // starts the thread

  // From another thread. BeginStop's `drained` is called on the worker's thread, once.
  void BeginStop(std::function<void()> drained);
  int Join();  // cuts what is left, ends the thread; how many were cut

  // The rest is for connections, on the worker's thread.
  static Worker* Current();  // of this thread, or null
  void Remove(Connection& connection);
  Shared& shared() { return shared_; }
  bool stopping() const { return stopping_; }
  std::int64_t now_ms() const { return now_ms_; }
  std::string_view date_line() const { return date_line_; }
  std::string& discard_buffer() { return discard_; }

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

  void Accept();
  void Admit(Socket socket);
  void DrainBacklog();
  void Sweep();
  void ReadClocks();
  void StopHere();
  void TellIfDrained();

  Shared& shared_;
  boost::asio::io_context loop_;
  const std::shared_ptr<Mailbox> mailbox_;
  Acceptor acceptor_;
  Timer timer_;
  std::thread thread_;
  std::uint16_t port_ = 0;
  bool accept_paused_ = false;  // no file descriptors; the next sweep tries again
  bool stopping_ = false;
  std::function<void()> drained_;
  std::deque<Connection*> turned_away_;  // those that linger, having been told so; oldest first
  int cut_ = 0;
  std::int64_t now_ms_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_line_;
  std::string discard_;
  std::vector<std::shared_ptr<Connection>> connections_;
};

}  // namespace telex::http::internal
