// The translation memory: how segments were translated before. Pure; not thread-safe.
//
// What it holds is a function of the facts it was told, in whatever order: of each article and
// source text the translation of the highest rank, of these the newest; less what reviews rejected.
#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "news/article_id.h"
#include "news/language_tag.h"

namespace telex::translation {

struct LanguagePair {
  news::LanguageTag source;
  news::LanguageTag target;

  auto operator<=>(const LanguagePair&) const = default;
};

enum class MemoryRank {
  kMachine,
  kPerson,  // translated or reviewed by one
};

// Where in the log a translation stands: by append time, which partitions share.
struct MemoryPosition {
  std::int64_t time_ms = 0;
  std::int32_t partition = 0;
  std::int64_t offset = 0;

  auto operator<=>(const MemoryPosition&) const = default;
};

struct MemoryEntry {
  LanguagePair pair;
  std::string source;  // tagged text, as NormalSource has it
  std::string target;  // tagged text
  MemoryRank rank = MemoryRank::kMachine;
  MemoryPosition position;
  news::ArticleId article;  // of origin

  bool operator==(const MemoryEntry&) const = default;
};

struct MemoryMatch {
  MemoryEntry entry;
  // How alike the two tagged texts are, as tools of translators have it: 100 less the share of
  // words and tags to be changed, a word that is changed in part counting in part (by its common
  // beginning and end). Case and punctuation alone cost one. Symmetrical.
  int score = 0;
};

inline constexpr std::size_t kMemoryTextBytesMax = 16 * 1024;  // of a source, of a target
inline constexpr std::size_t kArticlesOfSegmentMax = 8;  // the best are kept; a purge may need them
inline constexpr std::size_t kCommonWordSegments = 10'000;  // what is in more finds nothing
inline constexpr std::size_t kPostingsMax = 50'000;         // looked at for one query
inline constexpr std::size_t kCandidatesMax = 50;           // scored for one query
inline constexpr std::size_t kRejectionsMax = 500'000;      // the newest are kept
inline constexpr std::size_t kScoredTokensMax = 300;        // of a text; longer ones are not scored

// Runs of ASCII blanks as one, none at the ends: texts that differ by these alone are the same.
std::string NormalSource(std::string_view tagged);

class TranslationMemory {
 public:
  struct Bounds {
    std::size_t segments_max = 1'000'000;
    std::size_t bytes_max = std::size_t{512} << 20;  // as bytes() counts
  };
  explicit TranslationMemory(Bounds bounds) : bounds_(bounds), lookup_(0, {this}, {this}) {}
  TranslationMemory(const TranslationMemory&) = delete;  // the lookup points into it
  TranslationMemory& operator=(const TranslationMemory&) = delete;

  // False when it changes nothing: too long, empty, or of lower rank or older than what its article
  // has. Beyond the bounds the segment of the lowest rank goes, of these the oldest.
  bool Put(MemoryEntry entry);

  // A person found that `target` is no translation of `source`: it leaves, from whatever article it
  // came, and an engine's does not come back. A person's that is newer than `position` stands.
  void Reject(const LanguagePair& pair, std::string_view source, std::string_view target,
              MemoryPosition position);

  // What only this article had is gone. Rejections stay: they hold no text.
  void Purge(const news::ArticleId& article);

  // The best translation of exactly this text.
  std::optional<MemoryEntry> Find(const LanguagePair& pair, std::string_view source) const;

  // Those of at least `score_min`, the most alike first, then by rank and age; at most `count`.
  // Looked for by the rarer words of the text, within the bounds above; a text of common words
  // alone is found by Find only. Where tags are ignored, a text that is the same but for them
  // scores 100.
  enum class Tags { kCompared, kIgnored };
  std::vector<MemoryMatch> FindSimilar(const LanguagePair& pair, std::string_view source,
                                       int score_min, std::size_t count,
                                       Tags tags = Tags::kCompared) const;

  // The best of each segment, by source: for export.
  std::vector<MemoryEntry> Entries(const LanguagePair& pair) const;

  std::size_t segments() const { return lookup_.size(); }
  // About what it takes: texts, and what belongs to each.
  std::size_t bytes() const { return bytes_; }

 private:
  using SlotId = std::uint32_t;
  using Rank = std::pair<MemoryRank, MemoryPosition>;

  // What one article has for a segment.
  struct Version {
    std::string target;  // empty once it is rejected
    news::ArticleId article;
    Rank rank;
    bool rejected = false;
  };
  struct Slot {
    LanguagePair pair;
    std::string source;
    std::vector<Version> versions;  // the best first; at most kArticlesOfSegmentMax
  };
  using Key = std::pair<const LanguagePair*, std::string_view>;

  struct SlotHash {
    using is_transparent = void;
    const TranslationMemory* memory;
    std::size_t operator()(SlotId id) const { return (*this)(memory->KeyOf(id)); }
    std::size_t operator()(const Key& key) const;
  };
  struct SlotEq {
    using is_transparent = void;
    const TranslationMemory* memory;
    bool operator()(SlotId a, SlotId b) const { return a == b; }
    bool operator()(SlotId a, const Key& b) const;
    bool operator()(const Key& a, SlotId b) const { return (*this)(b, a); }
  };

  Key KeyOf(SlotId id) const { return {&slots_[id].pair, slots_[id].source}; }
  SlotId SlotFor(const LanguagePair& pair, std::string source);
  bool PutVersion(SlotId id, Version version);
  void Remove(SlotId id);
  void RemoveVersionsOf(SlotId id, const news::ArticleId& article);
  void Reorder(SlotId id, const std::function<void(Slot&)>& change);
  void Evict();
  void Remember(std::uint64_t rejection, MemoryPosition position);
  bool IsRejected(const LanguagePair& pair, std::string_view source, const Version& version) const;
  static const Version* BestOf(const Slot& slot);
  static MemoryEntry EntryOf(const Slot& slot, const Version& version);
  std::vector<SlotId> Candidates(const LanguagePair& pair, std::string_view source) const;

  // The segments that have a word, while it is not too common.
  struct Postings {
    std::vector<SlotId> slots;
    bool is_common = false;
  };
  static std::vector<std::uint64_t> WordHashes(const LanguagePair& pair, std::string_view source);

  const Bounds bounds_;
  std::vector<Slot> slots_;
  std::vector<SlotId> free_;
  absl::flat_hash_set<SlotId, SlotHash, SlotEq> lookup_;
  absl::flat_hash_map<std::uint64_t, Postings> postings_;  // by word and pair
  absl::flat_hash_map<news::ArticleId, std::vector<SlotId>> by_article_;
  absl::btree_set<std::pair<Rank, SlotId>> worst_first_;           // by the best of each
  absl::flat_hash_map<std::uint64_t, MemoryPosition> rejections_;  // by hash of pair and texts
  absl::btree_set<std::pair<MemoryPosition, std::uint64_t>> rejections_by_age_;
  std::size_t bytes_ = 0;
};

}  // namespace telex::translation
