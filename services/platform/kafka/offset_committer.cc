#include "platform/kafka/offset_committer.h"

#include <algorithm>
#include <utility>

#include "platform/runtime/deadline.h"

namespace telex::kafka::internal {

void OffsetCommitter::Open(rd_kafka_t* handle) {
  handle_ = handle;
  answers_.reset(rd_kafka_queue_new(handle));
}

void OffsetCommitter::Close() {
  answers_.reset();
  handle_ = nullptr;
}

void OffsetCommitter::Send() {
  ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(stored_.size())));
  for (const auto& [partition, next] : stored_) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition)
        ->offset = next;
  }
  next_send_ = Clock::now() + interval_;
  const rd_kafka_resp_err_t code =
      rd_kafka_commit_queue(handle_, list.get(), answers_.get(), nullptr, nullptr);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    on_failure_(ToStatus(code, "committing offsets"));
    return;  // still stored
  }
  under_way_ = true;
  sent_ = std::exchange(stored_, {});
}

bool OffsetCommitter::TakeAnswer(absl::Duration within) {
  const int timeout_ms = within <= absl::ZeroDuration() ? 0 : ToTimeoutMs(within);
  const EventPtr event(rd_kafka_queue_poll(answers_.get(), timeout_ms));
  if (event == nullptr) return false;
  if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_OFFSET_COMMIT) return true;
  under_way_ = false;
  const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    stored_.merge(sent_);  // what was stored since is newer and stays
    on_failure_(ToStatus(code, "committing offsets"));
  }
  sent_.clear();
  return true;
}

void OffsetCommitter::Tick(absl::Duration interval) {
  interval_ = absl::ToChronoNanoseconds(interval);
  if (handle_ == nullptr) return;
  if (under_way_) TakeAnswer(absl::ZeroDuration());
  if (!under_way_ && !stored_.empty() && Clock::now() >= next_send_) Send();
}

void OffsetCommitter::CommitNow(absl::Duration within) {
  if (handle_ != nullptr) {
    const auto deadline = runtime::Deadline::After(within);
    while (under_way_ && TakeAnswer(deadline.Left())) {
    }
    if (!under_way_ && !stored_.empty()) {
      Send();
      while (under_way_ && TakeAnswer(deadline.Left())) {
      }
    }
    if (under_way_) on_failure_(ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "committing offsets"));
  }
  Forget();
}

void OffsetCommitter::Forget() {
  stored_.clear();
  sent_.clear();
}

}  // namespace telex::kafka::internal
