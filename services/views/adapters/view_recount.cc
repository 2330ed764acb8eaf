#include "views/adapters/view_recount.h"

#include <atomic>
#include <limits>
#include <string>
#include <utility>

#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"
#include "views/adapters/view_service.h"

namespace telex::views {
namespace {

// The counts of one partition that the local store has, one after the other.
class LiveTotals {
 public:
  LiveTotals(const CountsStore& counts, const RecountScope& scope, std::int32_t partition,
             std::int32_t partitions)
      : counts_(counts), scope_(scope), partition_(partition), partitions_(partitions) {}

  // All of them, unless `ended` becomes true.
  void Compare(PartitionRecount& recount, const std::atomic<bool>& ended) const {
    constexpr Day kLast = std::numeric_limits<Day>::max();
    const Day first = scope_.first_day.value_or(std::numeric_limits<Day>::min());
    const auto compare = [&](const DayKey& key, const DayTotals& totals) {
      if (kafka::PartitionOf(key.article.ToString(), partitions_) == partition_) {
        recount.Compare(key, totals);
      }
      return !ended;
    };
    if (scope_.article) return counts_.VisitDays(*scope_.article, first, kLast, compare);
    std::optional<DayKey> from = DayKey{};
    while (from && !ended) from = counts_.VisitPage(*from, first, kLast, compare);
  }

 private:
  const CountsStore& counts_;
  const RecountScope& scope_;
  const std::int32_t partition_;
  const std::int32_t partitions_;
};

// Recounts a partition on its reader's thread, up to `position`, that of a checkpoint, and as far
// behind it as totals are that have been written since.
class PartitionHandler final : public ReplayHandler {
 public:
  PartitionHandler(std::int64_t position, const LiveTotals& live, PartitionRecount& recount)
      : position_(position), live_(live), recount_(recount) {}

 private:
  absl::Status Take(const kafka::Record& record, const View* view) override {
    if (view == nullptr) {
      recount_.Skip(record.offset, record.timestamp_ms);
    } else {
      RETURN_IF_ERROR(recount_.Count(record.offset, record.timestamp_ms, *view));
    }
    if (record.offset < position_) return absl::OkStatus();
    if (!std::exchange(compared_, true)) {
      live_.Compare(recount_, ended());
      recount_.CompareMissing();
    }
    if (recount_.Settled()) End(absl::OkStatus());
    return absl::OkStatus();
  }

  const std::int64_t position_;
  const LiveTotals& live_;
  PartitionRecount& recount_;
  bool compared_ = false;
};

v1::RecountViewsResponse ToProto(const RecountResult& result) {
  v1::RecountViewsResponse response;
  response.set_records(result.records);
  response.set_views(result.views);
  response.set_days_compared(result.days_compared);
  response.set_days_closed(result.days_closed);
  response.set_days_different(result.days_different);
  for (const RecountDifference& one : result.differences) {
    v1::RecountDifference& difference = *response.add_differences();
    difference.set_article(news::NameOf(one.key.article));
    difference.set_day(DayText(one.key.day));
    difference.set_recounted_views(one.recounted_views);
    difference.set_live_views(one.live_views);
    difference.set_field(std::string(one.field));
  }
  return response;
}

}  // namespace

absl::StatusOr<RecountScope> ViewRecount::ScopeIn(const v1::RecountViewsRequest& request) const {
  RecountScope scope;
  if (!request.from_day().empty()) {
    scope.first_day = ParseDay(request.from_day());
    if (!scope.first_day) {
      return errors::FieldError("from_day", errors::kFieldInvalid, "yyyy-mm-dd");
    }
  }
  if (request.article().empty()) return scope;
  ASSIGN_OR_RETURN(scope.article, FindArticle(store_, request.article()));
  return scope;
}

void ViewRecount::Call(const rpc::Call& call, const v1::RecountViewsRequest& request,
                       rpc::Done<v1::RecountViewsResponse> done) {
  auto scope = ScopeIn(request);
  if (!scope.ok()) return done(scope.status());
  if (!store_.caught_up()) {
    return done(errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                              "this replica is still reading the log of the counts"));
  }
  replay_.Begin<v1::RecountViewsResponse>(
      [this, scope = *std::move(scope), deadline = call.deadline] { return Run(scope, deadline); },
      std::move(done));
}

absl::StatusOr<v1::RecountViewsResponse> ViewRecount::Run(const RecountScope& scope,
                                                          absl::Time deadline) const {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> beginnings, replay_.Beginnings());
  RecountResult result;
  for (std::int32_t partition = 0; partition < replay_.partitions(); ++partition) {
    if (scope.article &&
        kafka::PartitionOf(scope.article->ToString(), replay_.partitions()) != partition) {
      continue;
    }
    RETURN_IF_ERROR(ReadPartition(partition, beginnings.at(static_cast<std::size_t>(partition)),
                                  scope, deadline, result));
  }
  result.ResolveMissing([this](const news::ArticleId& article) {
    const auto known = store_.articles().Find(article);
    return known != nullptr && known->purged;
  });
  return ToProto(result);
}

absl::Status ViewRecount::ReadPartition(std::int32_t partition, std::int64_t beginning,
                                        const RecountScope& scope, absl::Time deadline,
                                        RecountResult& result) const {
  const auto checkpoint = store_.counts().CheckpointOf(partition);
  if (!checkpoint) return absl::OkStatus();
  RETURN_IF_ERROR(PartitionCounts::CheckAlike(kCountingRule1, zone_.name(), checkpoint->rule,
                                              checkpoint->zone));
  PartitionRecount recount(kCountingRule1, zone_, scope, result);
  const LiveTotals live(store_.counts(), scope, partition, replay_.partitions());
  if (checkpoint->position < beginning) {  // all is closed
    live.Compare(recount, /*ended=*/false);
    return absl::OkStatus();
  }
  PartitionHandler handler(checkpoint->position, live, recount);
  return replay_.Read(partition, beginning, deadline, handler);
}

void ViewRecount::OfferOn(rpc::UnaryService& service) {
  service.Later<v1::RecountViewsRequest, v1::RecountViewsResponse>(
      "RecountViews", {rpc::Role::kOperator},
      [this](const rpc::Call& call, const v1::RecountViewsRequest& request,
             rpc::Done<v1::RecountViewsResponse> done) { Call(call, request, std::move(done)); });
}

}  // namespace telex::views
