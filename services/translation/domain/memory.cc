#include "translation/domain/memory.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <utility>

#include "translation/domain/tagged_text.h"
#include "translation/domain/term_pattern.h"

namespace telex::translation {
namespace {

constexpr int kWhole = 100;  // a word, in the unit of distances
// Beside its texts: rows of the indexes, allocations.
constexpr std::size_t kSlotBytes = 208;
constexpr std::size_t kVersionBytes = 96;
constexpr std::size_t kPostingBytes = 6;
constexpr std::size_t kLettersOfWord = 6;  // as a rule of thumb, with its blank

std::uint64_t HashOf(const LanguagePair& pair, std::string_view a, std::string_view b) {
  return absl::HashOf(pair.source.text(), pair.target.text(), a, b);
}

// Words, folded, and tags, in their order.
std::vector<std::string> TokensOf(std::string_view tagged) {
  std::vector<std::string> tokens;
  const absl::StatusOr<std::vector<Piece>> pieces = ParseTagged(tagged);
  if (!pieces.ok()) return WordText(tagged).folded;
  for (const Piece& piece : *pieces) {
    if (piece.kind != Piece::Kind::kText) {
      tokens.push_back(RenderTagged({piece}));
      continue;
    }
    const WordText words(piece.text);
    tokens.insert(tokens.end(), words.folded.begin(), words.folded.end());
  }
  return tokens;
}

std::string WithoutTags(std::string_view tagged) {
  Piece text{.kind = Piece::Kind::kText, .text = PlainTextOf(tagged)};
  return NormalSource(RenderTagged({std::move(text)}));
}

// What it costs to change one word into another, of kWhole.
int CostOf(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.starts_with('<') || b.starts_with('<')) return kWhole;
  const std::size_t shorter = std::min(a.size(), b.size());
  const std::size_t longer = std::max(a.size(), b.size());
  std::size_t begin = 0;
  while (begin < shorter && a[begin] == b[begin]) ++begin;
  std::size_t end = 0;
  while (end < shorter - begin && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
  const int common = static_cast<int>((begin + end) * kWhole / longer);
  // Words with less than half in common are other words.
  return 2 * common < kWhole ? kWhole : kWhole - common;
}

int ScoreOf(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer == 0 || longer > kScoredTokensMax) return 0;
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j) * kWhole;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) * kWhole;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int changed = diagonal + CostOf(a[i - 1], b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + kWhole, row[j - 1] + kWhole});
    }
  }
  const int distance = row[b.size()] / static_cast<int>(longer);
  return std::min(kWhole - 1, kWhole - distance);
}

}  // namespace

std::string NormalSource(std::string_view tagged) {
  std::string normal;
  bool blank = false;
  for (const char c : tagged) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      blank = !normal.empty();
      continue;
    }
    if (blank) normal += ' ';
    blank = false;
    normal += c;
  }
  return normal;
}

std::size_t TranslationMemory::SlotHash::operator()(const Key& key) const {
  return absl::HashOf(key.first->source.text(), key.first->target.text(), key.second);
}

bool TranslationMemory::SlotEq::operator()(SlotId a, const Key& b) const {
  const Slot& slot = memory->slots_[a];
  return slot.source == b.second && slot.pair == *b.first;
}

