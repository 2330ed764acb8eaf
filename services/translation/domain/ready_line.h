// The open jobs of a pair that one kind of worker can take, in one partition. Pure; not
// thread-safe. What a call costs grows with the logarithm of what is in there.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "translation/domain/job.h"

namespace telex::translation {

// Its place in the order: the smallest is next.
struct ReadyJob {
  std::int64_t rank_ms = 0;  // by when it should be done
  std::int64_t since = 0;    // the fact that opened it
  std::uint32_t slot = 0;    // where its partition keeps it

  auto operator<=>(const ReadyJob&) const = default;
};

class ReadyLine {
 public:
  // `source` outlives the line.
  void Add(std::string_view source, const ReadyJob& job);
  void Remove(std::string_view source, const ReadyJob& job);

  std::size_t size() const { return size_; }
  // nullopt: it is empty.
  std::optional<ReadyJob> First() const;
  // The first job of the source that comes next behind `source`, by name; nullopt: there is none.
  struct Turn {
    std::string_view source;
    ReadyJob job;
  };
  std::optional<Turn> FirstBehind(std::string_view source) const;

 private:
  using Jobs = absl::btree_set<ReadyJob>;
  struct Head {
    ReadyJob job;
    std::string_view source;
    auto operator<=>(const Head&) const = default;
  };

  absl::btree_map<std::string_view, Jobs> by_source_;  // none is empty
  absl::btree_set<Head> heads_;                        // of each source its first
  std::size_t size_ = 0;
};

struct LineId {
  Pair pair;
  Worker worker = Worker::kMachine;
  bool backfill = false;

  auto operator<=>(const LineId&) const = default;
};

}  // namespace telex::translation
