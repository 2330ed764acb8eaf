// TMX 1.4b (LISA OSCAR, 2005): the translation memory for other tools, and theirs for it. Pure.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "news/article_id.h"
#include "translation/domain/memory.h"

namespace telex::translation {

inline constexpr std::size_t kTmxBytesMax = 64 << 20;
inline constexpr std::size_t kTmxUnitsMax = 200'000;

// A translation as a TMX file has it.
struct TmxUnit {
  std::string source;  // tagged texts
  std::string target;
  std::optional<MemoryRank> rank;          // what Telex wrote says so
  std::optional<news::ArticleId> article;  // the same
  std::optional<absl::Time> changed;       // whole seconds

  bool operator==(const TmxUnit&) const = default;
};

struct TmxFile {
  std::vector<TmxUnit> units;
  std::size_t others = 0;  // units without one of the two languages, or without text in one
};

// Entries of one pair; their rank and article stand in <prop>s, their time as changedate.
std::string WriteTmx(const LanguagePair& pair, std::span<const MemoryEntry> entries);
// The same in parts: the head, each entry, the tail.
std::string TmxHead(const LanguagePair& pair);
std::string TmxUnitOf(const MemoryEntry& entry);
inline constexpr std::string_view kTmxTail = "  </body>\n</tmx>\n";

// What a file has of a pair; regions count only where the pair names one ("en" takes en-US). Takes
// TMX 1.1 to 1.4, also with a DOCTYPE that names tmx14.dtd and nothing else; nothing is ever
// fetched. Tags are numbered as they come in the source. INVALID_ARGUMENT (field `file`, see
// ReadXml; `tu[17]`) names what is none: no TMX, codes that do not match, a <sub>, too many units.
absl::StatusOr<TmxFile> ReadTmx(std::string_view bytes, const LanguagePair& pair);

}  // namespace telex::translation
