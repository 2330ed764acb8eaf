#include "views/adapters/store_reads.h"

#include <fmt/format.h>

#include <utility>

#include "platform/errors/errors.h"

namespace telex::views {

absl::Status StoreReads::Add(std::function<void()> job) {
  if (++waiting_ > kWaitingMax) {
    --waiting_;
    return errors::Error(absl::StatusCode::kUnavailable, errors::kOverloaded,
                         fmt::format("{} reports are waiting, as many as may be", kWaitingMax));
  }
  worker_.Add([this, job = std::move(job)] {
    job();
    --waiting_;
  });
  return absl::OkStatus();
}

}  // namespace telex::views
