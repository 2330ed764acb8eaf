// What a correction changes. Pure; thread-safe.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace telex::translation {

struct SegmentChange {
  enum class Kind {
    kUnchanged,  // has the translation of segment `before`
    kChanged,    // comes from segment `before`, to be shown beside it
    kNew,
  };
  Kind kind = Kind::kNew;
  int before = -1;

  bool operator==(const SegmentChange&) const = default;
};

struct SegmentDiff {
  std::vector<SegmentChange> segments;  // one for each of the new version
  std::vector<int> deleted;             // of the version before: what nothing came from

  int Count(SegmentChange::Kind kind) const;
};

// The tagged texts of two versions of an article, in their order. A text that the version before
// has is unchanged wherever it stands and however often. So is one of `earlier`, the texts of
// versions before that, whose `before` counts on from those of the version before: what is taken
// back needs no translator.
//
// The others come from the likest text that is left over from the version before, if there is one
// that has kLikenessMin of it (see likeness.h). Nearly linear: likeness is measured for a few
// candidates of each only. Deterministic.
SegmentDiff DiffSegments(std::span<const std::string_view> before,
                         std::span<const std::string_view> after,
                         std::span<const std::string_view> earlier = {});

inline constexpr double kLikenessMin = 0.4;

}  // namespace telex::translation
