#include "platform/observe/heartbeat.h"

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace telex::observe {
namespace {

constexpr std::size_t kThreadNameBytesMax = 15;  // pthread_setname_np(3)

thread_local Heartbeat* carried = nullptr;

}  // namespace

Heartbeat::Heartbeat(std::string name, Clock clock)
    : name_(std::move(name)), clock_(std::move(clock)) {}

void Heartbeat::NoteBeat() {
  beat_ns_.store(std::chrono::nanoseconds(clock_().time_since_epoch()).count(),
                 std::memory_order_relaxed);
}

Heartbeat::Reading Heartbeat::Read() const {
  Reading reading;
  // These first: whoever sees a wait ended or a loop begun sees the beat that came before it.
  reading.waiting_for = waiting_for_.load(std::memory_order_acquire);
  reading.running = running_.load(std::memory_order_acquire);
  const std::chrono::nanoseconds beat(beat_ns_.load(std::memory_order_relaxed));
  const std::chrono::nanoseconds now = clock_().time_since_epoch();
  reading.silent = std::max(now - beat, std::chrono::nanoseconds::zero());
  return reading;
}

ScopedHeartbeat::ScopedHeartbeat(std::shared_ptr<Heartbeat> heartbeat)
    : heartbeat_(std::move(heartbeat)) {
  if (heartbeat_ == nullptr) return;
  pthread_setname_np(pthread_self(), heartbeat_->name().substr(0, kThreadNameBytesMax).c_str());
  carried = heartbeat_.get();
  heartbeat_->NoteBeat();
  heartbeat_->running_.store(true, std::memory_order_release);
}

ScopedHeartbeat::~ScopedHeartbeat() {
  if (heartbeat_ == nullptr) return;
  heartbeat_->running_.store(false, std::memory_order_release);
  carried = nullptr;
}

void Beat() {
  if (carried != nullptr) carried->NoteBeat();
}

Waiting::Waiting(const char* what)
    : heartbeat_(carried), before_(carried == nullptr ? nullptr : carried->waiting_for_.load()) {
  if (heartbeat_ == nullptr) return;
  heartbeat_->NoteBeat();
  heartbeat_->waiting_for_.store(what, std::memory_order_release);
}

Waiting::~Waiting() {
  if (heartbeat_ == nullptr) return;
  heartbeat_->NoteBeat();
  heartbeat_->waiting_for_.store(before_, std::memory_order_release);
}

}  // namespace telex::observe
