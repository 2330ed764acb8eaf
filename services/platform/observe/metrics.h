#pragma once

// Counters, gauges and histograms, exposed as Prometheus text (exposition format 0.0.4).
//
// Names: telex_<area>_<what>_<unit>[_total] in base units (seconds, bytes); a counter ends in
// _total and nothing else does. Labels are few and bounded. A wrong name, or one name used for two
// kinds, is a fault of the program and throws std::invalid_argument.
//
// Get the handles once, at wiring, and keep the references: they live as long as their Metrics.
// Counting is lock-free and inline; getting a handle takes a mutex. All of it is thread-safe.

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::observe {

// A family that would grow beyond this many label sets gives the further ones one shared series,
// whose label values are all "other": a label that turns out to be unbounded must not take the
// memory of the process, nor that of Prometheus.
inline constexpr std::size_t kSeriesPerNameMax = 1000;

using Labels = std::map<std::string, std::string>;

class alignas(64) Counter {
 public:
  void Increment() { count_.fetch_add(1, std::memory_order_relaxed); }
  void Increment(std::integral auto by) {
    count_.fetch_add(static_cast<std::uint64_t>(by), std::memory_order_relaxed);
  }
  std::uint64_t Value() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_{0};  // a cache line of its own: no false sharing
};

class alignas(64) Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
  double Value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

class Histogram {
 public:
  // `upper_bounds`: ascending and finite; +Inf is added.
  explicit Histogram(std::vector<double> upper_bounds);

  void Observe(double value);

  std::uint64_t Count() const;
  double Sum() const { return sum_.load(std::memory_order_relaxed); }
  const std::vector<double>& upper_bounds() const { return upper_bounds_; }
  std::uint64_t CountInBucket(std::size_t index) const {  // not cumulative
    return counts_[index].load(std::memory_order_relaxed);
  }

 private:
  const std::vector<double> upper_bounds_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;  // upper_bounds_.size() + 1
  std::atomic<double> sum_{0};
};

// Bounds for latencies of requests, in seconds: 0.5 ms to 10 s.
std::vector<double> LatencyBuckets();

// Withdraws a callback when destroyed, after a scrape that is calling it has ended. May outlive
// its Metrics. Must not be destroyed inside the callback.
class [[nodiscard]] CallbackHandle {
 public:
  CallbackHandle() = default;
  explicit CallbackHandle(std::function<void()> withdraw) : withdraw_(std::move(withdraw)) {}
  ~CallbackHandle() { Withdraw(); }
  CallbackHandle(CallbackHandle&& other) noexcept
      : withdraw_(std::exchange(other.withdraw_, nullptr)) {}
  CallbackHandle& operator=(CallbackHandle&& other) noexcept {
    if (this != &other) {
      Withdraw();
      withdraw_ = std::exchange(other.withdraw_, nullptr);
    }
    return *this;
  }

 private:
  void Withdraw() {
    if (withdraw_) std::exchange(withdraw_, nullptr)();
  }

  std::function<void()> withdraw_;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same object. `help` is that of the first call.
  observe::Counter& Counter(std::string_view name, std::string_view help, Labels labels = {});
  observe::Gauge& Gauge(std::string_view name, std::string_view help, Labels labels = {});
  // The bounds are those of the first call with this name and these labels.
  observe::Histogram& Histogram(std::string_view name, std::string_view help,
                                std::vector<double> upper_bounds, Labels labels = {});

  // Asked at each scrape, on the scraping thread, which holds no lock that getting handles needs.
  // Must be quick, and must not render or end handles. Of several for one series the newest is
  // asked.
  CallbackHandle GaugeCallback(std::string_view name, std::string_view help, Labels labels,
                               std::function<double()> value);
  // The same for a total that is kept elsewhere and never falls.
  CallbackHandle CounterCallback(std::string_view name, std::string_view help, Labels labels,
                                 std::function<double()> value);

  // Everything, sorted by name.
  std::string Render() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// The Content-Type of Render().
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace telex::observe
