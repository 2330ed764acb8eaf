#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "views/domain/counting_rule.h"
#include "views/domain/view.h"

namespace telex::views {

// Which events of a partition came lately. Whether one is known depends on the records of the
// rule's `same_event_within_ms` before it and on nothing else, so that who begins to read so much
// earlier knows the same. Pure; not thread-safe. Memory: about 35 bytes an event.
class EventWindow {
 public:
  explicit EventWindow(const CountingRule& rule);

  // Whether an event is new: of that story, as a page of several may give all of them one id.
  // `second`: in which it was appended, none smaller than those before.
  bool Take(const news::ArticleId& article, const EventId& id, std::int64_t second);

  std::size_t size() const { return last_.size(); }
  // So many new events were more than the rule remembers of their second: sent again, they are new
  // again.
  std::uint64_t not_remembered() const { return not_remembered_; }

 private:
  struct Second {
    std::int64_t second = 0;
    std::size_t records = 0;
    std::vector<std::uint64_t> events;
  };
  void Forget(std::int64_t before);

  const std::int64_t seconds_;
  const std::size_t per_second_max_;
  absl::flat_hash_map<std::uint64_t, std::int64_t> last_;  // event to the second it came last
  std::deque<Second> by_second_;
  std::uint64_t not_remembered_ = 0;
};

}  // namespace telex::views
