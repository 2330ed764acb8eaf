#include "platform/http_client/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::http_client::internal {

Pool::Pool(const ClientOptions& options, const AddressRules& rules)
    : options_(options), rules_(rules) {}

Pool::Lease::Lease(Pool& pool, std::unique_ptr<Transfer> transfer)
    : pool_(&pool), transfer_(std::move(transfer)) {}

Pool::Lease::~Lease() {
  if (transfer_ != nullptr) pool_->GiveBack(std::move(transfer_));
}

absl::StatusOr<Pool::Lease> Pool::Take(std::string_view origin,
                                       std::chrono::steady_clock::time_point deadline,
                                       const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const bool free =
      freed_.wait_until(lock, stop, deadline, [this] { return busy_ < options_.requests_max; });
  if (stop.stop_requested()) {
    return errors::Error(absl::StatusCode::kCancelled, errors::kRequestCancelled,
                         "cancelled before it was sent");
  }
  if (!free) {
    return errors::Error(
        absl::StatusCode::kResourceExhausted, errors::kOverloaded,
        fmt::format("{} other requests are on their way, as many as may be", busy_));
  }
  ++busy_;
  std::unique_ptr<Transfer> transfer = TakeIdle(origin);
  lock.unlock();
  if (transfer == nullptr) transfer = std::make_unique<Transfer>(options_, rules_);
  return Lease(*this, std::move(transfer));
}

std::unique_ptr<Transfer> Pool::TakeIdle(std::string_view origin) {
  if (idle_.empty()) return nullptr;
  auto found = std::find_if(idle_.rbegin(), idle_.rend(),
                            [origin](const auto& one) { return one->last_origin == origin; });
  if (found == idle_.rend()) found = idle_.rbegin();
  std::swap(*found, idle_.back());
  std::unique_ptr<Transfer> transfer = std::move(idle_.back());
  idle_.pop_back();
  return transfer;
}

void Pool::GiveBack(std::unique_ptr<Transfer> transfer) {
  {
    const std::lock_guard lock(mutex_);
    --busy_;
    if (transfer->valid()) idle_.push_back(std::move(transfer));
  }
  freed_.notify_one();
}

}  // namespace telex::http_client::internal
