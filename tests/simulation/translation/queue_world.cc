#include "tests/simulation/translation/queue_world.h"

#include <algorithm>

namespace telex::simulation {

using namespace translation;

namespace {

constexpr int kSteps = 700;

}  // namespace

QueueWorld::QueueWorld(const QueueRun& run) : run_(run), random_(run.seed), trace_(run.trace) {
  weights_[Event::kArticle] = 4 + random_.Below(12);
  weights_[Event::kRepeatedArticle] = random_.Below(2);
  weights_[Event::kPolicy] = random_.Below(4);
  weights_[Event::kRead] = 20 + random_.Below(40);
  weights_[Event::kWork] = 20 + random_.Below(40);
  weights_[Event::kOwn] = 20 + random_.Below(60);
  weights_[Event::kLand] = 20 + random_.Below(40);
  weights_[Event::kTime] = 5 + random_.Below(20);
  weights_[Event::kSkew] = random_.Below(3);
  weights_[Event::kPause] = random_.Below(3);
  weights_[Event::kCrash] = random_.Below(3);
  weights_[Event::kTakeover] = random_.Below(4);
  weights_[Event::kCompact] = random_.Below(6);
  weights_[Event::kDays] = random_.Below(4);
  undone_percent_ = random_.OneOf({0, 5, 30});
  constexpr std::array kKinds = {translation::Worker::kMachine, translation::Worker::kPerson,
                                 translation::Worker::kReviewer};
  for (std::size_t i = 0; i < kWorkers; ++i) {
    workers_[i].name = fmt::format("worker-{}", i);
    workers_[i].kind = kKinds[i % kKinds.size()];
  }
  for (std::size_t i = 0; i < kReplicas; ++i) {
    replicas_[i] = std::make_unique<QueueReplica>(logs_, now_ms_, fmt::format("replica-{}", i),
                                                  run_.taken_away);
  }
  TakeOver(0, false);
}

void QueueWorld::Break(const std::string& law) {
  if (!report_.broken_law.empty()) return;
  report_.broken_law = law;
  trace_(step_, "BROKEN {}", law);
}

QueueReport QueueWorld::Run() {
  for (step_ = 1; step_ <= kSteps && report_.broken_law.empty(); ++step_)
    Do(weights_.Draw(random_));
  if (report_.broken_law.empty()) CheckKept();
  if (report_.broken_law.empty()) ComeToRest();
  if (report_.broken_law.empty()) CheckAtRest();
  return report_;
}

void QueueWorld::Do(Event event) {
  switch (event) {
    case Event::kArticle:
      return ChangeStory();
    case Event::kRepeatedArticle:
      return stories_.Repeat(AppendTime());
    case Event::kPolicy:
      return stories_.ChangePolicy();
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
    case Event::kPause:
      return Pause({*news::LanguageTag::Parse("en"),
                    *news::LanguageTag::Parse(random_.Chance(50) ? "hy" : "ru")},
                   random_.Chance(50));
    case Event::kCrash:
      return Crash(random_.Below(kReplicas), random_.Chance(40));
    case Event::kTakeover:
      // The one before goes on for a while, and knows nothing of it.
      return TakeOver(random_.Below(kReplicas), random_.Chance(15));
    case Event::kCompact:
      return Compact();
    case Event::kDays:
      return Days();
    case Event::kLast:
      return;
  }
}

void QueueWorld::ChangeStory() {
  const news::Article& article = stories_.Change(AppendTime());
  report_.purged += article.purged;
  report_.withdrawn += !article.purged && !stories_.MayBeTranslated(article.id, article.version);
  trace_(step_, "story {} version {}: status {}, availability {}{}", article.id.ToString(),
         article.version.number, static_cast<int>(article.status),
         static_cast<int>(article.availability), article.purged ? ", purged" : "");
}

void QueueWorld::Pause(const Pair& pair, bool paused) {
  paused_[pair] = paused;
  pauses_.insert(logs_.Append(
      RecordOf(PairPause{.pair = pair, .paused = paused, .actor = "editor", .note = ""}, 1),
      AppendTime()));
}

void QueueWorld::Read(std::size_t index) {
  QueueReplica& replica = *replicas_[index];
  const bool fails = random_.Chance(undone_percent_);
  report_.undone += fails;
  if (!replica.Read(random_, 4, fails)) {
    ++report_.read_again;
    return Crash(index, /*loses_store=*/true);
  }
  if (!replica.fault().empty()) return Break(replica.fault());
  TellOutcomes(index, /*all=*/false);
}

// Tombstones stay until all have read them.
void QueueWorld::Compact() {
  for (const std::string& topic : QueueLogs::kTopics) {
    std::int64_t& compacted = compacted_[topic];
    std::int64_t read = compacted;
    for (const auto& replica : replicas_) read = std::min(read, replica->PositionOf(topic));
    const std::int64_t end = logs_.Of(topic).end() - random_.Below(10);
    report_.compacted += logs_.Compact(topic, end, read);
    compacted = std::max(compacted, end);
  }
}

// Nobody is set back by as much.
void QueueWorld::Days() {
  if (!owners_.back()->Rests()) return;
  owners_.erase(owners_.begin(), owners_.end() - 1);
  LandAll();
  committed_ = owners_.back()->reached;
  now_ms_ += kRestMs / 2;
}

}  // namespace telex::simulation
