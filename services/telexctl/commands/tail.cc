#include "telexctl/commands/tail.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/kafka/log_reader.h"
#include "telexctl/context.h"

namespace telex::cli {
namespace {

// Takes records on the reader's thread, gives them to the one that prints.
class Queue final : public kafka::LogHandler {
 public:
  kafka::Outcome OnBatch(std::span<const kafka::Record> records, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    // Who prints may be slower than who reads.
    room_.wait(lock, stop, [&] { return records_.size() < kRecordsMax; });
    records_.insert(records_.end(), records.begin(), records.end());
    changed_.notify_all();
    return kafka::Outcome::Done();
  }
  void OnCaughtUp(const kafka::TopicPartition&, std::int64_t) override {}
  void OnAllCaughtUp() override {
    const std::lock_guard lock(mutex_);
    caught_up_ = true;
    changed_.notify_all();
  }
  void OnFatal(const absl::Status& why) {
    const std::lock_guard lock(mutex_);
    fatal_ = why;
    changed_.notify_all();
  }

  struct Taken {
    std::vector<kafka::Record> records;
    bool caught_up = false;  // no more of what was there at the start
    bool quiet = false;      // nothing came in time
    absl::Status fatal;
  };
  Taken Take(absl::Duration within) {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, absl::ToChronoMilliseconds(within), [&] {
      return !records_.empty() || !fatal_.ok() || (caught_up_ && !told_);
    });
    Taken taken{.caught_up = caught_up_, .quiet = !came, .fatal = fatal_};
    taken.records.swap(records_);
    told_ = told_ || caught_up_;
    room_.notify_all();
    return taken;
  }

 private:
  static constexpr std::size_t kRecordsMax = 10'000;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable_any room_;
  std::vector<kafka::Record> records_;
  bool caught_up_ = false;
  bool told_ = false;
  absl::Status fatal_;
};

absl::StatusOr<std::vector<kafka::ReadFrom>> Starts(const TailOrder& order, kafka::Admin& admin,
                                                    absl::Duration within) {
  const auto begin = admin.BeginningOffsets(order.topic, within);
  if (!begin.ok()) return begin.status();
  const auto end = admin.EndOffsets(order.topic, within);
  if (!end.ok()) return end.status();
  std::vector<kafka::ReadFrom> from;
  for (std::size_t i = 0; i < std::min(begin->size(), end->size()); ++i) {
    std::int64_t offset = (*begin)[i];
    if (order.from.kind == TailFrom::Kind::kEnd) offset = (*end)[i];
    if (order.from.kind == TailFrom::Kind::kLast) {
      offset = std::max((*begin)[i], (*end)[i] - order.from.last);
    }
    from.push_back({.partition = {order.topic, static_cast<std::int32_t>(i)},
                    .offset = offset,
                    .skip_expired = true});
  }
  return from;
}

class Printer {
 public:
  Printer(const TailOrder& order, Output& output) : order_(order), output_(output) {}

  // False: the limit is reached.
  bool Print(const kafka::Record& record) {
    output_.Text(output_.json() ? RecordJson(record) : RecordText(record));
    return order_.limit == 0 || ++printed_ < order_.limit;
  }
  bool Print(const std::vector<kafka::Record>& records) {
    return std::all_of(records.begin(), records.end(),
                       [this](const kafka::Record& record) { return Print(record); });
  }

 private:
  const TailOrder& order_;
  Output& output_;
  std::int64_t printed_ = 0;
};

void KeepLast(std::int64_t count, std::vector<kafka::Record>& records) {
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.timestamp_ms < b.timestamp_ms; });
  const auto size = static_cast<std::int64_t>(records.size());
  if (size > count) records.erase(records.begin(), records.begin() + (size - count));
}

absl::Status PrintAll(const TailOrder& order, Queue& queue, Context& context) {
  Printer printer(order, context.output());
  std::vector<kafka::Record> held;  // until the end of what was there is reached
  bool holding = order.from.kind == TailFrom::Kind::kLast;
  for (;;) {
    Queue::Taken taken = queue.Take(context.options().timeout);
    if (holding) {
      held.insert(held.end(), taken.records.begin(), taken.records.end());
      if (held.size() > 2 * static_cast<std::size_t>(order.from.last) + 10'000) {
        KeepLast(order.from.last, held);
      }
      if (taken.caught_up) {
        KeepLast(order.from.last, held);
        if (!printer.Print(held)) return absl::OkStatus();
        holding = false;
      }
    } else if (!printer.Print(taken.records)) {
      return absl::OkStatus();
    }
    context.output().Flush();
    if (!taken.fatal.ok()) return taken.fatal;
    if (taken.caught_up && !order.follow) return absl::OkStatus();
    if (taken.quiet && !taken.caught_up) {
      return errors::Error(absl::StatusCode::kUnavailable, errors::kBrokerUnavailable,
                           fmt::format("{}: nothing came from {} within {}", order.topic,
                                       context.options().kafka_brokers,
                                       absl::FormatDuration(context.options().timeout)));
    }
  }
}

}  // namespace

absl::Status Tail(const TailOrder& order, Context& context) {
  const auto admin = context.KafkaAdmin();
  if (!admin.ok()) return admin.status();
  auto from = context.retrier().Run(
      order.topic, [&] { return Starts(order, **admin, context.options().timeout); });
  if (!from.ok()) return from.status();
  Queue queue;
  const auto reader = kafka::LogReader::Create(
      {.client = context.KafkaConfig(), .from = *std::move(from)}, queue,
      {.on_fatal = [&queue](const absl::Status& why) { queue.OnFatal(why); }});
  if (!reader.ok()) return reader.status();
  const absl::Status status = PrintAll(order, queue, context);
  (*reader)->Stop(absl::Seconds(5)).IgnoreError();
  return status;
}

}  // namespace telex::cli
