#pragma once

// Internal: one libcurl handle with the connections it keeps, and one exchange at a time on it.

#include <absl/time/time.h>
#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "platform/http_client/address.h"
#include "platform/http_client/client.h"
#include "platform/http_client/message.h"
#include "platform/http_client/url.h"

namespace telex::http_client::internal {

using HeaderLines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// One request to one URL. What it points to outlives the exchange.
struct Hop {
  const Request& request;
  const Url& url;
  curl_slist* headers = nullptr;
  absl::Duration remaining;  // > 0
};

struct HopResult {
  CURLcode code = CURLE_OK;
  std::string why;             // libcurl's words
  bool sent = false;           // the request may have left, in part at least
  bool cancelled = false;      // by the stop token
  std::string_view too_large;  // "head" or "body": the bound was reached
  std::string forbidden;       // the address that was refused, when no other was tried

  int status = 0;
  Headers headers;
  std::string body;
};

// Not thread-safe: one exchange at a time. Not `valid`: libcurl had no memory for it.
class Transfer {
 public:
  Transfer(const ClientOptions& options, const AddressRules& rules);  // outlive it
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  bool valid() const { return multi_ != nullptr && easy_ != nullptr; }
  HopResult Run(const Hop& hop, const std::stop_token& stop);

  std::string last_origin;  // for the pool: where a connection is likely kept

 private:
  struct Callbacks;

  void SetUp(const Hop& hop);
  void SetUpMethod(const Request& request);
  void SetUpSecurity(const Hop& hop);
  void Drive(const std::stop_token& stop);
  void ReadInfo();

  template <typename Value>
  void Set(CURLoption option, Value value) {
    curl_easy_setopt(easy_, option, value);
  }

  const ClientOptions& options_;
  const AddressRules& rules_;
  CURLM* multi_;
  CURL* easy_;

  // Of the exchange that is on its way.
  HopResult result_;
  std::size_t head_bytes_ = 0;
  std::size_t head_bytes_max_ = 0;
  std::size_t body_bytes_max_ = 0;
  bool head_done_ = false;
  int addresses_tried_ = 0;
  char why_[CURL_ERROR_SIZE] = "";
};

}  // namespace telex::http_client::internal
