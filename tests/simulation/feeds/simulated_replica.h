#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/adapters/feed_replica.h"
#include "feeds/adapters/page.h"
#include "tests/simulation/feeds/feeds_simulation.h"
#include "tests/simulation/feeds/newsroom.h"
#include "tests/support/temp_dir.h"

namespace telex::feeds {

inline constexpr std::size_t kWindowItems = 4;

// What a reader gets.
struct Answered {
  int status = 0;
  std::optional<FeedTag> tag;  // of 200 and 410
  std::string body;            // of 200
  absl::Time updated;          // of 200: as the page says it
  bool as_rendered = true;     // what lies in Redis is what this replica would make
};

// A replica of feeds: what runs in production between the log and the socket (FeedReplica, over a
// local store on the disk, and its pages), in a process that is started and killed, and with a
// reader of the log that hands over what it is told to. Threads and sockets are left out.
class SimulatedReplica {
 public:
  // All outlive it. `shared`: Redis, where renditions lie by their hash (RenditionStore).
  SimulatedReplica(const NewsLog& log, const absl::Time& clock,
                   std::map<std::string, std::string>& shared, TakenAway taken_away);
  ~SimulatedReplica();

  bool up() const { return process_ != nullptr; }
  // LOG_TRUNCATED: its store was made from another log.
  absl::Status Start();
  void Stop();
  void LoseStore();

  // Hands over what comes next, so much of each partition at most; `set_aside_works`: the topic for
  // what cannot be understood can be written. Not ok: the batch was undone.
  absl::Status Read(Random& random, int records_max, bool set_aside_works = true);
  absl::Status ReadAll();
  // As a balancer sees it.
  absl::Status Readiness() const;
  bool IsReady() const { return Readiness().ok(); }

  // `last`: the time to wait is over. None: the request waits for the fold.
  std::optional<Answered> Get(const FeedKey& key, const FeedFormat& format,
                              const std::string& if_none_match, bool last);
  std::optional<Answered> Get(const news::ArticleId& id, const std::string& if_none_match,
                              bool last);

  const LiveFeeds& feeds() const;
  const ArticleStore& store() const;
  std::int64_t PositionOf(int place) const;
  // Whether its store is of a cluster already.
  bool bound() const { return bound_; }
  // Whether its store has what the log behind its end had.
  bool KnowsMoreThan(const std::array<std::int64_t, kPlaces>& ends) const;

  bool next_release = false;  // what it is started as

 private:
  struct Process;
  std::optional<Answered> Ask(Page& page, const std::string& if_none_match, bool last) const;
  Answered Send(Page& page, Page::Look look) const;
  absl::Status HandOver(std::array<int, kPlaces> most, bool set_aside_works);
  absl::Status CheckPlace(const kafka::ReadFrom& from) const;
  void NoteCaughtUp();

  const NewsLog& log_;
  const absl::Time& clock_;
  std::map<std::string, std::string>& shared_;
  const TakenAway taken_away_;
  std::unique_ptr<tests::TempDir> folder_ = std::make_unique<tests::TempDir>();
  std::unique_ptr<Process> process_;
  bool bound_ = false;
  absl::Time touched_;                              // as its store says
  std::array<std::int64_t, kPlaces> known_ends_{};  // what lies before is in the store
};

}  // namespace telex::feeds
