#include "platform/observe/metrics.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <stdexcept>

namespace telex::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

bool IsName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void CheckNames(std::string_view name, const Labels& labels, MetricType type) {
  if (!IsName(name)) throw std::invalid_argument(fmt::format("metric name '{}'", name));
  if (name.ends_with("_total") != (type == MetricType::Counter)) {
    throw std::invalid_argument(
        fmt::format("metric {}: a counter ends in _total, and only a counter", name));
  }
  for (const auto& [label, value] : labels) {
    if (!IsName(label) || label.starts_with("__") || label == "le") {
      throw std::invalid_argument(fmt::format("metric {}: label name '{}'", name, label));
    }
  }
}

struct Callback {
  std::uint64_t id;
  std::function<double()> value;
};

// One label set of a family; exactly one of the pointers is set, or callbacks are.
struct Series {
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
  std::vector<Callback> callbacks;  // the newest last
};

struct Family {
  std::string help;
  MetricType type;
  std::map<Labels, Series> series;
};

void Fill(const Histogram& histogram, ClientMetric& out) {
  std::uint64_t cumulative = 0;
  const std::vector<double>& bounds = histogram.upper_bounds();
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    cumulative += histogram.CountInBucket(i);
    const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
    out.histogram.bucket.push_back({cumulative, bound});
  }
  // Taken from the buckets, so that count and buckets agree while others observe.
  out.histogram.sample_count = cumulative;
  out.histogram.sample_sum = histogram.Sum();
}

// What is read later, when no lock is held: position in the collected families.
struct Question {
  std::size_t family;
  std::size_t metric;
  std::function<double()> value;
};

double Ask(const std::function<double()>& value) {
  try {
    return value();
  } catch (const std::exception&) {
    // One broken callback must not cost the whole scrape; NaN shows which it is.
    return std::numeric_limits<double>::quiet_NaN();
  }
}

ClientMetric Collect(const Labels& labels, const Series& series) {
  ClientMetric out;
  for (const auto& [name, value] : labels) out.label.push_back({name, value});
  if (series.counter != nullptr) out.counter.value = static_cast<double>(series.counter->Value());
  if (series.gauge != nullptr) out.gauge.value = series.gauge->Value();
  if (series.histogram != nullptr) Fill(*series.histogram, out);
  return out;
}

}  // namespace

Histogram::Histogram(std::vector<double> upper_bounds)
    : upper_bounds_(std::move(upper_bounds)),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(upper_bounds_.size() + 1)) {
  const bool ascending = std::adjacent_find(upper_bounds_.begin(), upper_bounds_.end(),
                                            std::greater_equal<>()) == upper_bounds_.end();
  const bool finite = std::all_of(upper_bounds_.begin(), upper_bounds_.end(),
                                  [](double bound) { return std::isfinite(bound); });
  if (!ascending || !finite) throw std::invalid_argument("histogram bounds must ascend");
}

void Histogram::Observe(double value) {
  const auto bound = std::lower_bound(upper_bounds_.begin(), upper_bounds_.end(), value);
  counts_[static_cast<std::size_t>(bound - upper_bounds_.begin())].fetch_add(
      1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::Count() const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= upper_bounds_.size(); ++i) count += CountInBucket(i);
  return count;
}

std::vector<double> LatencyBuckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

struct Metrics::Impl {
  // `scraping` is held while callbacks are asked, and `mutex` is not: a callback may take locks
  // under which others get handles. Order: scraping before mutex.
  mutable std::mutex scraping;
  mutable std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;
  std::uint64_t last_id = 0;

  // Under the mutex.
  Series& Find(std::string_view name, std::string_view help, Labels& labels, MetricType type) {
    CheckNames(name, labels, type);
    auto family = families.find(name);
    if (family == families.end()) {
      family = families.emplace(std::string(name), Family{std::string(help), type, {}}).first;
    }
    if (family->second.type != type) {
      throw std::invalid_argument(fmt::format("metric {} is used for two kinds", name));
    }
    auto& all = family->second.series;
    if (all.size() >= kSeriesPerNameMax && !all.contains(labels)) {
      for (auto& [label, value] : labels) value = "other";
    }
    return all[labels];
  }

