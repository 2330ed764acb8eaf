#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/kernel/flights.h"
#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/trace.h"
#include "tests/simulation/translation/queue_replica.h"
#include "tests/simulation/translation/queue_simulation.h"
#include "tests/unit/translation/naive_queue.h"

namespace telex::simulation {

// One partition of telex.articles.v1, of telex.translation-jobs.v1 and of telex.translations.v1.
class QueueWorld {
 public:
  explicit QueueWorld(const QueueRun& run);
  QueueReport Run();

 private:
  static constexpr std::size_t kReplicas = 3;
  static constexpr std::size_t kWorkers = 4;
  static constexpr int kStories = 3;

  enum class Event {
    kArticle,
    kRead,
    kWork,
    kOwn,
    kLand,
    kTime,
    kSkew,
    kCrash,
    kTakeover,
    kCompact,
    kDays,
    kLast
  };
  struct Article {
    translation::JobId job;
    std::int64_t version = 0;
    bool withdrawn = false;
  };
  struct Owner {
    std::size_t replica = 0;
    std::size_t next_article = 0;
    std::map<std::int64_t, ToPublish> remembers;  // without kPublishedFromStore
  };
  struct Worker {
    std::string name;
    translation::Worker kind = translation::Worker::kMachine;
    // Asked and not answered.
    std::optional<translation::JobFact> asks;
    // Of the job it holds, as it believes.
    std::optional<translation::JobId> job;
    std::int64_t token = 0;
    int requests = 0;
  };
  struct Sent {
    std::size_t replica = 0;
    translation::JobFact fact;
  };

  void Do(Event event);
  void NewArticle();
  void Read(std::size_t replica);
  void Answer(const translation::JobFact& fact, const translation::Outcome& outcome);
  void Answered(Worker& worker, const translation::JobFact& fact,
                const translation::Outcome& outcome);
  void Work(Worker& worker, bool healthy);
  void Ask(Worker& worker, std::size_t replica, translation::JobFact fact);
  void Own(Owner& owner, bool healthy);
  void Want(Owner& owner);
  void AppendDue(QueueReplica& replica);
  void PublishAll(Owner& owner);
  void Publish(std::int64_t position, const ToPublish& what);
  void AppendTombstones(QueueReplica& replica);
  void Forget(const translation::JobId& job, std::map<std::int64_t, std::string>& keys,
              std::int64_t up_to);
  void Land();
  void Append(const translation::JobFact& fact);
  void Crash();
  void Compact();
  void Days();

  void ComeToRest();
  void CheckAtRest();
  void CheckPublished();
  bool Rests() const;
  void Break(const std::string& law);

  const QueueRun run_;
  Random random_;
  Trace trace_;
  Weights<Event, static_cast<std::size_t>(Event::kLast)> weights_;
  QueueReport report_;
  int step_ = 0;
  std::int64_t now_ms_ = 1'700'000'000'000;
  std::int64_t skew_ms_ = 0;  // of the broker's clock

  std::vector<Article> articles_;
  std::map<int, std::pair<std::int64_t, bool>> stories_;  // version, withdrawn
  JobLog log_;
  std::int64_t compacted_ = 0;
  std::map<std::string, std::string> translations_;                                // by key
  std::map<std::pair<translation::JobId, std::int64_t>, std::int64_t> published_;  // by version
  std::array<QueueReplica, kReplicas> replicas_;
  std::vector<Owner> owners_;  // the last is the right one
  std::size_t committed_ = 0;  // the group's offset in the articles
  std::array<Worker, kWorkers> workers_;
  Flights<Sent> flights_;

  // What a reader who reads all comes to.
  translation::NaiveQueue referee_;
  std::map<std::int64_t, translation::Publication> to_publish_;
  std::map<std::pair<translation::JobId, std::int64_t>, std::string> tokens_;  // whose
  std::set<std::int64_t> told_completed_;
};

}  // namespace telex::simulation
