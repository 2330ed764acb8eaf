// Which numbers of views feeds show, and when they change.
#include "feeds/domain/view_counts.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace telex::feeds {
namespace {

constexpr absl::Duration kEvery = absl::Minutes(1);
const absl::Time kIntervalBegins = absl::FromUnixSeconds(1'800'000'000);  // an interval begins

news::ArticleId StoryId(int n) { return news::ArticleId::Of("sources/test", std::to_string(n)); }
absl::Time At(int seconds) { return kIntervalBegins + absl::Seconds(seconds); }
ViewCounts::Change Views(int article, std::int64_t by) {
  return {.article = StoryId(article), .by = by};
}

class ViewCountsTest : public testing::Test {
 protected:
  void Append(int seconds, int article, std::int64_t by) {
    counts_.Apply(0, next_++, At(seconds), Views(article, by), At(seconds));
  }
  ViewCounts counts_{1, kEvery};
  std::int64_t next_ = 0;
};

TEST_F(ViewCountsTest, ChangeOnceInAnInterval) {
  counts_.CaughtUp();
  int changes = 0;
  for (int second = 0; second < 300; ++second) {
    Append(second, 1, 1);
    changes += counts_.Cut(At(second));
  }
  EXPECT_EQ(changes, 4);
  EXPECT_EQ(counts_.Of(StoryId(1)), 240);
  EXPECT_EQ(counts_.offsets(), std::vector<std::int64_t>{240});
  EXPECT_EQ(counts_.Of(StoryId(2)), 0);
}

TEST_F(ViewCountsTest, AnIntervalIsOverALittleLater) {
  counts_.CaughtUp();
  Append(59, 1, 5);
  EXPECT_FALSE(counts_.Cut(At(60)));
  EXPECT_EQ(counts_.NextCut(), At(61));
  EXPECT_TRUE(counts_.Cut(At(61)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 5);
  EXPECT_EQ(counts_.NextCut(), At(121));
  Append(62, 1, -5);  // purged
  EXPECT_TRUE(counts_.Cut(At(121)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 0);
  EXPECT_EQ(counts_.articles(), 0u);
}

TEST_F(ViewCountsTest, NothingIsShownOnTheWayToTheEnd) {
  for (int minute = 0; minute < 100; ++minute) Append(60 * minute, 1, 1);
  const absl::Time now = At(60 * 99 + 30);
  EXPECT_FALSE(counts_.Cut(now));
  EXPECT_FALSE(counts_.known());
  counts_.CaughtUp();
  EXPECT_TRUE(counts_.Cut(now));
  EXPECT_TRUE(counts_.known());
  EXPECT_EQ(counts_.Of(StoryId(1)), 99) << "all but what the others do not show yet";
  EXPECT_EQ(counts_.offsets()[0], 99);
}

TEST_F(ViewCountsTest, WhatWasWholeIsShownMeanwhile) {
  counts_.Load(StoryId(1), 3);
  counts_.Load(StoryId(1), 4);  // another day
  counts_.LoadedTo(0, 10);
  EXPECT_FALSE(counts_.known());
  counts_.SetWhole();
  EXPECT_TRUE(counts_.known());
  next_ = 10;
  Append(0, 1, 1);
  EXPECT_FALSE(counts_.Cut(At(200)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 7);
  EXPECT_EQ(counts_.offsets()[0], 10);
  counts_.CaughtUp();
  EXPECT_TRUE(counts_.Cut(At(200)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 8);
}

TEST_F(ViewCountsTest, AClockThatIsAheadDelaysAnIntervalAtMost) {
  counts_.CaughtUp();
  counts_.Cut(At(0));
  counts_.Apply(0, 0, At(7200), Views(1, 1), At(5));
  counts_.Apply(0, 1, At(6), Views(2, 1), At(6));
  EXPECT_FALSE(counts_.Cut(At(100)));
  EXPECT_TRUE(counts_.Cut(At(121)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 1);
  EXPECT_EQ(counts_.Of(StoryId(2)), 1) << "in the order of offsets";
}

TEST_F(ViewCountsTest, AClockThatWasAheadAndIsSetBackFreezesNothing) {
  counts_.CaughtUp();
  counts_.Cut(At(0));
  counts_.Cut(At(3600));
  for (int second = 1; second < 120; ++second) Append(second, 1, 1);
  EXPECT_TRUE(counts_.Cut(At(121)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 119);
  EXPECT_EQ(counts_.NextCut(), At(181));
}

TEST_F(ViewCountsTest, WhatCameWhileAllClocksWereAheadIsShownAnIntervalLater) {
  counts_.CaughtUp();
  counts_.Cut(At(0));
  Append(2, 1, 1);
  counts_.Cut(At(3600));
  EXPECT_EQ(counts_.Of(StoryId(1)), 1);
  Append(3600, 1, 1);
  EXPECT_FALSE(counts_.Cut(At(3)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 1) << "nothing is shown backwards";
  EXPECT_EQ(counts_.offsets()[0], 1);
  Append(4, 1, 1);
  EXPECT_FALSE(counts_.Cut(At(61)));
  EXPECT_TRUE(counts_.Cut(At(121)));
  EXPECT_EQ(counts_.Of(StoryId(1)), 3);
  EXPECT_EQ(counts_.offsets()[0], 3);
}

// Replicas that read at their own pace, and are killed and go on from what they have stored.
class SeveralReplicas {
 public:
  explicit SeveralReplicas(unsigned seed) : random_(seed) {
    for (int i = 0; i < 3; ++i) replicas_.emplace_back(ViewCounts(kPartitions, kEvery));
  }

  void Step() {
    now_ += absl::Milliseconds(random_() % 9'000);
    Replica& one = replicas_[random_() % replicas_.size()];
    switch (random_() % 8) {
      case 0:
        Restart(one);
        break;
      case 1:
      case 2:
      case 3:
        log_[random_() % kPartitions].push_back(
            {now_ - absl::Milliseconds(random_() % 2'000),  // of another clock
             Views(static_cast<int>(random_() % 5), static_cast<std::int64_t>(random_() % 4))});
        break;
      default:
        Read(one, random_() % 4);
    }
    Look(one);
  }
  void ComeToRest() {
    now_ += 3 * kEvery;
    for (Replica& one : replicas_) {
      for (const auto& partition : log_) Read(one, partition.size());
      now_ += 3 * kEvery;
      Look(one);
      EXPECT_EQ(Shown(one.counts), Shown(replicas_[0].counts));
      EXPECT_EQ(one.counts.offsets(), replicas_[0].counts.offsets());
    }
  }

 private:
  static constexpr int kPartitions = 2;
  struct Entry {
    absl::Time appended;
    ViewCounts::Change change;
  };
  struct Replica {
    explicit Replica(ViewCounts empty) : counts(std::move(empty)) {}
    ViewCounts counts;
    std::vector<std::size_t> next = std::vector<std::size_t>(kPartitions);
    std::vector<std::size_t> end_at_start = std::vector<std::size_t>(kPartitions);
    bool whole = false;
    std::vector<std::int64_t> seen;  // offsets
  };
  using Numbers = std::map<int, std::int64_t>;

  static Numbers Shown(const ViewCounts& counts) {
    Numbers numbers;
    for (int n = 0; n < 5; ++n) numbers[n] = counts.Of(StoryId(n));
    return numbers;
  }
  void Read(Replica& one, std::size_t records) {
    for (int partition = 0; partition < kPartitions; ++partition) {
      std::size_t& next = one.next[partition];
      for (std::size_t i = 0; i < records && next < log_[partition].size(); ++i, ++next) {
        const Entry& entry = log_[partition][next];
        one.counts.Apply(partition, static_cast<std::int64_t>(next), entry.appended, entry.change,
                         now_);
      }
    }
    if (one.next[0] >= one.end_at_start[0] && one.next[1] >= one.end_at_start[1]) {
      one.counts.CaughtUp();
      one.whole = true;
    }
  }
  void Restart(Replica& one) {
    ViewCounts loaded(kPartitions, kEvery);
    for (int partition = 0; partition < kPartitions; ++partition) {
      for (std::size_t i = 0; i < one.next[partition]; ++i) {
        loaded.Load(log_[partition][i].change.article, log_[partition][i].change.by);
      }
      loaded.LoadedTo(partition, static_cast<std::int64_t>(one.next[partition]));
      one.end_at_start[partition] = log_[partition].size();
    }
    if (one.whole) loaded.SetWhole();
    one.counts = std::move(loaded);
  }
  void Look(Replica& one) {
    one.counts.Cut(now_);
    if (!one.counts.known()) return;
    const auto& offsets = one.counts.offsets();
    const auto [place, added] = contents_.try_emplace(offsets, Shown(one.counts));
    ASSERT_EQ(place->second, Shown(one.counts)) << "one stamp is one content";
    for (std::size_t i = 0; i < one.seen.size(); ++i) ASSERT_GE(offsets[i], one.seen[i]);
    one.seen = offsets;
  }

  std::mt19937 random_;
  absl::Time now_ = kIntervalBegins;
  std::vector<Entry> log_[kPartitions];
  std::vector<Replica> replicas_;
  std::map<std::vector<std::int64_t>, Numbers> contents_;
};

TEST(ViewCountsModelTest, OneStampIsOneContentOnEveryReplica) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    SeveralReplicas world(seed);
    for (int step = 0; step < 300 && !testing::Test::HasFatalFailure(); ++step) world.Step();
    world.ComeToRest();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace telex::feeds
