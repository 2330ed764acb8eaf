#include "ingestion/adapters/submitter.h"

#include <fmt/format.h>

#include <utility>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/record_headers.h"
#include "ingestion/adapters/topics.h"
#include "platform/errors/errors.h"
#include "platform/kafka/partitioner.h"

namespace telex::ingestion {
namespace {

// How fine deadlines are told.
constexpr absl::Duration kDeadlineTick = absl::Milliseconds(20);

absl::Status DecisionPending() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kDecisionPending,
                       "not decided before the deadline; it may have been handed in, and the same "
                       "request can be repeated safely");
}

absl::Status Stopping() {
  return errors::Error(
      absl::StatusCode::kUnavailable, errors::kStopping,
      "this replica is stopping; the same request can be repeated safely at another");
}

absl::Status Overloaded() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kOverloaded,
                       fmt::format("{} calls wait for their decisions at this replica already",
                                   Submitter::kWaitersMax));
}

// What a failed append is to its caller.
absl::Status NotHandedIn(const absl::Status& why) {
  if (absl::IsInvalidArgument(why)) return why;
  return errors::Error(absl::StatusCode::kUnavailable, errors::kBrokerUnavailable,
                       fmt::format("not handed in: {}", why.ToString()));
}

// The id alone decides the partition, whatever else the key says.
std::string PartitionKey(const Subject& subject) {
  if (const auto* article = std::get_if<news::ArticleId>(&subject)) return article->ToString();
  return std::get<news::SourceId>(subject).text();
}

}  // namespace

Submitter::Submitter(std::string cluster_id, std::int32_t partitions, const LogStore& log_store,
                     kafka::Publisher& publisher)
    : cluster_id_(std::move(cluster_id)),
      partitions_(partitions),
      log_store_(log_store),
      publisher_(publisher),
      deadlines_(kDeadlineTick, nullptr, [this](const std::stop_token&) { AnswerTheLate(); }) {}

Submitter::~Submitter() { Stop(); }

kafka::Record Submitter::ToRecord(const Submission& submission,
                                  const std::string& traceparent) const {
  kafka::Record record{
      .topic = kSubmissionsTopic,
      .partition = kafka::PartitionOf(PartitionKey(submission.subject), partitions_)};
  record.key = NameOf(submission.subject);
  record.value = EncodeSubmission(submission);
  record.headers =
      EventHeaders({.id = submission.request_id.empty() ? record.key : submission.request_id,
                    .type = "telex.ingestion.v1.Submission",
                    .subject = record.key,
                    .time = submission.time,
                    .traceparent = traceparent});
  return record;
}

std::optional<Submitter::Ticket> Submitter::Wait(absl::Time deadline, Decided decided) {
  absl::Status why;
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_ && waiters_.size() < kWaitersMax) {
      const Ticket ticket = ++next_ticket_;
      waiters_.emplace(ticket, Waiter{.deadline = deadline, .decided = std::move(decided)});
      return ticket;
    }
    why = stopped_ ? Stopping() : Overloaded();
  }
  decided(why);
  return std::nullopt;
}

void Submitter::Submit(const Submission& submission, const std::string& traceparent,
                       absl::Time deadline, Decided decided) {
  const auto ticket = Wait(deadline, std::move(decided));
  if (!ticket) return;
  publisher_.Publish(ToRecord(submission, traceparent),
                     [this, ticket = *ticket](const absl::StatusOr<kafka::Position>& position) {
                       if (position.ok()) return Appended(ticket, *position);
                       if (const Decided waiting = Take(ticket))
                         waiting(NotHandedIn(position.status()));
                     });
}

void Submitter::Append(kafka::Record record, absl::Time deadline, Recorded recorded) {
  const auto ticket = Wait(deadline, [recorded](const absl::StatusOr<Decision>& unrecorded) {
    recorded(unrecorded.status());
  });
  if (!ticket) return;
  publisher_.Publish(std::move(record), [this, ticket = *ticket, recorded = std::move(recorded)](
                                            const absl::StatusOr<kafka::Position>& position) {
    if (!Take(ticket)) return;  // its deadline has come
    recorded(position.ok() ? absl::OkStatus() : NotHandedIn(position.status()));
  });
}

void Submitter::SubmitAndForget(const Submission& submission) {
  publisher_.Publish(ToRecord(submission, ""), {});
}

void Submitter::Appended(Ticket ticket, kafka::Position position) {
  {
    const std::lock_guard lock(mutex_);
    const auto waiter = waiters_.find(ticket);
    if (waiter == waiters_.end()) return;  // its deadline has come
    waiter->second.place = {position.partition, position.offset};
    tickets_.emplace(*waiter->second.place, ticket);
  }
  // It may have been read before anybody waited for it.
  const auto read = log_store_.DecisionAt({cluster_id_, position.partition, position.offset});
  if (read) DecisionsRead({&*read, 1});
}

Submitter::Decided Submitter::Take(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  const auto waiter = waiters_.find(ticket);
  if (waiter == waiters_.end()) return nullptr;
  Decided decided = std::move(waiter->second.decided);
  if (waiter->second.place) tickets_.erase(*waiter->second.place);
  waiters_.erase(waiter);
  return decided;
}

bool Submitter::IsReadable(const Decision& decision) const {
  return log_store_.NewestVersionOf(decision.subject) >= decision.version;
}

void Submitter::DecisionsRead(std::span<const Decision> decisions) {
  std::vector<std::pair<Decided, Decision>> done;
  {
    const std::lock_guard lock(mutex_);
    if (waiters_.empty()) return;
    for (const Decision& decision : decisions) {
      const auto ticket = tickets_.find({decision.position.partition, decision.position.offset});
      if (ticket != tickets_.end()) waiters_.at(ticket->second).decision = decision;
    }
    // The version is in another topic, and may be read after its decision.
    std::erase_if(tickets_, [&](const auto& entry) {
      const auto waiter = waiters_.find(entry.second);
      if (!waiter->second.decision || !IsReadable(*waiter->second.decision)) return false;
      done.emplace_back(std::move(waiter->second.decided), *std::move(waiter->second.decision));
      waiters_.erase(waiter);
      return true;
    });
  }
  for (auto& [decided, decision] : done) decided(std::move(decision));
}

void Submitter::AnswerTheLate() {
  std::vector<Decided> late;
  {
    const std::lock_guard lock(mutex_);
    const absl::Time now = absl::Now();
    std::erase_if(waiters_, [&](auto& waiter) {
      if (waiter.second.deadline > now) return false;
      late.push_back(std::move(waiter.second.decided));
      if (waiter.second.place) tickets_.erase(*waiter.second.place);
      return true;
    });
  }
  for (Decided& decided : late) decided(DecisionPending());
}

std::size_t Submitter::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

void Submitter::Stop() {
  std::map<Ticket, Waiter> left;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    left.swap(waiters_);
    tickets_.clear();
  }
  for (auto& [ticket, waiter] : left) waiter.decided(Stopping());
  deadlines_.Stop();
}

}  // namespace telex::ingestion
