#pragma once

// Whether a thread gets on. A loop that is meant to go round for ever carries a heartbeat: it beats
// at each step forward, and says when it waits for something that is not its own doing. A thread
// that neither beats nor waits is hung; runtime::HealthChecks judges that.
//
// The heartbeat belongs to the thread and not to an object, so that whatever a loop calls (a
// handler, a publisher) can beat or say what it waits for without being handed one. On a thread
// without a heartbeat both cost a few ns and do nothing.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace telex::observe {

// Thread-safe.
class Heartbeat {
 public:
  // Steady: a clock that is set must not look like a hang.
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  Heartbeat(std::string name, Clock clock);

  const std::string& name() const { return name_; }

  struct Reading {
    bool running = false;               // a thread carries it
    const char* waiting_for = nullptr;  // null while it does not wait
    std::chrono::nanoseconds silent{};  // since the last beat, or since the wait began
  };
  Reading Read() const;

 private:
  friend class ScopedHeartbeat;
  friend class Waiting;
  friend void Beat();

  void NoteBeat();

  const std::string name_;
  const Clock clock_;
  std::atomic<std::int64_t> beat_ns_ = 0;
  std::atomic<bool> running_ = false;
  std::atomic<const char*> waiting_for_ = nullptr;
};

// This thread carries the heartbeat until the end of the scope, and its name (the first 15 bytes)
// as `top -H` and debuggers show it. A null heartbeat is none. A loop that has ended cleanly is no
// hang.
class [[nodiscard]] ScopedHeartbeat {
 public:
  explicit ScopedHeartbeat(std::shared_ptr<Heartbeat> heartbeat);
  ~ScopedHeartbeat();
  ScopedHeartbeat(const ScopedHeartbeat&) = delete;
  ScopedHeartbeat& operator=(const ScopedHeartbeat&) = delete;

 private:
  const std::shared_ptr<Heartbeat> heartbeat_;
};

// This thread has got on.
void Beat();

// Until the end of the scope this thread waits for something outside of it (a broker that is away,
// another loop with a heartbeat of its own, the time of the next attempt), however long that takes.
// Not for what has a bound of a few seconds: that is silence like any other. Scopes may be nested.
class [[nodiscard]] Waiting {
 public:
  explicit Waiting(const char* what);  // a literal: "acknowledgements of Kafka"
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Heartbeat* const heartbeat_;
  const char* const before_;
};

}  // namespace telex::observe
