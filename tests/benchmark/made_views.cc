#include "tests/benchmark/made_views.h"

#include <algorithm>
#include <cstring>

#include "platform/kafka/partitioner.h"
#include "views/adapters/view_codec.h"

namespace telex::bench {
namespace {

constexpr std::int64_t kBeginMs = 1'795'000'000'000;

void GiveId(std::mt19937_64& random, views::View& view) {
  const std::uint64_t halves[2] = {random(), random()};
  std::memcpy(view.id.data(), halves, sizeof halves);
}

}  // namespace

Zipf::Zipf(std::size_t ranks) {
  for (std::size_t rank = 1; rank <= ranks; ++rank)
    sums_.push_back((sums_.empty() ? 0 : sums_.back()) + 1 / static_cast<double>(rank));
}

std::size_t Zipf::operator()(std::mt19937_64& random) const {
  const double at = std::uniform_real_distribution<>(0, sums_.back())(random);
  return static_cast<std::size_t>(std::upper_bound(sums_.begin(), sums_.end(), at) - sums_.begin());
}

MadeViews::MadeViews(MadeViewsOptions options)
    : options_(options),
      choose_(options.stories),
      recent_(static_cast<std::size_t>(options.pace * kReturnWithinSeconds)) {
  for (std::size_t n = 0; n < options.stories; ++n)
    stories_.push_back(news::ArticleId::Of("bench.example", std::to_string(n)));
}

views::View MadeViews::Next() {
  const std::uint64_t known = std::min<std::uint64_t>(made_, recent_.size());
  append_ms_ = kBeginMs + static_cast<std::int64_t>(made_) * 1'000 / options_.pace;
  views::View view;
  if (known > 0 && random_() % 100 < kSentTwicePercent) {
    view = recent_[random_() % known];
  } else {
    if (known > 0 && random_() % 100 >= options_.visitors_percent) {
      view = recent_[random_() % known];
    } else {
      view = {.article = stories_[choose_(random_)],
              .visitor = random_() | 1,
              .language = random_() % 4 == 0 ? "ru" : "en",
              .partner = random_() % 3 == 0 ? "panorama" : "",
              .agent_class = views::AgentClass::kBrowser,
              .agent_list = 1};
    }
    GiveId(random_, view);
    const std::int64_t late = random_() % 1'000 == 0 ? kLongLatenessMs : kLatenessMs;
    view.time_ms = append_ms_ - static_cast<std::int64_t>(random_() % std::uint64_t(late));
  }
  recent_[made_ % recent_.size()] = view;
  ++made_;
  return view;
}

kafka::Record RecordOf(const views::View& view, std::int64_t append_ms) {
  return {.topic = kMadeViewsTopic,
          .partition = kafka::PartitionOf(view.article.ToString(), kMadeViewsPartitions),
          .timestamp_ms = append_ms,
          .key = std::string(view.article.bytes()),
          .value = views::EncodeView(view)};
}

}  // namespace telex::bench
