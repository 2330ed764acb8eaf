#include "tests/simulation/translation/queue_replica.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"

namespace telex::simulation {

using namespace translation;

namespace {

constexpr std::uint64_t kStoreBytesMax = 32u << 20;
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

// A store that is full, or whose disk is, somewhere amid a batch.
class FailingFold final : public replica::Fold {
 public:
  FailingFold(TranslationStore& store, QueueRuleTakenAway taken_away)
      : store_(store), taken_away_(taken_away) {}

  void FailAt(std::size_t records) { left_ = records; }

  absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override {
    RETURN_IF_ERROR(store_.Apply(txn, record));
    if (left_ == kNever || left_-- > 0) return absl::OkStatus();
    left_ = kNever;
    return errors::Error(absl::StatusCode::kResourceExhausted, errors::kStoreFailed, "full");
  }
  void Committed() override { store_.Committed(); }
  void Undone() override {
    if (taken_away_ != QueueRuleTakenAway::kUndoneInMemory) store_.Undone();
  }

 private:
  TranslationStore& store_;
  const QueueRuleTakenAway taken_away_;
  std::size_t left_ = kNever;
};

}  // namespace

struct QueueReplica::Process {
  Process(std::unique_ptr<replica::LogReplica> log, std::string own_appends,
          QueueRuleTakenAway taken_away)
      : prefix(std::move(own_appends)), store(std::move(log), prefix), fold(store, taken_away) {}

  const std::string prefix;
  TranslationStore store;
  FailingFold fold;
  std::vector<FactOutcome> outcomes;
  bool read_again = false;
};

QueueReplica::QueueReplica(const QueueLogs& logs, const std::int64_t& now_ms, std::string name,
                           QueueRuleTakenAway taken_away)
    : logs_(logs), now_ms_(now_ms), name_(std::move(name)), taken_away_(taken_away) {
  Start();
}

QueueReplica::~QueueReplica() = default;

void QueueReplica::Start() {
  replica::Options options = TranslationStore::Options();
  options.store.path = *folder_ / "store";
  options.store.map_bytes_max = kStoreBytesMax;
  options.store.sync_interval = absl::ZeroDuration();
  const absl::Time now = absl::FromUnixMillis(now_ms_);
  auto log = replica::LogReplica::Open(std::move(options), now);
  if (!log.ok()) std::abort();
  process_ = std::make_unique<Process>(*std::move(log), fmt::format("{}.{}-", name_, ++processes_),
                                       taken_away_);
  Process& process = *process_;
  if (!process.store.Load().ok() || !process.store.Bind("cluster", 1, now).ok()) std::abort();
  process.store.OnOutcomes([&process](std::span<const FactOutcome> read) {
    process.outcomes.insert(process.outcomes.end(), read.begin(), read.end());
  });
  process.store.OnReadAgain([&process](const std::string& why) {
    process.read_again = true;
    return absl::DataLossError(why);
  });
  process.store.log().Follow(process.fold);
}

void QueueReplica::Crash(bool loses_store) {
  process_.reset();
  if (loses_store) folder_ = std::make_unique<tests::TempDir>();
  Start();
}

TranslationStore& QueueReplica::store() const { return process_->store; }

std::int64_t QueueReplica::PositionOf(const std::string& topic) const {
  return store().log().PositionOf({topic, 0});
}

bool QueueReplica::Behind() const {
  for (const std::string& topic : QueueLogs::kTopics) {
    const QueueLogs::RecordLog& log = logs_.Of(topic);
    for (std::int64_t next = PositionOf(topic); next < log.end(); ++next)
      if (log.at(next) != nullptr) return true;
  }
  return false;
}

std::string QueueReplica::NextAppend() { return fmt::format("{}{}", process_->prefix, ++appends_); }

std::vector<FactOutcome> QueueReplica::TakeOutcomes() {
  return std::exchange(process_->outcomes, {});
}

std::vector<kafka::Record> QueueReplica::Next(Random& random, int records_max) const {
  std::vector<kafka::Record> batch;
  const std::size_t first = random.Below(QueueLogs::kTopics.size());
  for (std::size_t i = 0; i < QueueLogs::kTopics.size(); ++i) {
    const std::string& topic = QueueLogs::kTopics[(first + i) % QueueLogs::kTopics.size()];
    const QueueLogs::RecordLog& log = logs_.Of(topic);
    int left = random.Below(records_max + 1);
    for (std::int64_t next = PositionOf(topic); next < log.end() && left > 0; ++next) {
      if (log.at(next) == nullptr) continue;
      batch.push_back(*log.at(next));
      --left;
    }
  }
  return batch;
}

bool QueueReplica::HandOver(const std::vector<kafka::Record>& batch, std::size_t fails_at) {
  if (batch.empty()) return true;
  process_->fold.FailAt(fails_at);
  const kafka::Outcome outcome = process_->store.log().OnBatch(batch, {});
  process_->fold.FailAt(kNever);
  if (process_->read_again) return false;
  if (outcome.kind() == kafka::Outcome::Kind::kFatal) fault_ = outcome.status().ToString();
  return true;
}

bool QueueReplica::Read(Random& random, int records_max, bool fails) {
  const std::vector<kafka::Record> batch = Next(random, records_max);
  return HandOver(batch, fails && !batch.empty() ? random.Below(batch.size()) : kNever);
}

bool QueueReplica::ReadAll(Random& random) {
  while (Behind() && fault_.empty()) {
    if (!HandOver(Next(random, 50), kNever)) return false;
  }
  return true;
}

std::map<std::string, std::string> QueueReplica::Rows(const std::string& database) const {
  const store::Store& store = process_->store.log().store();
  const auto txn = store.Read();
  std::map<std::string, std::string> rows;
  for (auto cursor = txn->Scan(store.database(database)); cursor.valid(); cursor.Next())
    rows.emplace(cursor.key(), cursor.value());
  return rows;
}

}  // namespace telex::simulation
