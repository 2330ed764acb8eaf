#include "translation/adapters/job_advice.h"

#include "translation/adapters/glossary_codec.h"
#include "translation/adapters/job_answers.h"
#include "translation/adapters/memory_service.h"
#include "translation/domain/tagged_text.h"

namespace telex::translation {
namespace {

constexpr int kSuggestionScoreMin = 60;
constexpr std::size_t kSuggestionsMax = 3;

}  // namespace

v1::JobText AdvisedText(const TranslationStore& store, const JobText& text) {
  v1::JobText shown = ToProto(text);
  shown.set_note(store.jobs().NoteOf({text.article, text.to}));
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
    for (const MemoryMatch& match :
         store.memory().Similar(pair, segment.source(), kSuggestionScoreMin, kSuggestionsMax))
      *segment.add_suggestions() = SuggestionOf(match);
  }
  return shown;
}

}  // namespace telex::translation