  void Withdraw(const std::string& name, const Labels& labels, std::uint64_t id) {
    const std::lock_guard no_scrape(scraping);
    const std::lock_guard lock(mutex);
    auto& all = families.at(name).series;
    const auto found = all.find(labels);
    if (found == all.end()) return;
    std::erase_if(found->second.callbacks,
                  [id](const Callback& callback) { return callback.id == id; });
    const Series& series = found->second;
    if (series.callbacks.empty() && !series.counter && !series.gauge) all.erase(found);
  }

  static CallbackHandle Add(const std::shared_ptr<Impl>& impl, std::string_view name,
                            std::string_view help, Labels labels, MetricType type,
                            std::function<double()> value) {
    const std::lock_guard lock(impl->mutex);
    const std::uint64_t id = ++impl->last_id;
    impl->Find(name, help, labels, type).callbacks.push_back({id, std::move(value)});
    return CallbackHandle([weak = std::weak_ptr<Impl>(impl), name = std::string(name), labels, id] {
      if (const auto alive = weak.lock()) alive->Withdraw(name, labels, id);
    });
  }
};

Metrics::Metrics() : impl_(std::make_shared<Impl>()) {}

Metrics::~Metrics() = default;

observe::Counter& Metrics::Counter(std::string_view name, std::string_view help, Labels labels) {
  const std::lock_guard lock(impl_->mutex);
  Series& series = impl_->Find(name, help, labels, MetricType::Counter);
  if (!series.counter) series.counter = std::make_unique<observe::Counter>();
  return *series.counter;
}

observe::Gauge& Metrics::Gauge(std::string_view name, std::string_view help, Labels labels) {
  const std::lock_guard lock(impl_->mutex);
  Series& series = impl_->Find(name, help, labels, MetricType::Gauge);
  if (!series.gauge) series.gauge = std::make_unique<observe::Gauge>();
  return *series.gauge;
}

observe::Histogram& Metrics::Histogram(std::string_view name, std::string_view help,
                                       std::vector<double> upper_bounds, Labels labels) {
  const std::lock_guard lock(impl_->mutex);
  Series& series = impl_->Find(name, help, labels, MetricType::Histogram);
  if (!series.histogram) {
    series.histogram = std::make_unique<observe::Histogram>(std::move(upper_bounds));
  }
  return *series.histogram;
}

CallbackHandle Metrics::GaugeCallback(std::string_view name, std::string_view help, Labels labels,
                                      std::function<double()> value) {
  return Impl::Add(impl_, name, help, std::move(labels), MetricType::Gauge, std::move(value));
}

CallbackHandle Metrics::CounterCallback(std::string_view name, std::string_view help, Labels labels,
                                        std::function<double()> value) {
  return Impl::Add(impl_, name, help, std::move(labels), MetricType::Counter, std::move(value));
}

std::string Metrics::Render() const {
  const std::lock_guard scrape(impl_->scraping);
  std::vector<MetricFamily> collected;
  std::vector<Question> questions;
  {
    const std::lock_guard lock(impl_->mutex);
    for (const auto& [name, family] : impl_->families) {
      if (family.series.empty()) continue;  // all of its callbacks were withdrawn
      MetricFamily out{name, family.help, family.type, {}};
      for (const auto& [labels, series] : family.series) {
        if (!series.callbacks.empty()) {
          questions.push_back({collected.size(), out.metric.size(), series.callbacks.back().value});
        }
        out.metric.push_back(Collect(labels, series));
      }
      collected.push_back(std::move(out));
    }
  }
  for (const Question& question : questions) {
    MetricFamily& family = collected[question.family];
    ClientMetric& metric = family.metric[question.metric];
    (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        Ask(question.value);
  }
  return prometheus::TextSerializer().Serialize(collected);
}

}  // namespace telex::observe
