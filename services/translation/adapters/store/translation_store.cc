#include "translation/adapters/store/translation_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <variant>

#include "news/article_name.h"
#include "news/wire/article_log.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"
#include "platform/observe/log.h"
#include "translation/adapters/records/topics.h"
#include "translation/adapters/store/publication.h"

namespace telex::translation {
namespace {

constexpr std::uint32_t kSchema = 3;

// What a fact says for people; nullopt: nothing, and what was said before stands.
std::optional<std::string> NoteIn(const JobFact& fact) {
  if (const auto* failed = std::get_if<Failed>(&fact.what))
    return failed->reason + (failed->note.empty() ? "" : ": " + failed->note);
  if (const auto* canceled = std::get_if<Canceled>(&fact.what)) return canceled->note;
  if (const auto* reviewed = std::get_if<Reviewed>(&fact.what)) {
    if (reviewed->verdict != ReviewVerdict::kRejected) return reviewed->note;
    return fmt::format("rejected by {}{}{}", fact.actor, reviewed->note.empty() ? "" : ": ",
                       reviewed->note);
  }
  if (std::holds_alternative<Wanted>(fact.what) || std::holds_alternative<Completed>(fact.what))
    return "";
  return std::nullopt;
}

bool HasText(const JobFact& fact) {
  if (std::holds_alternative<Completed>(fact.what)) return true;
  const auto* reviewed = std::get_if<Reviewed>(&fact.what);
  return reviewed != nullptr && reviewed->verdict == ReviewVerdict::kReplaced;
}

}  // namespace

replica::Options TranslationStore::Options() {
  std::vector<std::string> databases = JobRows::Databases();
  for (const auto& more : {ArticleVersions::Databases(), TranslationRows::Databases(),
                           ResourceStore::Databases(), EngineSpending::Databases()})
    databases.insert(databases.end(), more.begin(), more.end());
  return {.store = {.databases = std::move(databases), .schema = kSchema},
          .topics = {
              {news::kArticlesTopic}, {news::kTranslationsTopic}, {kJobsTopic}, {kResourcesTopic}}};
}

TranslationStore::TranslationStore(std::unique_ptr<replica::LogReplica> log,
                                   std::string own_appends)
    : log_(std::move(log)),
      own_appends_(std::move(own_appends)),
      articles_(log_->store()),
      translations_(log_->store(),
                    [this](const store::Transaction& txn, const news::ArticleId& article) {
                      return articles_.PurgedBy(txn, article);
                    }),
      jobs_(log_->store()),
      resources_(log_->store()),
      spending_(log_->store()) {
  resources_.OnUnits([this](const ImportedUnits& units) { memory_.Put(units); });
}

absl::Status TranslationStore::Load() {
  const auto kept = log_->kept();
  if (!kept) return absl::OkStatus();
  const absl::Time start = absl::Now();
  partitions_ = kept->partitions;
  RETURN_IF_ERROR(resources_.Load());
  LoadQueues();
  LoadMemory();
  const auto counts = queues_.Counts();
  std::int64_t jobs = 0;
  for (const std::int64_t count : counts.by_state) jobs += count;
  observe::Log(observe::Severity::kInfo, "jobs loaded",
               {{"jobs", jobs}, {"milliseconds", absl::ToInt64Milliseconds(absl::Now() - start)}});
  return absl::OkStatus();
}

void TranslationStore::LoadQueues() {
  if (queues_.partitions() != partitions_) queues_.Begin(partitions_);
  std::map<std::int32_t, std::vector<JobRow>> rows;
  jobs_.VisitAll([&](const JobRow& row) {
    rows[queues_.PartitionOf(row.id.article)].push_back(row);
    const auto head = articles_.Head(row.id.article);
    if (head && head->purged) NotePurged(row.id.article);
    if (head && !IsAtRest(row.state) && row.version < head->version)
      NoteBehind(row.id.article, head->version);
  });
  for (std::int32_t partition = 0; partition < partitions_; ++partition) {
    const std::int64_t position = log_->PositionOf({kJobsTopic, partition}) - 1;
    queues_.Load(partition, position, rows[partition]);
    rows.erase(partition);
  }
  jobs_.VisitPauses([&](const Pair& pair, std::int64_t position, bool paused) {
    const std::string name = fmt::format("{}.{}", pair.from.text(), pair.to.text());
    queues_.ApplyPause(kafka::PartitionOf(name, partitions_), position, pair, paused);
  });
}

void TranslationStore::LoadMemory() {
  translations_.VisitAll([&](const v1::Translation& translation) {
    const auto name = news::ArticleName::Parse(translation.article());
    if (name) memory_.Put(translation, queues_.PartitionOf(name->id));
    return true;
  });
}

absl::Status TranslationStore::Bind(const std::string& cluster_id, std::int32_t partitions,
                                    absl::Time now) {
  RETURN_IF_ERROR(log_->Bind(cluster_id, partitions, now));
  partitions_ = partitions;
  if (queues_.partitions() != partitions) LoadQueues();
  return absl::OkStatus();
}

void TranslationStore::Follow(replica::SetAside set_aside) {
  log_->Follow(*this, std::move(set_aside));
  log_->OnWhole([this] { caught_up_ = true; });
}

absl::Status TranslationStore::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  if (record.topic == news::kArticlesTopic) return ApplyArticle(txn, record);
  if (record.topic == news::kTranslationsTopic) return ApplyTranslation(txn, record);
  if (record.topic == kResourcesTopic) return resources_.Apply(txn, record);
  return ApplyJob(txn, record);
}

