#include "views/adapters/view_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "news/article_name.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"
#include "views/adapters/view_service.h"
#include "views/domain/judge.h"

namespace telex::views {
namespace {

using Outcome = ExplainedView::Outcome;

// Reads until all is said, or to the end that the log had when reading began.
class ExplainHandler final : public ReplayHandler {
 public:
  explicit ExplainHandler(ViewExplanation& explanation) : explanation_(explanation) {}

  void OnCaughtUp(const kafka::TopicPartition&, std::int64_t) override { End(absl::OkStatus()); }

 private:
  absl::Status Take(const kafka::Record& record, const View* view) override {
    if (view == nullptr) {
      explanation_.Skip(record.offset, record.timestamp_ms);
    } else {
      RETURN_IF_ERROR(explanation_.Count(record.offset, record.timestamp_ms, *view));
    }
    if (explanation_.Settled()) End(absl::OkStatus());
    return absl::OkStatus();
  }

  ViewExplanation& explanation_;
};

v1::ExplainedView::Outcome ToProto(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCounted:
      return v1::ExplainedView::OUTCOME_COUNTED;
    case Outcome::kFiltered:
      return v1::ExplainedView::OUTCOME_FILTERED;
    case Outcome::kSameEvent:
      return v1::ExplainedView::OUTCOME_SAME_EVENT;
    case Outcome::kTakenBack:
      return v1::ExplainedView::OUTCOME_TAKEN_BACK;
  }
  return v1::ExplainedView::OUTCOME_UNSPECIFIED;
}

google::protobuf::Timestamp TimeOf(std::int64_t time_ms) {
  return news::ToProto(absl::FromUnixMillis(time_ms));
}

// `whole`: also when the same reader looked elsewhere, which is no partner's to know.
void Fill(std::int32_t partition, const ExplainedView& one, bool whole, v1::ExplainedView& view) {
  view.set_outcome(ToProto(one.outcome));
  view.set_filter(ToProto(one.filter));
  *view.mutable_view_time() = TimeOf(one.time_ms);
  *view.mutable_append_time() = TimeOf(one.append_ms);
  view.set_partition(partition);
  view.set_offset(one.offset);
  view.set_day(DayText(one.under.day));
  view.set_hour(one.under.hour);
  view.set_language(one.language);
  view.set_partner(one.partner);
  view.set_agent_class(ToProto(one.agent_class));
  view.set_agent_list(one.agent_list);
  view.set_placement(one.placement);
  view.set_uncertain(one.uncertain);
  if (whole && one.visit && one.filter == Filter::kRepeat) {
    *view.mutable_visit()->mutable_first_view_time() = TimeOf(one.visit->first_ms);
    *view.mutable_visit()->mutable_last_view_time() = TimeOf(one.visit->last_ms);
  }
  if (one.filter == Filter::kLate) *view.mutable_open_from() = TimeOf(one.closed_ms);
  if (whole && one.taken_back_by) {
    view.mutable_taken_back_by()->set_offset(one.taken_back_by->offset);
    *view.mutable_taken_back_by()->mutable_view_time() = TimeOf(one.taken_back_by->time_ms);
  }
}

bool SeesAll(const rpc::Actor& actor) {
  return actor.Is(rpc::Role::kEditor) || actor.Is(rpc::Role::kOperator) || actor.bound_to.empty();
}

// A partner's server sees its own views alone, as in reports.
bool MaySee(const rpc::Actor& actor, const ExplainedView& view) {
  return SeesAll(actor) || std::find(actor.bound_to.begin(), actor.bound_to.end(), view.partner) !=
                               actor.bound_to.end();
}

absl::Status NoSuchView(const ViewExplanation& explanation) {
  std::string why = "the log has no view of that article and id";
  if (const auto from_ms = explanation.first_append_ms()) {
    why += fmt::format(
        "; it was read from {} on",
        absl::FormatTime(absl::RFC3339_sec, absl::FromUnixMillis(*from_ms), absl::UTCTimeZone()));
  }
  return errors::WithField(errors::Error(absl::StatusCode::kNotFound, errors::kViewNotFound,
                                         fmt::format("event_id: {}", why)),
                           "event_id", errors::kViewNotFound, why);
}

}  // namespace

absl::StatusOr<ViewExplain::Question> ViewExplain::QuestionIn(
    const rpc::Call& call, const v1::ExplainViewRequest& request) const {
  Question question = {.asked_by = call.actor};
  ASSIGN_OR_RETURN(question.article, FindArticle(store_, request.article()));
  const auto event = ParseEventId(request.event_id());
  if (!event) {
    return errors::FieldError(
        "event_id", request.event_id().empty() ? errors::kFieldRequired : errors::kFieldInvalid,
        "the UUID that the view was sent with");
  }
  question.event = *event;
  if (request.has_since()) question.since = news::FromProto(request.since());
  return question;
}

void ViewExplain::Call(const rpc::Call& call, const v1::ExplainViewRequest& request,
                       rpc::Done<v1::ExplainViewResponse> done) {
  auto question = QuestionIn(call, request);
  if (!question.ok()) return done(question.status());
  replay_.Begin<v1::ExplainViewResponse>(
      [this, question = *std::move(question), name = request.event_id(),
       deadline = call.deadline]() -> absl::StatusOr<v1::ExplainViewResponse> {
        ASSIGN_OR_RETURN(v1::ExplainViewResponse response, Run(question, deadline));
        response.set_event_id(name);
        return response;
      },
      std::move(done));
}

absl::StatusOr<v1::ExplainViewResponse> ViewExplain::Run(const Question& question,
                                                         absl::Time deadline) const {
  const std::int32_t partition =
      kafka::PartitionOf(question.article.ToString(), replay_.partitions());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> beginnings, replay_.Beginnings());
  std::int64_t from = beginnings.at(static_cast<std::size_t>(partition));
  std::optional<std::int64_t> whole_from_ms;
  if (question.since) {
    const absl::Duration windows = absl::Milliseconds(WindowsMs(kCountingRule1));
    ASSIGN_OR_RETURN(
        const std::int64_t since,
        replay_.OffsetAt(partition, std::max(absl::UnixEpoch(), *question.since - windows)));
    if (since > from) {
      from = since;
      whole_from_ms = absl::ToUnixMillis(*question.since);
    }
  }
  ViewExplanation explanation(kCountingRule1, zone_, question.article, question.event,
                              whole_from_ms);
  ExplainHandler handler(explanation);
  RETURN_IF_ERROR(replay_.Read(partition, from, deadline, handler));

  v1::ExplainViewResponse response;
  response.set_article(news::NameOf(question.article));
  for (const ExplainedView& found : explanation.found()) {
    if (MaySee(question.asked_by, found))
      Fill(partition, found, SeesAll(question.asked_by), *response.add_views());
  }
  if (response.views().empty()) return NoSuchView(explanation);
  return response;
}

void ViewExplain::OfferOn(rpc::UnaryService& service) {
  service.Later<v1::ExplainViewRequest, v1::ExplainViewResponse>(
      "ExplainView", {rpc::Role::kSource, rpc::Role::kEditor, rpc::Role::kOperator},
      [this](const rpc::Call& call, const v1::ExplainViewRequest& request,
             rpc::Done<v1::ExplainViewResponse> done) { Call(call, request, std::move(done)); });
}

}  // namespace telex::views
