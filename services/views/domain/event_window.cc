#include "views/domain/event_window.h"

#include <cstring>

namespace telex::views {
namespace {

// The finalizer of MurmurHash3 (fmix64): every bit of `x` bears on every bit of it.
std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
  return x ^ (x >> 33);
}

// Of the 122 random bits of a UUID, or the 74 of version 7, enough to tell some million events
// apart, and the same on every machine of one byte order. The order of the halves matters. Only in
// memory.
std::uint64_t ShortId(const news::ArticleId& article, const EventId& id) {
  std::uint64_t halves[4];
  std::memcpy(halves, id.data(), 16);
  std::memcpy(halves + 2, article.bytes().data(), 16);
  std::uint64_t mixed = 0;
  for (const std::uint64_t half : halves) mixed = Mix(mixed + 0x9e3779b97f4a7c15u + half);
  return mixed;
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
