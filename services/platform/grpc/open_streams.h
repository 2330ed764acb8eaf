#pragma once

// The streams of one method that are open, whichever way they go. Inside of this room.

#include <absl/status/status.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace telex::rpc {

class OpenStream {
 public:
  virtual ~OpenStream() = default;
  // Any thread; of no effect once it is over.
  virtual void End(absl::Status why) = 0;
};

// Thread-safe; outlives them all.
class OpenStreams {
 public:
  explicit OpenStreams(std::size_t streams_max) : streams_max_(streams_max) {}

  // Kept until Forget; or UNAVAILABLE / OVERLOADED, and STOPPING after Stop.
  absl::Status Add(std::shared_ptr<OpenStream> stream);
  void Forget(const OpenStream* stream);

  // Each is ended, as are those that come from now on: UNAVAILABLE / STOPPING.
  void Stop();

 private:
  const std::size_t streams_max_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::vector<std::shared_ptr<OpenStream>> streams_;
};

}  // namespace telex::rpc
