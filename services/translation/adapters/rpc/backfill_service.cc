#include "translation/adapters/rpc/backfill_service.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/text/ascii.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/adapters/records/policy_codec.h"
#include "translation/adapters/store/opened_job.h"
#include "translation/domain/engine.h"

namespace telex::translation {
namespace {

using rpc::Call;
using rpc::Done;
using rpc::Role;

absl::Status BackfillNotFound(std::int64_t id) {
  return errors::Error(absl::StatusCode::kNotFound, errors::kBackfillNotFound,
                       fmt::format("there is no backfill {}", id));
}

absl::StatusOr<BackfillRange> RangeOf(const v1::StartBackfillRequest& request) {
  BackfillRange range;
  ASSIGN_OR_RETURN(range.pair, ParsePair(request.from(), request.to()));
  if (!request.has_since())
    return errors::FieldError("since", errors::kFieldRequired, "from when on stories are taken");
  range.since_ms = absl::ToUnixMillis(news::FromProto(request.since()));
  range.until_ms = request.has_until() ? absl::ToUnixMillis(news::FromProto(request.until()))
                                       : absl::ToUnixMillis(absl::Now());
  absl::Status fault;
  if (range.since_ms >= range.until_ms)
    fault = errors::WithField(fault, "until", errors::kFieldInvalid, "after since");
  ASSIGN_OR_RETURN(range.workflow, WorkflowOf(request.workflow(), range.workflow));
  if (request.characters_per_day() < 0)
    fault = errors::WithField(fault, "characters_per_day", errors::kFieldInvalid, "0 or more");
  range.characters_per_day = request.characters_per_day();
  if (request.sources_size() > static_cast<int>(kPolicyNamesMax) ||
      request.sections_size() > static_cast<int>(kPolicyNamesMax)) {
    return errors::FieldError("sources", errors::kFieldTooLong,
                              fmt::format("{} names at most", kPolicyNamesMax));
  }
  for (int n = 0; n < request.sources_size(); ++n) {
    const auto source = news::SourceId::FromName(request.sources(n));
    if (source) {
      range.sources.push_back(*source);
    } else {
      fault = errors::WithField(fault, fmt::format("sources[{}]", n), errors::kFieldInvalid,
                                "sources/{source}");
    }
  }
  for (int n = 0; n < request.sections_size(); ++n) {
    const auto section = news::Section::Parse(request.sections(n));
    if (section) {
      range.sections.push_back(*section);
    } else {
      fault = errors::WithField(fault, fmt::format("sections[{}]", n), errors::kFieldInvalid,
                                "a slug, such as world");
    }
  }
  RETURN_IF_ERROR(fault);
  return range;
}

}  // namespace

v1::Backfill BackfillService::ToProto(const BackfillRecord& backfill) const {
  v1::Backfill message;
  message.set_id(backfill.id);
  message.set_from(backfill.range.pair.from.text());
  message.set_to(backfill.range.pair.to.text());
  message.set_stopped(backfill.stop_ms != 0);
  *message.mutable_start_time() = news::ToProto(absl::FromUnixMillis(backfill.start_ms));
  message.set_actor(backfill.actor);
  message.set_characters_per_day(backfill.range.characters_per_day);
  const JobQueues::BackfillCounts counts = store_.queues().CountsOf(backfill.id);
  message.set_open(counts.open);
  message.set_done(counts.done);
  std::int64_t characters = 0;
  for (const news::ArticleId& article : counts.articles) {
    if (const auto head = store_.articles().Head(article)) characters += head->characters;
  }
  message.set_stories(static_cast<std::int64_t>(counts.articles.size()));
  message.set_characters(characters);
  return message;
}

v1::Backfill BackfillService::Estimate(const BackfillRange& range) const {
  std::int64_t stories = 0;
  std::int64_t cut = 0;
  std::int64_t segments = 0;
  std::int64_t characters = 0;
  const auto recall = [&](std::string_view source) {
    return store_.memory().Recall(range.pair, source);
  };
  store_.articles().VisitHeads({}, [&](const news::ArticleId& id, const ArticleHead& head) {
    const JobId job{id, range.pair.to};
    if (!head.to_be_translated || store_.translations().Newest(job)) return true;
    const auto newest = store_.articles().Newest(id);
    if (!newest || !range.Has(newest->article)) return true;
    ++stories;
    if (cut == static_cast<std::int64_t>(kCutMax)) return true;
    ++cut;
    const auto text = OpenText(store_, newest->article, range.pair.to, recall, {});
    if (!text.ok()) return true;
    for (const JobTextSegment& segment : text->segments) {
      if (!segment.segment.target().empty()) continue;
      ++segments;
      characters +=
          CharactersOf(EngineRequest{.texts = {{.id = "", .source = segment.segment.source()}}});
    }
    return true;
  });
  v1::Backfill estimate;
  estimate.set_from(range.pair.from.text());
  estimate.set_to(range.pair.to.text());
  estimate.set_stories(stories);
  estimate.set_segments(cut == 0 ? 0 : segments * stories / cut);
  estimate.set_characters(cut == 0 ? 0 : characters * stories / cut);
  return estimate;
}

void BackfillService::StartBackfill(const Call& call, const v1::StartBackfillRequest& request,
                                    const Done<v1::Backfill>& done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto range = RangeOf(request);
  if (!range.ok()) return done(range.status());
  if (request.validate_only()) return done(Estimate(*range));
  desk_.Take({.actor = call.actor.name,
              .request_id = text::AsciiLower(request.request_id()),
              .what = *range},
             call.deadline, [this, done](absl::StatusOr<ResourceOutcome> outcome) {
               if (!outcome.ok()) return done(outcome.status());
               for (const BackfillRecord& backfill : store_.resources().Backfills()) {
                 if (backfill.id == outcome->version) return done(ToProto(backfill));
               }
               done(BackfillNotFound(outcome->version));
             });
}

void BackfillService::StopBackfill(const Call& call, const v1::StopBackfillRequest& request,
                                   const Done<v1::Backfill>& done) {
  const auto known = store_.resources().Backfills();
  if (std::ranges::find(known, request.id(), &BackfillRecord::id) == known.end())
    return done(BackfillNotFound(request.id()));
  desk_.Take({.actor = call.actor.name, .what = BackfillStop{request.id()}}, call.deadline,
             [this, id = request.id(), done](const absl::StatusOr<ResourceOutcome>& outcome) {
               if (!outcome.ok()) return done(outcome.status());
               for (const BackfillRecord& backfill : store_.resources().Backfills()) {
                 if (backfill.id == id) return done(ToProto(backfill));
               }
               done(BackfillNotFound(id));
             });
}

v1::ListBackfillsResponse BackfillService::ListBackfills() const {
  v1::ListBackfillsResponse response;
  for (const BackfillRecord& backfill : store_.resources().Backfills())
    *response.add_backfills() = ToProto(backfill);
  return response;
}

void BackfillService::OfferOn(rpc::UnaryService& service) {
  service.Later<v1::StartBackfillRequest, v1::Backfill>(
      "StartBackfill", {Role::kEditor},
      [this](const Call& call, const v1::StartBackfillRequest& request,
             const Done<v1::Backfill>& done) {
        const absl::Status added =
            workers_.Add([this, call, &request, done] { StartBackfill(call, request, done); });
        if (!added.ok()) done(added);
      });
  service.Later<v1::StopBackfillRequest, v1::Backfill>(
      "StopBackfill", {Role::kEditor, Role::kOperator},
      [this](const Call& call, const v1::StopBackfillRequest& request,
             const Done<v1::Backfill>& done) { StopBackfill(call, request, done); });
  service.Later<v1::ListBackfillsRequest, v1::ListBackfillsResponse>(
      "ListBackfills", {Role::kReader, Role::kEditor, Role::kOperator},
      [this](const Call&, const v1::ListBackfillsRequest&,
             const Done<v1::ListBackfillsResponse>& done) {
        const absl::Status added = workers_.Add([this, done] { done(ListBackfills()); });
        if (!added.ok()) done(added);
      });
}

}  // namespace telex::translation
