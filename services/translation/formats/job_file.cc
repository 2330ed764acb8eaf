#include "translation/formats/job_file.h"

#include <fmt/format.h>

#include <utility>

#include "news/article_name.h"
#include "news/blank.h"
#include "news/content_hash.h"
#include "platform/errors/errors.h"
#include "translation/domain/checks/markup.h"
#include "translation/domain/tagged_text.h"

namespace telex::translation {
namespace {

constexpr std::size_t kStampLength = 40;

void AppendWithLength(std::string_view part, std::string& out) {
  out += fmt::format("{}:", part.size());
  out += part;
}

// OK, or what is wrong with the tags of a translation.
absl::Status CheckMarkup(const JobFileSegment& segment, std::string_view target,
                         std::string_view where) {
  const auto refused = [&](std::string_view why) {
    return errors::FieldError(SegmentField(segment.place), errors::kFieldInvalid,
                              fmt::format("{}: {}", where, why));
  };
  const absl::StatusOr<std::vector<Piece>> pieces = ParseTagged(target);
  if (!pieces.ok())
    return refused(
        std::string_view(pieces.status().message().data(), pieces.status().message().size()));
  const absl::StatusOr<std::vector<Piece>> source = ParseTagged(segment.source);
  if (!source.ok()) return source.status();
  std::vector<Finding> findings;
  checks::CheckTags(*source, target, *pieces, findings);
  return findings.empty() ? absl::OkStatus() : refused(findings.front().message);
}

}  // namespace

std::string StampOf(const JobFile& job) {
  std::string all;
  for (const std::string_view part :
       {std::string_view(job.version), std::string_view(job.source_language.text()),
        std::string_view(job.target_language.text())}) {
    AppendWithLength(part, all);
  }
  for (const JobFileSegment& segment : job.segments) {
    AppendWithLength(segment.place, all);
    AppendWithLength(segment.source, all);
  }
  // An NMTOKEN may begin with a digit, an XML ID may not: tools take one for the other.
  return "v" + news::DocumentHash(all).substr(0, kStampLength - 1);
}

absl::Status CheckStamp(const JobFile& job, std::string_view stamp) {
  if (stamp == StampOf(job)) return absl::OkStatus();
  return errors::FieldError(
      "version", errors::kFieldInvalid,
      fmt::format("the file is of another version of the story than {}: export it again",
                  job.version));
}

absl::Status SetJob(std::string_view version, std::string_view from, std::string_view to,
                    JobFile& job) {
  const auto name = news::ArticleName::Parse(version);
  if (!name || !name->version) {
    return errors::FieldError("version", errors::kFieldInvalid,
                              "the file does not say which version of which story it is of");
  }
  const auto source = news::LanguageTag::Parse(from);
  if (!source) return errors::FieldError("srcLang", errors::kFieldInvalid, "no language");
  const auto target = news::LanguageTag::Parse(to);
  if (!target) return errors::FieldError("trgLang", errors::kFieldInvalid, "no language");
  job.version = version;
  job.job = fmt::format("jobs/{}.{}", name->id.ToString(), target->text());
  job.source_language = *source;
  job.target_language = *target;
  return absl::OkStatus();
}

std::string SegmentField(std::string_view place) { return fmt::format("segments[\"{}\"]", place); }

ReturnedSegments::ReturnedSegments(const JobFile& job) : job_(job), returned_(job.segments.size()) {
  for (std::size_t i = 0; i < job.segments.size(); ++i) by_place_.emplace(job.segments[i].place, i);
}

const JobFileSegment* ReturnedSegments::Find(std::string_view place) const {
  const auto found = by_place_.find(place);
  return found == by_place_.end() ? nullptr : &job_.segments[found->second];
}

absl::Status ReturnedSegments::Take(std::string_view place, std::string_view target,
                                    SegmentState state, std::string_view where) {
  const JobFileSegment* const segment = Find(place);
  if (segment == nullptr) {
    return errors::FieldError(SegmentField(place), errors::kFieldInvalid,
                              fmt::format("{}: no segment of {}", where, job_.job));
  }
  Returned& returned = returned_[static_cast<std::size_t>(segment - job_.segments.data())];
  if (!returned.where.empty()) {
    return errors::FieldError(SegmentField(place), errors::kFieldInvalid,
                              fmt::format("{}: came before, in {}", where, returned.where));
  }
  returned.where = where;
  if (news::IsBlank(target)) return absl::OkStatus();
  if (absl::Status status = CheckMarkup(*segment, target, where); !status.ok()) return status;
  returned.target = target;
  returned.state = state == SegmentState::kInitial ? SegmentState::kTranslated : state;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<JobFileSegment>> ReturnedSegments::Finish() && {
  absl::Status status;
  std::vector<JobFileSegment> segments = job_.segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (returned_[i].where.empty()) {
      status = errors::WithField(std::move(status), SegmentField(segments[i].place),
                                 errors::kFieldRequired, "the file lacks this segment");
    }
    segments[i].target = std::move(returned_[i].target);
    segments[i].state = returned_[i].state;
  }
  if (!status.ok()) return status;
  return segments;
}

}  // namespace telex::translation
