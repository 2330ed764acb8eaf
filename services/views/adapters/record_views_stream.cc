#include "views/adapters/record_views_stream.h"

#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/errors/retry_after.h"
#include "platform/errors/status_macros.h"
#include "views/adapters/new_views.h"
#include "views/adapters/refusal.h"

namespace telex::views {
namespace {

// How long a caller that sends too much is held back. Zero: it is refused.
absl::Duration PauseOf(const absl::Status& refused) {
  if (!errors::Is(refused, errors::kRateLimited)) return absl::ZeroDuration();
  const auto wait_ms = errors::RetryAfterMs(errors::DetailsOf(refused)->metadata);
  const absl::Duration wait = absl::Milliseconds(wait_ms.value_or(0));
  return wait <= RecordViewsStream::kPauseMax ? wait : absl::ZeroDuration();
}

}  // namespace

absl::Status RecordViewsStream::CheckPartner(const v1::StreamingRecordViewsRequest& message) {
  if (!partner_) partner_ = message.partner();
  if (message.partner().empty() || message.partner() == *partner_) return absl::OkStatus();
  return errors::FieldError("partner", errors::kFieldInvalid,
                            "is another than that of the first message: open a stream for each");
}

absl::StatusOr<absl::Duration> RecordViewsStream::Take(
    const v1::StreamingRecordViewsRequest& message) {
  RETURN_IF_ERROR(CheckPartner(message));
  RETURN_IF_ERROR(MayRecord(actor_, *partner_, message.views()));
  const std::vector<SentLook> looks = LooksIn(message.views());
  const auto sender = batches_.AdmitCaller(actor_.name, *partner_, looks.size());
  if (!sender.ok()) {
    const absl::Duration pause = PauseOf(sender.status());
    if (pause > absl::ZeroDuration()) return pause;
    batches_.CountRefused(sender.status(), looks.size());
    return sender.status();
  }
  const std::int64_t first = std::exchange(views_, views_ + message.views_size());
  {
    const std::lock_guard lock(mutex_);
    under_way_ += looks.size();
  }
  batches_.Take(*sender, looks,
                [self = shared_from_this(), first](std::span<const TakenView> views) {
                  self->Taken(first, views);
                });
  ReadOnIfFew(/*wanted=*/true);
  return absl::ZeroDuration();
}

void RecordViewsStream::ReadOnIfFew(bool wanted) {
  {
    const std::lock_guard lock(mutex_);
    waiting_ = waiting_ || wanted;
    if (!waiting_ || under_way_ >= kReadOnBelow) return;
    waiting_ = false;
  }
  stream_->ReadOn();
}

void RecordViewsStream::Taken(std::int64_t first, std::span<const TakenView> views) {
  absl::Status fault;
  rpc::Done<v1::StreamingRecordViewsResponse> done;
  {
    const std::lock_guard lock(mutex_);
    under_way_ -= views.size();
    for (std::size_t place = 0; place < views.size(); ++place) {
      const TakenView& view = views[place];
      if (!view.refusal) {
        response_.set_recorded_views(response_.recorded_views() + 1);
        continue;
      }
      if (fault_.ok() && IsTransient(*view.refusal)) fault_ = ErrorOf(*view.refusal);
      response_.set_refused_views(response_.refused_views() + 1);
      if (response_.refused_size() == kRefusedToldMax) continue;
      v1::RefusedView& refused = *response_.add_refused();
      refused.set_index(first + static_cast<std::int64_t>(place));
      FillResult(view, *refused.mutable_result());
    }
    fault = fault_;
    if (under_way_ == 0) done = std::exchange(done_, nullptr);
  }
  if (!fault.ok()) return stream_->Refuse(fault);
  if (done) return done(response_);
  ReadOnIfFew(/*wanted=*/false);
}

void RecordViewsStream::Finish(rpc::Done<v1::StreamingRecordViewsResponse> done) {
  {
    const std::lock_guard lock(mutex_);
    if (under_way_ > 0) {
      done_ = std::move(done);
      return;
    }
  }
  done(response_);
}

}  // namespace telex::views
