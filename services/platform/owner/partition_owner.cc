#include "platform/owner/partition_owner.h"

#include <fmt/format.h>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"

namespace telex::owner {
namespace {

using observe::Log;
using observe::Severity;

constexpr absl::Duration kAskAgainAfter = absl::Milliseconds(500);
constexpr std::size_t kRecordBytesMax = 4u << 20;
constexpr std::size_t kUnackedRecordsMax = 1'000'000;

}  // namespace

kafka::PublisherConfig OwnerPublisherConfig(std::int32_t partitions) {
  return {.message_timeout = absl::ZeroDuration(),
          .inflight_records_max = kUnackedRecordsMax,
          .inflight_bytes_max = static_cast<std::size_t>(partitions) *
                                (OwnedPartition::kUnackedBytesMax + kRecordBytesMax),
          .record_bytes_max = kRecordBytesMax,
          .fatal_is_fatal = true};
}

// A partition and its letterbox: what other threads have for it waits there for the consumer's.
class PartitionOwner::Entry final : public Surroundings,
                                    public std::enable_shared_from_this<Entry> {
 public:
  Entry(PartitionOwner& owner, const kafka::AssignedPartition& assigned)
      : place(assigned.partition), owner_(owner), wake_(owner.wake_) {}

  // Once it is shared.
  void Begin(Takeover takeover) {
    machine.emplace(std::move(takeover), owner_.options_.make_fold(place.partition), *this);
  }

  void AskForEnds(std::vector<kafka::TopicPartition> places) override {
    owner_.Ask({weak_from_this(), std::move(places)});
  }
  std::int64_t PositionOf(const kafka::TopicPartition& of) const override {
    return owner_.options_.position_of(of);
  }
  void Append(kafka::Record record) override {
    const std::size_t bytes = kafka::WeightOf(record);
    // It may come when the partition is somebody else's, or after the owner.
    owner_.publisher_.Publish(std::move(record), [self = shared_from_this(), bytes](auto result) {
      self->Acknowledge(bytes, result.status());
    });
  }
  absl::Time Now() const override { return owner_.options_.now(); }

  // From other threads.
  void Acknowledge(std::size_t bytes, const absl::Status& result) {
    {
      const std::lock_guard lock(mutex_);
      ++records_;
      bytes_ += bytes;
      result_.Update(result);
    }
    wake_();
  }
  void Answer(absl::StatusOr<Ends> ends) {
    {
      const std::lock_guard lock(mutex_);
      ends_ = std::move(ends);
    }
    wake_();
  }

  // On the consumer's.
  void EmptyLetterbox() {
    std::optional<absl::StatusOr<Ends>> ends;
    std::size_t records = 0;
    std::size_t bytes = 0;
    absl::Status result;
    {
      const std::lock_guard lock(mutex_);
      ends.swap(ends_);
      records = std::exchange(records_, 0);
      bytes = std::exchange(bytes_, 0);
      result = result_;
    }
    if (ends) machine->OnEnds(*std::move(ends));
    if (records > 0) machine->OnAppended(records, bytes, result);
  }

  const kafka::TopicPartition place;
  std::optional<OwnedPartition> machine;
  bool owned = false;  // as it was told
  bool held = false;

 private:
  PartitionOwner& owner_;
  const std::function<void()> wake_;
  std::mutex mutex_;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
  absl::Status result_;
  std::optional<absl::StatusOr<Ends>> ends_;
};

PartitionOwner::PartitionOwner(PartitionOwnerOptions options, kafka::Publisher& publisher)
    : options_(std::move(options)),
      publisher_(publisher),
      asker_([this](const std::stop_token& stop) { AskForEnds(stop); }) {}

PartitionOwner::~PartitionOwner() = default;

void PartitionOwner::OnStart(std::function<void()> wake) { wake_ = std::move(wake); }

void PartitionOwner::OnAssigned(std::span<const kafka::AssignedPartition> partitions) {
  for (const kafka::AssignedPartition& assigned : partitions) {
    Takeover takeover{.assigned = assigned};
    for (const std::string& topic : options_.derived)
      takeover.derived.push_back({topic, assigned.partition.partition});
    auto entry = std::make_shared<Entry>(*this, assigned);
    entry->Begin(std::move(takeover));
    entries_.insert_or_assign(assigned.partition, std::move(entry));
    const std::lock_guard lock(mutex_);
    taking_over_[assigned.partition.partition] = std::chrono::steady_clock::now();
  }
}

absl::Status PartitionOwner::OnTurn() {
  for (auto& [place, entry] : entries_) {
    entry->EmptyLetterbox();
    RETURN_IF_ERROR(entry->machine->Advance());
    NoteState(*entry);
  }
  return absl::OkStatus();
}

absl::StatusOr<kafka::Progress> PartitionOwner::OnBatch(const kafka::PartitionBatch& batch,
                                                        bool finishing) {
  const auto found = entries_.find(batch.partition);
  if (found == entries_.end()) return absl::InternalError("a batch that was not assigned");
  Entry& entry = *found->second;
  entry.EmptyLetterbox();
  auto progress = entry.machine->OnBatch(batch.records, finishing);
  NoteState(entry);
  return progress;
}

std::optional<std::int64_t> PartitionOwner::ResumeFrom(const kafka::TopicPartition& partition,
                                                       std::int64_t next) {
  const auto found = entries_.find(partition);
  return found == entries_.end() ? std::nullopt : found->second->machine->ResumeFrom(next);
}

void PartitionOwner::NoteState(Entry& entry) {
  const bool owned = entry.machine->Owned();
  const bool held = !entry.machine->held().ok();
  if (owned == entry.owned && held == entry.held) return;
  entry.owned = owned;
  entry.held = held;
  const std::int32_t partition = entry.place.partition;
  if (held) {
    Log(Severity::kError, "partition held",
        {{"topic", entry.place.topic},
         {"partition", partition},
         {"error", entry.machine->held().ToString()}});
  } else {
    Log(Severity::kInfo, "partition taken over",
        {{"topic", entry.place.topic}, {"partition", partition}});
  }
  const std::lock_guard lock(mutex_);
  taking_over_.erase(partition);
  if (held) held_[partition] = entry.machine->held();
  if (owned) {
    owned_.insert(partition);
  } else {
    owned_.erase(partition);
  }
}

void PartitionOwner::OnRevoked(std::span<const kafka::TopicPartition> partitions, bool) {
  for (const kafka::TopicPartition& partition : partitions) entries_.erase(partition);
  const std::lock_guard lock(mutex_);
  for (const kafka::TopicPartition& partition : partitions) {
    owned_.erase(partition.partition);
    held_.erase(partition.partition);
    taking_over_.erase(partition.partition);
  }
}

std::set<std::int32_t> PartitionOwner::Owned() const {
  const std::lock_guard lock(mutex_);
  return owned_;
}

absl::Status PartitionOwner::Held() const {
  const std::lock_guard lock(mutex_);
  return held_.empty() ? absl::OkStatus() : held_.begin()->second;
}

absl::Status PartitionOwner::TakeoversUnderWay() const {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (const auto& [partition, since] : taking_over_) {
    const absl::Duration took = absl::FromChrono(now - since);
    if (took <= kTakeoverMax) continue;
    return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                         fmt::format("partition {} was assigned {} s ago and is not taken over",
                                     partition, absl::ToInt64Seconds(took)));
  }
  return absl::OkStatus();
}

