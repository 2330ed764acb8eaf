#include "translation/adapters/store/memory_store.h"

#include <mutex>
#include <utility>

#include "news/article_name.h"

namespace telex::translation {
namespace {

LanguagePair MemoryPairOf(const Pair& pair) { return {pair.from, pair.to}; }

// What a segment adds, if anything.
std::optional<MemoryRank> RankOf(const v1::Segment& segment, v1::Standing standing) {
  if (segment.origin() == v1::ORIGIN_PROTECTED) return std::nullopt;
  if (segment.origin() == v1::ORIGIN_PERSON || segment.reviewed() ||
      standing == v1::STANDING_REVIEWED)
    return MemoryRank::kPerson;
  if (segment.origin() == v1::ORIGIN_ENGINE) return MemoryRank::kMachine;
  return std::nullopt;
}

// An engine's text that nobody had read when the whole was refused. What came out of the memory is
// another article's.
bool IsRefused(const v1::Segment& segment) {
  const bool of_engine = segment.origin() == v1::ORIGIN_ENGINE ||
                         (segment.origin() == v1::ORIGIN_CARRIED && !segment.engine().empty());
  return of_engine && !segment.reviewed();
}

}  // namespace

void MemoryStore::Put(const v1::Translation& translation, std::int32_t partition) {
  const auto article = news::ArticleName::Parse(translation.article());
  const auto from = news::LanguageTag::Parse(translation.from());
  const auto to = news::LanguageTag::Parse(translation.language());
  if (!article || !from || !to) return;
  const LanguagePair pair{*from, *to};
  // As the fact says it: the same for each record that says the same.
  const MemoryPosition position{translation.time_ms(), partition, translation.revision()};
  const bool is_rejected = translation.standing() == v1::STANDING_REJECTED;
  const std::lock_guard lock(mutex_);
  for (const v1::Segment& segment : translation.text().segments()) {
    if (is_rejected) {
      if (IsRefused(segment)) memory_.Reject(pair, segment.source(), segment.target(), position);
    } else if (const auto rank = RankOf(segment, translation.standing())) {
      memory_.Put({pair, segment.source(), segment.target(), *rank, position, article->id});
    }
  }
}

void MemoryStore::Put(const ImportedUnits& units) {
  const LanguagePair pair = MemoryPairOf(units.units.pair);
  const std::lock_guard lock(mutex_);
  for (const MemoryUnit& unit : units.units.units) {
    const MemoryRank rank = unit.machine ? MemoryRank::kMachine : MemoryRank::kPerson;
    memory_.Put({pair, unit.source, unit.target, rank, units.position, {}});
  }
}

void MemoryStore::Purge(const news::ArticleId& article) {
  const std::lock_guard lock(mutex_);
  memory_.Purge(article);
}

std::optional<MemoryEntry> MemoryStore::Recall(const Pair& pair, std::string_view source) const {
  const std::shared_lock lock(mutex_);
  return memory_.Find(MemoryPairOf(pair), source);
}

std::vector<MemoryMatch> MemoryStore::Similar(const Pair& pair, std::string_view source,
                                              int score_min, std::size_t count,
                                              TranslationMemory::Tags tags) const {
  const std::shared_lock lock(mutex_);
  return memory_.FindSimilar(MemoryPairOf(pair), source, score_min, count, tags);
}

std::vector<MemoryEntry> MemoryStore::Export(const Pair& pair) const {
  const std::shared_lock lock(mutex_);
  return memory_.Entries(MemoryPairOf(pair));
}

std::size_t MemoryStore::segments() const {
  const std::shared_lock lock(mutex_);
  return memory_.segments();
}

std::size_t MemoryStore::bytes() const {
  const std::shared_lock lock(mutex_);
  return memory_.bytes();
}

}  // namespace telex::translation
