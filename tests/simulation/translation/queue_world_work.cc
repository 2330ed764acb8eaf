// Workers: what they ask, and what they are told.
#include <algorithm>
#include <utility>
#include <variant>

#include "tests/simulation/translation/queue_world.h"
#include "translation/adapters/store/opened_job.h"

namespace telex::simulation {

using namespace translation;

namespace {

constexpr std::int64_t kTestLeaseMs = 60'000;

bool IsCurrent(const TranslationStore& store, const JobRow& job) {
  const auto head = store.articles().Head(job.id.article);
  return head && head->to_be_translated && head->version == job.version;
}

}  // namespace

JobFact QueueWorld::FactOf(const Worker& worker, const JobId& job) const {
  return {job, worker.name, fmt::format("{}-{}", worker.name, worker.requests), {}};
}

void QueueWorld::Ask(Worker& worker, std::size_t replica, Question question) {
  const bool own_keys = run_.taken_away != QueueRuleTakenAway::kKeyOfItsOwn;
  const JobFact& fact = question.fact;
  const std::string append = own_keys ? replicas_[replica]->NextAppend()
                                      : fmt::format("{}-{}", fact.what.index(), fact.actor);
  kafka::Record record = RecordOf(fact, append, 1, question.text ? &*question.text : nullptr);
  worker.asks = std::move(question);
  Send({.replica = replica, .record = std::move(record)}, 10);
}

void QueueWorld::Work(Worker& worker, bool healthy) {
  const std::size_t replica = random_.Below(kReplicas);
  if (worker.asks) {
    if (!healthy && random_.Chance(70)) return;  // it waits for the answer
    return Ask(worker, replica, *worker.asks);   // by the same id
  }
  ++worker.requests;
  if (worker.job) {
    GoOn(worker, replica, healthy);
  } else if (worker.kind == translation::Worker::kReviewer) {
    Review(worker, replica, healthy);
  } else {
    Claim(worker, replica);
  }
}

// As LogJobDesk does: what the article has left behind stays reserved until more is read.
bool QueueWorld::Claim(Worker& worker, std::size_t replica) {
  TranslationStore& store = replicas_[replica]->store();
  for (const JobRow& row : store.queues().Choose({.worker = worker.kind})) {
    if (!IsCurrent(store, row)) continue;
    JobFact fact = FactOf(worker, row.id);
    fact.what = Claimed{worker.kind, kTestLeaseMs};
    Ask(worker, replica, {std::move(fact), std::nullopt});
    return true;
  }
  return false;
}

// What waits for its review, or was published long ago.
bool QueueWorld::Review(Worker& worker, std::size_t replica, bool healthy) {
  const TranslationStore& store = replicas_[replica]->store();
  const std::vector<JobRow> rows = store.queues().Pick(0, 20, [&](const JobTable&, const Job& job) {
    const bool waits = job.state == JobState::kOpen && job.worker == translation::Worker::kReviewer;
    return waits || (!healthy && job.state == JobState::kDone && job.revision != 0);
  });
  if (rows.empty()) return false;
  const JobRow& row = rows[random_.Below(rows.size())];
  if (!healthy && row.state == JobState::kDone && random_.Chance(70)) return false;
  Question question{FactOf(worker, row.id), std::nullopt};
  Reviewed reviewed{.version = row.version,
                    .revision = row.revision,
                    .verdict = ReviewVerdict::kApproved,
                    .note = "",
                    .from = row.from,
                    .source = row.source};
  if (!healthy && random_.Chance(30)) reviewed.verdict = ReviewVerdict::kRejected;
  if (random_.Chance(30)) {
    question.text = Write(worker, replica, row.id, row.version);
    if (question.text) reviewed.verdict = ReviewVerdict::kReplaced;
  }
  question.fact.what = std::move(reviewed);
  Ask(worker, replica, std::move(question));
  return true;
}

bool QueueWorld::GoOn(Worker& worker, std::size_t replica, bool healthy) {
  Question question{FactOf(worker, *worker.job), std::nullopt};
  const auto row = replicas_[replica]->store().queues().Find(*worker.job);
  const int roll = healthy ? 0 : random_.Below(100);
  if (roll < 60) {
    // A person who has not seen the correction, or has.
    const bool seen = healthy || random_.Chance(60);
    const news::Version version = row && seen ? row->version : worker.version;
    question.text = Write(worker, replica, *worker.job, version);
    if (question.text) {
      question.fact.what = Completed{worker.token, version};
    } else {
      question.fact.what = Released{worker.token};
    }
  } else if (roll < 70) {
    question.fact.what = Extended{worker.token, kTestLeaseMs};
  } else if (roll < 80) {
    question.fact.what = Released{worker.token};
  } else if (roll < 90) {
    question.fact.what = Failed{
        .token = worker.token, .escalate = random_.Chance(20), .untried = random_.Chance(20)};
  } else {
    return false;  // it hangs, and knows nothing of the time
  }
  Ask(worker, replica, std::move(question));
  return true;
}

// Each text is told by its headline.
std::optional<v1::Text> QueueWorld::Write(const Worker& worker, std::size_t replica,
                                          const JobId& job, news::Version version) {
  const TranslationStore& store = replicas_[replica]->store();
  const auto article = store.articles().Read(job.article, version);
  if (!article || article->article.purged) return std::nullopt;
  const auto opened = OpenText(store, article->article, job.language, {}, {});
  if (!opened.ok()) {
    Break("a text that cannot be opened: " + opened.status().ToString());
    return std::nullopt;
  }
  v1::Text text;
  text.set_headline(fmt::format("{}-{}", worker.name, worker.requests));
  for (const JobTextSegment& one : opened->segments) {
    v1::Segment& segment = *text.add_segments();
    segment = one.segment;
    if (!segment.target().empty()) continue;
    const bool by_engine = worker.kind == translation::Worker::kMachine;
    segment.set_target(text.headline());
    segment.set_origin(by_engine ? v1::ORIGIN_ENGINE : v1::ORIGIN_PERSON);
    (by_engine ? *segment.mutable_engine() : *segment.mutable_actor()) = worker.name;
  }
  return text;
}

// Those of others are lost.
void QueueWorld::TellOutcomes(std::size_t replica, bool all) {
  for (const auto& [place, outcome] : replicas_[replica]->TakeOutcomes()) {
    if (all || random_.Chance(80)) Answer(place.offset, outcome);
  }
}

void QueueWorld::Answer(std::int64_t position, const Outcome& outcome) {
  if (pauses_.contains(position)) return;  // told to everybody, as nobody knows who has asked
  const auto own = submitted_.find(position);
  if (own == submitted_.end()) return Break("an answer to what nobody has asked");
  // Who is so far behind reads a part of what was there, and reads it once more in the end; in
  // production the log is compacted a day after it was written, and such a replica answers nobody.
  if (!logs_.IsCompacted(kJobsTopic, position)) CheckAnswer(own->second, outcome);
  for (Worker& worker : workers_) {
    if (worker.asks && worker.asks->fact == own->second.fact)
      Answered(worker, own->second, outcome);
  }
}

// It is what a reader of the whole log would say, and speaks of this request.
void QueueWorld::CheckAnswer(const Submitted& own, const Outcome& outcome) {
  const Outcome& expected = own.outcome;
  if (outcome.refusal != expected.refusal || outcome.repeats != expected.repeats ||
      outcome.is_draft != expected.is_draft)
    return Break(fmt::format(
        "an answer is not what a reader of the whole log would say: {}, not {} (fact {} by {})",
        static_cast<int>(outcome.refusal), static_cast<int>(expected.refusal),
        own.fact.what.index(), own.fact.actor));
  if (outcome.refusal != Refusal::kNone) return;
  if (outcome.position != expected.position) return Break("an answer names another fact");
  if (!outcome.repeats) return;
  const Submitted& first = submitted_[outcome.position];
  if (first.fact.actor != own.fact.actor || first.fact.request_id != own.fact.request_id ||
      first.fact.job != own.fact.job)
    Break("a request that was repeated got another's answer");
}

void QueueWorld::Answered(Worker& worker, const Submitted& own, const Outcome& outcome) {
  worker.asks.reset();
  const JobFact& fact = own.fact;
  report_.repeats += outcome.repeats;
  const bool granted = outcome.refusal == Refusal::kNone;
  if (std::holds_alternative<Claimed>(fact.what)) {
    if (!granted) return;
    ++report_.claims;
    const auto before = tokens_.lower_bound({fact.job, outcome.position});
    const bool again = before != tokens_.end() && before->first.first == fact.job &&
                       before->first.second == outcome.position;
    if (again && before->second != worker.name) Break("a token was granted twice");
    tokens_.try_emplace({fact.job, outcome.position}, worker.name);
    worker.job = fact.job;
    worker.token = outcome.position;
    worker.version = outcome.stands ? outcome.stands->version : news::Version{1};
    return;
  }
  if (std::holds_alternative<Reviewed>(fact.what)) {
    report_.reviews += granted;
    if (granted) told_completed_.insert(outcome.position);
    return;
  }
  if (std::holds_alternative<Completed>(fact.what)) {
    report_.refused_late += outcome.refusal == Refusal::kLeaseLost;
    report_.drafts += granted && outcome.is_draft;
    const auto& stands = outcome.stands;
    const bool holds = stands && stands->claim && stands->since == worker.token;
    if (granted && outcome.is_draft && holds) return;
    if (granted && !outcome.is_draft) told_completed_.insert(outcome.position);
    report_.completions += granted;
  }
  if (!granted || !std::holds_alternative<Extended>(fact.what)) worker.job.reset();
}

}  // namespace telex::simulation
