// The least that a fold can be: it counts records by key, and appends a record for every so many.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "platform/owner/fold.h"
#include "tests/benchmark/small_records.h"

namespace telex::bench {

class CountingFold final : public owner::Fold {
 public:
  // `per_append`: how many of the input one is appended for. `on_recorded`: so many more of the
  // input are dealt with.
  CountingFold(std::int32_t partition, std::uint64_t per_append,
               std::function<void(std::uint64_t)> on_recorded)
      : partition_(partition), per_append_(per_append), on_recorded_(std::move(on_recorded)) {}

  std::int64_t KnownEnd() const override { return 0; }
  void Take(std::span<const kafka::RecordView> records) override { batch_ = records; }

  // The whole batch is a round.
  absl::StatusOr<owner::Round> Next(bool) override {
    owner::Round round{.taken = batch_.size()};
    counted_.clear();
    for (const kafka::RecordView& record : batch_) {
      const std::string_view key = record.key();
      auto found = counts_.find(key);
      if (found == counts_.end()) found = counts_.emplace(key, 0).first;
      counted_.push_back(&found->second);
    }
    const std::uint64_t after = total_ + batch_.size();
    auto& step = round.steps.emplace_back();
    for (std::uint64_t n = total_ / per_append_ + 1; n * per_append_ <= after; ++n) {
      step.push_back({.topic = kCountsTopic,
                      .partition = partition_,
                      .key = fmt::format("partitions/{}", partition_),
                      .value = std::to_string(n)});
    }
    return round;
  }

  void Recorded() override {
    for (std::uint64_t* count : counted_) ++*count;
    total_ += counted_.size();
    on_recorded_(counted_.size());
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  const std::int32_t partition_;
  const std::uint64_t per_append_;
  const std::function<void(std::uint64_t)> on_recorded_;
  std::span<const kafka::RecordView> batch_;
  std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> counts_;
  std::vector<std::uint64_t*> counted_;  // by the round that is not on record yet
  std::uint64_t total_ = 0;
};

}  // namespace telex::bench
