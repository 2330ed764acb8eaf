#pragma once

// Internal. One connection: read a request, have it answered, send the answer, again. All of it
// runs on the thread of its Worker; only Deliver() may be called from elsewhere.

#include <sys/uio.h>

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http/message.h"
#include "platform/http/request_head.h"

namespace telex::http::internal {

class Worker;

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Endpoint = boost::asio::ip::tcp::endpoint;

class Connection;

// The way of answers into a worker's loop from other threads, for as long as there is a loop:
// Responders outlive servers. The loop is told of the first that waits, and takes all.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  explicit Mailbox(boost::asio::io_context& loop) : loop_(&loop) {}

  void Put(std::shared_ptr<Connection> to, std::uint64_t serial,
           std::shared_ptr<const Response> response);
  // The loop ends: what waits is dropped, and what comes.
  void Close();

 private:
  struct Letter {
    std::shared_ptr<Connection> to;
    std::uint64_t serial;
    std::shared_ptr<const Response> response;
  };
  void HandOver();  // on the loop

  std::mutex mutex_;
  boost::asio::io_context* loop_;  // null: the loop is gone
  std::vector<Letter> letters_;
  std::vector<Letter> handed_over_;  // the loop's own; kept for its memory
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Worker& worker, std::shared_ptr<Mailbox> mailbox, Socket socket,
             const Endpoint& remote);

  void Start();
  // Over the limit of connections: says 503, and lingers until the client has hung up.
  void TurnAway();
  // Has been turned away, and another one is to be.
  void GiveWay();
  // An answer to request `serial`; any thread. Dropped when that is no longer waited for.
  void Deliver(std::uint64_t serial, std::shared_ptr<const Response> response);
  void Deliver(std::uint64_t serial, Response response);
  // The same, on the worker's thread.
  void OnDelivered(std::uint64_t serial, const std::shared_ptr<const Response>& response);

  // The worker's calls.
  void OnSweep(std::int64_t now_ms);
  void OnStopping();  // closes it if nothing was asked
  void Close();       // at once; harmless when closed

  std::size_t index = 0;     // where the worker's list has it
  bool turned_away = false;  // not among the counted ones

 private:
  enum class State : std::uint8_t {
    kReading,    // for (the rest of) a request's head, or idle
    kBody,       // for the rest of a body
    kAnswering,  // the handler has the request
    kWriting,
    kLingering,  // said the last word; reads on so that the peer gets to see it
    kClosed,
  };

  // The steps of one request. Each returns true when the next one can follow at once, and false
  // when the connection waits for something or is closed.
  bool NextRequest();
  bool SkipBlankLines();
  bool AwaitHead();
  bool Dispatch();
  bool BeginAnswer();
  bool Write();
  bool WriteFile();
  bool WriteStopped();  // by errno
  void NoteSent(std::size_t bytes);
  bool Finish();
  void Proceed();  // all of them, as long as they follow each other

  void Read();
  void OnRead(const boost::system::error_code& error, std::size_t bytes);
  void OnReadBody(std::size_t bytes);
  bool BeginBody();
  void MakeRoom();
  void WaitWritable();
  void ComposePrefix(const Response& response, bool sends_length);
  void Refuse(int status, std::string_view detail);
  void Cut(std::string_view why);
  void Linger();
  void SetDeadline(std::int64_t timeout_ms);
  std::string_view Buffered() const { return {in_.data() + begin_, end_ - begin_}; }

  Worker& worker_;  // not to be used when closed
  const std::shared_ptr<Mailbox> mailbox_;
  std::optional<Socket> socket_;  // nullopt: closed
  int fd_;
  State state_ = State::kReading;
  bool read_pending_ = false;
  bool in_handler_ = false;
  bool refused_ = false;    // the answer on its way is the server's own
  bool keep_alive_ = true;  // after this answer
  bool fresh_ = true;       // nothing was ever asked
  // How far the next request has come. Each gives it a deadline, once: what drips in later, blank
  // lines too, does not move it.
  enum class Arrival : std::uint8_t { kNone, kAwaited, kBegun };
  Arrival arrival_ = Arrival::kNone;
  int blank_lines_ = 0;  // before it
  int burst_ = 0;        // requests served since the loop last had its turn
  std::int64_t deadline_ms_ = 0;

  // [begin_, end_) of in_ is what was read and not yet taken.
  std::string in_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  HeadEnd head_end_;
  RequestHead head_;
  std::size_t taken_ = 0;  // bytes of in_ that the request in hand lies in
  std::string body_;       // a body that was not in in_ with its head
  std::size_t body_have_ = 0;
  std::string remote_;  // what request_ says of the peer
  Request request_;
  std::uint64_t serial_ = 0;  // of the request in hand

  // The answer: held by one of the first two, sent from the last.
  std::shared_ptr<const Response> shared_answer_;
  Response own_answer_;
  const Response* answer_ = nullptr;
  std::array<char, 640> prefix_{};  // status line, Date, Content-Length, Connection; all, if short
  std::size_t prefix_bytes_ = 0;
  std::array<iovec, 4> parts_{};
  std::size_t parts_at_ = 0;
  std::size_t parts_end_ = 0;
  std::int64_t file_at_ = 0;  // of the answer's file, which follows the parts
  std::size_t file_left_ = 0;
  std::size_t sent_since_deadline_ = 0;
  std::size_t body_bytes_sent_ = 0;
  std::size_t discarded_ = 0;
};

}  // namespace telex::http::internal
