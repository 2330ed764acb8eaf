#include "views/domain/event_window.h"

#include <cstring>

namespace telex::views {
namespace {

// Of the 122 random bits of a UUID, or the 74 of version 7, enough to tell some million events
// apart, and the same on every machine.
std::uint64_t ShortId(const news::ArticleId& article, const EventId& id) {
  std::uint64_t halves[2];
  std::memcpy(halves, id.data(), sizeof halves);
  std::uint64_t story[2];
  std::memcpy(story, article.bytes().data(), sizeof story);
  return halves[0] ^ halves[1] ^ story[0] ^ story[1];
}

}  // namespace

EventWindow::EventWindow(const CountingRule& rule)
    : seconds_(rule.same_event_within_ms / kSecondMs),
      per_second_max_(rule.events_per_second_max) {}

bool EventWindow::Take(const news::ArticleId& article, const EventId& id, std::int64_t second) {
  if (by_second_.empty() || by_second_.back().second != second) {
    by_second_.push_back({.second = second});
    Forget(second - seconds_);
  }
  const std::uint64_t event = ShortId(article, id);
  Second& now = by_second_.back();
  if (++now.records > per_second_max_) {
    const bool is_new = !last_.contains(event);
    if (is_new) ++not_remembered_;
    return is_new;
  }
  const auto [entry, is_new] = last_.try_emplace(event, second);
  if (is_new || entry->second != second) now.events.push_back(event);
  entry->second = second;
  return is_new;
}

void EventWindow::Forget(std::int64_t before) {
  while (by_second_.front().second < before) {
    for (const std::uint64_t event : by_second_.front().events) {
      const auto entry = last_.find(event);
      if (entry != last_.end() && entry->second < before) last_.erase(entry);
    }
    by_second_.pop_front();
  }
}

}  // namespace telex::views