void PartitionOwner::Ask(Question question) {
  {
    const std::lock_guard lock(questions_mutex_);
    questions_.push_back(std::move(question));
  }
  asked_.notify_one();
}

// The next that is new, or else one whose leader was away, after a pause. False: stopped.
bool PartitionOwner::AwaitQuestion(const std::stop_token& stop, Question& question) {
  std::unique_lock lock(questions_mutex_);
  const auto any = [this] { return !questions_.empty(); };
  if (repeated_.empty()) {
    const observe::Waiting waiting("partitions to take over");
    if (!asked_.wait(lock, stop, any)) return false;
  } else {
    const observe::Waiting waiting("the ends of the logs");
    asked_.wait_for(lock, stop, absl::ToChronoMilliseconds(kAskAgainAfter), any);
    if (stop.stop_requested()) return false;
  }
  std::deque<Question>& from = any() ? questions_ : repeated_;
  question = std::move(from.front());
  from.pop_front();
  return true;
}

// One partition after the other; those whose leaders are away stand back behind all that are new.
void PartitionOwner::AskForEnds(const std::stop_token& stop) {
  const observe::ScopedHeartbeat heartbeat(options_.heartbeat);
  for (Question question; AwaitQuestion(stop, question);) {
    observe::Beat();
    if (question.of.expired()) continue;
    auto ends = options_.ends(question.places);
    if (absl::IsUnavailable(ends.status()) || absl::IsDeadlineExceeded(ends.status())) {
      Log(Severity::kWarning, "waiting for the ends of the logs",
          {{"partition", question.places.front().partition}, {"error", ends.status().ToString()}});
      repeated_.push_back(std::move(question));
      continue;
    }
    if (const auto entry = question.of.lock()) entry->Answer(std::move(ends));
  }
}

}  // namespace telex::owner
