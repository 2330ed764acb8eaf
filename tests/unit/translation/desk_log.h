// A LogJobDesk over a store, and the log between them, as tests hold it: what is appended is read
// when the test says so.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <string>
#include <utility>

#include "platform/grpc/unary_service.h"
#include "tests/unit/translation/read_store.h"
#include "translation/adapters/desk/log_job_desk.h"

namespace telex::translation {

class DeskLog {
 public:
  DeskLog() {
    read.store().log().OnAllCaughtUp();
    desk.AppendThrough([this](kafka::Record record, kafka::Publisher::Callback done) {
      const std::lock_guard lock(mutex_);
      appended_.emplace_back(std::move(record), std::move(done));
    });
  }
  ~DeskLog() { desk.Stop(); }

  AppendNames names;
  ReadStore read{names.prefix()};
  LogJobDesk desk{read.store(), names};

  std::size_t appended() const {
    const std::lock_guard lock(mutex_);
    return appended_.size();
  }
  // All that is appended and was not read; the texts that were in there.
  std::vector<v1::Text> Read() {
    std::vector<v1::Text> texts;
    while (auto next = Take()) {
      v1::JobFact fact;
      fact.ParseFromString(next->first.value.value_or(""));
      if (fact.has_completed()) texts.push_back(fact.completed().text());
      const std::int64_t offset = read.Read(std::move(next->first));
      next->second(kafka::Position{0, offset});
    }
    return texts;
  }
  static rpc::Call CallOf(std::string actor) {
    return {.actor = {.name = std::move(actor)}, .deadline = absl::Now() + absl::Minutes(5)};
  }

 private:
  using Appended = std::pair<kafka::Record, kafka::Publisher::Callback>;
  std::optional<Appended> Take() {
    const std::lock_guard lock(mutex_);
    if (appended_.empty()) return std::nullopt;
    Appended next = std::move(appended_.front());
    appended_.pop_front();
    return next;
  }

  mutable std::mutex mutex_;
  std::deque<Appended> appended_;
};

}  // namespace telex::translation
