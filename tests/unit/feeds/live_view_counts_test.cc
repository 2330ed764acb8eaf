#include "feeds/adapters/live_view_counts.h"

#include <gtest/gtest.h>

#include <vector>

namespace telex::feeds {
namespace {

constexpr absl::Duration kEvery = absl::Minutes(1);

absl::Time At(int seconds) { return absl::FromUnixSeconds(1'800'000'000 + seconds); }

TEST(LiveViewCounts, LookAgainWhenTheClockIsSetBack) {
  const auto story = news::ArticleId::Of("sources/test", "1");
  absl::Time now = At(0);
  LiveViewCounts live(kEvery, [&now] { return now; });
  live.Start(ViewCounts(1, kEvery));
  live.SetCaughtUp();
  now = At(3600);
  live.Now();
  now = At(5);
  const std::uint64_t state = live.Now();
  live.Apply({{.partition = 0,
               .offset = 0,
               .appended = now,
               .change = ViewCounts::Change{.article = story, .by = 7}}});
  now = At(60);
  EXPECT_EQ(live.Now(), state);
  now = At(61);
  EXPECT_GT(live.Now(), state);
  EXPECT_EQ(live.Of({WindowItem{.id = story}}).views, std::vector<std::int64_t>{7});
}

}  // namespace
}  // namespace telex::feeds
