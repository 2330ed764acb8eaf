#include "translation/adapters/rpc/memory_import.h"

#include <fmt/format.h>

#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/adapters/rpc/memory_service.h"
#include "translation/formats/tmx.h"

namespace telex::translation {

std::vector<MemoryUnits> InRecords(const Pair& pair, std::vector<MemoryUnit> units) {
  std::vector<MemoryUnits> records;
  std::size_t bytes = 0;
  for (MemoryUnit& unit : units) {
    const std::size_t size = unit.source.size() + unit.target.size();
    if (records.empty() || records.back().units.size() == kUnitsOfRecordMax ||
        bytes + size > kUnitsBytesMax) {
      records.push_back({pair, {}});
      bytes = 0;
    }
    bytes += size;
    records.back().units.push_back(std::move(unit));
  }
  return records;
}

MemoryImport::MemoryImport(ResourceDesk& desk, Ports ports, std::string actor,
                           std::shared_ptr<rpc::ClientStream> stream)
    : desk_(desk), ports_(std::move(ports)), actor_(std::move(actor)), stream_(std::move(stream)) {}

absl::StatusOr<absl::Duration> MemoryImport::Take(const v1::ImportMemoryRequest& message) {
  if (!pair_) {
    ASSIGN_OR_RETURN(pair_, ParsePair(message.from(), message.to()));
  } else if (!message.from().empty() || !message.to().empty()) {
    return errors::FieldError("from", errors::kFieldInvalid,
                              "from and to stand in the first message alone");
  }
  if (file_.size() + message.data().size() > kTmxBytesMax) {
    return errors::FieldError("file", errors::kFieldTooLong,
                              fmt::format("at most {} bytes are read", kTmxBytesMax));
  }
  file_ += message.data();
  stream_->ReadOn();
  return absl::ZeroDuration();
}

void MemoryImport::Finish(rpc::Done<v1::ImportMemoryResponse> done) {
  if (!pair_)
    return done(errors::FieldError("from", errors::kFieldRequired, "no message has come"));
  done_ = done;
  const absl::Status taken = ports_.run([self = shared_from_this()] { self->Read(); });
  if (!taken.ok()) done(taken);
}

void MemoryImport::Read() {
  auto file = ReadTmx(std::exchange(file_, {}), {pair_->from, pair_->to});
  if (!file.ok()) return done_(file.status());
  std::vector<MemoryUnit> units;
  for (TmxUnit& unit : file->units) {
    units.push_back(
        {std::move(unit.source), std::move(unit.target), unit.rank == MemoryRank::kMachine});
  }
  response_.set_units(static_cast<std::int64_t>(units.size()));
  response_.set_others(static_cast<std::int64_t>(file->others));
  records_ = InRecords(*pair_, std::move(units));
  Append();
}

void MemoryImport::Append() {
  for (;;) {
    ResourceRecord record{.actor = actor_};
    rpc::Done<v1::ImportMemoryResponse> done;
    {
      const std::lock_guard lock(mutex_);
      const bool all = next_ == records_.size();
      if (!done_ || (all ? under_way_ > 0 : under_way_ == kUnderWayMax)) return;
      if (all) {
        done = std::exchange(done_, nullptr);
      } else {
        ++under_way_;
        record.what = std::move(records_[next_++]);
      }
    }
    if (done) return done(response_);
    desk_.Take(record, ports_.now() + kAppendTime,
               [self = shared_from_this()](const absl::StatusOr<ResourceOutcome>& outcome) {
                 self->Appended(outcome.status());
               });
  }
}

void MemoryImport::Appended(const absl::Status& status) {
  rpc::Done<v1::ImportMemoryResponse> done;
  {
    const std::lock_guard lock(mutex_);
    --under_way_;
    if (!status.ok()) done = std::exchange(done_, nullptr);
  }
  if (done) return done(status);
  Append();
}

}  // namespace telex::translation
