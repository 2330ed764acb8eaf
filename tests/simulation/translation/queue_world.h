#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "telex/translation/v1/translation.pb.h"
#include "tests/simulation/kernel/flights.h"
#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/trace.h"
#include "tests/simulation/translation/queue_logs.h"
#include "tests/simulation/translation/queue_owner.h"
#include "tests/simulation/translation/queue_replica.h"
#include "tests/simulation/translation/queue_simulation.h"
#include "tests/simulation/translation/queue_stories.h"
#include "tests/unit/translation/naive_queue.h"

namespace telex::simulation {

// One partition of telex.articles.v1, of telex.translation-jobs.v1 and of telex.translations.v1.
class QueueWorld {
 public:
  explicit QueueWorld(const QueueRun& run);
  QueueReport Run();

 private:
  static constexpr std::size_t kReplicas = 3;
  static constexpr std::size_t kWorkers = 5;

  enum class Event {
    kArticle,
    kRepeatedArticle,
    kPolicy,
    kRead,
    kWork,
    kOwn,
    kLand,
    kTime,
    kSkew,
    kPause,
    kCrash,
    kTakeover,
    kCompact,
    kDays,
    kLast
  };
  using OwnerPtr = std::shared_ptr<QueueOwner>;
  // What a worker asks, until it is answered; by the same id as often as it likes.
  struct Question {
    translation::JobFact fact;
    std::optional<translation::v1::Text> text;
  };
  struct Worker {
    std::string name;
    translation::Worker kind = translation::Worker::kMachine;
    std::optional<Question> asks;
    // Of the job it holds, as it believes.
    std::optional<translation::JobId> job;
    news::Version version;
    std::int64_t token = 0;
    int requests = 0;
  };
  struct Sent {
    std::size_t replica = 0;
    kafka::Record record;
    // Of an owner, which waits for it: what it sends arrives in order, and behind what is lost
    // nothing does.
    std::uint64_t owner = 0;  // 0: none
    std::uint64_t number = 0;
  };
  struct Producer {
    std::weak_ptr<QueueOwner> owner;
    std::uint64_t sent = 0;
    std::uint64_t landed = 0;
  };
  // A fact on record.
  struct Submitted {
    translation::JobFact fact;
    std::string headline;          // of its text
    translation::Outcome outcome;  // as the referee says
  };

  void Do(Event event);
  std::int64_t AppendTime() const { return now_ms_ + skew_ms_; }
  void ChangeStory();
  void Pause(const translation::Pair& pair, bool paused);
  void Read(std::size_t replica);
  void Compact();
  void Days();

  // queue_world_work.cc: workers
  void Work(Worker& worker, bool healthy);
  bool Claim(Worker& worker, std::size_t replica);
  bool Review(Worker& worker, std::size_t replica, bool healthy);
  bool GoOn(Worker& worker, std::size_t replica, bool healthy);
  std::optional<translation::v1::Text> Write(const Worker& worker, std::size_t replica,
                                             const translation::JobId& job, news::Version version);
  translation::JobFact FactOf(const Worker& worker, const translation::JobId& job) const;
  void Ask(Worker& worker, std::size_t replica, Question question);
  void TellOutcomes(std::size_t replica, bool all);
  void Answer(std::int64_t position, const translation::Outcome& outcome);
  void Answered(Worker& worker, const Submitted& own, const translation::Outcome& outcome);
  void CheckAnswer(const Submitted& own, const translation::Outcome& outcome);

  // queue_world_owner.cc: owners, and what they and workers append
  void TakeOver(std::size_t replica, bool set_back);
  void Own(const OwnerPtr& owner, bool healthy);
  void Post(const OwnerPtr& owner);
  void Crash(std::size_t replica, bool loses_store);
  void Send(Sent sent, int delay_max) {
    flights_.Send(std::move(sent), step_ + random_.Below(delay_max));
  }
  bool MayLand(const Sent& sent) const;
  void LoseSent(std::size_t replica);
  void Land();
  void LandAll();
  void Append(const Sent& sent);
  void OnFact(std::int64_t position, const kafka::Record& record);
  void OnTranslation(const kafka::Record& record);

  // queue_world_rest.cc: a world comes to rest
  void CheckKept();
  void ComeToRest();
  bool ReadAll();
  bool Rests() const;
  void CheckAtRest();
  void CheckReplica(const QueueReplica& replica, const std::string& who);
  void CheckQueues(const QueueReplica& replica, const std::string& who);
  void CheckPublished();
  void CheckLogs();
  void Break(const std::string& law);

  const QueueRun run_;
  Random random_;
  Trace trace_;
  Weights<Event, static_cast<std::size_t>(Event::kLast)> weights_;
  QueueReport report_;
  int undone_percent_;
  int step_ = 0;
  std::int64_t now_ms_ = 1'700'000'000'000;
  std::int64_t skew_ms_ = 0;  // of the broker's clock

  QueueLogs logs_;
  QueueStories stories_{random_, logs_};
  std::map<std::string, std::int64_t> compacted_;  // by topic: up to where
  std::map<translation::Pair, bool> paused_;
  std::array<std::unique_ptr<QueueReplica>, kReplicas> replicas_;
  std::vector<OwnerPtr> owners_;           // the last is the right one
  std::optional<std::int64_t> committed_;  // the group's offset in the articles
  std::array<Worker, kWorkers> workers_;
  Flights<Sent> flights_;
  std::map<std::uint64_t, Producer> producers_;  // of owners

  // What a reader who reads all comes to.
  translation::NaiveQueue referee_;
  translation::JobFactReader reader_;
  std::map<std::int64_t, Submitted> submitted_;      // by position
  std::set<std::int64_t> pauses_;                    // positions
  std::map<std::int64_t, std::string> text_of_;      // of revisions and drafts: their headline
  std::map<std::string, std::string> translations_;  // that were ever published, by key
  std::set<std::int64_t> revisions_;                 // of these
  std::set<std::pair<translation::JobId, news::Version>> translated_;
  std::map<std::pair<translation::JobId, std::int64_t>, std::int64_t> claims_published_;
  std::map<std::pair<translation::JobId, std::int64_t>, std::string> tokens_;  // whose
  std::set<std::int64_t> told_completed_;
};

}  // namespace telex::simulation
