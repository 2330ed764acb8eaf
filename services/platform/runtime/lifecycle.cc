#include "platform/runtime/lifecycle.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "platform/observe/log.h"
#include "platform/runtime/loop.h"

namespace telex::runtime {
namespace {

using observe::Log;
using observe::Severity;

class Descriptor {
 public:
  Descriptor(int fd, const char* what) : fd_(fd) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), what);
  }
  ~Descriptor() { close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

sigset_t BlockStopSignals() {
  const sigset_t signals = StopSignals();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  std::signal(SIGPIPE, SIG_IGN);
  return before;
}

int OpenSignals() {
  const sigset_t signals = StopSignals();
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

std::string_view SignalName(std::uint32_t number) {
  return number == SIGTERM ? "SIGTERM" : number == SIGINT ? "SIGINT" : "signal";
}

absl::Status RunStep(const StopStep& step) {
  try {
    return step.stop(step.deadline);
  } catch (const std::exception& exception) {
    return absl::InternalError(exception.what());
  }
}

}  // namespace

struct Lifecycle::Impl {
  Impl(HealthChecks& health_checks, LifecycleOptions lifecycle_options)
      : health(health_checks),
        options(lifecycle_options),
        mask_before(BlockStopSignals()),
        signals(OpenSignals(), "signalfd"),
        quit(eventfd(0, EFD_CLOEXEC), "eventfd"),
        watcher([this] { WatchSignals(); }) {}

  ~Impl() {
    const std::uint64_t one = 1;
    while (write(quit.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
    watcher.join();
    // A signal that is still pending would end the process when the mask is lifted.
    const sigset_t pending = StopSignals();
    const timespec at_once{};
    while (sigtimedwait(&pending, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // On the watcher's thread, all the life of the process long.
  void WatchSignals() {
    bool asked_before = false;
    while (true) {
      pollfd polled[2] = {{signals.get(), POLLIN, 0}, {quit.get(), POLLIN, 0}};
      if (poll(polled, 2, -1) < 0) continue;  // EINTR
      if (polled[1].revents != 0) return;
      signalfd_siginfo info{};
      if (read(signals.get(), &info, sizeof info) != sizeof info) continue;
      if (asked_before) {
        Log(Severity::kError, "a second signal: leaving at once",
            {{"signal", SignalName(info.ssi_signo)}});
        _exit(128 + static_cast<int>(info.ssi_signo));
      }
      asked_before = true;
      Request(SignalName(info.ssi_signo), 0);
    }
  }

  void Request(std::string_view why, int code) {
    Log(code == 0 ? Severity::kInfo : Severity::kError, "asked to stop",
        {{"why", why}, {"exit_code", code}});
    const std::lock_guard lock(mutex);
    if (exit_code == 0) exit_code = code;
    if (!stop_requested) reason = why;
    stop_requested = true;
    health.NotReady(fmt::format("stopping: {}", reason));
    requested.notify_all();  // under the mutex: once it is free, Run may return and all this end
  }

  HealthChecks& health;
  const LifecycleOptions options;
  const sigset_t mask_before;
  const Descriptor signals;
  const Descriptor quit;

  std::mutex mutex;
  std::condition_variable requested;
  bool stop_requested = false;
  std::string reason;
  int exit_code = 0;
  std::vector<StopStep> steps;

  std::jthread leaver;  // once Run returns
  std::thread watcher;  // last: it uses all of the above
};

Lifecycle::Lifecycle(HealthChecks& health, LifecycleOptions options)
    : impl_(std::make_unique<Impl>(health, options)) {}

Lifecycle::~Lifecycle() = default;

void Lifecycle::OnStop(StopStep step) {
  const std::lock_guard lock(impl_->mutex);
  impl_->steps.push_back(std::move(step));
}

void Lifecycle::RequestStop(std::string_view reason, int exit_code) {
  impl_->Request(reason, exit_code);
}

bool Lifecycle::stopping() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->stop_requested;
}

int Lifecycle::Run() {
  std::vector<StopStep> steps;
  {
    std::unique_lock lock(impl_->mutex);
    impl_->requested.wait(lock, [this] { return impl_->stop_requested; });
    steps = impl_->steps;
  }
  // A plain sleep: nothing shortens it but a second signal, which does not come back here.
  absl::SleepFor(impl_->options.drain_delay);

  bool failed = false;
  bool late = false;
  for (const StopStep& step : steps) {
    const auto started = std::chrono::steady_clock::now();
    // The thread owns the step: it may still run when this function has given it up.
    std::packaged_task<absl::Status()> task([step] { return RunStep(step); });
    std::future<absl::Status> done = task.get_future();
    std::thread thread(std::move(task));
    const bool in_time =
        done.wait_for(absl::ToChronoNanoseconds(step.deadline)) == std::future_status::ready;
    absl::Status status = absl::DeadlineExceededError("still running at its deadline");
    if (in_time) {
      thread.join();
      status = done.get();
    } else {
      thread.detach();
      late = true;
    }
    const std::int64_t took_ms =
        (std::chrono::steady_clock::now() - started) / std::chrono::milliseconds(1);
    if (status.ok()) {
      Log(Severity::kInfo, "stopped", {{"step", step.name}, {"took_ms", took_ms}});
    } else {
      failed = true;
      Log(Severity::kError, "could not be stopped cleanly",
          {{"step", step.name}, {"took_ms", took_ms}, {"error", status.ToString()}});
    }
  }
  int exit_code = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    exit_code = impl_->exit_code;
  }
  if (exit_code == 0 && failed) exit_code = kExitStopFailed;
  Log(exit_code == 0 ? Severity::kInfo : Severity::kError, "leaving", {{"exit_code", exit_code}});
  if (late) _exit(exit_code);
  impl_->leaver =
      std::jthread([within = impl_->options.destroy_max, exit_code](std::stop_token stop) {
        if (!SleepFor(within, stop)) return;
        Log(Severity::kWarning, "what was stopped is not destroyed: leaving without",
            {{"seconds", absl::ToDoubleSeconds(within)}, {"exit_code", exit_code}});
        _exit(exit_code);
      });
  return exit_code;
}

}  // namespace telex::runtime
