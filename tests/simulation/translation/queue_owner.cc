#include "tests/simulation/translation/queue_owner.h"

#include <fmt/format.h>

#include <utility>

#include "platform/errors/status_macros.h"
#include "tests/simulation/translation/bent_jobs.h"

namespace telex::simulation {

using namespace translation;

QueueOwner::QueueOwner(QueueOwnerParts parts) : parts_(std::move(parts)) {
  next_ = reached = parts_.committed.value_or(0);
  const bool own_keys = parts_.taken_away != QueueRuleTakenAway::kKeyOfItsOwn;
  auto jobs = std::make_unique<ArticleJobs>(
      0, ArticleJobsParts{.store = parts_.replica.store(),
                          .dead_letters = dead_letters_,
                          .policy_at = parts_.policy_at,
                          .resource_places = {},
                          .actor = fmt::format("owners/{}", parts_.replica_number),
                          .next_append = [own_keys, &replica = parts_.replica] {
                            return own_keys ? replica.NextAppend() : std::string("owner");
                          }});
  machine_.emplace(owner::Takeover{.assigned = {{news::kArticlesTopic, 0}, parts_.committed},
                                   .derived = {{kJobsTopic, 0}, {news::kTranslationsTopic, 0}}},
                   Bent(std::move(jobs), parts_.replica, parts_.logs, parts_.taken_away), *this);
}

void QueueOwner::AskForEnds(std::vector<kafka::TopicPartition> places) {
  question = std::move(places);
}

std::int64_t QueueOwner::PositionOf(const kafka::TopicPartition& place) const {
  // What lies between was compacted away.
  const QueueLogs::RecordLog& log = parts_.logs.Of(place.topic);
  std::int64_t next = parts_.replica.PositionOf(place.topic);
  while (next < log.end() && log.at(next) == nullptr) ++next;
  return next;
}

void QueueOwner::AnswerEnds() {
  owner::Ends ends;
  for (const kafka::TopicPartition& place : std::exchange(question, {}))
    ends[place] = parts_.logs.Of(place.topic).end();
  answer_ = std::move(ends);
}

void QueueOwner::Acknowledge(std::size_t bytes) {
  ++acked_records_;
  acked_bytes_ += bytes;
}

void QueueOwner::Fetch(int batch_max) {
  records_.clear();
  const QueueLogs::RecordLog& log = parts_.logs.Of(news::kArticlesTopic);
  for (; next_ < log.end() && static_cast<int>(records_.size()) < batch_max; ++next_) {
    if (log.at(next_) != nullptr) records_.push_back(*log.at(next_));
  }
  for (const kafka::Record& record : records_) batch_.emplace_back(record);
  if (batch_.empty()) reached = next_;
}

absl::StatusOr<kafka::Progress> QueueOwner::Turn(int batch_max) {
  if (answer_) machine_->OnEnds(*std::exchange(answer_, std::nullopt));
  if (acked_records_ > 0) {
    unacked_ -= acked_records_;
    machine_->OnAppended(std::exchange(acked_records_, 0), std::exchange(acked_bytes_, 0),
                         absl::OkStatus());
  }
  using State = kafka::Progress::State;
  const std::size_t waiting = outbox.size();
  kafka::Progress progress{State::kWorking, reached};
  RETURN_IF_ERROR(machine_->Advance());
  if (batch_.empty()) Fetch(batch_max);
  if (!batch_.empty()) {
    ASSIGN_OR_RETURN(progress, machine_->OnBatch(batch_, /*finishing=*/false));
    const bool done = progress.state == State::kDone;
    reached = done ? batch_.back().offset() + 1 : progress.next;
    if (progress.state != State::kWorking) batch_.clear();
  }
  unacked_ += outbox.size() - waiting;
  return progress;
}

bool QueueOwner::Rests() const {
  return Owned() && batch_.empty() && question.empty() && !answer_ && unacked_ == 0 &&
         outbox.empty() && next_ >= parts_.logs.Of(news::kArticlesTopic).end();
}

}  // namespace telex::simulation
