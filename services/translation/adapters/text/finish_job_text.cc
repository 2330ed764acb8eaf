#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "news/blank.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/text/job_text.h"
#include "translation/formats/job_file.h"

namespace telex::translation {
namespace {

std::optional<Check> CheckOf(std::string_view reason) {
  for (int i = 0; i <= static_cast<int>(Check::kLanguage); ++i) {
    const auto check = static_cast<Check>(i);
    if (ReasonOf(check) == reason) return check;
  }
  return std::nullopt;
}

const v1::OverruledCheck* OverruleOf(
    Check check, const google::protobuf::RepeatedPtrField<v1::OverruledCheck>& overruled) {
  const auto found = std::ranges::find(overruled, ReasonOf(check), &v1::OverruledCheck::check);
  return found == overruled.end() ? nullptr : &*found;
}

// Where the finding is, for people.
std::string Described(const Finding& finding) {
  return fmt::format("{} ({} bytes {}-{})", finding.message,
                     finding.in_source ? "source" : "target", finding.begin, finding.end);
}

class Finisher {
 public:
  Finisher(const JobText& job, std::string_view actor, const Glossary* glossary)
      : job_(job), actor_(actor), glossary_(glossary) {}

  absl::StatusOr<FinishedText> Finish(std::span<const DoneSegment> done) {
    const std::vector<const DoneSegment*> by_segment = Match(done);
    for (std::size_t i = 0; i < by_segment.size(); ++i) {
      if (by_segment[i] == nullptr) {
        Fault(job_.segments[i].segment.place(), errors::kSegmentMissing, "is not handed over");
      } else {
        Take(job_.segments[i].segment, *by_segment[i]);
      }
    }
    RETURN_IF_ERROR(status_);
    RETURN_IF_ERROR(Assembled());
    return std::move(finished_);
  }

 private:
  void Fault(std::string_view place, std::string_view reason, std::string_view description,
             std::string_view of = "") {
    status_ = errors::WithField(std::move(status_), SegmentField(place) + std::string(of), reason,
                                description);
  }

  // Beside the job's segments; null: none.
  std::vector<const DoneSegment*> Match(std::span<const DoneSegment> done) {
    absl::flat_hash_map<std::string_view, std::size_t> index;
    for (const JobTextSegment& segment : job_.segments)
      index.emplace(segment.segment.place(), index.size());
    std::vector<const DoneSegment*> by_segment(job_.segments.size());
    for (const DoneSegment& segment : done) {
      const auto found = index.find(segment.place);
      if (found == index.end()) {
        Fault(segment.place, errors::kSegmentUnknown, "is no segment of this version");
      } else if (const DoneSegment*& taken = by_segment[found->second]; taken != nullptr) {
        Fault(segment.place, errors::kSegmentTwice, "is handed over twice");
      } else {
        taken = &segment;
      }
    }
    return by_segment;
  }

  void Take(const v1::Segment& offered, const DoneSegment& done) {
    const bool is_kept = !offered.target().empty() && done.target == offered.target();
    v1::Segment& segment = *finished_.text.add_segments();
    segment = offered;
    if (is_kept) {
      if (!actor_.empty() && segment.origin() != v1::ORIGIN_PROTECTED) segment.set_reviewed(true);
    } else {
      segment.Clear();
      segment.set_id(offered.id());
      segment.set_place(offered.place());
      segment.set_source(offered.source());
      segment.set_target(done.target);
      segment.set_origin(actor_.empty() ? v1::ORIGIN_ENGINE : v1::ORIGIN_PERSON);
      if (actor_.empty()) segment.set_engine(done.engine);
      segment.set_actor(std::string(actor_));
    }
    Judge(is_kept, done, segment);
  }

  // What the checks find, and what a person says of it.
  void Judge(bool is_kept, const DoneSegment& done, v1::Segment& segment) {
    if (!actor_.empty()) ReadOverruled(done);
    for (Finding& finding : CheckSegment({.source_language = job_.from,
                            .target_language = job_.to,
                            .source = segment.source(),
                            .target = segment.target()},
                                         glossary_)) {
      const Check check = finding.check;
      const bool is_soft = SeverityOf(check) == Severity::kSoft;
      if (is_soft && !actor_.empty()) Overrule(check, done, segment);
      const bool is_overruled = is_soft && OverruleOf(check, segment.overruled()) != nullptr;
      if (is_overruled || (is_soft && is_kept)) {
        finished_.findings.push_back({segment.place(), std::move(finding), is_overruled});
      } else {
        Fault(segment.place(), ReasonOf(check), Described(finding));
      }
    }
  }

