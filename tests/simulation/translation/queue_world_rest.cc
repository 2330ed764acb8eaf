// A world comes to rest, and what holds then.
#include <algorithm>
#include <set>
#include <variant>

#include "news/article_name.h"
#include "tests/simulation/translation/queue_world.h"
#include "translation/adapters/records/job_row_codec.h"

namespace telex::simulation {

using namespace translation;

namespace {

constexpr int kRoundsMax = 3'000;
constexpr int kReadAgainMax = 30;  // of these

}  // namespace

bool QueueWorld::ReadAll() {
  bool whole = true;
  for (std::size_t i = 0; i < kReplicas && report_.broken_law.empty(); ++i) {
    if (!replicas_[i]->ReadAll(random_)) {
      ++report_.read_again;
      Crash(i, /*loses_store=*/true);
      whole = false;
      continue;
    }
    if (!replicas_[i]->fault().empty()) Break(replicas_[i]->fault());
    TellOutcomes(i, /*all=*/true);
  }
  return whole;
}

// What was accepted stands in the store of whoever has read it until it is in the log.
void QueueWorld::CheckKept() {
  for (const auto& [position, own] : submitted_) {
    const JobId& job = own.fact.job;
    if (!own.outcome.publication || stories_.IsPurged(job.article) ||
        logs_.IsCompacted(kJobsTopic, position))
      continue;
    const std::string key =
        news::KeyOf({job.article, own.outcome.publication->version, job.language, position});
    if (translations_.contains(key)) continue;
    for (const auto& replica : replicas_) {
      if (replica->PositionOf(kJobsTopic) > position &&
          !replica->store().jobs().FindUnpublished(0, position))
        return Break("what is to be published is not kept until it is in the log");
    }
  }
}

void QueueWorld::ComeToRest() {
  // What it lost last nobody but itself can make good: no other owner comes behind it.
  if (random_.Chance(50)) Crash(owners_.back()->replica_number(), /*loses_store=*/false);
  owners_.erase(owners_.begin(), owners_.end() - 1);
  skew_ms_ = 0;
  for (const auto& [pair, paused] : std::map(paused_)) {
    if (paused) Pause(pair, false);
  }
  int read_again = 0;
  for (int round = 0; round < kRoundsMax && report_.broken_law.empty(); ++round) {
    ++step_;
    LandAll();
    if (!ReadAll()) {
      if (++read_again > kReadAgainMax) Break("the log is read again and again");
      continue;
    }
    if (Rests()) return;
    for (int turn = 0; turn < 4 && report_.broken_law.empty(); ++turn) {
      Own(owners_.back(), true);
      LandAll();
      ReadAll();
    }
    for (Worker& worker : workers_) Work(worker, true);
    for (const auto& [id, row] : std::map(referee_.rows)) {
      if (row.state != JobState::kDead) continue;
      const JobFact replayed{id, "editor", "", Replayed{}};
      Send({.record = RecordOf(replayed, replicas_[0]->NextAppend(), 1)}, 1);
    }
    now_ms_ += 60'000;
  }
  if (!report_.broken_law.empty()) return;
  for (const auto& [id, row] : referee_.rows) {
    trace_(step_, "{}.{} version {}: state {}, of {}, since {}, last {}", id.article.ToString(),
           id.language.text(), row.version.number, static_cast<int>(row.state),
           static_cast<int>(row.worker), row.since, row.last);
  }
  trace_(step_, "the owner rests: {}", owners_.back()->Rests());
  Break("it does not come to rest: a job is lost, or a record that was to be appended");
}

bool QueueWorld::Rests() const {
  if (!owners_.back()->Rests() || flights_.Any([](const Sent&) { return true; })) return false;
  for (const auto& [id, row] : referee_.rows) {
    if (!IsAtRest(row.state) || stories_.IsPurged(id.article)) return false;
  }
  const TranslationStore& store = replicas_[owners_.back()->replica_number()]->store();
  return store.jobs().Unpublished(0, 1).empty() && store.jobs().Tombstones(0, 1).empty() &&
         store.translations().UnpurgedOf(0, 1).empty();
}

void QueueWorld::CheckAtRest() {
  for (std::size_t i = 0; i < kReplicas; ++i)
    CheckReplica(*replicas_[i], fmt::format("replica {}", i));
  for (const std::string& topic : QueueLogs::kTopics)
    logs_.Compact(topic, logs_.Of(topic).end(), logs_.Of(topic).end());
  QueueReplica fresh(logs_, now_ms_, "fresh", run_.taken_away);
  if (!fresh.ReadAll(random_)) return Break("who begins in the compacted log reads it again");
  CheckReplica(fresh, "who begins in the compacted log");
  CheckPublished();
  CheckLogs();
}

void QueueWorld::CheckReplica(const QueueReplica& replica, const std::string& who) {
  if (!replica.fault().empty()) return Break(who + ": " + replica.fault());
  CheckQueues(replica, who);
  std::map<std::string, std::string> rows;
  for (const auto& [id, row] : referee_.rows) rows[JobRowKey(id)] = EncodeJobRow(row);
  if (replica.Rows("jobs") != rows) Break(who + " comes to other jobs");
  for (const std::string database :
       {"job-texts", "job-notes", "translations", "article-versions", "pair-pauses"}) {
    // When a version was appended is that of a copy, once compaction has been there.
    const std::size_t stamp = database == "article-versions" ? sizeof(std::int64_t) : 0;
    const auto rows_of = [&](const QueueReplica& of) {
      auto rows_there = of.Rows(database);
      for (auto& [key, value] : rows_there) value.erase(0, stamp);
      return rows_there;
    };
    if (rows_of(replica) != rows_of(*replicas_[0]))
      Break(fmt::format("{} comes to other {}", who, database));
  }
  for (const std::string database :
       {"jobs-unpublished", "jobs-tombstones", "jobs-tombstone-keys", "translations-unpurged"}) {
    if (!replica.Rows(database).empty())
      Break(fmt::format("{} still keeps {} though all is read back", who, database));
  }
}

// What is in memory is what is in the store.
void QueueWorld::CheckQueues(const QueueReplica& replica, const std::string& who) {
  const JobQueues& queues = replica.store().queues();
  std::size_t jobs = 0;
  for (const std::int64_t count : queues.Counts().by_state) jobs += static_cast<std::size_t>(count);
  if (jobs != referee_.rows.size()) Break(who + " has another number of jobs in memory");
  for (const auto& [id, row] : referee_.rows) {
    if (queues.Find(id) != row) Break(who + " has other jobs in memory");
  }
  for (const auto& [pair, paused] : paused_) {
    if (queues.IsPaused(pair) != paused) Break(who + " pauses other pairs");
  }
}

void QueueWorld::CheckPublished() {
  for (const std::int64_t told : told_completed_) {
    const Submitted& own = submitted_[told];
    const bool counts = own.outcome.publication && !stories_.IsPurged(own.fact.job.article);
    if (counts && !revisions_.contains(told))
      Break("what was told to be completed is not published");
  }
  for (const QueueStories::Story& story : stories_.all()) {
    std::set<news::LanguageTag> translated;
    for (const auto& [job, version] : translated_) {
      if (job.article == story.newest().id) translated.insert(job.language);
    }
    for (const news::LanguageTag& language : stories_.WantedOf(story, translated)) {
      if (!translated_.contains({{story.newest().id, language}, story.newest().version}))
        Break(fmt::format("the version that stands is not translated: {} into {}",
                          news::NameOf(story.newest().id, story.newest().version),
                          language.text()));
    }
  }
}

// Of what is forgotten nothing is left, and of each story that stands all its translations.
void QueueWorld::CheckLogs() {
  const QueueLogs::RecordLog& jobs = logs_.Of(kJobsTopic);
  for (std::int64_t at = 0; at < jobs.end(); ++at) {
    const kafka::Record* record = jobs.at(at);
    if (record == nullptr || !record->value) continue;
    const auto decoded = reader_.Read(kafka::RecordView(*record));
    const auto* fact = std::get_if<JobFact>(&*decoded);
    if (fact == nullptr) continue;
    if (!referee_.rows.contains(fact->job)) return Break("a fact of a forgotten job is left");
  }
  std::map<std::string, std::string> left;
  const QueueLogs::RecordLog& translations = logs_.Of(news::kTranslationsTopic);
  for (std::int64_t at = 0; at < translations.end(); ++at) {
    const kafka::Record* record = translations.at(at);
    if (record != nullptr && record->value) left[record->key] = *record->value;
  }
  for (const auto& [key, value] : translations_) {
    const bool purged = stories_.IsPurged(news::ParseTranslationKey(key)->article);
    if (purged && left.contains(key)) return Break("a translation of a purged story is left");
    if (!purged && !left.contains(key)) return Break("a translation is lost");
  }
}

}  // namespace telex::simulation
