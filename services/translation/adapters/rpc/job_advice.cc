#include "translation/adapters/rpc/job_advice.h"

#include <absl/container/flat_hash_map.h>

#include <string_view>
#include <vector>

#include "translation/adapters/desk/job_answers.h"
#include "translation/adapters/records/glossary_codec.h"
#include "translation/adapters/rpc/memory_service.h"
#include "translation/domain/tagged_text.h"

namespace telex::translation {
namespace {

constexpr int kSuggestionScoreMin = 60;
constexpr std::size_t kSuggestionsMax = 3;

// By their sources: of what stands twice the first.
using MadeBySource = absl::flat_hash_map<std::string_view, const v1::Segment*>;

v1::Suggestion SuggestionOf(const v1::Segment& made) {
  v1::Suggestion suggestion;
  suggestion.set_source(made.source());
  suggestion.set_target(made.target());
  suggestion.set_score(100);
  suggestion.set_engine(made.engine());
  return suggestion;
}

}  // namespace

v1::JobText AdvisedText(const TranslationStore& store, const JobText& text) {
  v1::JobText shown = ToProto(text);
  shown.set_note(store.jobs().NoteOf({text.article, text.to}));
  const std::vector<v1::Segment> made = store.jobs().MadeOf({text.article, text.to});
  MadeBySource made_by_source;
  for (const v1::Segment& one : made) made_by_source.emplace(one.source(), &one);
  const Pair pair{text.from, text.to};
  const auto glossary = store.resources().GlossaryOf(pair);
  for (v1::JobSegment& segment : *shown.mutable_segments()) {
    if (glossary != nullptr) {
      for (const TermMatch& match : glossary->glossary.FindIn(PlainTextOf(segment.source()))) {
        *segment.add_terms() = ToProto(*match.term);
      }
    }
    const bool is_open = segment.state() == v1::JobSegment::STATE_NEW ||
                         segment.state() == v1::JobSegment::STATE_CHANGED;
    if (!is_open) continue;
    if (const auto one = made_by_source.find(segment.source()); one != made_by_source.end())
      *segment.add_suggestions() = SuggestionOf(*one->second);
    for (const MemoryMatch& match :
         store.memory().Similar(pair, segment.source(), kSuggestionScoreMin, kSuggestionsMax))
      *segment.add_suggestions() = SuggestionOf(match);
  }
  return shown;
}

}  // namespace telex::translation