absl::Status TranslationStore::ApplyArticle(store::WriteTxn& txn, const kafka::Record& record) {
  ASSIGN_OR_RETURN(const auto article, articles_.Apply(txn, record));
  if (!article) return absl::OkStatus();
  articles_read_.push_back(article->id);
  if (!article->purged) {
    if (HasJobsBefore(article->id, article->version)) NoteBehind(article->id, article->version);
    return absl::OkStatus();
  }
  NotePurged(article->id);
  articles_purged_.push_back(article->id);
  RETURN_IF_ERROR(jobs_.DropUnpublished(txn, record.partition, article->id));
  return translations_.Purge(txn, *article, record);
}

absl::Status TranslationStore::ApplyTranslation(store::WriteTxn& txn, const kafka::Record& record) {
  ASSIGN_OR_RETURN(TranslationRows::Applied applied, translations_.Apply(txn, record));
  if (applied.translation)
    translations_read_.emplace_back(record.partition, *std::move(applied.translation));
  return jobs_.Published(txn, record.partition, applied.key.revision, record.key);
}

absl::Status TranslationStore::ApplyJob(store::WriteTxn& txn, const kafka::Record& record) {
  ASSIGN_OR_RETURN(const JobRecord job, reader_.Read(kafka::RecordView(record)));
  if (const auto* fact = std::get_if<JobFact>(&job)) return ApplyFact(txn, record, *fact);
  if (const auto* tombstone = std::get_if<FactTombstone>(&job))
    return ApplyTombstone(txn, record, *tombstone);
  const auto& pause = std::get<PairPause>(job);
  queues_.ApplyPause(record.partition, record.offset, pause.pair, pause.paused);
  jobs_changed_ = true;
  // Its key says nothing of who has appended it.
  outcomes_.emplace_back(kafka::Position{record.partition, record.offset},
                         Outcome{.position = record.offset, .changed = true});
  return jobs_.PutPause(txn, pause.pair, record.offset, pause.paused);
}