  void ReadOverruled(const DoneSegment& done) {
    const auto refuse = [&](std::string_view reason, std::string_view why) {
      Fault(done.place, reason, why, ".overruled");
    };
    for (const v1::OverruledCheck& overruled : done.overruled) {
      const auto check = CheckOf(overruled.check());
      if (!check || SeverityOf(*check) == Severity::kHard) {
        refuse(errors::kFieldInvalid,
               fmt::format("'{}' is no check that can be overruled", overruled.check()));
      }
      if (news::IsBlank(overruled.reason()))
        refuse(errors::kFieldRequired, "say why the check is wrong here");
      if (overruled.reason().size() > kOverruleReasonBytesMax) {
        refuse(errors::kFieldTooLong,
               fmt::format("a reason has at most {} bytes", kOverruleReasonBytesMax));
      }
    }
  }

  // Only what was found is on record as overruled.
  void Overrule(Check check, const DoneSegment& done, v1::Segment& segment) const {
    const auto found = std::ranges::find(done.overruled, ReasonOf(check),
                                         [](const v1::OverruledCheck& o) { return o.check(); });
    if (found == done.overruled.end() || OverruleOf(check, segment.overruled()) != nullptr) return;
    v1::OverruledCheck& overruled = *segment.add_overruled();
    overruled = *found;
    overruled.set_actor(std::string(actor_));
  }

  absl::Status Assembled() {
    v1::Text& text = finished_.text;
    std::vector<std::string> targets;
    for (const v1::Segment& segment : text.segments()) targets.push_back(segment.target());
    auto content = Assemble(job_.content, job_.segmentation, targets, job_.to);
    if (!content.ok()) return Refused(content.status());
    text.set_segmentation(job_.segmentation.rule);
    text.set_glossary(job_.glossary_version);
    text.set_headline(std::move(content->headline));
    text.set_body_html(std::move(content->body_html));
    for (const auto& [index, segment] : job_.segmentation.media) {
      news::Media& media = content->media[static_cast<std::size_t>(index)];
      v1::AltText& alt_text = *text.add_alt_texts();
      alt_text.set_href(std::move(media.href));
      alt_text.set_text(std::move(media.alt_text));
    }
    if (text.ByteSizeLong() <= kTextBytesMax) return absl::OkStatus();
    return errors::FieldError("segments", errors::kFieldTooLong,
                              fmt::format("the text weighs {} bytes on record, {} are allowed",
                                          text.ByteSizeLong(), kTextBytesMax));
  }

  // What Assemble says, with its fields and reasons as they are here.
  absl::Status Refused(const absl::Status& status) const {
    const auto details = errors::DetailsOf(status);
    if (!details || details->fields.empty()) return status;
    absl::Status refused;
    for (const errors::FieldViolation& field : details->fields) {
      const bool is_segment = std::ranges::any_of(job_.segments, [&](const JobTextSegment& one) {
        return one.segment.place() == field.field;
      });
      const bool is_markup = is_segment && field.reason == errors::kFieldInvalid;
      refused = errors::WithField(
          std::move(refused), is_segment ? SegmentField(field.field) : field.field,
          is_markup ? ReasonOf(Check::kMarkup) : field.reason, field.description);
    }
    return refused;
  }

  const JobText& job_;
  const std::string_view actor_;
  const Glossary* const glossary_;
  absl::Status status_;
  FinishedText finished_;
};

// Carried texts keep who made them.
bool IsOfPerson(const v1::Segment& segment) {
  return segment.reviewed() || segment.origin() == v1::ORIGIN_PROTECTED ||
         (segment.engine().empty() && !segment.actor().empty());
}

}  // namespace

std::vector<DoneSegment> OfferedSegments(const JobText& job) {
  std::vector<DoneSegment> offered;
  for (const JobTextSegment& one : job.segments) {
    const v1::Segment& segment = one.segment;
    if (segment.target().empty()) continue;
    offered.push_back(
        {.place = segment.place(), .target = segment.target(), .engine = {}, .overruled = {}});
  }
  return offered;
}

absl::StatusOr<FinishedText> FinishJobText(const JobText& job, std::span<const DoneSegment> done,
                                           std::string_view actor, const Glossary* glossary) {
  return Finisher(job, actor, glossary).Finish(done);
}

v1::Standing StandingOf(const v1::Text& text) {
  if (!std::ranges::all_of(text.segments(), IsOfPerson)) return v1::STANDING_MACHINE;
  // An engine's words do not pass as a person's, whoever stands for them.
  const bool has_engine = std::ranges::any_of(
      text.segments(), [](const v1::Segment& segment) { return !segment.engine().empty(); });
  return has_engine ? v1::STANDING_REVIEWED : v1::STANDING_PERSON;
}

}  // namespace telex::translation
