#include "translation/adapters/owner/article_jobs.h"

#include <algorithm>

#include "news/wire/article_log.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/records/topics.h"
#include "translation/adapters/store/opened_job.h"
#include "translation/domain/wanted_jobs.h"
#include "translation/formats/inline_run.h"

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

absl::Status ArticleJobs::CheckResources() const {
  for (const kafka::TopicPartition& place : parts_.resource_places)
    RETURN_IF_ERROR(parts_.store.log().Held(place));
  return absl::OkStatus();
}

absl::StatusOr<Round> ArticleJobs::Next(bool read) {
  RETURN_IF_ERROR(CheckResources());
  if (!read) {
    // Which policy holds, what people have asked for meanwhile, and which versions there are.
    std::vector<kafka::TopicPartition> places = parts_.resource_places;
    for (const std::string& topic : {kJobsTopic, news::kTranslationsTopic, news::kArticlesTopic})
      places.push_back({topic, partition_});
    return Round{.read_first = std::move(places)};
  }
  Records facts;
  std::set<news::ArticleId> planned;
  absl::StatusOr<bool> is_planned = true;
  for (taken_ = 0; next_ + taken_ < batch_.size() && facts.size() < kIdleRecordsMax; ++taken_) {
    is_planned = PlanOne(batch_[next_ + taken_], planned, facts);
    if (!is_planned.ok() || !*is_planned) break;
  }
  if (!is_planned.ok() && taken_ == 0) return is_planned.status();
  Round round{.taken = taken_};
  round.steps.emplace_back();
  for (const Unreadable& one : unreadable_)
    round.steps.back().push_back(parts_.dead_letters.Make(one.record, one.why));
  round.steps.push_back(std::move(facts));
  return round;
}

absl::StatusOr<bool> ArticleJobs::PlanOne(const kafka::Record& record,
                                          std::set<news::ArticleId>& planned, Records& out) {
  const auto version = news::ReadVersion(record.key, record.value);
  if (absl::IsUnimplemented(version.status())) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kRecordFromNewerRelease,
                         std::string(version.status().message()));
  }
  if (!version.ok()) {
    unreadable_.push_back({record, version.status()});
    return true;
  }
  if (!version->article) return true;
  // A copy that came late, behind a newer version: nothing follows of it.
  const auto head = parts_.store.articles().Head(version->id);
  if (head && head->version > version->version && head->offset < record.offset) return true;
  // What one version asks for is what the next one begins with.
  if (!planned.insert(version->id).second) return false;
  AddWanted(*version->article, record.timestamp_ms, out);
  return true;
}

void ArticleJobs::AddWanted(const news::Article& article, std::int64_t came_in_ms, Records& out) {
  const std::shared_ptr<const Policy> held = parts_.policy_at(came_in_ms);
  static const Policy kNone;
  const std::vector<JobRow> jobs = parts_.store.queues().Of(article.id);
  std::vector<StandingTranslation> translations;
  for (const v1::Translation& one : parts_.store.translations().Of(article.id)) {
    const auto language = news::LanguageTag::Parse(one.language());
    if (language)
      translations.push_back({*language, news::Version{one.version()},
                              one.standing() != v1::STANDING_MACHINE,
                              one.standing() == v1::STANDING_REJECTED});
  }
  const auto is_unchanged = [&](const news::LanguageTag& language) {
    // What nobody has translated is not opened to see that.
    if (HasWords(article.content.headline) &&
        std::ranges::find(translations, language, &StandingTranslation::language) ==
            translations.end())
      return false;
    const auto terms = parts_.store.resources().GlossaryOf({article.content.language, language});
    GlossaryInUse glossary;
    if (terms != nullptr) glossary = {.glossary = &terms->glossary, .version = terms->version};
    const auto text = OpenText(parts_.store, article, language, /*recall=*/{}, glossary);
    return text.ok() && text->IsUnchanged();
  };
  for (const JobFact& fact : WantedJobs({.article = article,
                             .came_in_ms = came_in_ms,
                             .policy = held == nullptr ? kNone : *held,
                             .jobs = jobs,
                             .translations = translations,
                             .is_unchanged = is_unchanged},
                                        parts_.actor)) {
    out.push_back(RecordOfFact(fact));
  }
}

kafka::Record ArticleJobs::RecordOfFact(const JobFact& fact) const {
  return RecordOf(fact, parts_.next_append(), parts_.store.queues().partitions());
}

