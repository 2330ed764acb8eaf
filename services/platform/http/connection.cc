#include "platform/http/connection.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <span>
#include <utility>

#include "platform/errors/reasons.h"
#include "platform/http/body_file.h"
#include "platform/http/worker.h"

namespace telex::http::internal {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kInBytesFirst = 4 * 1024;     // enough for nearly every request
constexpr std::size_t kBodyStepBytes = 64 * 1024;   // a body's memory grows as it arrives
constexpr std::size_t kBodyKeptBytes = 64 * 1024;   // and goes when it was large
constexpr std::size_t kWriteStepBytes = 64 * 1024;  // write_max is for each of these
constexpr std::size_t kDiscardMax = 1024 * 1024;
constexpr std::int64_t kLingerMs = 2000;
// RFC 9112, 2.2, asks for one at least: old clients send one behind a body.
constexpr int kBlankLinesMax = 8;
constexpr int kBurstMax = 32;  // pipelined requests in a row before other connections have a turn

std::string AddressText(const Endpoint& remote) {
  const auto address = remote.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

std::string_view RefusalReason(int status) {
  switch (status) {
    case 408:
      return errors::kRequestTimeout;
    case 413:
      return errors::kBodyTooLarge;
    case 414:
      return errors::kTargetTooLong;
    case 417:
      return errors::kExpectationFailed;
    case 431:
      return errors::kHeadersTooLarge;
    case 501:
      return errors::kNotImplemented;
    case 503:
      return errors::kAnswerTimeout;
    case 505:
      return errors::kHttpVersion;
    default:
      return errors::kBadRequest;
  }
}

ssize_t SendParts(int fd, std::span<iovec> parts, bool more_follows) {
  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more_follows ? MSG_MORE : 0);
  if (parts.size() == 1) return ::send(fd, parts[0].iov_base, parts[0].iov_len, flags);
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(fd, &message, flags);
}

iovec Part(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

}  // namespace

// --- the mailbox ---------------------------------------------------------------------------------

void Mailbox::Put(std::shared_ptr<Connection> to, std::uint64_t serial,
                  std::shared_ptr<const Response> response) {
  const std::lock_guard lock(mutex_);
  if (loop_ == nullptr) return;
  letters_.push_back({std::move(to), serial, std::move(response)});
  if (letters_.size() > 1) return;  // the loop knows
  asio::post(*loop_, [self = shared_from_this()] { self->HandOver(); });
}

void Mailbox::HandOver() {
  {
    const std::lock_guard lock(mutex_);
    handed_over_.swap(letters_);
  }
  for (const Letter& letter : handed_over_) letter.to->OnDelivered(letter.serial, letter.response);
  handed_over_.clear();
}

void Mailbox::Close() {
  std::vector<Letter> dropped;  // without the mutex
  const std::lock_guard lock(mutex_);
  loop_ = nullptr;
  dropped.swap(letters_);
}

// --- the connection ------------------------------------------------------------------------------

Connection::Connection(Worker& worker, std::shared_ptr<Mailbox> mailbox, Socket socket,
                       const Endpoint& remote)
    : worker_(worker),
      mailbox_(std::move(mailbox)),
      socket_(std::move(socket)),
      fd_(socket_->native_handle()),
      remote_(AddressText(remote)) {
  request_.remote = remote_;
}

void Connection::Start() {
  in_.resize(std::min(kInBytesFirst, worker_.shared().options.header_bytes_max));
  Proceed();
}

void Connection::TurnAway() {
  static const auto kTooMany = std::make_shared<const Response>(
      Problem(503, errors::kTooManyConnections, "Service Unavailable",
              "too many connections are open; try again", {{"Retry-After", "1"}}));
  shared_answer_ = kTooMany;
  answer_ = shared_answer_.get();
  refused_ = true;
  keep_alive_ = false;
  if (BeginAnswer()) {
    Finish();
  } else if (state_ == State::kWriting) {
    SetDeadline(kLingerMs);
  }
}

void Connection::GiveWay() {
  // A request that is not read would reset the connection, and the answer with it.
  (void)::recv(fd_, worker_.discard_buffer().data(), worker_.discard_buffer().size(), MSG_DONTWAIT);
  Close();
}

void Connection::SetDeadline(std::int64_t timeout_ms) {
  // now_ms is up to one step old; nobody gets less than his time.
  deadline_ms_ = worker_.now_ms() + timeout_ms + worker_.shared().step_ms;
}

void Connection::Proceed() {
  while (NextRequest() && Dispatch() && BeginAnswer() && Finish()) {
  }
}

// --- reading -----------------------------------------------------------------------------------

bool Connection::SkipBlankLines() {
  while (Buffered().starts_with("\r\n")) {
    begin_ += 2;
    if (++blank_lines_ <= kBlankLinesMax) continue;
    Refuse(400, "there are blank lines where a request is to begin");
    return false;
  }
  return true;
}

bool Connection::AwaitHead() {
  const std::string_view bytes = Buffered();
  if (bytes.empty()) begin_ = end_ = 0;
  const bool begun = !bytes.empty() && bytes != "\r";
  const Arrival arrival = begun ? Arrival::kBegun : Arrival::kAwaited;
  if (arrival > arrival_) {
    arrival_ = arrival;
    SetDeadline(begun || fresh_ ? worker_.shared().header_ms : worker_.shared().idle_ms);
  }
  Read();
  return false;
}

bool Connection::NextRequest() {
  state_ = State::kReading;
  if (!SkipBlankLines()) return false;
  const std::string_view bytes = Buffered();
  if (bytes.empty() || bytes == "\r") return AwaitHead();
  bool fault = false;
  const std::size_t length = head_end_.Find(bytes, fault);
  if (fault) {
    Refuse(400, "a line ends without CR");
    return false;
  }
  if (length == HeadEnd::kIncomplete) {
    if (bytes.size() >= worker_.shared().options.header_bytes_max) {
      const bool in_first_line = bytes.find('\n') == std::string_view::npos;
      Refuse(in_first_line ? 414 : 431, "the head of the request is larger than is taken here");
      return false;
    }
    return AwaitHead();
  }
  head_end_.Restart();
  arrival_ = Arrival::kNone;
  blank_lines_ = 0;
  fresh_ = false;
  head_ = ParseHead(bytes.substr(0, length), worker_.shared().head_limits, request_);
  taken_ = length;
  if (head_.refusal != 0) {
    Refuse(head_.refusal, head_.fault);
    return false;
  }
  keep_alive_ = head_.keep_alive;
  if (head_.body_bytes == 0) return true;
  return BeginBody();
}

bool Connection::BeginBody() {
  const std::string_view rest = Buffered().substr(taken_);
  if (rest.size() >= head_.body_bytes) {
    request_.body = rest.substr(0, head_.body_bytes);
    taken_ += head_.body_bytes;
    return true;
  }
  if (head_.expects_continue && rest.empty()) {
    // A few bytes into an empty send buffer; should they not fit, the client goes on unasked.
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    (void)::send(fd_, kContinue.data(), kContinue.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  body_.assign(rest);
  body_have_ = rest.size();
  taken_ += rest.size();
  state_ = State::kBody;
  SetDeadline(worker_.shared().body_ms);
  Read();
  return false;
}

void Connection::MakeRoom() {
  if (end_ < in_.size()) return;
  if (begin_ > 0) {
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return;
  }
  in_.resize(std::min(in_.size() * 2, worker_.shared().options.header_bytes_max));
}

void Connection::Read() {
  if (read_pending_) return;
  asio::mutable_buffer room;
  if (state_ == State::kReading) {
    MakeRoom();
    room = asio::buffer(in_.data() + end_, in_.size() - end_);
  } else if (state_ == State::kBody) {
    body_.resize(std::min(head_.body_bytes, body_have_ + kBodyStepBytes));
    room = asio::buffer(body_.data() + body_have_, body_.size() - body_have_);
  } else {
    room = asio::buffer(worker_.discard_buffer());
  }
  read_pending_ = true;
  socket_->async_read_some(room,
                           [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                             self->read_pending_ = false;
                             self->OnRead(error, bytes);
                           });
}

void Connection::OnRead(const error_code& error, std::size_t bytes) {
  if (state_ == State::kClosed) return;
  if (error) {
    if (error == asio::error::eof || state_ == State::kLingering) return Close();
    return Cut("reset");
  }
  burst_ = 0;
  switch (state_) {
    case State::kReading:
      end_ += bytes;
      return Proceed();
    case State::kBody:
      return OnReadBody(bytes);
    case State::kLingering:
      discarded_ += bytes;
      return discarded_ > kDiscardMax ? Close() : Read();
    default:
      return;  // read while a refusal is being written: of no interest any more
  }
}

void Connection::OnReadBody(std::size_t bytes) {
  body_have_ += bytes;
  if (body_have_ < head_.body_bytes) return Read();
  request_.body = body_;
  if (Dispatch() && BeginAnswer() && Finish()) Proceed();
}

// --- the handler -------------------------------------------------------------------------------

bool Connection::Dispatch() {
  state_ = State::kAnswering;
  answer_ = nullptr;
  SetDeadline(worker_.shared().answer_ms);
  in_handler_ = true;
  worker_.shared().handler(request_, Responder(shared_from_this(), ++serial_));
  in_handler_ = false;
  return answer_ != nullptr;
}

void Connection::Deliver(std::uint64_t serial, Response response) {
  if (Worker::Current() == &worker_ && in_handler_ && serial == serial_) {
    own_answer_ = std::move(response);
    answer_ = &own_answer_;
    return;
  }
  Deliver(serial, std::make_shared<const Response>(std::move(response)));
}

void Connection::Deliver(std::uint64_t serial, std::shared_ptr<const Response> response) {
  if (Worker::Current() == &worker_ && in_handler_ && serial == serial_) {
    shared_answer_ = std::move(response);
    answer_ = shared_answer_.get();
    return;
  }
  mailbox_->Put(shared_from_this(), serial, std::move(response));
}

void Connection::OnDelivered(std::uint64_t serial,
                             const std::shared_ptr<const Response>& response) {
  if (state_ != State::kAnswering || serial != serial_) return;  // gone, or too late
  shared_answer_ = response;
  answer_ = shared_answer_.get();
  burst_ = 0;
  if (BeginAnswer() && Finish()) Proceed();
}

void Connection::Refuse(int status, std::string_view detail) {
  own_answer_ = Problem(status, RefusalReason(status), ReasonPhrase(status), detail);
  answer_ = &own_answer_;
  refused_ = true;
  keep_alive_ = false;
  ++serial_;  // an answer still to come is not for this
  if (BeginAnswer()) Finish();
}

// --- writing -----------------------------------------------------------------------------------

void Connection::ComposePrefix(const Response& response, bool sends_length) {
  char* at = prefix_.data();
  const auto put = [&at](std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    at += text.size();
  };
  const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
  put("HTTP/1.1 ");
  at = std::to_chars(at, at + 3, status).ptr;
  put(" ");
  put(ReasonPhrase(status));
  put("\r\n");
  put(worker_.date_line());
  if (sends_length) {
    put("Content-Length: ");
    at = std::to_chars(at, at + 20, response.body == nullptr ? 0 : response.body->size()).ptr;
    put("\r\n");
  }
  if (!keep_alive_) {
    put("Connection: close\r\n");
  } else if (head_.old_version) {
    put("Connection: keep-alive\r\n");
  }
  prefix_bytes_ = static_cast<std::size_t>(at - prefix_.data());
}

bool Connection::BeginAnswer() {
  const Response& response = *answer_;
  keep_alive_ = keep_alive_ && !response.close && !worker_.stopping();
  const bool bodiless = response.status == 204 || response.status == 304;
  ComposePrefix(response, !bodiless);
  parts_at_ = parts_end_ = 0;
  file_at_ = 0;
  file_left_ = 0;
  body_bytes_sent_ = 0;
  std::string_view extra = response.extra.bytes();
  extra.remove_suffix(2);  // the empty line comes with `head`
  const std::string_view head = response.head.bytes();
  if (!bodiless && request_.method != Method::kHead && response.body != nullptr) {
    body_bytes_sent_ = response.body->size();
    if (response.file != nullptr && response.file->size() == body_bytes_sent_) {
      file_left_ = body_bytes_sent_;
    }
  }
  const std::string_view body =
      body_bytes_sent_ > file_left_ ? std::string_view(*response.body) : std::string_view();
  if (prefix_bytes_ + extra.size() + head.size() + body.size() <= prefix_.size()) {
    // A few hundred bytes are copied sooner than the kernel has read a list of places.
    char* at = prefix_.data() + prefix_bytes_;
    for (const std::string_view part : {extra, head, body}) {
      at = std::copy(part.begin(), part.end(), at);
    }
    parts_[parts_end_++] = Part({prefix_.data(), at});
  } else {
    parts_[parts_end_++] = Part({prefix_.data(), prefix_bytes_});
    if (!extra.empty()) parts_[parts_end_++] = Part(extra);
    parts_[parts_end_++] = Part(head);
    if (!body.empty()) parts_[parts_end_++] = Part(body);
  }
  state_ = State::kWriting;
  sent_since_deadline_ = 0;
  SetDeadline(worker_.shared().write_ms);
  return Write();
}

bool Connection::Write() {
  while (parts_at_ < parts_end_) {
    const ssize_t sent =
        SendParts(fd_, {&parts_[parts_at_], parts_end_ - parts_at_}, file_left_ > 0);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return WriteStopped();
    }
    auto left = static_cast<std::size_t>(sent);
    NoteSent(left);
    while (parts_at_ < parts_end_ && left >= parts_[parts_at_].iov_len) {
      left -= parts_[parts_at_++].iov_len;
    }
    if (parts_at_ == parts_end_) break;
    iovec& part = parts_[parts_at_];
    part.iov_base = static_cast<char*>(part.iov_base) + left;
    part.iov_len -= left;
  }
  return file_left_ == 0 || WriteFile();
}

// The socket is non-blocking since the request was read from it.
bool Connection::WriteFile() {
  while (file_left_ > 0) {
    const ssize_t sent = ::sendfile(fd_, answer_->file->fd(), &file_at_, file_left_);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return WriteStopped();
    }
    if (sent == 0) {  // a sealed file does not become shorter; never spin all the same
      Cut("reset");
      return false;
    }
    NoteSent(static_cast<std::size_t>(sent));
    file_left_ -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool Connection::WriteStopped() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    WaitWritable();
  } else {
    Cut("reset");
  }
  return false;
}

void Connection::NoteSent(std::size_t bytes) {
  sent_since_deadline_ += bytes;
  if (sent_since_deadline_ < kWriteStepBytes) return;
  sent_since_deadline_ = 0;
  SetDeadline(worker_.shared().write_ms);
}

void Connection::WaitWritable() {
  socket_->async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
    if (self->state_ != State::kWriting) return;
    if (error) return self->Cut("reset");
    if (self->Write() && self->Finish()) self->Proceed();
  });
}

