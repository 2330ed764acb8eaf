#include "views/adapters/record_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/grpc/status.h"
#include "views/adapters/view_codec.h"

namespace telex::views {
namespace {

// A call under way: answered by whoever brings the last of its views.
class Answering {
 public:
  Answering(int views, rpc::Done<v1::RecordViewsResponse> done)
      : done_(std::move(done)), views_(static_cast<std::size_t>(views)), left_(views_.size()) {}

  void Put(std::size_t place, TakenView view) {
    views_[place] = std::move(view);
    if (left_.fetch_sub(1) == 1) done_(Answer());
  }

 private:
  absl::StatusOr<v1::RecordViewsResponse> Answer() const {
    v1::RecordViewsResponse response;
    for (const TakenView& view : views_) {
      if (view.refusal && IsTransient(*view.refusal)) {
        return errors::Error(absl::StatusCode::kUnavailable, view.refusal->reason,
                             view.refusal->message);
      }
      v1::ViewResult& result = *response.add_results();
      if (view.refusal) {
        result.set_reason(std::string(view.refusal->reason));
        // The judge names fields as HTTP has them.
        const std::string_view field = view.refusal->field;
        result.set_field(std::string(field == "id" ? "event_id" : field));
        result.set_message(view.refusal->message);
      } else {
        result.set_filter(ToProto(view.filter));
      }
    }
    return response;
  }

  const rpc::Done<v1::RecordViewsResponse> done_;
  std::vector<TakenView> views_;  // each place is one view's own until the last
  std::atomic<std::size_t> left_;
};

absl::Status Denied(std::string_view reason, std::string_view message) {
  return errors::Error(absl::StatusCode::kPermissionDenied, reason, message);
}

}  // namespace

absl::Status RecordViews::Admit(const rpc::Call& call, const v1::RecordViewsRequest& request) {
  if (request.views_size() > kViewsMax) {
    return errors::FieldError("views", errors::kFieldTooLong,
                              fmt::format("at most {} views at once", kViewsMax));
  }
  const auto& bound_to = call.actor.bound_to;
  if (!bound_to.empty() &&
      std::find(bound_to.begin(), bound_to.end(), request.partner()) == bound_to.end()) {
    return errors::Error(absl::StatusCode::kPermissionDenied, errors::kOtherPartner,
                         fmt::format("\"{}\" does not speak for this partner", call.actor.name),
                         {{"partner", request.partner()}});
  }
  if (request.partner() != kOwnSite) {
    const auto partners = parts_.partners.Current();
    const Partner* partner = partners->ById(request.partner());
    if (partner == nullptr) {
      return errors::FieldError("partner", errors::kUnknownPartner, "there is no such partner");
    }
    if (!partner->active) return Denied(errors::kPartnerSuspended, "the partner is suspended");
  }
  const auto verdict = parts_.senders.Take(
      call.actor.name, static_cast<std::size_t>(request.views_size()), parts_.now());
  if (verdict.retry_after == RateLimits::Duration{}) return absl::OkStatus();
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
      std::min<RateLimits::Duration>(verdict.retry_after, std::chrono::hours(1)));
  return errors::Error(absl::StatusCode::kResourceExhausted, errors::kRateLimited,
                       "too many views in too short a time",
                       {{std::string(rpc::kRetryAfterKey), fmt::to_string(wait.count())}});
}

void RecordViews::Take(const v1::NewView& view, std::string_view partner, ViewIntake::Done done) {
  Reader reader = {.agent = view.user_agent(),
                   .site = partner,
                   .prefetch = view.prefetch(),
                   .no_tracking = view.no_tracking()};
  std::optional<IpAddress> address = IpAddress::Parse(view.address());
  if (!address && !view.address().empty()) {
    return parts_.intake.Refuse({errors::kFieldInvalid, "address", "is no IP address"}, done);
  }
  if (address) {
    address = http_client::Unwrapped(*address);
    reader.address = BytesOf(*address);
    reader.internal = Contains(parts_.internal, *address);
    const auto verdict = parts_.readers.Take(LimitKeyOf(*address), 1, parts_.now());
    reader.impossible_rate = verdict.impossible || verdict.retry_after != RateLimits::Duration{};
  }
  const Look look = {.article = view.article(),
                     .event_id = view.event_id(),
                     .language = view.language(),
                     .placement = view.placement(),
                     .age_ms = view.age_ms()};
  parts_.intake.Take(look, reader, std::move(done));
}

void RecordViews::Call(const rpc::Call& call, const v1::RecordViewsRequest& request,
                       rpc::Done<v1::RecordViewsResponse> done) {
  if (absl::Status admitted = Admit(call, request); !admitted.ok()) return done(admitted);
  if (request.views().empty()) return done(v1::RecordViewsResponse());
  auto answering = std::make_shared<Answering>(request.views_size(), std::move(done));
  for (int place = 0; place < request.views_size(); ++place) {
    Take(request.views(place), request.partner(), [answering, place](TakenView view) {
      answering->Put(static_cast<std::size_t>(place), std::move(view));
    });
  }
}

void RecordViews::AddTo(rpc::UnaryService& service) {
  service.Later<v1::RecordViewsRequest, v1::RecordViewsResponse>(
      "RecordViews", {rpc::Role::kSource},
      [this](const rpc::Call& call, const v1::RecordViewsRequest& request,
             rpc::Done<v1::RecordViewsResponse> done) { Call(call, request, std::move(done)); });
}

}  // namespace telex::views
