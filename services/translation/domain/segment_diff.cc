#include "translation/domain/segment_diff.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <tuple>

#include "translation/domain/likeness.h"

namespace telex::translation {
namespace {

using Change = SegmentChange::Kind;

// For each text: candidates found by what texts have in common, and by where they stand.
constexpr std::size_t kLikeMax = 8;
constexpr int kNear = 3;
// Of the texts that have one group of a sketch. What more have says little.
constexpr std::size_t kSharersMax = 32;

class Differ {
 public:
  Differ(std::span<const std::string_view> before, std::span<const std::string_view> after)
      : before_(before), after_(after), used_(before.size()) {
    diff_.segments.resize(after.size());
  }

  SegmentDiff Run(std::span<const std::string_view> earlier) {
    MatchUnique();
    MatchNeighbours();
    MatchRest();
    MatchEarlier(earlier);
    MatchLike();
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) diff_.deleted.push_back(static_cast<int>(i));
    }
    return std::move(diff_);
  }

 private:
  bool IsOpen(std::size_t i) const { return diff_.segments[i].kind == Change::kNew; }

  void Match(std::size_t i, std::size_t before, Change kind) {
    diff_.segments[i] = {kind, static_cast<int>(before)};
    if (before < used_.size()) used_[before] = true;
  }

  // What each version has once only is where the two are laid against each other.
  void MatchUnique() {
    absl::flat_hash_map<std::string_view, int> times;
    for (const std::string_view text : after_) ++times[text];
    for (std::size_t i = 0; i < before_.size(); ++i) places_[before_[i]].push_back(i);
    for (std::size_t i = 0; i < after_.size(); ++i) {
      const auto found = places_.find(after_[i]);
      if (found != places_.end() && found->second.size() == 1 && times[after_[i]] == 1)
        Match(i, found->second.front(), Change::kUnchanged);
    }
  }

  // Of what comes several times, each is the one that stands beside the same as before.
  void MatchNeighbours() {
    const auto match = [this](std::size_t i, std::size_t neighbour, int step) {
      if (!IsOpen(i) || IsOpen(neighbour)) return;
      const int place = diff_.segments[neighbour].before + step;
      if (place < 0 || static_cast<std::size_t>(place) >= before_.size()) return;
      const auto at = static_cast<std::size_t>(place);
      if (!used_[at] && before_[at] == after_[i]) Match(i, at, Change::kUnchanged);
    };
    for (std::size_t i = 1; i < after_.size(); ++i) match(i, i - 1, 1);
    for (std::size_t i = after_.size(); i > 1; --i) match(i - 2, i - 1, -1);
  }

  // In their order; once there are no more, the first serves again.
  void MatchRest() {
    absl::flat_hash_map<std::string_view, std::size_t> next;
    for (std::size_t i = 0; i < after_.size(); ++i) {
      if (!IsOpen(i)) continue;
      const auto found = places_.find(after_[i]);
      if (found == places_.end()) continue;
      const std::vector<std::size_t>& places = found->second;
      std::size_t& at = next[after_[i]];
      while (at < places.size() && used_[places[at]]) ++at;
      Match(i, at < places.size() ? places[at] : places.front(), Change::kUnchanged);
    }
  }

  void MatchEarlier(std::span<const std::string_view> earlier) {
    absl::flat_hash_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < earlier.size(); ++i) places.try_emplace(earlier[i], i);
    for (std::size_t i = 0; i < after_.size(); ++i) {
      if (!IsOpen(i)) continue;
      const auto found = places.find(after_[i]);
      if (found != places.end()) Match(i, before_.size() + found->second, Change::kUnchanged);
    }
  }

  // --- likeness ---

  struct Pair {
    double likeness;
    int distance;  // between where it stands and where it would
    std::size_t after, before;
  };

  void MatchLike() {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (used_[i]) continue;
      const Fingerprint& print = old_prints_.emplace(i, FingerprintOf(before_[i])).first->second;
      for (const std::uint32_t group : print.sketch) {
        std::vector<std::size_t>& sharers = sharers_[group];
        if (sharers.size() < kSharersMax) sharers.push_back(i);
      }
    }
    if (old_prints_.empty()) return;
    std::vector<Pair> pairs;
    int expected = 0;
    for (std::size_t i = 0; i < after_.size(); ++i) {
      if (IsOpen(i)) {
        AddPairs(i, expected, pairs);
        ++expected;
      } else if (static_cast<std::size_t>(diff_.segments[i].before) < before_.size()) {
        expected = diff_.segments[i].before + 1;
      }
    }
    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
      return std::tuple(-a.likeness, a.distance, a.after, a.before) <
             std::tuple(-b.likeness, b.distance, b.after, b.before);
    });
    for (const Pair& pair : pairs) {
      if (IsOpen(pair.after) && !used_[pair.before])
        Match(pair.after, pair.before, Change::kChanged);
    }
  }

  void AddPairs(std::size_t i, int expected, std::vector<Pair>& pairs) const {
    const Fingerprint print = FingerprintOf(after_[i]);
    for (const std::size_t candidate : CandidatesOf(print, expected)) {
      const double likeness = Likeness(print, old_prints_.at(candidate));
      const int distance = std::abs(static_cast<int>(candidate) - expected);
      if (likeness >= kLikenessMin) pairs.push_back({likeness, distance, i, candidate});
    }
  }

  std::vector<std::size_t> CandidatesOf(const Fingerprint& print, int expected) const {
    absl::flat_hash_map<std::size_t, int> shared;
    for (const std::uint32_t group : print.sketch) {
      const auto found = sharers_.find(group);
      if (found == sharers_.end()) continue;
      for (const std::size_t place : found->second) ++shared[place];
    }
    std::vector<std::pair<int, std::size_t>> best;  // how much they share, negative
    for (const auto& [place, count] : shared) best.emplace_back(-count, place);
    std::sort(best.begin(), best.end());
    if (best.size() > kLikeMax) best.resize(kLikeMax);
    std::vector<std::size_t> candidates;
    for (const auto& [count, place] : best) candidates.push_back(place);
    for (int place = expected - kNear; place <= expected + kNear; ++place) {
      if (place >= 0 && old_prints_.contains(static_cast<std::size_t>(place)))
        candidates.push_back(static_cast<std::size_t>(place));
    }
    return candidates;
  }

  std::span<const std::string_view> before_, after_;
  std::vector<bool> used_;  // of before_
  SegmentDiff diff_;
  absl::flat_hash_map<std::string_view, std::vector<std::size_t>> places_;  // of before_
  absl::flat_hash_map<std::size_t, Fingerprint> old_prints_;  // of what is left of before_
  absl::flat_hash_map<std::uint32_t, std::vector<std::size_t>> sharers_;
};

}  // namespace

int SegmentDiff::Count(SegmentChange::Kind kind) const {
  return static_cast<int>(
      std::count_if(segments.begin(), segments.end(),
                    [kind](const auto& change) { return change.kind == kind; }));
}

SegmentDiff DiffSegments(std::span<const std::string_view> before,
                         std::span<const std::string_view> after,
                         std::span<const std::string_view> earlier) {
  return Differ(before, after).Run(earlier);
}

}  // namespace telex::translation
