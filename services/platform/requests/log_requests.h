// Requests over the log: a record is appended, somebody (this process or another) answers it with a
// record of his own, and whoever asked is told when this process has read the answer. No request
// waits longer than its deadline, and each is answered once.
//
// Thread-safe. Callbacks come from the publisher's, the reader's or the deadline's thread and must
// not block.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/kafka/publisher.h"
#include "platform/kafka/record.h"
#include "platform/runtime/deadline.h"
#include "platform/runtime/loop.h"

namespace telex::requests {

// What a request gets instead of its answer. The first three are UNAVAILABLE and safe to repeat.
absl::Status AnswerPending();                  // DECISION_PENDING
absl::Status Stopping();                       // STOPPING
absl::Status Overloaded(std::size_t waiting);  // OVERLOADED
// INVALID_ARGUMENT as it is, BROKER_UNAVAILABLE for all else.
absl::Status NotAppended(const absl::Status& why);

// What differs between services.
template <typename Answer>
struct LogRequestsPorts {
  std::function<void(kafka::Record, kafka::Publisher::Callback)> append;
  // The answer to the request at this place, if it was read before anybody waited for it.
  std::function<std::optional<Answer>(const kafka::Position&)> find;
  // Whether all that the answer names can be read here, too.
  std::function<bool(const Answer&)> is_readable;
  std::function<runtime::Deadline::Clock::time_point()> now = &runtime::Deadline::Clock::now;
};

template <typename Answer>
class LogRequests {
 public:
  using Answered = std::function<void(absl::StatusOr<Answer>)>;
  using Appended = std::function<void(absl::Status)>;
  static constexpr std::size_t kWaitersMax = 20'000;
  static constexpr absl::Duration kDeadlineTick = absl::Milliseconds(20);

  explicit LogRequests(LogRequestsPorts<Answer> ports)
      : ports_(std::move(ports)),
        deadlines_(kDeadlineTick, nullptr, [this](const std::stop_token&) { AnswerTheLate(); }) {}
  ~LogRequests() { Stop(); }

  // Appends the request; `answered` is called once: with the answer, or with one of the above:
  //   DECISION_PENDING    the deadline came first, before the append was acknowledged or before
  //                       the answer was read; it may yet come
  //   BROKER_UNAVAILABLE  it could not be appended; whether it was is unknown
  //   OVERLOADED          kWaitersMax wait already; it was not appended
  //   STOPPING            this process is stopping
  void Request(kafka::Record record, runtime::Deadline deadline, Answered answered) {
    const auto ticket = Wait(deadline, std::move(answered));
    if (!ticket) return;
    ports_.append(std::move(record),
                  [this, ticket = *ticket](const absl::StatusOr<kafka::Position>& position) {
                    if (position.ok()) return Place(ticket, *position);
                    if (const Answered waiting = Take(ticket))
                      waiting(NotAppended(position.status()));
                  });
  }

  // Appends a record that requests will name, such as a document. OK when it is acknowledged.
  void Append(kafka::Record record, runtime::Deadline deadline, Appended appended) {
    const auto ticket =
        Wait(deadline, [appended](const absl::StatusOr<Answer>& none) { appended(none.status()); });
    if (!ticket) return;
    ports_.append(std::move(record), [this, ticket = *ticket, appended = std::move(appended)](
                                         const absl::StatusOr<kafka::Position>& position) {
      if (!Take(ticket)) return;  // its deadline has come
      appended(position.ok() ? absl::OkStatus() : NotAppended(position.status()));
    });
  }

