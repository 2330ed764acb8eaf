#include "telexctl/commands/translation_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "platform/text/ascii.h"
#include "telexctl/adapters/editor.h"
#include "telexctl/commands/translation_file.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/output_file.h"
#include "telexctl/views/job_view.h"
#include "telexctl/views/text.h"
#include "telexctl/views/translation_view.h"
#include "translation/formats/job_forms.h"

namespace telex::cli {
namespace {

// One job in the editor, from the claim to the completion.
class Editing {
 public:
  Editing(const EditFlags& flags, std::string name, TranslationApi& api, Context& context)
      : flags_(flags), name_(std::move(name)), api_(api), context_(context) {}

  absl::Status Run() {
    if (absl::Status status = Begin(); !status.ok()) return status;
    for (;;) {
      if (absl::Status status = RunEditor(context_.options().editor, path_); !status.ok())
        return status;
      Extend();
      const std::string answer = AskAfter(LoadTranslation(path_, api_));
      if (answer == "e") continue;
      if (answer == "c" || answer == "o") {
        const absl::StatusOr<bool> done = Finish();
        if (!done.ok()) return Left(done.status());
        if (*done) return absl::OkStatus();
        continue;
      }
      return Left(absl::OkStatus());
    }
  }

 private:
  // Held, with its file.
  absl::Status Begin() {
    if (!context_.has_terminal()) {
      return Usage("edit asks at a terminal, and nobody is there",
                   fmt::format("telexctl translations claim {} writes the file, telexctl "
                               "translations complete hands it over",
                               ShortJob(name_)));
    }
    auto held = Held(name_, flags_.lease, api_, context_);
    if (!held.ok()) return held.status();
    held_ = *std::move(held);
    if (held_.token() == 0) return NotClaimed(held_);
    const auto text = GetJobText(name_, api_);
    if (!text.ok()) return text.status();
    path_ = flags_.out.empty() ? FileNameOf(*text, false) : flags_.out;
    const std::string bytes =
        translation::WriteJob(translation::JobForm::kMarkedText, JobFileOf(*text));
    std::error_code none;
    if (!std::filesystem::exists(path_, none)) return WriteNewFile(path_, bytes);
    const auto there = LoadTranslation(path_, api_);
    if (!there.ok()) return there.status();
    if (there->job.job != name_ || there->version != text->version()) {
      return Usage(fmt::format("{} is of {}, and not of version {} of {}", path_,
                               there->job.version, text->version(), ShortJob(name_)),
                   "name another file: --out FILE");
    }
    context_.output().Note(fmt::format("{} is there already: you go on with it", path_));
    return absl::OkStatus();
  }

  // What is held goes on being so while it is worked on. That it does not is told at the end.
  void Extend() {
    jobs::ExtendLeaseRequest request;
    request.set_name(name_);
    request.set_token(held_.token());
    const auto lease = Span(flags_.lease, "--lease");
    if (lease.ok()) *request.mutable_lease() = *lease;
    if (const auto file = LoadTranslation(path_, api_); file.ok()) {
      request.set_segments_done(static_cast<std::int32_t>(std::ranges::count_if(
          file->segments, [](const auto& segment) { return !segment.target.empty(); })));
    }
    api_.ExtendLease(request).IgnoreError();
  }

  // Shows what is wrong with the file, and asks. "c", "o", "e"; all else leaves it.
  std::string AskAfter(absl::StatusOr<TranslatedFile> loaded) {
    overrulings_.clear();
    if (!loaded.ok()) {
      context_.output().Text(DescribeFailure(loaded.status()));
      return Asked("e: edit it again, q: leave it for later");
    }
    file_ = *std::move(loaded);
    auto findings = FindingsIn(file_, {}, api_);
    if (!findings.ok()) {
      context_.output().Text(DescribeFailure(findings.status()));
      return Asked("e: edit it again, c: complete it all the same, q: leave it for later");
    }
    if (findings->findings().empty()) {
      context_.output().Note("The checks find nothing.");
      return Asked("c: complete it, e: edit it again, q: leave it for later");
    }
    context_.output().Text(FindingsText(*findings, file_));
    context_.output().Note(FindingsCount(*findings) + ".");
    if (std::ranges::any_of(findings->findings(), &jobs::Finding::hard))
      return Asked("e: edit it again, q: leave it for later");
    std::string answer = Asked(
        "e: edit it again, o: overrule them, with a reason each (with * before it for all of "
        "that check), q: leave it for later");
    if (answer != "o") return answer;
    return Overruled(*findings) ? answer : "e";
  }

  std::string Asked(std::string_view choices) {
    context_.output().Note(choices);
    return context_.TypedLine();
  }

  // False: no reason was given for one of them.
  bool Overruled(const jobs::CheckSegmentsResponse& findings) {
    std::map<std::string, std::string> of_check;
    for (const jobs::Finding& finding : findings.findings()) {
      std::string reason = of_check[finding.reason()];
      if (reason.empty()) {
        context_.output().Note(
            fmt::format("{}: {}: why is it right?", finding.place(), finding.reason()));
        reason = context_.TypedLine();
        if (reason.starts_with(kEveryPlace)) {
          reason = text::TrimAscii(std::string_view(reason).substr(kEveryPlace.size()));
          of_check[finding.reason()] = reason;
        }
      }
      if (reason.empty()) return false;
      overrulings_.push_back(
          {.place = finding.place(), .check = finding.reason(), .reason = std::move(reason)});
    }
    return true;
  }

  // False: it is to be edited again.
  absl::StatusOr<bool> Finish() {
    auto held = Held(name_, flags_.lease, api_, context_);
    if (!held.ok()) return held.status();
    held_ = *std::move(held);
    const auto answer = Complete(file_, held_, overrulings_, api_);
    if (answer.ok()) {
      AnswerCompleted(*answer, file_, context_);
      std::error_code none;
      if (flags_.out.empty()) std::filesystem::remove(path_, none);
      return true;
    }
    if (!IsAboutSegments(answer.status())) return answer.status();
    context_.output().Text(DescribeFailure(answer.status()));
    return false;
  }

  // The file stays.
  absl::Status Left(absl::Status status) {
    context_.output().Note(fmt::format(
        "{} keeps what you have written. next: telexctl translations edit {}, or complete {}, or "
        "release {}",
        path_, ShortJob(name_), path_, ShortJob(name_)));
    return status;
  }

  const EditFlags& flags_;
  const std::string name_;
  TranslationApi& api_;
  Context& context_;
  jobs::Job held_;
  std::string path_;
  TranslatedFile file_;
  std::vector<Overruling> overrulings_;
};

}  // namespace

absl::Status EditJob(const EditFlags& flags, Context& context) {
  if (const auto lease = Span(flags.lease, "--lease"); !lease.ok()) return lease.status();
  const auto name = FindJob(flags.job, context);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  return Editing(flags, *name, **api, context).Run();
}

}  // namespace telex::cli
