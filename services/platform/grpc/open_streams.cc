#include "platform/grpc/open_streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::rpc {
namespace {

absl::Status ServerStopping() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kStopping,
                       "this replica is stopping; the same stream can be opened at another");
}

}  // namespace

absl::Status OpenStreams::Add(std::shared_ptr<OpenStream> stream) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return ServerStopping();
  if (streams_.size() >= streams_max_) {
    return errors::Error(
        absl::StatusCode::kUnavailable, errors::kOverloaded,
        fmt::format("{} streams are open at this replica, as many as may be", streams_.size()));
  }
  streams_.push_back(std::move(stream));
  return absl::OkStatus();
}

void OpenStreams::Forget(const OpenStream* stream) {
  std::shared_ptr<OpenStream> last_reference;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(streams_.begin(), streams_.end(),
                                  [&](const auto& known) { return known.get() == stream; });
  if (found == streams_.end()) return;
  last_reference = std::move(*found);
  streams_.erase(found);
}

void OpenStreams::Stop() {
  std::vector<std::shared_ptr<OpenStream>> streams;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    streams = streams_;
  }
  for (const auto& stream : streams) stream->End(ServerStopping());
}

}  // namespace telex::rpc
