#include "platform/http/request_head.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "platform/http/syntax.h"

namespace telex::http {
namespace {

RequestHead Refuse(int status, std::string_view fault) {
  RequestHead head;
  head.refusal = status;
  head.fault = fault;
  return head;
}

Method MethodOf(std::string_view name) {
  switch (name.size()) {
    case 3:
      if (name == "GET") return Method::kGet;
      return name == "PUT" ? Method::kPut : Method::kOther;
    case 4:
      if (name == "HEAD") return Method::kHead;
      return name == "POST" ? Method::kPost : Method::kOther;
    case 5:
      return name == "PATCH" ? Method::kPatch : Method::kOther;
    case 6:
      return name == "DELETE" ? Method::kDelete : Method::kOther;
    case 7:
      return name == "OPTIONS" ? Method::kOptions : Method::kOther;
    default:
      return Method::kOther;
  }
}

bool IsTarget(std::string_view target) {
  for (char c : target) {
    if (c <= 0x20 || c == 0x7f || c == '#') return false;  // char is signed: above 0x7f is < 0
  }
  return !target.empty();
}

// uri-host [ ":" port ] (RFC 9110, 7.2; RFC 3986, 3.2.2): a name of the unreserved, %-encoded and
// sub-delim bytes, or an address in brackets. No user name, and nothing else.
bool IsHost(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    if (text.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") != text.npos) {
      return false;
    }
    ++end;
  } else {
    constexpr std::string_view kNameBytes =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;=";
    end = std::min(text.find_first_not_of(kNameBytes), text.size());
  }
  const std::string_view port = text.substr(end);
  if (port.empty()) return true;  // an empty host is one, too: of a target that has none
  return port.front() == ':' && port.substr(1).find_first_not_of("0123456789") == port.npos;
}

// Splits the target. False when it is of none of the forms that a server gets (RFC 9112, 3.2).
bool SplitTarget(Request& request) {
  std::string_view rest = request.target;
  if (rest.front() != '/') {
    if (rest == "*") {
      request.path = rest;
      return request.method == Method::kOptions;
    }
    const std::size_t scheme = rest.find("://");
    if (scheme == std::string_view::npos) return false;
    const std::string_view name = rest.substr(0, scheme);
    if (!EqualsIgnoringCase(name, "http") && !EqualsIgnoringCase(name, "https")) return false;
    rest.remove_prefix(scheme + 3);
    const std::size_t authority = std::min(rest.find_first_of("/?"), rest.size());
    if (authority == 0 || !IsHost(rest.substr(0, authority))) return false;
    rest.remove_prefix(authority);
  }
  const std::size_t mark = std::min(rest.find('?'), rest.size());
  request.path = mark == 0 ? std::string_view("/") : rest.substr(0, mark);
  request.query = rest.substr(std::min(mark + 1, rest.size()));
  return true;
}

std::optional<RequestHead> ParseRequestLine(std::string_view line, const HeadLimits& limits,
                                            Request& request, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return Refuse(400, "the request line is not: method, target, version");
  }
  request.method_name = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(request.method_name)) return Refuse(400, "the method is no token");
  if (version != "HTTP/1.1") {
    if (version == "HTTP/1.0") {
      head.old_version = true;
      head.keep_alive = false;
    } else if (version.size() == 8 && version.substr(0, 5) == "HTTP/" && version[6] == '.') {
      return Refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    } else {
      return Refuse(400, "the request line is not: method, target, version");
    }
  }
  if (request.target.size() > limits.target_bytes_max) {
    return Refuse(414, "the request target is longer than is taken here");
  }
  if (!IsTarget(request.target)) {
    return Refuse(400, "the request target holds a byte that must be percent-encoded");
  }
  request.method = MethodOf(request.method_name);
  if (request.method_name == "CONNECT") return Refuse(501, "this server is no proxy");
  if (!SplitTarget(request)) return Refuse(400, "the request target is no path and no http URL");
  return std::nullopt;
}

// Digits only, and at least one. Beyond 18 digits it is simply too much.
std::optional<std::uint64_t> ParseLength(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = std::min<std::uint64_t>(value * 10 + static_cast<std::uint64_t>(c - '0'),
                                    1'000'000'000'000'000'000u);
  }
  return value;
}

