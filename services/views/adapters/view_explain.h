#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "platform/grpc/unary_service.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/view_replay.h"
#include "views/adapters/views_store.h"
#include "views/domain/explanation.h"

namespace telex::views {

// ExplainView: counts the partition of one story once more, to say what became of one view of it.
// Thread-safe, but for ReadThrough.
class ViewExplain {
 public:
  // `store` outlives it. `zone`: of the days of the counts.
  ViewExplain(const ViewsStore& store, absl::TimeZone zone) : store_(store), zone_(zone) {}

  // As of ViewReplay.
  void ReadThrough(ViewReplay::Ports ports) { replay_.ReadThrough(std::move(ports)); }
  void Stop() { replay_.Stop(); }

  void Call(const rpc::Call& call, const v1::ExplainViewRequest& request,
            rpc::Done<v1::ExplainViewResponse> done);
  void OfferOn(rpc::UnaryService& service);

 private:
  struct Question {
    news::ArticleId article;
    EventId event = {};
    std::optional<absl::Time> since;
    rpc::Actor asked_by;
  };
  absl::StatusOr<Question> QuestionIn(const rpc::Call& call,
                                      const v1::ExplainViewRequest& request) const;
  absl::StatusOr<v1::ExplainViewResponse> Run(const Question& question, absl::Time deadline) const;

  const ViewsStore& store_;
  const absl::TimeZone zone_;
  ViewReplay replay_;  // last: its job uses the rest
};

}  // namespace telex::views
