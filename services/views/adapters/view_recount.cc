#include "views/adapters/view_recount.h"

#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "news/article_name.h"
#include "news/article_reference.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_codec.h"
#include "views/adapters/view_service.h"

namespace telex::views {
namespace {

constexpr absl::Duration kBeginningsMax = absl::Seconds(10);
constexpr absl::Duration kStopMax = absl::Seconds(5);

absl::Status Stopping() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kStopping,
                       "the replica stops; count again at another one");
}

absl::Status TooLate() {
  return errors::Error(absl::StatusCode::kDeadlineExceeded, errors::kNotCaughtUp,
                       "there are more views than were counted again in time: give it longer");
}

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
class PartitionHandler final : public kafka::LogHandler {
 public:
  PartitionHandler(std::int64_t position, const LiveTotals& live, PartitionRecount& recount)
      : position_(position), live_(live), recount_(recount) {}

  kafka::Outcome OnBatch(std::span<const kafka::Record> records, std::stop_token stop) override {
    for (const kafka::Record& record : records) {
      if (ended_ || stop.stop_requested()) break;
      if (absl::Status taken = Take(record); !taken.ok()) {
        End(std::move(taken));
      } else if (record.offset >= position_ && recount_.Settled()) {
        End(absl::OkStatus());
      }
    }
    return kafka::Outcome::Done();
  }
  void OnCaughtUp(const kafka::TopicPartition&, std::int64_t) override {}

  void End(absl::Status how) {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    how_ = std::move(how);
    ended_ = true;
    end_.notify_all();
  }
  // How it has ended; it does at the deadline, and when a stop is requested.
  absl::Status Await(absl::Time deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    end_.wait_until(lock, stop, absl::ToChronoTime(deadline), [this] { return ended_.load(); });
    if (!ended_) {
      ended_ = true;
      how_ = stop.stop_requested() ? Stopping() : TooLate();
    }
    return how_;
  }

 private:
  absl::Status Take(const kafka::Record& record) {
    const auto view = reader_.Read(kafka::RecordView(record));
    if (absl::IsUnimplemented(view.status())) {
      return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                           std::string(view.status().message()));
    }
    if (view.ok()) {
      RETURN_IF_ERROR(recount_.Count(record.offset, record.timestamp_ms, *view));
    } else {
      recount_.Skip(record.offset, record.timestamp_ms);
    }
    if (record.offset < position_ || std::exchange(compared_, true)) return absl::OkStatus();
    live_.Compare(recount_, ended_);
    recount_.CompareMissing();
    return absl::OkStatus();
  }

  const std::int64_t position_;
  const LiveTotals& live_;
  PartitionRecount& recount_;
  ViewReader reader_;
  bool compared_ = false;
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;  // guards how_
  std::condition_variable_any end_;
  absl::Status how_;
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

void ViewRecount::ReadThrough(Ports ports) {
  ports_ = std::move(ports);
  open_.store(true, std::memory_order_release);
}

void ViewRecount::Stop() {
  stop_.request_stop();
  busy_.wait(true);
}

absl::StatusOr<RecountScope> ViewRecount::ScopeIn(const v1::RecountViewsRequest& request) const {
  RecountScope scope;
  if (!request.from_day().empty()) {
    scope.first_day = ParseDay(request.from_day());
    if (!scope.first_day) {
      return errors::FieldError("from_day", errors::kFieldInvalid, "yyyy-mm-dd");
    }
  }
  if (request.article().empty()) return scope;
  scope.article = news::ParseArticleReference(request.article());
  if (!scope.article) return errors::FieldError("article", errors::kFieldInvalid, kArticleForm);
  const auto known = store_.articles().Find(*scope.article);
  if (known == nullptr || known->purged) return NoSuchArticle(store_, "article");
  return scope;
}

void ViewRecount::Call(const rpc::Call& call, const v1::RecountViewsRequest& request,
                       rpc::Done<v1::RecountViewsResponse> done) {
  if (stop_.stop_requested()) return done(Stopping());
  auto scope = ScopeIn(request);
  if (!scope.ok()) return done(scope.status());
  if (!open_.load(std::memory_order_acquire) || !store_.whole()) {
    return done(errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                              "this replica is still reading the log of the counts"));
  }
  if (busy_.exchange(true)) {
    return done(errors::Error(absl::StatusCode::kResourceExhausted, errors::kOverloaded,
                              "views are being counted again here, one at a time"));
  }
  worker_.Add([this, scope = *std::move(scope), deadline = call.deadline, done = std::move(done)] {
    auto answer = Run(scope, deadline);
    busy_ = false;
    busy_.notify_all();
    done(std::move(answer));
  });
}

absl::StatusOr<v1::RecountViewsResponse> ViewRecount::Run(const RecountScope& scope,
                                                          absl::Time deadline) const {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> beginnings, ports_.beginnings(kBeginningsMax));
  RecountResult result;
  for (std::int32_t partition = 0; partition < ports_.partitions; ++partition) {
    if (scope.article &&
        kafka::PartitionOf(scope.article->ToString(), ports_.partitions) != partition) {
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
  if (stop_.stop_requested()) return Stopping();
  const auto checkpoint = store_.counts().CheckpointOf(partition);
  if (!checkpoint) return absl::OkStatus();
  RETURN_IF_ERROR(PartitionCounts::CheckAlike(kCountingRule1, zone_.name(), checkpoint->rule,
                                              checkpoint->zone));
  PartitionRecount recount(kCountingRule1, zone_, scope, result);
  const LiveTotals live(store_.counts(), scope, partition, ports_.partitions);
  if (checkpoint->position < beginning) {  // all is closed
    live.Compare(recount, /*ended=*/false);
    return absl::OkStatus();
  }
  PartitionHandler handler(checkpoint->position, live, recount);
  // What retention deletes meanwhile would be missing: RECORDS_EXPIRED then.
  ASSIGN_OR_RETURN(
      const std::unique_ptr<kafka::LogReader> reader,
      ports_.read({.from = {{.partition = {kViewsTopic, partition}, .offset = beginning}}}, handler,
                  [&handler](const absl::Status& why) { handler.End(why); }));
  const absl::Status how = handler.Await(deadline, stop_.get_token());
  // It comes back soon, as the handler has ended; until then it uses what is here.
  while (!reader->Stop(kStopMax).ok()) {
  }
  return how;
}

void ViewRecount::OfferOn(rpc::UnaryService& service) {
  service.Later<v1::RecountViewsRequest, v1::RecountViewsResponse>(
      "RecountViews", {rpc::Role::kOperator},
      [this](const rpc::Call& call, const v1::RecountViewsRequest& request,
             rpc::Done<v1::RecountViewsResponse> done) { Call(call, request, std::move(done)); });
}

}  // namespace telex::views
