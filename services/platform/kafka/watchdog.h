// Inside this room only: knows how long a handler has been running, and tells when that is too
// long. The library's own max.poll.interval can not be trusted with it: polling any queue resets
// it.
#pragma once

#include <absl/time/time.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "platform/kafka/record.h"
#include "platform/runtime/deadline.h"

namespace telex::kafka::internal {

class Watchdog {
 public:
  using OnStuck = std::function<void(const TopicPartition&, absl::Duration running)>;

  // Ends what Begin began.
  class Watch {
   public:
    explicit Watch(Watchdog* dog) : dog_(dog) {}
    ~Watch() { dog_->End(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog* dog_;
  };

  ~Watchdog() { Stop(); }

  // Looks once a second, or more often when the limit is short.
  void Start(absl::Duration limit, OnStuck on_stuck);
  void Stop();

  Watch Begin(const TopicPartition& what);
  // Requests `stop` as well once `deadline` has passed.
  Watch BeginUntil(const TopicPartition& what, runtime::Deadline deadline, std::stop_source stop);
  // The same, for as long as it is that far from now.
  Watch BeginUntil(const TopicPartition& what, absl::Time deadline, std::stop_source stop);

  absl::Duration Running() const;  // zero when nothing is

 private:
  struct Current {
    TopicPartition what;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    runtime::Deadline deadline = runtime::Deadline::Never();
    std::optional<std::stop_source> stop;

    absl::Duration Running() const {
      return absl::FromChrono(std::chrono::steady_clock::now() - since);
    }
  };

  void End();
  void Look(absl::Duration limit, const OnStuck& on_stuck);

  mutable std::mutex mutex_;
  std::optional<Current> current_;
  std::jthread thread_;
};

}  // namespace telex::kafka::internal
