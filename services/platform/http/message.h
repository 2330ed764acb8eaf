#pragma once

// Request and response as handlers see them. Plain values: tests make them by hand, and nothing
// here knows of sockets.

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::http {

class BodyFile;

// Bytes that are made once and sent often. Held, never copied, while they are being sent.
using Bytes = std::shared_ptr<const std::string>;

Bytes MakeBytes(std::string bytes);

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

struct Header {
  std::string_view name;
  std::string_view value;  // without leading and trailing blanks
};

// One request. The views lie in the connection's buffer: they hold from the call of the handler
// until its Responder has been answered or destroyed, on whatever thread that is. One thread at a
// time may use a Request.
struct Request {
  Method method = Method::kGet;
  std::string_view method_name = "GET";  // as sent; also says which one kOther is
  std::string_view target = "/";         // as sent
  std::string_view path = "/";           // of the target, still percent-encoded, never empty
  std::string_view query;                // what follows '?', still encoded; "" when there is none
  std::vector<Header> headers;           // in the order of the request
  std::string_view body;
  std::string_view remote;  // the peer's address, without port or brackets; "" when made by hand

  // The value of a header (names are case-insensitive). Lines of the same name are joined by
  // ", " (RFC 9110, 5.3). nullopt: no such line.
  std::optional<std::string_view> Find(std::string_view name) const;

  // Makes it ready for the next request; keeps the memory of `headers`.
  void Clear();

  mutable std::list<std::string> joined;  // what Find had to put together; nearly always empty
};

// Header lines as bytes, made once: each line ends in CRLF, and an empty line ends the block.
// Status line, Date, Content-Length and Connection are the server's and never in here.
class HeaderBlock {
 public:
  HeaderBlock() = default;  // no lines

  // Names must be tokens and not one of the server's own; values must be without control
  // characters (RFC 9110, 5.5), else the process ends: a header that could be split by its value
  // is a fault of the program. Clean what comes from outside with CleanHeaderValue.
  HeaderBlock(std::initializer_list<Header> lines);
  explicit HeaderBlock(const std::vector<Header>& lines);

  // The lines with the empty line that ends them.
  std::string_view bytes() const;
  bool empty() const { return bytes_ == nullptr; }

 private:
  Bytes bytes_;
};

// `value` with every byte that must not stand in a header value replaced by a blank, cut to 4 KiB.
std::string CleanHeaderValue(std::string_view value);

// What is sent. Copying it copies four pointers, no bytes.
struct Response {
  int status = 200;   // 200..599
  HeaderBlock head;   // ready-made lines, shared by all answers with this body
  HeaderBlock extra;  // lines of this very answer, e.g. a quota; sent before `head`
  Bytes body;         // null: empty. HEAD, 204 and 304 never send it (HEAD tells its length)
  std::shared_ptr<const BodyFile> file = {};  // the same bytes as `body`, when it is large; or null
  bool close = false;                         // close the connection after this answer
};

// A response with a Content-Type and a body.
Response Text(int status, std::string_view content_type, std::string body);

// RFC 9457 application/problem+json: type "about:blank", title, status, detail and the extension
// member "reason" (one of errors/reasons.h). Never cached (Cache-Control: no-store). `lines` are
// further headers, e.g. Retry-After or Allow.
Response Problem(int status, std::string_view reason, std::string_view title,
                 std::string_view detail, std::initializer_list<Header> lines = {});

// The same with what one seldom has; problem.h makes it of an error.
struct ProblemText {
  int status = 500;
  std::string_view reason;
  std::string_view title;
  std::string_view detail;
  std::string_view field;  // of the request, which is at fault; "": no member "field"
};
Response Problem(const ProblemText& text, const std::vector<Header>& lines);

// "Not Found" for 404; "Status" for what has no registered phrase.
std::string_view ReasonPhrase(int status);

// The first value of `name` in a query string, percent-decoded ('+' is a blank). nullopt: it is not
// there. An item without '=' has the value "". INVALID_ARGUMENT names it: FIELD_TOO_LONG, more than
// `bytes_max` bytes; FIELD_INVALID, it cannot be decoded or holds a NUL. What cannot be read is no
// absence: whoever asks for less than all would get all.
absl::StatusOr<std::optional<std::string>> QueryValue(std::string_view query, std::string_view name,
                                                      std::size_t bytes_max);

}  // namespace telex::http