absl::StatusOr<Round> ArticleJobs::Idle(absl::Time now) {
  Records out;
  AddUnpublished(out);
  AddTombstones(now, out);
  AddPurged(out);
  AddDue(now, out);
  if (CheckResources().ok()) {
    AddBehind(now, out);
    AddBackfills(now, out);
  }
  Round round;
  if (!out.empty()) round.steps.push_back(std::move(out));
  taken_ = 0;
  return round;
}

void ArticleJobs::AddUnpublished(Records& out) {
  std::set<std::int64_t> publishing;
  std::size_t bytes = 0;
  const JobRows& jobs = parts_.store.jobs();
  for (const std::int64_t position : jobs.UnpublishedAt(partition_, kIdleRecordsMax)) {
    if (publishing_.contains(position)) {
      publishing.insert(position);
      continue;
    }
    if (bytes >= kIdleBytesMax) continue;  // in the next turn
    auto pending = jobs.FindUnpublished(partition_, position);
    if (!pending) continue;
    publishing.insert(position);
    kafka::Record record{.topic = news::kTranslationsTopic, .partition = partition_};
    record.key = std::move(pending->key);
    record.value = std::move(pending->value);
    bytes += kafka::WeightOf(record);
    out.push_back(std::move(record));
  }
  publishing_ = std::move(publishing);
}

void ArticleJobs::AddTombstones(absl::Time now, Records& out) {
  std::map<std::string, absl::Time> forgetting;
  const auto is_new = [&](const std::string& key) {
    const auto before = forgetting_.find(key);
    const bool again = before == forgetting_.end() || now < before->second ||
                       now - before->second > kForgottenAgainAfter;
    forgetting.emplace(key, again ? now : before->second);
    return again;
  };
  for (const PendingRecord& pending : parts_.store.jobs().Tombstones(partition_, kIdleRecordsMax)) {
    if (is_new(pending.key)) out.push_back(TombstoneOf(pending.key, partition_, pending.up_to));
  }
  for (const TranslationRows::Unpurged& unpurged :
       parts_.store.translations().UnpurgedOf(partition_, kIdleRecordsMax)) {
    if (!is_new(unpurged.key)) continue;
    kafka::Record record{.topic = news::kTranslationsTopic, .partition = partition_};
    record.key = unpurged.key;
    record.value = unpurged.value;
    out.push_back(std::move(record));
  }
  forgetting_ = std::move(forgetting);
}

// What is to be forgotten at once.
void ArticleJobs::AddPurged(Records& out) {
  std::set<std::pair<JobId, std::int64_t>> purging;
  for (const JobRow& row : parts_.store.PurgedJobs(partition_, kIdleRecordsMax)) {
    if (!purging.emplace(row.id, row.last).second || purging_.contains({row.id, row.last}))
      continue;
    out.push_back(RecordOfFact(
        {.job = row.id, .actor = parts_.actor, .request_id = "", .what = Forgotten{row.last}}));
  }
  purging_ = std::move(purging);
}

void ArticleJobs::AddDue(absl::Time now, Records& out) {
  // Those that were appended and have had no effect: the broker's clock is behind ours, or ours was
  // set back.
  std::erase_if(due_, [&](const auto& entry) {
    const DueAsked& asked = entry.second;
    const absl::Duration after = asked.what.forget ? kForgetAgainAfter : kDueAgainAfter;
    return now < asked.at || now - asked.at > after;
  });
  for (const DueJob& due :
       parts_.store.queues().Due(partition_, absl::ToUnixMillis(now), kIdleRecordsMax)) {
    const auto [entry, is_new] = due_.try_emplace(due.job, DueAsked{due, now});
    if (!is_new && entry->second.what == due) continue;
    entry->second = {due, now};
    out.push_back(RecordOfFact(FactOf(due, parts_.actor)));
  }
}

// What was asked for while a correction or a kill came in, or by who was an owner once: whoever
// planned the newest version knew nothing of it, and nobody is given what is not of that version.
void ArticleJobs::AddBehind(absl::Time now, Records& out) {
  std::map<news::ArticleId, absl::Time> behind;
  for (const news::ArticleId& article : parts_.store.ArticlesBehind(partition_, kBehindMax)) {
    const auto before = behind_.find(article);
    const bool waits =
        before == behind_.end() || now < before->second || now - before->second < kBehindFor;
    const bool begins = before == behind_.end() || now < before->second || !waits;
    behind.emplace(article, begins ? now : before->second);
    if (waits) continue;
    if (const auto newest = parts_.store.articles().Newest(article))
      AddWanted(newest->article, newest->appended_ms, out);
  }
  behind_ = std::move(behind);
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
