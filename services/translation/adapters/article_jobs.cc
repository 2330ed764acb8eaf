#include "translation/adapters/article_jobs.h"

#include <algorithm>

#include "news/wire/article_log.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/opened_job.h"
#include "translation/adapters/topics.h"
#include "translation/domain/wanted_jobs.h"

namespace telex::translation {

using owner::Round;

std::int64_t ArticleJobs::KnownEnd() const {
  return parts_.store.log().PositionOf({news::kArticlesTopic, partition_});
}

void ArticleJobs::Take(std::span<const kafka::RecordView> records) {
  batch_.clear();
  for (const kafka::RecordView& record : records) batch_.push_back(record.Copy());
  next_ = 0;
}

absl::StatusOr<Round> ArticleJobs::Next(bool read) {
  if (!read) {
    // Which policy holds, and what people have asked for meanwhile.
    std::vector<kafka::TopicPartition> places = parts_.resource_places;
    places.push_back({kJobsTopic, partition_});
    places.push_back({news::kTranslationsTopic, partition_});
    return Round{.read_first = std::move(places)};
  }
  Records facts;
  absl::Status fault;
  for (taken_ = 0; next_ + taken_ < batch_.size() && facts.size() < kIdleRecordsMax; ++taken_) {
    fault = PlanOne(batch_[next_ + taken_], facts);
    if (!fault.ok()) break;
  }
  if (!fault.ok() && taken_ == 0) return fault;
  Round round{.taken = taken_};
  round.steps.emplace_back();
  for (const Unreadable& one : unreadable_)
    round.steps.back().push_back(parts_.dead_letters.Make(one.record, one.why));
  round.steps.push_back(std::move(facts));
  return round;
}

absl::Status ArticleJobs::PlanOne(const kafka::Record& record, Records& out) {
  const auto version = news::ReadVersion(record.key, record.value);
  if (absl::IsUnimplemented(version.status())) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                         std::string(version.status().message()));
  }
  if (!version.ok()) {
    unreadable_.push_back({record, version.status()});
    return absl::OkStatus();
  }
  if (!version->article) return absl::OkStatus();
  const news::Article& article = *version->article;
  const std::shared_ptr<const Policy> policy =
      parts_.store.resources().PolicyAt(record.timestamp_ms);
  const std::vector<JobRow> jobs = parts_.store.queues().Of(article.id);
  std::vector<StandingTranslation> translations;
  for (const v1::Translation& one : parts_.store.translations().Of(article.id)) {
    const auto language = news::LanguageTag::Parse(one.language());
    if (language)
      translations.push_back(
          {*language, news::Version{one.version()}, one.standing() != v1::STANDING_MACHINE});
  }
  const auto is_unchanged = [&](const news::LanguageTag& language) {
    const auto text = OpenText(parts_.store, article, language, /*recall=*/{}, /*glossary=*/{});
    return text.ok() && text->IsUnchanged();
  };
  for (const JobFact& fact : WantedJobs({.article = article,
                             .came_in_ms = record.timestamp_ms,
                             .policy = *policy,
                             .jobs = jobs,
                             .translations = translations,
                             .is_unchanged = is_unchanged},
                                        parts_.actor)) {
    out.push_back(RecordOfFact(fact));
  }
  return absl::OkStatus();
}

kafka::Record ArticleJobs::RecordOfFact(const JobFact& fact) const {
  return RecordOf(fact, parts_.next_append(), parts_.store.queues().partitions());
}

absl::StatusOr<Round> ArticleJobs::Idle(absl::Time now) {
  Records out;
  AddPending(out);
  AddPurged(out);
  AddDue(now, out);
  AddBackfills(now, out);
  Round round;
  if (!out.empty()) round.steps.push_back(std::move(out));
  taken_ = 0;
  return round;
}

void ArticleJobs::AddPending(Records& out) {
  const auto unpublished = parts_.store.jobs().Unpublished(partition_, kIdleRecordsMax);
  std::set<std::int64_t> publishing;
  for (const PendingRecord& pending : unpublished) {
    publishing.insert(pending.position);
    if (publishing_.contains(pending.position)) continue;
    kafka::Record record{.topic = news::kTranslationsTopic, .partition = partition_};
    record.key = pending.key;
    record.value = pending.value;
    out.push_back(std::move(record));
  }
  publishing_ = std::move(publishing);
  std::set<std::string> forgetting;
  for (const PendingRecord& pending : parts_.store.jobs().Tombstones(partition_, kIdleRecordsMax)) {
    forgetting.insert(pending.key);
    if (!forgetting_.contains(pending.key))
      out.push_back(TombstoneOf(pending.key, partition_, pending.up_to));
  }
  for (const TranslationRows::Unpurged& unpurged :
       parts_.store.translations().UnpurgedOf(partition_, kIdleRecordsMax)) {
    forgetting.insert(unpurged.key);
    if (forgetting_.contains(unpurged.key)) continue;
    kafka::Record record{.topic = news::kTranslationsTopic, .partition = partition_};
    record.key = unpurged.key;
    record.value = unpurged.value;
    out.push_back(std::move(record));
  }
  forgetting_ = std::move(forgetting);
}

// What is to be forgotten at once.
void ArticleJobs::AddPurged(Records& out) {
  for (const JobRow& row : parts_.store.PurgedJobs(partition_, kIdleRecordsMax)) {
    const auto known = due_.find(row.id);
    if (known != due_.end() && known->second.first == -row.last) continue;
    due_[row.id] = {-row.last, absl::InfiniteFuture()};
    out.push_back(RecordOfFact(
        {.job = row.id, .actor = parts_.actor, .request_id = "", .what = Forgotten{row.last}}));
  }
}

void ArticleJobs::AddDue(absl::Time now, Records& out) {
  // Those that were appended and have had no effect: the broker's clock is behind ours.
  std::erase_if(due_,
                [&](const auto& entry) { return now - entry.second.second > kDueAgainAfter; });
  for (const DueJob& due :
       parts_.store.queues().Due(partition_, absl::ToUnixMillis(now), kIdleRecordsMax)) {
    const auto [entry, is_new] = due_.try_emplace(due.job, due.instant_ms, now);
    if (!is_new && entry->second.first == due.instant_ms) continue;
    entry->second = {due.instant_ms, now};
    out.push_back(RecordOfFact(FactOf(due, parts_.actor)));
  }
}

void ArticleJobs::AddBackfills(absl::Time now, Records& out) {
  if (now >= backfills_at_ && now - backfills_at_ < kBackfillsEach) return;
  backfills_at_ = now;
  for (const JobFact& fact : backfills_.Next(now, parts_.actor)) out.push_back(RecordOfFact(fact));
}

void ArticleJobs::Recorded() {
  for (const Unreadable& one : unreadable_) parts_.dead_letters.Noted(one.record, one.why);
  unreadable_.clear();
  next_ += taken_;
  taken_ = 0;
}

}  // namespace telex::translation