// The next element of a list (RFC 9110, 5.6.1), which is taken off it; may be empty.
std::string_view TakeElement(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view element = Trim(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return element;
}

// The headers that frame the message or steer the connection, met while reading the lines.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  bool transfer_encoding = false;
  bool close = false;
  bool keep_alive = false;
  bool bad_connection = false;
  std::string_view length;
  std::string_view host;
  std::optional<std::string_view> expect;

  void SeeConnection(std::string_view options) {
    while (!options.empty()) {
      const std::string_view option = TakeElement(options);
      if (EqualsIgnoringCase(option, "close")) {
        close = true;
      } else if (EqualsIgnoringCase(option, "keep-alive")) {
        keep_alive = true;
      } else if (!option.empty() && !IsToken(option)) {
        bad_connection = true;
      }
    }
  }

  void See(const Header& header) {
    switch (header.name.size()) {
      case 4:
        if (EqualsIgnoringCase(header.name, "host")) {
          ++hosts;
          host = header.value;
        }
        break;
      case 6:
        if (EqualsIgnoringCase(header.name, "expect")) expect = header.value;
        break;
      case 10:
        if (EqualsIgnoringCase(header.name, "connection")) {
          SeeConnection(header.value);
        }
        break;
      case 14:
        if (EqualsIgnoringCase(header.name, "content-length")) {
          ++lengths;
          length = header.value;
        }
        break;
      case 17:
        if (EqualsIgnoringCase(header.name, "transfer-encoding")) transfer_encoding = true;
        break;
      default:
        break;
    }
  }
};

RequestHead Conclude(const Framing& framing, const HeadLimits& limits, RequestHead head) {
  if (framing.transfer_encoding) {
    // Both together are the classic way to smuggle a request past a proxy (RFC 9112, 6.1).
    if (framing.lengths > 0 || head.old_version) {
      return Refuse(400, "Transfer-Encoding beside Content-Length or in HTTP/1.0");
    }
    return Refuse(501, "request bodies need a Content-Length here");
  }
  if (framing.hosts > 1 || (framing.hosts == 0 && !head.old_version)) {
    return Refuse(400, "there must be one Host header");
  }
  if (!IsHost(framing.host)) return Refuse(400, "the Host header is no host and port");
  if (framing.bad_connection) return Refuse(400, "Connection is no list of tokens");
  if (framing.lengths > 1) return Refuse(400, "more than one Content-Length");
  if (framing.lengths == 1) {
    const auto length = ParseLength(framing.length);
    if (!length) return Refuse(400, "Content-Length is no number");
    if (*length > limits.body_bytes_max) {
      return Refuse(413, "the request body is larger than is taken here");
    }
    head.body_bytes = static_cast<std::size_t>(*length);
  }
  if (framing.expect && !head.old_version) {
    if (!EqualsIgnoringCase(*framing.expect, "100-continue")) {
      return Refuse(417, "the only expectation known here is 100-continue");
    }
    head.expects_continue = head.body_bytes > 0;
  }
  if (framing.keep_alive) head.keep_alive = true;
  if (framing.close) head.keep_alive = false;
  return head;
}

}  // namespace

std::size_t HeadEnd::Find(std::string_view bytes, bool& fault) {
  const char* const data = bytes.data();
  while (scanned_ < bytes.size()) {
    const void* found = std::memchr(data + scanned_, '\n', bytes.size() - scanned_);
    if (found == nullptr) {
      scanned_ = bytes.size();
      return kIncomplete;
    }
    const auto newline = static_cast<std::size_t>(static_cast<const char*>(found) - data);
    if (newline == line_start_ || data[newline - 1] != '\r') {
      fault = true;
      return kIncomplete;
    }
    const bool empty = newline == line_start_ + 1;
    scanned_ = line_start_ = newline + 1;
    if (empty) return scanned_;
  }
  return kIncomplete;
}

RequestHead ParseHead(std::string_view bytes, const HeadLimits& limits, Request& request) {
  RequestHead head;
  const char* p = bytes.data();
  const char* const end = p + bytes.size() - 2;  // the empty line
  const auto take_line = [&p, end] {
    const auto* newline =
        static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(end - p)));
    const std::string_view line(p, static_cast<std::size_t>(newline - p - 1));
    p = newline + 1;
    return line;
  };
  if (auto refused = ParseRequestLine(take_line(), limits, request, head)) return *refused;

  Framing framing;
  while (p != end) {
    if (request.headers.size() == kHeaderLinesMax) return Refuse(431, "too many header lines");
    const std::string_view line = take_line();
    std::size_t colon = 0;
    while (colon < line.size() && kTokenBytes[static_cast<unsigned char>(line[colon])]) ++colon;
    // Also refuses folded lines and a blank before the colon: neither blank is a token byte.
    if (colon == 0 || colon == line.size() || line[colon] != ':') {
      return Refuse(400, "a header line is not: name, colon, value");
    }
    const Header header = {line.substr(0, colon), Trim(line.substr(colon + 1))};
    if (!IsFieldValue(header.value)) {
      return Refuse(400, "a header value holds a control character");
    }
    framing.See(header);
    request.headers.push_back(header);
  }
  return Conclude(framing, limits, head);
}

}  // namespace telex::http
