#pragma once

// A request and what came of it. Plain values.

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::http_client {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete };

std::string_view NameOf(Method method);  // "GET"

struct Header {
  std::string name;
  std::string value;
  bool secret = false;  // sent to the origin that was asked and to no other
};

struct Request {
  Method method = Method::kGet;
  std::string url;  // http or https, without user and password; at most 8 KiB
  // Not the client's own: Host, Content-Length, Transfer-Encoding, Connection, Expect, User-Agent,
  // Accept-Encoding. Authorization, Cookie and Proxy-Authorization are secret without being marked.
  std::vector<Header> headers;
  std::string body;  // none for GET and HEAD; at most kRequestBodyBytesMax
  absl::Duration timeout = absl::Seconds(30);  // for all of it, redirects too; monotonic

  std::size_t head_bytes_max = 64 * 1024;         // of the answer; more: kBadAnswer
  std::size_t body_bytes_max = 4u * 1024 * 1024;  // of the answer, decompressed; more: kBadAnswer

  // How many redirects are followed, each one checked as the first URL was; 0..kRedirectsMax. Of
  // GET and HEAD alone: others get the 3xx as their answer. Never from https to http.
  int redirects_max = 0;

  // May be sent twice, as GET, HEAD, PUT and DELETE may (RFC 9110, 9.2.2). Others go out on a
  // connection of their own: libcurl sends a request again when a kept connection turns out to be
  // dead.
  bool idempotent = false;

  bool secret_path = false;  // a secret stands in the path (Telegram): it is not told either
};

inline constexpr std::size_t kRequestBodyBytesMax = 64u << 20;
inline constexpr int kRedirectsMax = 10;

// The lines of a head in their order. Names are compared without case.
class Headers {
 public:
  void Add(std::string name, std::string value) {
    lines_.emplace_back(std::move(name), std::move(value));
  }
  std::optional<std::string_view> Find(std::string_view name) const;  // the first
  const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

struct Answer {
  int status = 0;  // 200..599
  Headers headers;
  std::string body;
  std::string url;  // that answered: another one than was asked after redirects. Never log it
};

// What came of a request, as the decision to repeat it needs it.
enum class Outcome : std::uint8_t {
  kDone,       // 2xx, 304
  kRefused,    // for good: other 3xx and 4xx; or refused here, before anything was sent
  kTryLater,   // not done: 408, 425, 429, and 503 with Retry-After
  kNotSent,    // not one byte of the request was written: safe to repeat
  kUnknown,    // sent, and no whole answer came, or 5xx: whether it was done is unknown
  kBadAnswer,  // too large, not HTTP, too many redirects: whether it was done is unknown, and
               // the same request will get the same answer
};

std::string_view NameOf(Outcome outcome);  // "done", "try-later"

struct Result {
  Outcome outcome = Outcome::kNotSent;
  // OK exactly when kDone. Reasons: platform/errors/reasons.h; metadata `http_status` and
  // `retry_after_seconds` where there are any. No secrets, no query.
  absl::Status status;
  // The whole answer, whatever its status. Not there for kNotSent, kBadAnswer and, without a whole
  // answer, kUnknown; nor for kRefused when it was refused here.
  std::optional<Answer> answer;
  std::optional<absl::Duration> retry_after;  // what the peer asked for, bounded
};

}  // namespace telex::http_client
