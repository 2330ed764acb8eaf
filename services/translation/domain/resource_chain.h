// What becomes of the records of one resource (the policy, a glossary) in
// telex.translation-resources.v1: the fold that gives it versions. Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::translation {

// The rule of this fold, and of what its records may say. Each record names it; a release that
// refuses what another one of the same rule has taken would count other versions, so what is
// refused is part of it.
inline constexpr int kResourceRule = 1;

// A record that asks for the next version.
struct ResourceProposal {
  std::int64_t replaces = 0;  // the version; 0: the first
  std::string request_id;     // or empty
  std::int64_t append_ms = 0;
  bool same = false;  // says what the version that stands says
};

struct ResourceOutcome {
  bool granted = false;
  // That it made, or that stands as it says (the same content, or the same request before); of what
  // is not granted the one that stands. Of a backfill its number; of units of memory 0.
  std::int64_t version = 0;

  bool operator==(const ResourceOutcome&) const = default;
};

// The versions of one resource: 1, 2, … All are kept.
class ResourceChain {
 public:
  // Becomes the next version if `replaces` is the one that stands. A repeat of a request that made
  // a version is told that one.
  ResourceOutcome Take(const ResourceProposal& proposal);
  // The next version, as a store has kept it.
  void Restore(std::int64_t since_ms, std::string request_id) {
    versions_.push_back({since_ms, std::move(request_id)});
  }

  std::int64_t newest() const { return static_cast<std::int64_t>(versions_.size()); }  // 0: none
  // The version that was in force then: the last one that was appended at or before it; 0: none.
  std::int64_t At(std::int64_t ms) const;
  // From when on a version is in force: its append time, and never before the version before it,
  // whatever the broker's clock did.
  std::int64_t SinceMs(std::int64_t version) const {
    return versions_[static_cast<std::size_t>(version) - 1].since_ms;
  }
  // The version that this request has made; 0: none. Not of an empty id.
  std::int64_t MadeBy(std::string_view request_id) const;

 private:
  struct Version {
    std::int64_t since_ms = 0;
    std::string request_id;
  };
  std::vector<Version> versions_;
};

}  // namespace telex::translation
