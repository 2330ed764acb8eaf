#include "translation/domain/backfill.h"

#include "translation/domain/names_or_any.h"

namespace telex::translation {

bool BackfillRange::Has(const news::Article& article) const {
  if (!article.published || article.content.language != pair.from) return false;
  const std::int64_t published_ms = absl::ToUnixMillis(*article.published);
  return published_ms >= since_ms && published_ms < until_ms &&
         NamesOrAny(sources, article.source) && NamesOrAny(sections, article.content.section);
}

}  // namespace telex::translation
