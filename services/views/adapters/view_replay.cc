#include "views/adapters/view_replay.h"

#include <string>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "views/adapters/topics.h"

namespace telex::views {
namespace {

constexpr absl::Duration kOffsetsMax = absl::Seconds(10);
constexpr absl::Duration kStopMax = absl::Seconds(5);

absl::Status Stopping() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kStopping,
                       "the replica stops; ask another one");
}

}  // namespace

kafka::Outcome ReplayHandler::OnBatch(std::span<const kafka::Record> records,
                                      std::stop_token stop) {
  for (const kafka::Record& record : records) {
    if (ended_ || stop.stop_requested()) break;
    if (absl::Status taken = TakeOne(record); !taken.ok()) End(std::move(taken));
  }
  return kafka::Outcome::Done();
}

absl::Status ReplayHandler::TakeOne(const kafka::Record& record) {
  const auto view = reader_.Read(kafka::RecordView(record));
  if (absl::IsUnimplemented(view.status())) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                         std::string(view.status().message()));
  }
  return Take(record, view.ok() ? &*view : nullptr);
}

void ReplayHandler::End(absl::Status how) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  how_ = std::move(how);
  ended_ = true;
  end_.notify_all();
}

absl::Status ReplayHandler::Await(absl::Time deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  end_.wait_until(lock, stop, absl::ToChronoTime(deadline), [this] { return ended_.load(); });
  if (!ended_) {
    ended_ = true;
    how_ = stop.stop_requested()
               ? Stopping()
               : errors::Error(absl::StatusCode::kDeadlineExceeded, errors::kNotCaughtUp,
                               "there are more views than were read in time: give it longer");
  }
  return how_;
}

void ViewReplay::ReadThrough(Ports ports) {
  ports_ = std::move(ports);
  open_.store(true, std::memory_order_release);
}

void ViewReplay::Stop() {
  stop_.request_stop();
  busy_.wait(true);
}

absl::Status ViewReplay::Reserve() {
  if (stop_.stop_requested()) return Stopping();
  if (!open_.load(std::memory_order_acquire)) {
    return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                         "this replica is still waiting for the log");
  }
  if (!busy_.exchange(true)) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kResourceExhausted, errors::kOverloaded,
                       "the views are being read again here, for one caller at a time");
}

void ViewReplay::Release() {
  busy_ = false;
  busy_.notify_all();
}

absl::StatusOr<std::vector<std::int64_t>> ViewReplay::Beginnings() const {
  return ports_.beginnings(kOffsetsMax);
}

absl::StatusOr<std::int64_t> ViewReplay::OffsetAt(std::int32_t partition, absl::Time time) const {
  return ports_.offset_at(partition, time, kOffsetsMax);
}

absl::Status ViewReplay::Read(std::int32_t partition, std::int64_t offset, absl::Time deadline,
                              ReplayHandler& handler) const {
  if (stop_.stop_requested()) return Stopping();
  ASSIGN_OR_RETURN(
      const std::unique_ptr<kafka::LogReader> reader,
      ports_.read({.from = {{.partition = {kViewsTopic, partition}, .offset = offset}}}, handler,
                  [&handler](const absl::Status& why) { handler.End(why); }));
  const absl::Status how = handler.Await(deadline, stop_.get_token());
  // It comes back soon, as the handler has ended; until then it uses what is here.
  while (!reader->Stop(kStopMax).ok()) {
  }
  return how;
}

}  // namespace telex::views
