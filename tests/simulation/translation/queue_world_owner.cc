// Owners, and what they and workers append.
#include <algorithm>
#include <utility>
#include <variant>

#include "tests/simulation/translation/queue_world.h"

namespace telex::simulation {

using namespace translation;

void QueueWorld::TakeOver(std::size_t replica, bool set_back) {
  ++report_.takeovers;
  report_.set_back += set_back;
  if (set_back) committed_.reset();
  if (owners_.size() > 1) owners_.erase(owners_.begin());
  const int clock_ms = random_.OneOf({0, 0, 30'000, 1'800'000});  // before the broker's
  owners_.push_back(std::make_shared<QueueOwner>(
      QueueOwnerParts{.number = producers_.size() + 1,
                      .replica_number = replica,
                      .replica = *replicas_[replica],
                      .logs = logs_,
                      .committed = committed_,
                      .policy_at = [this](std::int64_t ms) { return stories_.PolicyAt(ms); },
                      .now = [this, clock_ms] { return absl::FromUnixMillis(now_ms_ + clock_ms); },
                      .taken_away = run_.taken_away}));
  producers_[owners_.back()->number()].owner = owners_.back();
  trace_(step_, "replica {} takes over from {}", replica, committed_.value_or(0));
}

void QueueWorld::Own(const OwnerPtr& owner, bool healthy) {
  if (!owner->question.empty()) {
    if (healthy || random_.Chance(60)) owner->AnswerEnds();
    return;
  }
  const auto progress = owner->Turn(1 + random_.Below(4));
  if (!progress.ok()) return Break(progress.status().ToString());
  if (progress->state == kafka::Progress::State::kHeld)
    return Break("an owner holds its partition");
  Post(owner);
  const bool right = owner == owners_.back();
  if (right && (healthy || random_.Chance(30)))
    committed_ = std::max(committed_.value_or(0), owner->reached);
}

void QueueWorld::Post(const OwnerPtr& owner) {
  Producer& producer = producers_[owner->number()];
  producer.owner = owner;
  for (kafka::Record& record : std::exchange(owner->outbox, {})) {
    Send({owner->replica_number(), std::move(record), owner->number(), producer.sent++},
         random_.Chance(5) ? 100 : 5);
  }
}

bool QueueWorld::MayLand(const Sent& sent) const {
  return sent.owner == 0 || producers_.at(sent.owner).landed == sent.number;
}

void QueueWorld::LoseSent(std::size_t replica) {
  std::map<std::uint64_t, std::uint64_t> cut;
  for (const auto& [number, producer] : producers_)
    cut[number] = producer.landed + random_.Below(std::uint64_t{6});
  flights_.Lose(random_, 100, [&](const Sent& sent) {
    if (sent.replica != replica) return false;
    return sent.owner == 0 ? random_.Chance(50) : sent.number >= cut[sent.owner];
  });
}

// What it had sent may never come; who owned there owns no more, until it is back, or another does.
void QueueWorld::Crash(std::size_t replica, bool loses_store) {
  ++report_.crashes;
  report_.lost_stores += loses_store;
  trace_(step_, "replica {} crashes{}", replica, loses_store ? " and loses its store" : "");
  LoseSent(replica);
  const bool owned = owners_.back()->replica_number() == replica;
  std::erase_if(owners_, [&](const OwnerPtr& owner) { return owner->replica_number() == replica; });
  replicas_[replica]->Crash(loses_store);
  if (owned) TakeOver(random_.Chance(50) ? replica : random_.Below(kReplicas), false);
}

void QueueWorld::Land() {
  const auto landed =
      flights_.Land(random_, step_, [&](const Sent& sent) { return MayLand(sent); });
  if (landed) Append(*landed);
}

void QueueWorld::LandAll() {
  while (const auto landed =
             flights_.LandNow(random_, [&](const Sent& sent) { return MayLand(sent); }))
    Append(*landed);
}

void QueueWorld::Append(const Sent& sent) {
  const std::int64_t position = logs_.Append(sent.record, AppendTime());
  if (sent.owner != 0) {
    Producer& producer = producers_[sent.owner];
    ++producer.landed;
    if (const OwnerPtr owner = producer.owner.lock())
      owner->Acknowledge(kafka::WeightOf(sent.record));
  }
  if (sent.record.topic == news::kTranslationsTopic) return OnTranslation(sent.record);
  if (sent.record.value) return OnFact(position, *logs_.Of(kJobsTopic).at(position));
  trace_(step_, "{}: tombstone of {}", position, sent.record.key);
}

void QueueWorld::OnFact(std::int64_t position, const kafka::Record& record) {
  const auto decoded = reader_.Read(kafka::RecordView(record));
  if (!decoded.ok()) return Break("a fact that nobody can read: " + decoded.status().ToString());
  Submitted& own = submitted_[position];
  own.fact = std::get<JobFact>(*decoded);
  own.headline = reader_.text().headline();
  own.outcome = referee_.Apply(position, record.timestamp_ms, own.fact);
  if (std::holds_alternative<Completed>(own.fact.what)) text_of_[position] = own.headline;
  if (const auto& publication = own.outcome.publication) {
    const bool of_its_own =
        publication->what == Publish::kTranslation || publication->what == Publish::kReplaced;
    text_of_[position] = of_its_own ? own.headline : text_of_[publication->text];
  }
  if (const auto* wanted = std::get_if<Wanted>(&own.fact.what)) {
    const auto workflow = stories_.WorkflowIn(wanted->policy, own.fact.job.language);
    report_.unchanged += own.outcome.changed && wanted->workflow == Workflow::kMachine &&
                         workflow && *workflow != Workflow::kMachine;
  }
  report_.forgotten += own.outcome.forgotten.has_value();
  ++report_.facts;
  trace_(step_, "{}: fact {} by {} {} of {}.{}: refusal {}", position, own.fact.what.index(),
         own.fact.actor, own.fact.request_id, own.fact.job.article.ToString(),
         own.fact.job.language.text(), static_cast<int>(own.outcome.refusal));
}

// What is published is what was accepted, once.
void QueueWorld::OnTranslation(const kafka::Record& record) {
  const auto key = news::ParseTranslationKey(record.key);
  if (!key) return Break("a translation without a name");
  trace_(step_, "{} {}", record.value ? "published" : "purged", record.key);
  if (!record.value) {
    if (!stories_.IsPurged(key->article)) Break("a translation of a story that stands was purged");
    return;
  }
  v1::Translation said;
  if (stories_.IsPurged(key->article) && said.ParseFromString(*record.value) &&
      said.standing() == v1::STANDING_REJECTED && !said.has_text())
    return;  // what stays of a purge
  const JobId job{key->article, key->language};
  const auto own = submitted_.find(key->revision);
  const bool accepted = own != submitted_.end() && own->second.outcome.publication &&
                        own->second.outcome.publication->version == key->version &&
                        own->second.fact.job == job;
  if (!accepted) return Break("what was published had been refused");
  v1::Translation translation;
  if (!translation.ParseFromString(*record.value) ||
      translation.text().headline() != text_of_[key->revision])
    return Break("another text was published than was handed over");
  if (!stories_.MayBeTranslated(key->article, key->version))
    Break("a version was translated that partners may not read");
  const auto [before, fresh] = translations_.try_emplace(record.key, *record.value);
  if (before->second != *record.value) Break("two contents under one key");
  if (const auto* completed = std::get_if<Completed>(&own->second.fact.what)) {
    const auto [of, first] = claims_published_.try_emplace({job, completed->token}, key->revision);
    if (of->second != key->revision) Break("a claim was published twice");
  }
  report_.published += fresh;
  revisions_.insert(key->revision);
  translated_.emplace(job, key->version);
}

}  // namespace telex::simulation
