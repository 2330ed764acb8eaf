// Views as readers make them, the same on every machine: stories by Zipf, some of the looks
// repeated, some late, some sent twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "news/article_id.h"
#include "platform/kafka/record.h"
#include "views/domain/view.h"

namespace telex::bench {

inline const std::string kMadeViewsTopic = "telex-bench.views";
inline constexpr std::int32_t kMadeViewsPartitions = 12;

// Ranks from 0, with a probability of 1 / (rank + 1).
class Zipf {
 public:
  explicit Zipf(std::size_t ranks);
  std::size_t operator()(std::mt19937_64& random) const;

 private:
  std::vector<double> sums_;
};

struct MadeViewsOptions {
  std::size_t stories = 1'000;
  std::uint64_t visitors_percent = 50;  // looks by who has not looked at that story before
  std::int64_t pace = 2'500;            // views a second by the log's clock
};

// What else they are like, in all benchmarks.
inline constexpr std::int64_t kReturnWithinSeconds = 60;  // the other looks, after one before
inline constexpr std::int64_t kLatenessMs = 2'000;        // at most, of nearly all
inline constexpr std::int64_t kLongLatenessMs = 700'000;  // of one in 1,000: some are too late
inline constexpr std::uint64_t kSentTwicePercent = 1;     // with the same event id

class MadeViews {
 public:
  explicit MadeViews(MadeViewsOptions options);

  // The next one, of the whole topic; its texts live for ever.
  views::View Next();
  // When it was appended, by the log's clock.
  std::int64_t append_ms() const { return append_ms_; }

 private:
  const MadeViewsOptions options_;
  const Zipf choose_;
  std::mt19937_64 random_{1};
  std::vector<news::ArticleId> stories_;
  std::vector<views::View> recent_;  // a ring
  std::uint64_t made_ = 0;
  std::int64_t append_ms_ = 0;
};

// As the edge appends it: to the partition of its story, unless another is named.
kafka::Record RecordOf(const views::View& view, std::int64_t append_ms);

}  // namespace telex::bench
