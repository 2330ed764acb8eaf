#pragma once

// Reads the head of a request: request line and header lines (RFC 9112, 2-3 and 5-6). Strict where
// leniency would let two servers in a row see two different requests: lines end in CRLF and
// nothing else, no folded lines, no blank before a colon, one Content-Length at most, no
// Transfer-Encoding. Pure: bytes in, views into them out.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "platform/http/message.h"

namespace telex::http {

struct HeadLimits {
  std::size_t target_bytes_max = 4 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
};

inline constexpr std::size_t kHeaderLinesMax = 100;

struct RequestHead {
  int refusal = 0;         // 0: fine, else the status to refuse it with
  std::string_view fault;  // what is wrong, for a person
  std::size_t body_bytes = 0;
  bool keep_alive = true;
  bool old_version = false;  // HTTP/1.0: keep-alive has to be confirmed
  bool expects_continue = false;
};

// Finds where the head ends, without looking twice at bytes seen before.
class HeadEnd {
 public:
  static constexpr std::size_t kIncomplete = 0;
  // The length of the head with its empty line, or kIncomplete. `fault` is set for a line that
  // ends without CR: then the head never ends.
  std::size_t Find(std::string_view bytes, bool& fault);
  void Restart() { line_start_ = scanned_ = 0; }

 private:
  std::size_t line_start_ = 0;
  std::size_t scanned_ = 0;
};

// `bytes` end with the empty line. Fills everything of `request` (which was cleared) but body and
// remote.
RequestHead ParseHead(std::string_view bytes, const HeadLimits& limits, Request& request);

}  // namespace telex::http
