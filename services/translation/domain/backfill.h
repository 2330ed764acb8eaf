// Translations of stories that are there already: only a backfill touches the archive. Pure;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "news/article.h"
#include "translation/domain/job.h"

namespace telex::translation {

// Of which stories.
struct BackfillRange {
  std::int64_t since_ms = 0;            // first published then or later, since 1970
  std::int64_t until_ms = 0;            // and before
  std::vector<news::SourceId> sources;  // none: any
  std::vector<news::Section> sections;  // none: any
  Pair pair;
  Workflow workflow = Workflow::kMachine;
  std::int64_t characters_per_day = 0;  // of the stories that are asked for (UTC); 0: no bound

  // Not asked is whether partners may read the story, and whether it is translated already.
  bool Has(const news::Article& article) const;

  bool operator==(const BackfillRange&) const = default;
};

struct BackfillRecord {
  std::int64_t id = 0;  // the offset of its start in telex.translation-resources.v1
  BackfillRange range;
  std::string actor;
  std::int64_t start_ms = 0;
  std::int64_t stop_ms = 0;  // 0: it was not stopped
  std::string stopped_by;
  std::string request_id;  // of its start; may be empty

  bool operator==(const BackfillRecord&) const = default;
};

}  // namespace telex::translation
