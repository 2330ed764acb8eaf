#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "views/domain/partition_counts.h"

namespace telex::views {

// What became of one record of a view, and why.
struct ExplainedView {
  enum class Outcome {
    kCounted,
    kFiltered,   // `filter` says why
    kSameEvent,  // it was sent again: the record before it is the view
    kTakenBack,  // it counted, until an earlier look of the same visitor came late
  };
  Outcome outcome = Outcome::kCounted;
  Filter filter = Filter::kNone;
  std::int64_t offset = 0;
  std::int64_t append_ms = 0;
  std::int64_t time_ms = 0;  // of the look; no later than its record
  Calendar::Place under;     // the day that it is in, whether it counts or not, and the hour
  // As it is counted; of what does not count, as it says.
  std::string language;
  std::string partner;
  Visitor visitor = kNoVisitor;
  AgentClass agent_class = AgentClass::kUnknown;
  std::uint32_t agent_list = 0;
  std::string placement;

  std::optional<LookWindows::VisitTimes> visit;  // of a repeat: the visit that it is in
  std::int64_t closed_ms = 0;                    // when it came, looks before that were late
  struct Earlier {
    std::int64_t offset = 0;
    std::int64_t time_ms = 0;
  };
  std::optional<Earlier> taken_back_by;
  // Not all that bears on it was read.
  bool uncertain = false;
};

// Says what became of one view, by counting its partition once more, record by record. Pure; not
// thread-safe. Memory: the windows, the totals of the article, and kDaysMax days of others.
class ViewExplanation {
 public:
  static constexpr std::size_t kDaysMax = 10'000;
  static constexpr std::size_t kRecordsMax = 100;  // of the view; those that follow are left out

  // `whole_from_ms`: all records that bear on looks since then are going to be counted. Without:
  // all of the log, of which retention has deleted what lies before its first record.
  ViewExplanation(const CountingRule& rule, absl::TimeZone zone, const news::ArticleId& article,
                  const EventId& id, std::optional<std::int64_t> whole_from_ms = std::nullopt);

  // The next record of the partition. Errors are those of PartitionCounts.
  absl::Status Count(std::int64_t offset, std::int64_t append_ms, const View& view);
  // It is no view.
  void Skip(std::int64_t offset, std::int64_t append_ms);

  // It is found, and nothing that follows can change what is said of it: under the same id it is
  // another event.
  bool Settled() const;
  // In the log's order; none: no record is of that view.
  const std::vector<ExplainedView>& found() const { return found_; }
  // When the first record was appended; none came yet.
  std::optional<std::int64_t> first_append_ms() const { return first_append_ms_; }

 private:
  void Begin(std::int64_t offset, std::int64_t append_ms);
  void Note(std::int64_t offset, std::int64_t append_ms, const View& view);
  void NoteTakenBack(std::int64_t offset, const View& view);
  void Forget();

  const CountingRule rule_;
  const news::ArticleId article_;
  const EventId id_;
  Calendar calendar_;
  std::map<DayKey, DayTotals> kept_;  // of the article, when others were forgotten
  PartitionCounts counts_;
  std::optional<std::int64_t> whole_from_ms_;
  std::optional<std::int64_t> first_append_ms_;
  std::int64_t append_ms_ = 0;       // the newest
  std::int64_t known_until_ms_ = 0;  // what is appended until then may be the same event
  std::vector<ExplainedView> found_;
};

}  // namespace telex::views
