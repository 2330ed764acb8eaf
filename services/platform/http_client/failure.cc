#include "platform/http_client/failure.h"

#include <fmt/format.h>

#include "platform/errors/errors.h"

namespace telex::http_client::internal {
namespace {

using absl::StatusCode;

bool IsTlsFailure(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return true;
    default:
      return false;
  }
}

// Something came that is no answer.
bool IsBadAnswer(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_OUT_OF_MEMORY:  // a line of the head beyond libcurl's own bound
    case CURLE_FILESIZE_EXCEEDED:
      return true;
    default:
      return false;
  }
}

Failure BeforeSending(const HopResult& hop, std::string_view what) {
  if (!hop.forbidden.empty()) {
    return {Outcome::kRefused,
            errors::Error(StatusCode::kPermissionDenied, errors::kAddressForbidden,
                          fmt::format("{}: {} may not be connected to", what, hop.forbidden),
                          {{"address", hop.forbidden}})};
  }
  if (IsTlsFailure(hop.code)) {
    return {Outcome::kNotSent, errors::Error(StatusCode::kUnavailable, errors::kPeerTlsFailed,
                                             fmt::format("{}: {}", what, hop.why))};
  }
  const auto code = hop.code == CURLE_OPERATION_TIMEDOUT ? StatusCode::kDeadlineExceeded
                                                         : StatusCode::kUnavailable;
  return {Outcome::kNotSent,
          errors::Error(code, errors::kPeerUnreachable, fmt::format("{}: {}", what, hop.why))};
}

}  // namespace

Failure FailureOf(const HopResult& hop, std::string_view what) {
  if (hop.cancelled) {
    return {hop.sent ? Outcome::kUnknown : Outcome::kNotSent,
            errors::Error(StatusCode::kCancelled, errors::kRequestCancelled,
                          fmt::format("{}: cancelled", what))};
  }
  if (!hop.sent) return BeforeSending(hop, what);
  if (!hop.too_large.empty()) {
    return {
        Outcome::kBadAnswer,
        errors::Error(StatusCode::kResourceExhausted, errors::kPeerBadAnswer,
                      fmt::format("{}: the {} of the answer is too large", what, hop.too_large))};
  }
  if (IsBadAnswer(hop.code)) {
    return {Outcome::kBadAnswer, errors::Error(StatusCode::kInternal, errors::kPeerBadAnswer,
                                               fmt::format("{}: {}", what, hop.why))};
  }
  const auto code = hop.code == CURLE_OPERATION_TIMEDOUT ? StatusCode::kDeadlineExceeded
                                                         : StatusCode::kUnavailable;
  return {Outcome::kUnknown,
          errors::Error(code, errors::kPeerNoAnswer,
                        fmt::format("{}: sent, and no whole answer: {}", what, hop.why))};
}

}  // namespace telex::http_client::internal