bool Connection::Finish() {
  const bool refused = std::exchange(refused_, false);
  if (turned_away) {
    // Told of at the door: there was no request.
  } else if (refused) {
    worker_.shared().observer->OnRefused(answer_->status);
  } else {
    worker_.shared().observer->OnAnswered(request_, answer_->status, body_bytes_sent_);
  }
  shared_answer_.reset();
  own_answer_ = Response();
  answer_ = nullptr;
  if (refused) {
    // What the request said is still being looked at, perhaps: its memory stays as it is.
    Linger();
    return false;
  }
  begin_ += taken_;
  taken_ = 0;
  request_.Clear();
  if (body_.capacity() > kBodyKeptBytes) std::string().swap(body_);
  if (!keep_alive_) {
    if (begin_ == end_) {
      Close();
    } else {
      Linger();
    }
    return false;
  }
  if (++burst_ < kBurstMax || begin_ == end_) return true;
  state_ = State::kReading;
  burst_ = 0;
  asio::post(socket_->get_executor(), [self = shared_from_this()] {
    if (self->state_ == State::kReading) self->Proceed();
  });
  return false;
}

// --- the end -----------------------------------------------------------------------------------

void Connection::OnSweep(std::int64_t now_ms) {
  if (now_ms < deadline_ms_) return;
  switch (state_) {
    case State::kReading:
      if (arrival_ == Arrival::kBegun) return Refuse(408, "the head of the request took too long");
      return Cut("idle");
    case State::kBody:
      return Refuse(408, "the body of the request took too long");
    case State::kAnswering:
      return Refuse(503, "there was no answer in time");
    case State::kWriting:
      return Cut("write");
    case State::kLingering:
      return Close();
    case State::kClosed:
      return;
  }
}

void Connection::OnStopping() {
  if (state_ == State::kLingering) return Close();
  if (state_ != State::kReading || begin_ != end_) return;
  char byte;
  const ssize_t waiting = ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (waiting <= 0) Close();
}

void Connection::Cut(std::string_view why) {
  worker_.shared().observer->OnCut(why);
  Close();
}

// Closing a socket with unread input resets the connection, and the peer may never see the answer
// (RFC 9112, 9.6).
void Connection::Linger() {
  state_ = State::kLingering;
  SetDeadline(kLingerMs);
  ::shutdown(fd_, SHUT_WR);
  Read();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  const auto hold = shared_from_this();
  answer_ = nullptr;
  shared_answer_.reset();
  own_answer_ = Response();
  socket_.reset();
  worker_.Remove(*this);
}

}  // namespace telex::http::internal
