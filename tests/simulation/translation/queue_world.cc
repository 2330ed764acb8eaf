#include "tests/simulation/translation/queue_world.h"

#include <algorithm>

#include "translation/adapters/topics.h"

namespace telex::simulation {

using namespace translation;

using Rule = QueueRuleTakenAway;

namespace {

constexpr int kSteps = 400;

JobId JobOfStory(int story) {
  return {news::ArticleId::Of("source", std::to_string(story)), *news::LanguageTag::Parse("hy")};
}

}  // namespace

QueueWorld::QueueWorld(const QueueRun& run) : run_(run), random_(run.seed), trace_(run.trace) {
  weights_[Event::kArticle] = 2 + random_.Below(5);
  weights_[Event::kRead] = 20 + random_.Below(40);
  weights_[Event::kWork] = 20 + random_.Below(40);
  weights_[Event::kOwn] = 10 + random_.Below(30);
  weights_[Event::kLand] = 20 + random_.Below(40);
  weights_[Event::kTime] = 5 + random_.Below(20);
  weights_[Event::kSkew] = random_.Below(3);
  weights_[Event::kCrash] = random_.Below(3);
  weights_[Event::kTakeover] = random_.Below(4);
  weights_[Event::kCompact] = random_.Below(6);
  weights_[Event::kDays] = random_.Below(4);
  for (std::size_t i = 0; i < kWorkers; ++i) {
    workers_[i].name = fmt::format("worker-{}", i);
    workers_[i].kind = i % 2 == 0 ? translation::Worker::kMachine : translation::Worker::kPerson;
  }
  owners_.push_back({});
}

void QueueWorld::Break(const std::string& law) {
  if (!report_.broken_law.empty()) return;
  report_.broken_law = law;
  trace_(step_, "BROKEN {}", law);
}

QueueReport QueueWorld::Run() {
  for (step_ = 1; step_ <= kSteps && report_.broken_law.empty(); ++step_)
    Do(weights_.Draw(random_));
  if (report_.broken_law.empty()) ComeToRest();
  if (report_.broken_law.empty()) CheckAtRest();
  return report_;
}

void QueueWorld::Do(Event event) {
  switch (event) {
    case Event::kArticle:
      return NewArticle();
    case Event::kRead:
      return Read(random_.Below(kReplicas));
    case Event::kWork:
      return Work(workers_[random_.Below(kWorkers)], false);
    case Event::kOwn:
      return Own(owners_[random_.Below(owners_.size())], false);
    case Event::kLand:
      return Land();
    case Event::kTime:
      now_ms_ += random_.OneOf({10, 1'000, 20'000, 120'000, 3'600'000});
      return;
    case Event::kSkew:
      skew_ms_ = random_.OneOf({0, -60'000, 60'000, -3'600'000});
      return;
    case Event::kCrash:
      return Crash();
    case Event::kTakeover:
      // The one before goes on for a while, and knows nothing of it.
      ++report_.takeovers;
      if (owners_.size() > 1) owners_.erase(owners_.begin());
      owners_.push_back({random_.Below(kReplicas), committed_, {}});
      return;
    case Event::kCompact:
      return Compact();
    case Event::kDays:
      return Days();
    case Event::kLast:
      return;
  }
}

void QueueWorld::NewArticle() {
  const int story = random_.Below(kStories);
  auto& [version, withdrawn] = stories_[story];
  ++version;
  withdrawn = !withdrawn && version > 1 && random_.Chance(25);
  articles_.push_back({JobOfStory(story), version, withdrawn});
  trace_(step_, "story {} version {}{}", story, version, withdrawn ? " withdrawn" : "");
}

void QueueWorld::Read(std::size_t index) {
  QueueReplica& replica = replicas_[index];
  for (int left = 1 + random_.Below(6); left > 0; --left) {
    const auto read = replica.ReadOne(log_);
    if (!read) return;
    report_.read_again += read->outcome.read_again;
    if (read->fact && random_.Chance(80)) Answer(*read->fact, read->outcome);
    for (Owner& owner : owners_) {
      if (owner.replica == index && read->outcome.publication) {
        owner.remembers[replica.store().position] = {read->fact->job, *read->outcome.publication};
      }
    }
  }
}

// The answers of the others are lost.
void QueueWorld::Answer(const JobFact& fact, const Outcome& outcome) {
  for (Worker& worker : workers_) {
    if (worker.name == fact.actor && worker.asks == fact) Answered(worker, fact, outcome);
  }
}

void QueueWorld::Answered(Worker& worker, const JobFact& fact, const Outcome& outcome) {
  worker.asks.reset();
  report_.repeats += outcome.repeats;
  const bool granted = outcome.refusal == Refusal::kNone;
  if (std::holds_alternative<Claimed>(fact.what)) {
    if (!granted) return;
    ++report_.claims;
    const auto [whose, fresh] = tokens_.try_emplace({fact.job, outcome.position}, worker.name);
    if (whose->second != worker.name) Break("a token was granted twice");
    worker.job = fact.job;
    worker.token = outcome.position;
    return;
  }
  if (std::holds_alternative<Completed>(fact.what)) {
    report_.refused_late += outcome.refusal == Refusal::kLeaseLost;
    report_.drafts += granted && outcome.is_draft;
    if (granted && outcome.is_draft) return;  // it still holds the job
    if (granted) told_completed_.insert(outcome.position);
    report_.completions += granted;
  }
  if (!granted || !std::holds_alternative<Extended>(fact.what)) worker.job.reset();
}

void QueueWorld::Ask(Worker& worker, std::size_t replica, JobFact fact) {
  worker.asks = fact;
  flights_.Send({replica, std::move(fact)}, step_ + random_.Below(10));
}

void QueueWorld::Work(Worker& worker, bool healthy) {
  const std::size_t index = random_.Below(kReplicas);
  QueueReplica& replica = replicas_[index];
  JobFact fact{JobOfStory(0), worker.name, fmt::format("{}-{}", worker.name, worker.requests), {}};
  if (worker.asks) {
    if (!healthy && random_.Chance(70)) return;  // it waits for the answer
    fact = *worker.asks;                         // by the same id
    return Ask(worker, index, fact);
  }
  ++worker.requests;
  if (!worker.job) {
    const auto job = replica.Choose(worker.kind);
    if (!job) return;
    fact.job = *job;
    fact.what = Claimed{worker.kind, 60'000};
    return Ask(worker, index, fact);
  }
  fact.job = *worker.job;
  const auto row = replica.queue().RowOf(fact.job);
  const int roll = healthy ? 0 : random_.Below(100);
  if (roll < 60) {
    fact.what = Completed{worker.token, row ? row->version : news::Version{1}};
  } else if (roll < 70) {
    fact.what = Extended{worker.token, 60'000};
  } else if (roll < 80) {
    fact.what = Released{worker.token};
  } else if (roll < 90) {
    fact.what = Failed{.token = worker.token, .escalate = random_.Chance(20), .untried = random_.Chance(20)};
  } else {
    return;  // it hangs, and knows nothing of the time
  }
  Ask(worker, index, fact);
}

void QueueWorld::Own(Owner& owner, bool healthy) {
  QueueReplica& replica = replicas_[owner.replica];
  if (healthy || random_.Chance(50)) Want(owner);
  if (healthy || random_.Chance(50)) AppendDue(replica);
  if (healthy || random_.Chance(50)) PublishAll(owner);
  if (healthy || random_.Chance(50)) AppendTombstones(replica);
}

// One version, in order; the group's offset follows when it likes.
void QueueWorld::Want(Owner& owner) {
  if (owner.next_article < articles_.size()) {
    const Article& article = articles_[owner.next_article++];
    const auto translated = published_.lower_bound({article.job, article.version});
    const bool has = translated != published_.end() && translated->first.first == article.job;
    JobFact fact{article.job, "owner", "", {}};
    if (article.withdrawn) {
      fact.what = Canceled{.version = {article.version}};
    } else {
      fact.what =
          Wanted{.version = {article.version},
                 .from = *news::LanguageTag::Parse("en"),
                 .workflow = article.version % 2 == 0 ? Workflow::kPerson : Workflow::kMachine,
                 .source = "times",
                 .policy = 1};
    }
    if (!has) Append(fact);
  }
  if (random_.Chance(30)) committed_ = std::max(committed_, owners_.back().next_article);
}

void QueueWorld::AppendDue(QueueReplica& replica) {
  std::vector<JobFact> due;
  replica.queue().VisitDue(now_ms_ + random_.OneOf({0, 0, 30'000}), [&](const DueJob& job) {
    due.push_back(FactOf(job, "owner"));
    return due.size() < 3;
  });
  for (JobFact& fact : due) flights_.Send({kReplicas, std::move(fact)}, step_ + random_.Below(5));
}

void QueueWorld::PublishAll(Owner& owner) {
  QueueReplica& replica = replicas_[owner.replica];
  auto& from =
      run_.taken_away == Rule::kPublishedFromStore ? owner.remembers : replica.store().to_publish;
  for (const auto& [position, what] : from) Publish(position, what);
  from.clear();
}

void QueueWorld::Publish(std::int64_t position, const ToPublish& what) {
  const std::int64_t version = what.publication.version.number;
  const auto expected = to_publish_.find(position);
  if (expected == to_publish_.end() || expected->second != what.publication)
    return Break("what was published had been refused");
  const std::string bytes = fmt::format("{} {}", version, what.publication.from.text());
  const std::string key = fmt::format("{}@{}@{}", what.job.article.ToString(), version, position);
  const auto [before, fresh] = translations_.try_emplace(key, bytes);
  if (before->second != bytes) Break("two contents under one key");
  const auto [of, first] = published_.try_emplace({what.job, version}, position);
  if (of->second != position) Break("a version was published twice");
  trace_(step_, "published {}", key);
}

void QueueWorld::AppendTombstones(QueueReplica& replica) {
  JobStore& store = replica.store();
  if (run_.taken_away == Rule::kForgottenBeforeTombstones) {
    replica.queue().VisitDue(now_ms_, [&](const DueJob& due) {
      if (due.forget) store.forgotten[due.of] = due.job;
      return true;
    });
  }
  for (const auto& [up_to, job] : std::exchange(store.forgotten, {}))
    Forget(job, store.keys[job], up_to);
  for (const auto& [position, key] : std::exchange(store.discarded, {}))
    log_.Append(TombstoneOf(key, 0, position));
}

void QueueWorld::Forget(const JobId& job, std::map<std::int64_t, std::string>& keys,
                        std::int64_t up_to) {
  std::vector<std::string> dead;
  for (const auto& [position, key] : keys) {
    if (position <= up_to) dead.push_back(key);
  }
  for (const std::string& key : dead) log_.Append(TombstoneOf(key, 0, up_to));
  report_.forgotten += !dead.empty();
  trace_(step_, "tombstones of {} up to {}", job.article.ToString(), up_to);
}

void QueueWorld::Land() {
  const auto landed = flights_.Land(random_, step_, [](const Sent&) { return true; });
  if (landed) Append(landed->fact);
}

void QueueWorld::Append(const JobFact& fact) {
  const bool own = run_.taken_away != Rule::kKeyOfItsOwn;
  const std::string append =
      own ? fmt::format("a{}", log_.end())
          : fmt::format("{}-{}-{}", fact.what.index(), fact.actor, fact.request_id);
  kafka::Record record = RecordOf(fact, append, 1);
  record.timestamp_ms = now_ms_ + skew_ms_;
  const std::int64_t position = log_.Append(record);
  const Outcome outcome = referee_.Apply(position, record.timestamp_ms, fact);
  if (outcome.publication) to_publish_[position] = *outcome.publication;
  ++report_.facts;
  trace_(step_, "{}: fact {} by {} {} of {}: refusal {}", position, fact.what.index(), fact.actor,
         fact.request_id, fact.job.article.ToString(), static_cast<int>(outcome.refusal));
}

void QueueWorld::Crash() {
  ++report_.crashes;
  const std::size_t index = random_.Below(kReplicas);
  replicas_[index].Crash(random_.Chance(40));
  flights_.Lose(random_, 50, [&](const Sent& sent) { return sent.replica == index; });
  for (Owner& owner : owners_) {
    if (owner.replica == index) owner.remembers.clear();
  }
}

// Tombstones stay until all have read them.
void QueueWorld::Compact() {
  std::int64_t read = compacted_;
  for (QueueReplica& replica : replicas_) read = std::min(read, replica.store().position);
  const std::int64_t end = log_.end() - random_.Below(10);
  const auto count = [&] {
    int records = 0;
    for (std::int64_t at = 0; at < log_.end(); ++at) records += log_.at(at) != nullptr;
    return records;
  };
  const int before = count();
  log_.Compact(
      end, read, [](const kafka::Record& record) { return record.key; },
      [](const kafka::Record& record) { return !record.value; });
  report_.compacted += before - count();
  compacted_ = std::max(compacted_, end);
}

// Nobody is set back by as much.
void QueueWorld::Days() {
  if (owners_.size() > 1) owners_.erase(owners_.begin());
  if (owners_.back().next_article < articles_.size()) return;
  committed_ = articles_.size();
  now_ms_ += kRestMs / 2;
}

void QueueWorld::ComeToRest() {
  owners_.erase(owners_.begin(), owners_.end() - 1);
  skew_ms_ = 0;
  for (int round = 0; round < 3'000; ++round) {
    ++step_;
    while (const auto landed = flights_.LandNow(random_, [](const Sent&) { return true; }))
      Append(landed->fact);
    bool behind = false;
    for (std::size_t i = 0; i < kReplicas; ++i) {
      Read(i);
      behind = behind || replicas_[i].store().position + 1 < log_.end();
    }
    if (behind) continue;
    Own(owners_.back(), true);
    for (Worker& worker : workers_) Work(worker, true);
    for (const auto& [id, row] : std::map(referee_.rows)) {
      if (row.state == JobState::kDead) Append({id, "editor", "", Replayed{}});
    }
    if (Rests()) break;
    now_ms_ += 60'000;
  }
  if (!Rests()) return Break("a job was lost: it does not come to rest");
  while (const auto landed = flights_.LandNow(random_, [](const Sent&) { return true; }))
    Append(landed->fact);
  PublishAll(owners_.back());
}

bool QueueWorld::Rests() const {
  if (owners_.back().next_article < articles_.size()) return false;
  return std::all_of(referee_.rows.begin(), referee_.rows.end(),
                     [](const auto& of) { return IsAtRest(of.second.state); });
}

void QueueWorld::CheckAtRest() {
  QueueReplica fresh;
  while (fresh.ReadOne(log_)) {
  }
  PublishAll(owners_.back());
  for (QueueReplica& replica : replicas_) {
    while (const auto read = replica.ReadOne(log_)) {
    }
  }
  PublishAll(owners_.back());
  for (QueueReplica* replica : {&replicas_[0], &replicas_[1], &replicas_[2], &fresh}) {
    std::map<std::string, std::string> rows;
    for (const auto& [id, row] : referee_.rows) rows[JobRowKey(id)] = EncodeJobRow(row);
    if (replica->store().rows != rows)
      Break(replica == &fresh ? "who begins in the compacted log comes to other jobs"
                              : "a replica comes to other jobs");
  }
  CheckPublished();
}

void QueueWorld::CheckPublished() {
  std::set<std::int64_t> positions;
  for (const auto& [of, position] : published_) positions.insert(position);
  for (const std::int64_t told : told_completed_) {
    if (!positions.contains(told)) Break("what was told to be completed is not published");
  }
  for (const auto& [story, state] : stories_) {
    const auto& [version, withdrawn] = state;
    if (!withdrawn && !published_.contains({JobOfStory(story), version}))
      Break("the last version is not translated");
  }
}

}  // namespace telex::simulation
