#pragma once

// Internal: the transfers of a client, as many as may be on their way at once. Thread-safe.

#include <absl/status/statusor.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <vector>

#include "platform/http_client/transfer.h"

namespace telex::http_client::internal {

class Pool {
 public:
  Pool(const ClientOptions& options, const AddressRules& rules);  // outlive it

  // Gives its transfer back when it goes.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Transfer> transfer);
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Transfer& transfer() { return *transfer_; }

   private:
    Pool* pool_;
    std::unique_ptr<Transfer> transfer_;  // null: moved from
  };

  // The one that spoke to `origin` last where it is free, as it likely keeps a connection there.
  // RESOURCE_EXHAUSTED / OVERLOADED when none is free by the deadline, CANCELLED /
  // REQUEST_CANCELLED when stopped before.
  absl::StatusOr<Lease> Take(std::string_view origin,
                             std::chrono::steady_clock::time_point deadline,
                             const std::stop_token& stop);

 private:
  std::unique_ptr<Transfer> TakeIdle(std::string_view origin);  // null: there is none
  void GiveBack(std::unique_ptr<Transfer> transfer);

  const ClientOptions& options_;
  const AddressRules& rules_;
  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<std::unique_ptr<Transfer>> idle_;  // the one used last at the end
  int busy_ = 0;
};

}  // namespace telex::http_client::internal
