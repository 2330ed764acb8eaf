#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace telex::feeds {

// Requests that have seen more than this replica's fold: tried again after each change of the fold,
// and for the last time when their time is over. One thread for all; the sockets' threads go on.
class WaitingRoom {
 public:
  // Answers the request if it can, and says whether it has; with `last` it must.
  using Try = std::function<bool(bool last)>;

  explicit WaitingRoom(std::size_t seats_max);
  ~WaitingRoom();  // everybody is tried for the last time
  WaitingRoom(const WaitingRoom&) = delete;
  WaitingRoom& operator=(const WaitingRoom&) = delete;

  // Takes a seat for `within`; false (and `attempt` is not called) when there is none.
  bool Enter(std::chrono::steady_clock::duration within, Try attempt);

  void FoldChanged();  // cheap; any thread

  std::size_t waiting() const;

 private:
  struct Seat {
    std::chrono::steady_clock::time_point until;
    Try attempt;
  };
  void Run(std::stop_token stop);

  const std::size_t seats_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::list<Seat> seats_;
  std::uint64_t changes_ = 0;
  std::uint64_t entries_ = 0;
  std::size_t taken_ = 0;  // seats, and those being tried right now
  std::jthread thread_;
};

}  // namespace telex::feeds