absl::Status TranslationStore::ApplyFact(store::WriteTxn& txn, const kafka::Record& record,
                                         const JobFact& fact) {
  JobQueues::Applied applied =
      queues_.Apply(record.partition, record.offset, record.timestamp_ms, fact);
  Outcome& outcome = applied.outcome;
  // What is repeated was counted the first time.
  if (!outcome.repeats) RETURN_IF_ERROR(spending_.Apply(txn, reader_.costs(), record.timestamp_ms));
  if (outcome.discard) {
    RETURN_IF_ERROR(jobs_.Discard(txn, record.partition, record.offset, record.key));
  } else {
    RETURN_IF_ERROR(jobs_.PutFact(txn, fact.job, record.offset, record.key));
  }
  if (outcome.forgotten)
    RETURN_IF_ERROR(jobs_.Forget(txn, fact.job, record.partition, *outcome.forgotten));
  if (outcome.changed && applied.row) {
    jobs_changed_ = true;
    if (outcome.publication)
      RETURN_IF_ERROR(Publish(txn, record, fact, *applied.row, *outcome.publication));
    if (HasText(fact)) RETURN_IF_ERROR(jobs_.PutText(txn, fact.job, record.offset, reader_.text()));
    if (const auto note = NoteIn(fact)) RETURN_IF_ERROR(jobs_.PutNote(txn, fact.job, *note));
    if (IsAtRest(applied.row->state)) RETURN_IF_ERROR(jobs_.PutMade(txn, fact.job, {}));
    if (const auto* failed = std::get_if<Failed>(&fact.what); failed != nullptr && failed->escalate)
      RETURN_IF_ERROR(jobs_.PutMade(txn, fact.job, reader_.made()));
    RETURN_IF_ERROR(jobs_.DropTexts(txn, *applied.row));
    const auto head = articles_.HeadIn(txn, fact.job.article);
    if (head && head->purged) NotePurged(fact.job.article);
    if (head && !IsAtRest(applied.row->state) && applied.row->version < head->version) {
      NoteBehind(fact.job.article, head->version);
    } else {
      NoteCaughtUp(fact.job.article);
    }
  }
  if ((outcome.changed || outcome.noted) && applied.row)
    RETURN_IF_ERROR(jobs_.Put(txn, *applied.row));
  if (!IsOwn(record.key)) return absl::OkStatus();
  if (!outcome.stands) outcome.stands = std::move(applied.row);
  outcomes_.emplace_back(kafka::Position{record.partition, record.offset}, std::move(outcome));
  return absl::OkStatus();
}

absl::Status TranslationStore::ApplyTombstone(store::WriteTxn& txn, const kafka::Record& record,
                                              const FactTombstone& tombstone) {
  const Outcome outcome =
      queues_.ApplyTombstone(record.partition, record.offset, tombstone.job, tombstone.up_to);
  if (outcome.read_again) RETURN_IF_ERROR(NoteReadAgain(tombstone.job));
  return jobs_.TombstoneRead(txn, record.partition, record.key);
}

absl::Status TranslationStore::Publish(store::WriteTxn& txn, const kafka::Record& record,
                                       const JobFact& fact, const JobRow& row,
                                       const Publication& publication) {
  if (articles_.IsPurged(txn, fact.job.article)) return absl::OkStatus();
  auto text = TextOf(txn, fact.job, publication);
  if (!text) {
    observe::Log(observe::Severity::kError, "the text of a reviewed translation is not there",
                 {{"article", fact.job.article.ToString()},
                  {"language", fact.job.language.text()},
                  {"revision", publication.text}});
    return absl::OkStatus();
  }
  const v1::Translation translation = TranslationOf(publication,
                                                    {.fact = fact,
                                                     .position = record.offset,
                                                     .append_ms = record.timestamp_ms,
                                                     .source = row.source},
                                                    *std::move(text));
  // What is reviewed next is this one, and it may not be read back by then.
  if (!HasText(fact))
    RETURN_IF_ERROR(jobs_.PutText(txn, fact.job, record.offset, translation.text()));
  // Translations are read at another pace: it may be there already.
  const news::TranslationKey key{fact.job.article, publication.version, fact.job.language,
                                 record.offset};
  if (translations_.ReadIn(txn, key)) return absl::OkStatus();
  return jobs_.PutUnpublished(txn, record.partition, record.offset, KeyOf(key),
                              translation.SerializeAsString());
}

std::optional<v1::Text> TranslationStore::TextOf(const store::Transaction& txn, const JobId& job,
                                                 const Publication& publication) {
  if (publication.what == Publish::kTranslation || publication.what == Publish::kReplaced)
    return reader_.text();
  if (auto text = jobs_.TextIn(txn, job, publication.text)) return text;
  auto translation =
      translations_.ReadIn(txn, {job.article, publication.version, job.language, publication.text});
  if (!translation) return std::nullopt;
  return std::move(*translation->mutable_text());
}

absl::Status TranslationStore::NoteReadAgain(const JobId& job) const {
  const std::string why = fmt::format(
      "a job was forgotten while its facts were read ({} {}): the log is being "
      "compacted, and is read again from its beginning",
      job.article.ToString(), job.language.text());
  if (on_read_again_) return on_read_again_(why);
  log_->store().Damaged(why);
}

