#include "platform/http_client/client.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/http/syntax.h"
#include "platform/http_client/failure.h"
#include "platform/http_client/outcome.h"
#include "platform/http_client/pool.h"
#include "platform/http_client/request_check.h"
#include "platform/http_client/transfer.h"
#include "platform/http_client/url.h"

namespace telex::http_client {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRequestsMaxMost = 256;
// A longer timeout is cut to it, so that a deadline can be reckoned.
constexpr absl::Duration kTimeoutMost = absl::Hours(24);

absl::Status CheckOptions(const ClientOptions& options) {
  const auto wrong = [](std::string_view field, std::string_view why) {
    return errors::FieldError(field, errors::kFieldInvalid, why);
  };
  if (options.user_agent.empty()) return wrong("user_agent", "say who asks");
  if (options.user_agent.find_first_of("\r\n") != std::string::npos) {
    return wrong("user_agent", "it has a line break in it");
  }
  if (options.requests_max < 1 || options.requests_max > kRequestsMaxMost) {
    return wrong("requests_max", fmt::format("1 to {}", kRequestsMaxMost));
  }
  if (options.connect_timeout <= absl::ZeroDuration()) {
    return wrong("connect_timeout", "more than nothing");
  }
  if (options.retry_after_max < absl::ZeroDuration())
    return wrong("retry_after_max", "not negative");
  return absl::OkStatus();
}

bool AllowsEverything(const AddressPolicy& policy) {
  const auto has = [&policy](std::string_view network) {
    return std::find(policy.allow.begin(), policy.allow.end(), network) != policy.allow.end();
  };
  return has("0.0.0.0/0") && has("::/0");
}

Result Failed(Outcome outcome, absl::Status status) {
  Result result;
  result.outcome = outcome;
  result.status = std::move(status);
  return result;
}

// Secret headers go to the origin that was asked first and to no other.
internal::HeaderLines LinesOf(const Request& request, bool with_secrets) {
  internal::HeaderLines lines(nullptr, &curl_slist_free_all);
  const auto add = [&lines](const std::string& line) {
    lines.reset(curl_slist_append(lines.release(), line.c_str()));
  };
  bool has_content_type = false;
  for (const Header& header : request.headers) {
    has_content_type = has_content_type || http::EqualsIgnoringCase(header.name, "Content-Type");
    if (internal::IsSecret(header) && !with_secrets) continue;
    // libcurl's way of writing a header without a value.
    add(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  // What libcurl would add by itself: a wait for 100 Continue, a form's type.
  add("Expect:");
  if (!has_content_type) add("Content-Type:");
  return lines;
}

bool IsRedirect(const internal::HopResult& hop, const Request& request) {
  if (request.redirects_max == 0) return false;
  if (request.method != Method::kGet && request.method != Method::kHead) return false;
  switch (hop.status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return hop.headers.Find("Location").has_value();
    default:
      return false;
  }
}

}  // namespace

struct HttpClient::Impl {
  Impl(ClientOptions client_options, AddressRules address_rules)
      : options(std::move(client_options)), rules(std::move(address_rules)), pool(options, rules) {}

  // One request with its redirects.
  struct Exchange {
    const Request& request;
    const std::stop_token& stop;
    Clock::time_point deadline;
    Url url;
    std::string first_origin;
    bool with_secrets = true;
    int redirects = 0;

    std::string What() const {
      return fmt::format("{} {}", NameOf(request.method), url.Told(request.secret_path));
    }
  };

  Result Send(const Request& request, const std::stop_token& stop) {
    const Clock::time_point began = Clock::now();
    if (auto status = internal::CheckRequest(request); !status.ok()) {
      return Failed(Outcome::kRefused, std::move(status));
    }
    auto url = ParseUrl(request.url);
    if (!url.ok()) return Failed(Outcome::kRefused, url.status());
    if (auto status = internal::CheckUrl(*url, rules); !status.ok()) {
      return Failed(Outcome::kRefused, std::move(status));
    }
    const auto timeout =
        absl::ToChronoNanoseconds(std::clamp(request.timeout, absl::ZeroDuration(), kTimeoutMost));
    Exchange exchange{.request = request,
                      .stop = stop,
                      .deadline = began + timeout,
                      .url = *url,
                      .first_origin = url->Origin()};
    auto lease = pool.Take(exchange.first_origin, exchange.deadline, stop);
    if (!lease.ok()) return Failed(Outcome::kNotSent, lease.status());
    if (!lease->transfer().valid()) {
      return Failed(Outcome::kNotSent, absl::ResourceExhaustedError("libcurl has no memory"));
    }
    return Run(exchange, lease->transfer());
  }

  Result Run(Exchange& exchange, internal::Transfer& transfer) {
    while (true) {
      const auto remaining = exchange.deadline - Clock::now();
      if (remaining <= Clock::duration::zero()) {
        return Failed(Outcome::kNotSent,
                      errors::Error(absl::StatusCode::kDeadlineExceeded, errors::kPeerUnreachable,
                                    fmt::format("{}: no time was left", exchange.What())));
      }
      // For good: who was led to a stranger and back is led by the stranger.
      exchange.with_secrets =
          exchange.with_secrets && exchange.url.Origin() == exchange.first_origin;
      const auto lines = LinesOf(exchange.request, exchange.with_secrets);
      internal::HopResult hop = transfer.Run({.request = exchange.request,
                                              .url = exchange.url,
                                              .headers = lines.get(),
                                              .remaining = absl::FromChrono(remaining)},
                                             exchange.stop);
      std::optional<Result> result = Evaluate(exchange, hop);
      if (result) return *std::move(result);
    }
  }

  // What the hop came to; nullopt when the exchange goes on with the next URL.
  std::optional<Result> Evaluate(Exchange& exchange, internal::HopResult& hop) {
    if (hop.cancelled || hop.code != CURLE_OK) {
      auto failure = internal::FailureOf(hop, exchange.What());
      return Failed(failure.outcome, std::move(failure.status));
    }
    if (IsRedirect(hop, exchange.request)) return Follow(exchange, hop);
    Result result;
    result.retry_after = RetryAfter(hop.headers, absl::Now(), options.retry_after_max);
    result.outcome = OutcomeOf(hop.status, result.retry_after.has_value());
    result.status = StatusOf(result.outcome, exchange.What(), hop.status, result.retry_after);
    result.answer = Answer{.status = hop.status,
                           .headers = std::move(hop.headers),
                           .body = std::move(hop.body),
                           .url = exchange.url.whole};
    return result;
  }

  std::optional<Result> Follow(Exchange& exchange, const internal::HopResult& hop) {
    const std::string what = exchange.What();
    if (exchange.redirects == exchange.request.redirects_max) {
      return Failed(Outcome::kBadAnswer,
                    errors::Error(absl::StatusCode::kFailedPrecondition, errors::kPeerBadAnswer,
                                  fmt::format("{}: more than {} redirects", what,
                                              exchange.request.redirects_max)));
    }
    auto next = ResolveUrl(exchange.url, std::string(*hop.headers.Find("Location")));
    if (!next.ok()) {
      return Failed(Outcome::kBadAnswer,
                    errors::Error(absl::StatusCode::kFailedPrecondition, errors::kPeerBadAnswer,
                                  fmt::format("{}: a redirect that cannot be followed", what)));
    }
    absl::Status status = internal::CheckUrl(*next, rules);
    if (exchange.url.https() && !next->https()) {
      status = errors::Error(absl::StatusCode::kPermissionDenied, errors::kAddressForbidden,
                             "a redirect from https to http");
    }
    if (!status.ok()) return Failed(Outcome::kRefused, errors::WithContext(status, what));
    exchange.url = *std::move(next);
    ++exchange.redirects;
    return std::nullopt;
  }

  const ClientOptions options;
  const AddressRules rules;
  internal::Pool pool;
};

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(ClientOptions options) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (global != CURLE_OK) return absl::InternalError("libcurl cannot be used");
  if (auto status = CheckOptions(options); !status.ok()) return status;
  auto rules = AddressRules::Make(options.addresses);
  if (!rules.ok()) {
    return errors::FieldError("addresses", errors::kFieldInvalid,
                              std::string(rules.status().message()));
  }
  if (options.proxy_from_environment && !AllowsEverything(options.addresses)) {
    return errors::FieldError("proxy_from_environment", errors::kFieldInvalid,
                              "addresses cannot be checked behind a proxy");
  }
  return std::unique_ptr<HttpClient>(
      new HttpClient(std::make_unique<Impl>(std::move(options), *std::move(rules))));
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::~HttpClient() = default;

Result HttpClient::Send(const Request& request, const std::stop_token& stop) {
  return impl_->Send(request, stop);
}

}  // namespace telex::http_client
