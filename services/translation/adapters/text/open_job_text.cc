#include <algorithm>
#include <utility>

#include "news/article_name.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/text/job_text.h"
#include "translation/domain/segment_diff.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/inline_run.h"
#include "translation/formats/protected_text.h"

namespace telex::translation {
namespace {

using Kind = SegmentChange::Kind;
using State = JobTextSegment::State;

// A segment that was translated once.
struct Known {
  const v1::Segment* segment = nullptr;
  std::int64_t glossary = 0;  // the version under which it was
  bool may_serve = true;      // else it is only shown
};

// What a text was compared with: the texts that came before it.
class Comparison {
 public:
  // `more`: of which the text is only asked for what is the same.
  Comparison(std::span<const std::string_view> texts, std::vector<Known> before,
             std::vector<Known> more)
      : known_(std::move(before)) {
    const auto sources_of = [](const std::vector<Known>& known) {
      std::vector<std::string_view> sources;
      for (const Known& one : known) sources.push_back(one.segment->source());
      return sources;
    };
    diff_ = DiffSegments(sources_of(known_), texts, sources_of(more));
    known_.insert(known_.end(), more.begin(), more.end());
  }

  // Of the text at `i`; null: none.
  const Known* SameAs(std::size_t i) const { return Of(i, Kind::kUnchanged); }
  const Known* ComesFrom(std::size_t i) const { return Of(i, Kind::kChanged); }

 private:
  const Known* Of(std::size_t i, Kind kind) const {
    const SegmentChange& change = diff_.segments[i];
    return change.kind == kind ? &known_[static_cast<std::size_t>(change.before)] : nullptr;
  }

  std::vector<Known> known_;
  SegmentDiff diff_;
};

void Append(const v1::Text& text, bool may_serve, std::vector<Known>& known) {
  for (const v1::Segment& segment : text.segments())
    known.push_back({&segment, text.glossary(), may_serve});
}

// Whether what it says may be taken over.
bool Stands(const v1::Translation& translation, const news::LanguageTag& from) {
  return translation.standing() != v1::STANDING_REJECTED && translation.from() == from.text();
}

// No words but in what is the same in each language.
bool IsProtected(std::string_view tagged) {
  const std::string plain = PlainTextOf(tagged);
  return std::ranges::all_of(ProtectAddresses(plain), [](const TextPart& part) {
    return part.is_protected || !HasWords(part.text);
  });
}

class Opener {
 public:
  Opener(const JobTextParts& parts, std::span<const std::string_view> texts)
      : parts_(parts), published_(Published(parts, texts)), drafted_(Drafted(parts, texts)) {}

  JobTextSegment Open(std::size_t i, const Segment& source) const {
    JobTextSegment opened;
    opened.segment.set_source(source.text);
    Offer(i, opened);
    opened.segment.set_id(source.place);
    opened.segment.set_place(source.place);
    return opened;
  }

 private:
  static Comparison Published(const JobTextParts& parts, std::span<const std::string_view> texts) {
    const news::LanguageTag& from = parts.article.content.language;
    std::vector<Known> before;
    std::vector<Known> more;
    if (parts.before != nullptr) Append(parts.before->text(), Stands(*parts.before, from), before);
    for (const v1::Translation* const earlier : parts.earlier) {
      if (Stands(*earlier, from)) Append(earlier->text(), true, more);
    }
    return {texts, std::move(before), std::move(more)};
  }
  static Comparison Drafted(const JobTextParts& parts, std::span<const std::string_view> texts) {
    std::vector<Known> before;
    if (parts.draft != nullptr) Append(*parts.draft, true, before);
    return {texts, std::move(before), {}};
  }

  void Offer(std::size_t i, JobTextSegment& opened) const {
    if (IsProtected(opened.segment.source())) {
      opened.state = State::kUnchanged;
      opened.segment.set_target(opened.segment.source());
      return opened.segment.set_origin(v1::ORIGIN_PROTECTED);
    }
    const Known* const published = published_.SameAs(i);
    const Known* const drafted = drafted_.SameAs(i);
    const bool has_published = published != nullptr && MayServe(*published);
    const bool has_draft = drafted != nullptr && MayServe(*drafted);
    const bool is_same =
        has_published && has_draft && published->segment->target() == drafted->segment->target();
    if (has_draft && !is_same) {
      opened.state = State::kDraft;
      opened.segment = *drafted->segment;
      return;
    }
    if (has_published) {
      opened.state = State::kUnchanged;
      opened.segment = *published->segment;
      return opened.segment.set_origin(v1::ORIGIN_CARRIED);
    }
    if (Recall(published, opened)) return;
    for (const Known* const shown :
         {drafted, drafted_.ComesFrom(i), published, published_.ComesFrom(i)}) {
      if (shown == nullptr) continue;
      opened.state = State::kChanged;
      opened.before_source = shown->segment->source();
      opened.before_target = shown->segment->target();
      return;
    }
  }

  bool MayServe(const Known& known) const {
    if (!known.may_serve) return false;
    return known.glossary == parts_.glossary_version ||
           !IsAgainstGlossary(known.segment->source(), known.segment->target());
  }

  bool IsAgainstGlossary(std::string_view source, std::string_view target) const {
    return parts_.glossary != nullptr &&
           !parts_.glossary->Check(PlainTextOf(source), PlainTextOf(target)).empty();
  }

  // `published`: what the memory might still have though it may not serve.
  bool Recall(const Known* published, JobTextSegment& opened) const {
    v1::Segment& segment = opened.segment;
    if (!parts_.recall) return false;
    const std::optional<MemoryEntry> entry = parts_.recall(segment.source());
    if (!entry || IsAgainstGlossary(segment.source(), entry->target)) return false;
    if (published != nullptr && published->segment->target() == entry->target) return false;
    opened.state = State::kMemory;
    segment.set_target(entry->target);
    segment.set_origin(v1::ORIGIN_MEMORY);
    segment.set_reviewed(entry->rank == MemoryRank::kPerson);
    segment.mutable_match()->set_score(100);
    if (entry->article != news::ArticleId())
      segment.mutable_match()->set_translation(news::NameOf(entry->article));
    return true;
  }

  const JobTextParts& parts_;
  const Comparison published_;
  const Comparison drafted_;
};

}  // namespace

absl::StatusOr<JobText> OpenJobText(const JobTextParts& parts) {
  const news::Content& content = parts.article.content;
  ASSIGN_OR_RETURN(Segmentation segmentation, SegmentContent(content));
  std::vector<std::string_view> texts;
  for (const Segment& segment : segmentation.segments) texts.push_back(segment.text);
  const Opener opener(parts, texts);
  JobText job{.article = parts.article.id,
              .version = parts.article.version,
              .from = content.language,
              .to = parts.to,
              .content = content,
              .availability = parts.article.availability,
              .segmentation = {},
              .segments = {},
              .glossary_version = parts.glossary_version};
  for (std::size_t i = 0; i < texts.size(); ++i)
    job.segments.push_back(opener.Open(i, segmentation.segments[i]));
  job.segmentation = std::move(segmentation);
  return job;
}

bool JobText::IsUnchanged() const {
  return std::ranges::all_of(
      segments, [](const JobTextSegment& segment) { return segment.state == State::kUnchanged; });
}

}  // namespace telex::translation