  // What the reader has read, with the places of the requests.
  void AnswersRead(std::span<const std::pair<kafka::Position, Answer>> answers) {
    std::vector<std::pair<Answered, Answer>> done;
    {
      const std::lock_guard lock(mutex_);
      if (tickets_.empty()) return;
      for (const auto& [place, answer] : answers) {
        const auto ticket = tickets_.find(place);
        if (ticket != tickets_.end()) waiters_.at(ticket->second).answer = answer;
      }
      // What an answer names may lie in another topic, and be read after it.
      std::erase_if(tickets_, [&](const auto& entry) {
        const auto waiter = waiters_.find(entry.second);
        if (!waiter->second.answer || !ports_.is_readable(*waiter->second.answer)) return false;
        done.emplace_back(std::move(waiter->second.answered), *std::move(waiter->second.answer));
        waiters_.erase(waiter);
        return true;
      });
    }
    for (auto& [answered, answer] : done) answered(std::move(answer));
  }

  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiters_.size();
  }

  // All who wait get STOPPING. Idempotent.
  void Stop() {
    std::map<Ticket, Waiter> left;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      left.swap(waiters_);
      tickets_.clear();
    }
    for (auto& [ticket, waiter] : left) waiter.answered(Stopping());
    deadlines_.Stop();
  }

 private:
  using Ticket = std::uint64_t;
  struct Waiter {
    runtime::Deadline deadline;
    Answered answered;
    std::optional<kafka::Position> place;  // once the append is acknowledged
    std::optional<Answer> answer;          // read, but not yet what it names
  };

  // Registers who waits. Empty, and `answered` called, when nobody may.
  std::optional<Ticket> Wait(runtime::Deadline deadline, Answered answered) {
    absl::Status why;
    {
      const std::lock_guard lock(mutex_);
      if (!stopped_ && waiters_.size() < kWaitersMax) {
        const Ticket ticket = ++next_ticket_;
        waiters_.emplace(ticket, Waiter{.deadline = deadline, .answered = std::move(answered)});
        return ticket;
      }
      why = stopped_ ? Stopping() : Overloaded(waiters_.size());
    }
    answered(why);
    return std::nullopt;
  }

  void Place(Ticket ticket, const kafka::Position& position) {
    {
      const std::lock_guard lock(mutex_);
      const auto waiter = waiters_.find(ticket);
      if (waiter == waiters_.end()) return;  // its deadline has come
      waiter->second.place = position;
      tickets_.insert_or_assign(position, ticket);
    }
    if (auto answer = ports_.find(position)) {
      const std::pair<kafka::Position, Answer> read{position, *std::move(answer)};
      AnswersRead({&read, 1});
    }
  }

  // Its place may be another's by now: in a log that was recreated.
  void Forget(const Waiter& waiter, Ticket ticket) {
    if (!waiter.place) return;
    const auto found = tickets_.find(*waiter.place);
    if (found != tickets_.end() && found->second == ticket) tickets_.erase(found);
  }

  // Takes the waiter out; empty when it has been answered.
  Answered Take(Ticket ticket) {
    const std::lock_guard lock(mutex_);
    const auto waiter = waiters_.find(ticket);
    if (waiter == waiters_.end()) return nullptr;
    Answered answered = std::move(waiter->second.answered);
    Forget(waiter->second, ticket);
    waiters_.erase(waiter);
    return answered;
  }

  void AnswerTheLate() {
    std::vector<Answered> late;
    {
      const std::lock_guard lock(mutex_);
      const auto now = ports_.now();
      std::erase_if(waiters_, [&](auto& waiter) {
        if (!waiter.second.deadline.Passed(now)) return false;
        late.push_back(std::move(waiter.second.answered));
        Forget(waiter.second, waiter.first);
        return true;
      });
    }
    for (Answered& answered : late) answered(AnswerPending());
  }

  const LogRequestsPorts<Answer> ports_;
  mutable std::mutex mutex_;
  Ticket next_ticket_ = 0;
  std::map<Ticket, Waiter> waiters_;
  std::map<kafka::Position, Ticket> tickets_;  // of the waiters that have a place
  bool stopped_ = false;
  runtime::PeriodicTask deadlines_;
};

}  // namespace telex::requests
