#include "telexctl/requests/translated_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "telexctl/failures/failure.h"
#include "translation/formats/job_forms.h"

namespace telex::cli {
namespace {

constexpr int kCheckedMax = 200;  // segments of one call

std::string VersionName(const jobs::JobText& text) {
  return fmt::format("{}@{}", ArticleOf(text.job()), text.version());
}

std::string StateNote(const jobs::JobSegment& segment) {
  switch (segment.state()) {
    case jobs::JobSegment::STATE_UNCHANGED:
      return "unchanged: this is how it was translated";
    case jobs::JobSegment::STATE_MEMORY:
      return "from memory: the same text was translated so";
    case jobs::JobSegment::STATE_DRAFT:
      return segment.engine().empty() ? "a draft" : fmt::format("a draft of {}", segment.engine());
    default:
      return {};
  }
}

std::string TermNote(const jobs::GlossaryTerm& term) {
  std::string note = fmt::format("term: {}", term.source());
  if (term.allowed_size() > 0) note += fmt::format(" = {}", fmt::join(term.allowed(), " | "));
  if (term.forbidden_size() > 0)
    note += fmt::format("; not: {}", fmt::join(term.forbidden(), " | "));
  return note;
}

std::vector<std::string> NotesOf(const jobs::JobSegment& segment) {
  std::vector<std::string> notes;
  if (!segment.before_source().empty()) {
    notes.push_back(fmt::format("changed; before: {}", segment.before_source()));
    if (!segment.before_target().empty())
      notes.push_back(fmt::format("translated then: {}", segment.before_target()));
  }
  if (std::string note = StateNote(segment); !note.empty()) notes.push_back(std::move(note));
  for (const jobs::GlossaryTerm& term : segment.terms()) notes.push_back(TermNote(term));
  for (const jobs::Suggestion& suggestion : segment.suggestions()) {
    if (!suggestion.engine().empty()) {
      notes.push_back(fmt::format("{} has: {}", suggestion.engine(), suggestion.target()));
      continue;
    }
    notes.push_back(fmt::format("memory, {} % alike: {}", suggestion.score(), suggestion.target()));
    if (suggestion.score() < 100) notes.push_back(fmt::format("  of: {}", suggestion.source()));
  }
  for (int tag = 0; tag < segment.tags_size(); ++tag) {
    const jobs::TagMeaning& meaning = segment.tags(tag);
    notes.push_back(
        fmt::format("<{}{}> is {}", tag + 1, meaning.close().empty() ? "/" : "", meaning.open()));
  }
  return notes;
}

translation::SegmentState StateOf(const jobs::JobSegment& segment) {
  if (segment.target().empty()) return translation::SegmentState::kInitial;
  return segment.reviewed() ? translation::SegmentState::kReviewed
                            : translation::SegmentState::kTranslated;
}

}  // namespace

translation::JobFile JobFileOf(const jobs::JobText& text) {
  translation::JobFile file;
  file.job = text.job();
  file.version = VersionName(text);
  file.source_language = news::LanguageTag::Parse(text.from()).value_or(news::LanguageTag());
  file.target_language = news::LanguageTag::Parse(text.language()).value_or(news::LanguageTag());
  if (!text.article_headline().empty())
    file.notes.push_back(fmt::format("Story: {}", text.article_headline()));
  if (!text.note().empty()) file.notes.push_back(fmt::format("Note: {}", text.note()));
  file.notes.emplace_back(
      "Then: telexctl translations check FILE, and telexctl translations complete FILE");
  for (const jobs::JobSegment& segment : text.segments()) {
    file.segments.push_back({.place = segment.place(),
                             .source = segment.source(),
                             .target = segment.target(),
                             .state = StateOf(segment),
                             .notes = NotesOf(segment)});
  }
  return file;
}

std::string FileNameOf(const jobs::JobText& text, bool is_xliff) {
  std::string_view article = text.job();
  article.remove_prefix(std::min(article.find('/') + 1, article.size()));
  return fmt::format("{}.v{}.{}", article, text.version(), is_xliff ? "xlf" : "txt");
}

absl::StatusOr<TranslatedFile> ReadTranslatedFile(
    std::string_view bytes,
    const std::function<absl::StatusOr<jobs::JobText>(const std::string& job)>& text_of) {
  ASSIGN_OR_RETURN(translation::StatedJob stated, translation::ReadStatedJob(bytes));
  TranslatedFile file;
  file.version = news::ArticleName::Parse(stated.job.version)->version->number;
  if (stated.IsIntact()) {
    file.job = std::move(stated.job);
  } else {
    ASSIGN_OR_RETURN(const jobs::JobText text, text_of(stated.job.job));
    if (text.version() != file.version) {
      return errors::FieldError(
          "version", errors::kFieldInvalid,
          fmt::format("the story has gone on to version {}, and of version {} the file no longer "
                      "has the sources as they were written",
                      text.version(), file.version));
    }
    file.job = JobFileOf(text);
  }
  ASSIGN_OR_RETURN(file.segments, translation::ReadSegments(bytes, file.job));
  return file;
}

absl::Status SetSegments(const TranslatedFile& file, const std::vector<Overruling>& overrulings,
                         google::protobuf::RepeatedPtrField<jobs::TranslatedSegment>& segments) {
  for (const translation::JobFileSegment& segment : file.segments) {
    jobs::TranslatedSegment& out = *segments.Add();
    out.set_place(segment.place);
    out.set_target(segment.target);
  }
  for (const Overruling& overruling : overrulings) {
    const auto found =
        std::ranges::find(segments, overruling.place, &jobs::TranslatedSegment::place);
    if (found == segments.end()) {
      return Usage(fmt::format("--overrule: the story has no segment {}", overruling.place),
                   "telexctl translations check FILE shows places and checks");
    }
    jobs::OverruledCheck& check = *found->add_overruled();
    check.set_check(overruling.check);
    check.set_reason(overruling.reason);
  }
  return absl::OkStatus();
}

std::vector<jobs::CheckSegmentsRequest> CheckRequests(const TranslatedFile& file) {
  std::vector<jobs::CheckSegmentsRequest> requests;
  for (const translation::JobFileSegment& segment : file.segments) {
    if (requests.empty() || requests.back().segments_size() == kCheckedMax) {
      requests.emplace_back();
      requests.back().set_from(file.job.source_language.text());
      requests.back().set_language(file.job.target_language.text());
    }
    jobs::CheckSegmentsRequest::Pair& pair = *requests.back().add_segments();
    pair.set_place(segment.place);
    pair.set_source(segment.source);
    pair.set_target(segment.target);
  }
  return requests;
}

}  // namespace telex::cli
