#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <optional>
#include <string_view>

#include "news/article.h"
#include "translation/adapters/store/translation_store.h"
#include "translation/adapters/text/job_text.h"

namespace telex::translation {

struct GlossaryInUse {
  const Glossary* glossary = nullptr;  // may be null
  std::int64_t version = 0;
};

// OpenJobText with what the store has of the article's translations into that language, and of the
// job's draft. `recall`: JobTextParts::recall; may be empty. Reads the local store.
absl::StatusOr<JobText> OpenText(
    const TranslationStore& store, const news::Article& article, const news::LanguageTag& to,
    const std::function<std::optional<MemoryEntry>(std::string_view source)>& recall,
    const GlossaryInUse& glossary);

}  // namespace telex::translation
