#include "feeds/domain/translation_summary.h"

#include <algorithm>

namespace telex::feeds {

TranslationSummary Merged(const TranslationSummary& known, const TranslationSummary& next) {
  TranslationSummary merged = next.order() > known.order() ? next : known;
  // What is forgotten does not come back with a record that comes late.
  if (next.order() == known.order()) merged.shown = known.shown && next.shown;
  merged.first_ms = std::min(known.first_ms, next.first_ms);
  merged.last_ms = std::max(known.last_ms, next.last_ms);
  return merged;
}

}  // namespace telex::feeds
