#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "platform/http/server.h"
#include "views/adapters/batch_intake.h"
#include "views/adapters/beacon_request.h"
#include "views/adapters/reader_address.h"

namespace telex::views {

struct BeaconOptions {
  std::vector<Network> proxies;  // whose forwarded addresses are believed
  ForwardedBy forwarded_by = ForwardedBy::kXForwardedFor;
};

// The routes /v1/views/{article}.gif, /v1/views and /v1/telex.js. An answer to a view means that it
// is durable, or why it is not. Thread-safe; never blocks. It outlives the answers that it owes.
class BeaconHandler {
 public:
  // The batches outlive it.
  BeaconHandler(BatchIntake& batches, BeaconOptions options)
      : batches_(batches), options_(std::move(options)) {}

  void Handle(const http::Request& request, http::Responder responder);

 private:
  void TakeGif(const http::Request& request, http::Responder responder);
  void TakePost(const http::Request& request, http::Responder responder);
  // The sender of so many looks, or why it is refused.
  absl::StatusOr<Sender> Admit(const http::Request& request, const Browser& browser,
                               std::size_t looks);

  BatchIntake& batches_;
  const BeaconOptions options_;
};

}  // namespace telex::views
