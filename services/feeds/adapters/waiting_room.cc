#include "feeds/adapters/waiting_room.h"

#include <algorithm>

namespace telex::feeds {

WaitingRoom::WaitingRoom(std::size_t seats_max)
    : seats_max_(seats_max), thread_([this](std::stop_token stop) { Run(stop); }) {}

WaitingRoom::~WaitingRoom() {
  thread_.request_stop();
  thread_.join();
  for (Seat& seat : seats_) seat.attempt(true);
}

bool WaitingRoom::Enter(std::chrono::steady_clock::duration within, Try attempt) {
  {
    std::lock_guard lock(mutex_);
    if (taken_ >= seats_max_) return false;
    ++taken_;
    ++entries_;
    seats_.push_back(
        {.until = std::chrono::steady_clock::now() + within, .attempt = std::move(attempt)});
  }
  wake_.notify_one();
  return true;
}

void WaitingRoom::FoldChanged() {
  {
    std::lock_guard lock(mutex_);
    ++changes_;
    if (seats_.empty()) return;
  }
  wake_.notify_one();
}

std::size_t WaitingRoom::waiting() const {
  std::lock_guard lock(mutex_);
  return taken_;
}

void WaitingRoom::Run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  std::uint64_t changes_seen = 0;
  std::uint64_t entries_seen = 0;
  while (!stop.stop_requested()) {
    const auto news = [&] { return changes_ != changes_seen || entries_ != entries_seen; };
    if (seats_.empty()) {
      wake_.wait(lock, stop, news);
    } else {
      const auto first =
          std::min_element(seats_.begin(), seats_.end(),
                           [](const Seat& a, const Seat& b) { return a.until < b.until; });
      wake_.wait_until(lock, stop, first->until, news);
    }
    if (stop.stop_requested()) return;
    // A newcomer is tried, too: the fold may have changed between its own look and its entry.
    const bool try_all = news();
    changes_seen = changes_;
    entries_seen = entries_;
    const auto now = std::chrono::steady_clock::now();
    std::list<Seat> called;
    for (auto seat = seats_.begin(); seat != seats_.end();) {
      const auto next = std::next(seat);
      if (try_all || seat->until <= now) called.splice(called.end(), seats_, seat);
      seat = next;
    }
    lock.unlock();
    for (auto seat = called.begin(); seat != called.end();) {
      seat = seat->attempt(seat->until <= now) ? called.erase(seat) : std::next(seat);
    }
    lock.lock();
    seats_.splice(seats_.end(), called);
    taken_ = seats_.size();
  }
}

}  // namespace telex::feeds