bool TranslationStore::IsOwn(std::string_view key) const {
  const std::size_t slash = key.rfind('/');
  return slash != key.npos && key.substr(slash + 1).starts_with(own_appends_);
}

void TranslationStore::Committed() {
  resources_.Committed();
  spending_.Committed();
  for (const auto& [partition, translation] : translations_read_)
    memory_.Put(translation, partition);
  for (const news::ArticleId& article : articles_purged_) memory_.Purge(article);
  if (on_purged_ && !articles_purged_.empty()) on_purged_(articles_purged_);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [place, outcome] : outcomes_) {
      kept_.insert_or_assign(place, outcome);
      kept_order_.push_back(place);
    }
    for (; kept_order_.size() > kOutcomesKept; kept_order_.pop_front())
      kept_.erase(kept_order_.front());
  }
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(purged_, [&](const auto& article) { return queues_.Of(article).empty(); });
  }
  // What was chosen before its article was read.
  for (const news::ArticleId& article : articles_read_) {
    for (const JobRow& row : queues_.Of(article)) queues_.Unreserve(row.id);
  }
  if (on_outcomes_ && !outcomes_.empty()) on_outcomes_(outcomes_);
  if (on_jobs_ && (jobs_changed_ || !articles_read_.empty())) on_jobs_();
  ForgetBatch();
}

void TranslationStore::ForgetBatch() {
  outcomes_.clear();
  articles_read_.clear();
  articles_purged_.clear();
  translations_read_.clear();
  jobs_changed_ = false;
}

void TranslationStore::Undone() {
  resources_.Undone();
  spending_.Undone();
  ForgetBatch();
  LoadQueues();  // what was applied in memory is undone in the store
}

void TranslationStore::NotePurged(const news::ArticleId& article) {
  const std::lock_guard lock(mutex_);
  purged_.insert(article);
}

std::vector<JobRow> TranslationStore::PurgedJobs(std::int32_t partition, std::size_t most) const {
  std::vector<news::ArticleId> purged;
  {
    const std::lock_guard lock(mutex_);
    if (purged_.empty()) return {};
    purged.assign(purged_.begin(), purged_.end());
  }
  std::vector<JobRow> rows;
  for (const news::ArticleId& article : purged) {
    if (queues_.PartitionOf(article) != partition) continue;
    for (JobRow& row : queues_.Of(article)) {
      if (rows.size() < most) rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::optional<v1::Translation> TranslationStore::Unpublished(const JobId& job) const {
  const auto row = queues_.Find(job);
  if (!row || row->revision == 0) return std::nullopt;
  const auto pending = jobs_.FindUnpublished(queues_.PartitionOf(job.article), row->revision);
  if (!pending || !pending->value) return std::nullopt;
  v1::Translation translation;
  if (!translation.ParseFromString(*pending->value))
    log_->store().Damaged("a translation that is to be published");
  return translation;
}

bool TranslationStore::HasJobsBefore(const news::ArticleId& article, news::Version head) const {
  return std::ranges::any_of(queues_.Of(article), [&](const JobRow& row) {
    return !IsAtRest(row.state) && row.version < head;
  });
}

void TranslationStore::NoteBehind(const news::ArticleId& article, news::Version head) {
  const std::lock_guard lock(mutex_);
  news::Version& newest = behind_[article];
  newest = std::max(newest, head);
}

void TranslationStore::NoteCaughtUp(const news::ArticleId& article) {
  const std::lock_guard lock(mutex_);
  const auto noted = behind_.find(article);
  if (noted != behind_.end() && !HasJobsBefore(article, noted->second)) behind_.erase(noted);
}

std::vector<news::ArticleId> TranslationStore::ArticlesBehind(std::int32_t partition,
                                                              std::size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<news::ArticleId> articles;
  for (auto one = behind_.begin(); one != behind_.end() && articles.size() < most;) {
    const auto& [article, head] = *one;
    if (queues_.PartitionOf(article) != partition) {
      ++one;
    } else if (HasJobsBefore(article, head)) {
      articles.push_back((one++)->first);
    } else {
      one = behind_.erase(one);
    }
  }
  return articles;
}

std::optional<Outcome> TranslationStore::FindOutcome(const kafka::Position& place) const {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(place);
  if (found == kept_.end()) return std::nullopt;
  return found->second;
}

}  // namespace telex::translation
