#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "news/article_id.h"
#include "telex/translation/v1/translation.pb.h"
#include "translation/adapters/store/resource_store.h"
#include "translation/domain/job.h"
#include "translation/domain/memory.h"

namespace telex::translation {

// The translation memory, for one writer and many readers: a function of the translations and the
// imported units that it was told, in whatever order, told twice or not. In memory alone: rebuilt
// at the start. Thread-safe.
//
// A search holds up the writer for as long as it takes (milliseconds), an export for the time it
// takes to copy the pair.
class MemoryStore {
 public:
  explicit MemoryStore(TranslationMemory::Bounds bounds = {}) : memory_(bounds) {}

  // A record of telex.translations.v1. What a person wrote or let stand ranks as a person's, what
  // an engine wrote as a machine's; what came out of the memory, or from the version before, adds
  // nothing unless a person has read it here. What was refused (STANDING_REJECTED) takes its
  // engine's segments out.
  void Put(const v1::Translation& translation, std::int32_t partition);
  // Of a file that was imported: of no article.
  void Put(const ImportedUnits& units);
  // What only this article had is gone.
  void Purge(const news::ArticleId& article);

  // As TranslationMemory has them.
  std::optional<MemoryEntry> Recall(const Pair& pair, std::string_view source) const;
  std::vector<MemoryMatch> Similar(
      const Pair& pair, std::string_view source, int score_min, std::size_t count,
      TranslationMemory::Tags tags = TranslationMemory::Tags::kCompared) const;
  std::vector<MemoryEntry> Export(const Pair& pair) const;

  std::size_t segments() const;
  std::size_t bytes() const;

 private:
  mutable std::shared_mutex mutex_;
  TranslationMemory memory_;
};

}  // namespace telex::translation