std::vector<std::uint64_t> TranslationMemory::WordHashes(const LanguagePair& pair,
                                                         std::string_view source) {
  std::vector<std::uint64_t> hashes;
  const std::string text = PlainTextOf(source);
  for (const std::string& word : WordText(text).folded) hashes.push_back(HashOf(pair, word, {}));
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

TranslationMemory::SlotId TranslationMemory::SlotFor(const LanguagePair& pair, std::string source) {
  const auto found = lookup_.find(Key(&pair, source));
  if (found != lookup_.end()) return *found;
  if (free_.empty()) {
    free_.push_back(static_cast<SlotId>(slots_.size()));
    slots_.emplace_back();
  }
  const SlotId id = free_.back();
  free_.pop_back();
  bytes_ += kSlotBytes + source.size() + source.size() / kLettersOfWord * kPostingBytes;
  slots_[id] = {pair, std::move(source), {}};
  lookup_.insert(id);
  for (const std::uint64_t word : WordHashes(pair, slots_[id].source)) {
    Postings& postings = postings_[word];
    if (postings.is_common) continue;
    postings.slots.push_back(id);
    if (postings.slots.size() > kCommonWordSegments) postings = {.slots = {}, .is_common = true};
  }
  return id;
}

void TranslationMemory::Remove(SlotId id) {
  Slot& slot = slots_[id];
  lookup_.erase(id);
  for (const std::uint64_t word : WordHashes(slot.pair, slot.source)) {
    const auto found = postings_.find(word);
    if (found == postings_.end() || found->second.is_common) continue;
    std::erase(found->second.slots, id);
    if (found->second.slots.empty()) postings_.erase(found);
  }
  bytes_ -= kSlotBytes + slot.source.size() + slot.source.size() / kLettersOfWord * kPostingBytes;
  slot = {};
  free_.push_back(id);
}

// Changes the versions of a segment, and what is known by them.
void TranslationMemory::Reorder(SlotId id, const std::function<void(Slot&)>& change) {
  Slot& slot = slots_[id];
  const auto bytes_of = [&slot] {
    std::size_t bytes = 0;
    for (const Version& version : slot.versions) bytes += kVersionBytes + version.target.size();
    return bytes;
  };
  if (!slot.versions.empty()) worst_first_.erase({slot.versions.front().rank, id});
  bytes_ -= bytes_of();
  change(slot);
  std::sort(slot.versions.begin(), slot.versions.end(), [](const Version& a, const Version& b) {
    return std::tie(b.rank, b.article) < std::tie(a.rank, a.article);
  });
  while (slot.versions.size() > kArticlesOfSegmentMax) {
    std::erase(by_article_[slot.versions.back().article], id);
    slot.versions.pop_back();
  }
  bytes_ += bytes_of();
  if (slot.versions.empty()) {
    Remove(id);
  } else {
    worst_first_.insert({slot.versions.front().rank, id});
  }
}

bool TranslationMemory::IsRejected(const LanguagePair& pair, std::string_view source,
                                   const Version& version) const {
  const auto found = rejections_.find(HashOf(pair, source, version.target));
  if (found == rejections_.end()) return false;
  return version.rank.first == MemoryRank::kMachine || version.rank.second < found->second;
}

bool TranslationMemory::Put(MemoryEntry entry) {
  if (entry.source.size() > kMemoryTextBytesMax || entry.target.size() > kMemoryTextBytesMax)
    return false;
  std::string source = NormalSource(entry.source);
  if (source.empty() || entry.target.empty()) return false;
  Version version{std::move(entry.target), entry.article, {entry.rank, entry.position}};
  version.rejected = IsRejected(entry.pair, source, version);
  if (version.rejected) version.target.clear();
  const SlotId id = SlotFor(entry.pair, std::move(source));
  const bool changed = PutVersion(id, std::move(version));
  Evict();
  return changed;
}

bool TranslationMemory::PutVersion(SlotId id, Version version) {
  const auto& versions = slots_[id].versions;
  const auto own = std::find_if(versions.begin(), versions.end(), [&](const Version& known) {
    return known.article == version.article;
  });
  if (own != versions.end() && version.rank <= own->rank) return false;
  const auto at = own - versions.begin();
  if (own == versions.end()) by_article_[version.article].push_back(id);
  const bool is_new = own == versions.end();
  Reorder(id, [&](Slot& slot) {
    if (is_new) {
      slot.versions.push_back(std::move(version));
    } else {
      slot.versions[static_cast<std::size_t>(at)] = std::move(version);
    }
  });
  return true;
}

void TranslationMemory::Remember(std::uint64_t rejection, MemoryPosition position) {
  const auto [known, is_new] = rejections_.try_emplace(rejection, position);
  if (!is_new) {
    if (position <= known->second) return;
    rejections_by_age_.erase({known->second, rejection});
    known->second = position;
  }
  rejections_by_age_.emplace(position, rejection);
  if (rejections_.size() <= kRejectionsMax) return;
  rejections_.erase(rejections_by_age_.begin()->second);
  rejections_by_age_.erase(rejections_by_age_.begin());
}

void TranslationMemory::Reject(const LanguagePair& pair, std::string_view source,
                               std::string_view target, MemoryPosition position) {
  const std::string normal = NormalSource(source);
  Remember(HashOf(pair, normal, target), position);
  const auto found = lookup_.find(Key(&pair, normal));
  if (found == lookup_.end()) return;
  Reorder(*found, [&](Slot& slot) {
    for (Version& version : slot.versions) {
      if (version.rejected || !IsRejected(pair, normal, version)) continue;
      version.rejected = true;
      version.target.clear();
    }
  });
}

void TranslationMemory::Purge(const news::ArticleId& article) {
  const auto found = by_article_.find(article);
  if (found == by_article_.end()) return;
  const std::vector<SlotId> slots = std::move(found->second);
  by_article_.erase(found);
  for (const SlotId id : slots) RemoveVersionsOf(id, article);
}

void TranslationMemory::RemoveVersionsOf(SlotId id, const news::ArticleId& article) {
  Reorder(id, [&](Slot& slot) {
    std::erase_if(slot.versions,
                  [&](const Version& version) { return version.article == article; });
  });
}

void TranslationMemory::Evict() {
  while (!worst_first_.empty() &&
         (lookup_.size() > bounds_.segments_max || bytes_ > bounds_.bytes_max)) {
    const SlotId id = worst_first_.begin()->second;
    for (const Version& version : slots_[id].versions) {
      const auto known = by_article_.find(version.article);
      std::erase(known->second, id);
      if (known->second.empty()) by_article_.erase(known);
    }
    Reorder(id, [](Slot& slot) { slot.versions.clear(); });
  }
}

const TranslationMemory::Version* TranslationMemory::BestOf(const Slot& slot) {
  for (const Version& version : slot.versions) {
    if (!version.rejected) return &version;
  }
  return nullptr;
}

MemoryEntry TranslationMemory::EntryOf(const Slot& slot, const Version& version) {
  return {slot.pair,          slot.source,         version.target,
          version.rank.first, version.rank.second, version.article};
}

std::optional<MemoryEntry> TranslationMemory::Find(const LanguagePair& pair,
                                                   std::string_view source) const {
  const std::string normal = NormalSource(source);
  const auto found = lookup_.find(Key(&pair, normal));
  if (found == lookup_.end()) return std::nullopt;
  const Version* const best = BestOf(slots_[*found]);
  if (best == nullptr) return std::nullopt;
  return EntryOf(slots_[*found], *best);
}

std::vector<TranslationMemory::SlotId> TranslationMemory::Candidates(
    const LanguagePair& pair, std::string_view source) const {
  std::vector<const Postings*> words;
  for (const std::uint64_t word : WordHashes(pair, source)) {
    const auto found = postings_.find(word);
    if (found != postings_.end() && !found->second.is_common) words.push_back(&found->second);
  }
  std::sort(words.begin(), words.end(),
            [](const Postings* a, const Postings* b) { return a->slots.size() < b->slots.size(); });
  absl::flat_hash_map<SlotId, int> shared;
  std::size_t looked_at = 0;
  for (const Postings* word : words) {
    looked_at += word->slots.size();
    if (looked_at > kPostingsMax) break;
    for (const SlotId id : word->slots) ++shared[id];
  }
  std::vector<std::pair<int, SlotId>> ranked;
  for (const auto& [id, count] : shared) ranked.emplace_back(-count, id);
  const auto kept =
      ranked.begin() + static_cast<std::ptrdiff_t>(std::min(ranked.size(), kCandidatesMax));
  std::partial_sort(ranked.begin(), kept, ranked.end());
  std::vector<SlotId> candidates;
  for (auto one = ranked.begin(); one != kept; ++one) candidates.push_back(one->second);
  return candidates;
}

std::vector<MemoryMatch> TranslationMemory::FindSimilar(const LanguagePair& pair,
                                                        std::string_view source, int score_min,
                                                        std::size_t count, Tags tags) const {
  std::vector<MemoryMatch> matches;
  if (source.size() > kMemoryTextBytesMax) return matches;
  const std::string normal = NormalSource(source);
  const bool with_tags = tags == Tags::kCompared;
  const std::string compared = with_tags ? normal : WithoutTags(normal);
  const std::vector<std::string> tokens = TokensOf(compared);
  if (const std::optional<MemoryEntry> exact = Find(pair, normal))
    matches.push_back({*exact, kWhole});
  for (const SlotId id : Candidates(pair, normal)) {
    const Slot& slot = slots_[id];
    const Version* const best = BestOf(slot);
    if (best == nullptr || slot.source == normal) continue;
    const std::string own = with_tags ? slot.source : WithoutTags(slot.source);
    const int score = !with_tags && own == compared ? kWhole : ScoreOf(tokens, TokensOf(own));
    if (score >= score_min) matches.push_back({EntryOf(slot, *best), score});
  }
  std::sort(matches.begin(), matches.end(), [](const MemoryMatch& a, const MemoryMatch& b) {
    return std::tie(b.score, b.entry.rank, b.entry.position, a.entry.source) <
           std::tie(a.score, a.entry.rank, a.entry.position, b.entry.source);
  });
  if (matches.size() > count) matches.resize(count);
  return matches;
}

std::vector<MemoryEntry> TranslationMemory::Entries(const LanguagePair& pair) const {
  std::vector<MemoryEntry> entries;
  for (const SlotId id : lookup_) {
    const Version* const best = BestOf(slots_[id]);
    if (best != nullptr && slots_[id].pair == pair) entries.push_back(EntryOf(slots_[id], *best));
  }
  std::sort(entries.begin(), entries.end(),
            [](const MemoryEntry& a, const MemoryEntry& b) { return a.source < b.source; });
  return entries;
}

}  // namespace telex::translation
