#include "translation/adapters/store/opened_job.h"

#include <vector>

namespace telex::translation {

absl::StatusOr<JobText> OpenText(
    const TranslationStore& store, const news::Article& article, const news::LanguageTag& to,
    const std::function<std::optional<MemoryEntry>(std::string_view source)>& recall,
    const GlossaryInUse& glossary) {
  const JobId job{article.id, to};
  const std::vector<v1::Translation> versions = store.translations().NewestVersions(job);
  std::vector<const v1::Translation*> newest_first;
  for (const v1::Translation& version : versions) newest_first.push_back(&version);
  std::optional<v1::Text> draft;
  const auto row = store.queues().Find(job);
  if (row && row->draft != 0) draft = store.jobs().Text(job, row->draft);
  const std::span<const v1::Translation* const> all(newest_first);
  return OpenJobText({.article = article,
                      .to = to,
                      .before = all.empty() ? nullptr : all.front(),
                      .draft = draft ? &*draft : nullptr,
                      .earlier = all.empty() ? all : all.subspan(1),
                      .recall = recall,
                      .glossary = glossary.glossary,
                      .glossary_version = glossary.version});
}

}  // namespace telex::translation
