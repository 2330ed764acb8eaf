#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "platform/observe/heartbeat.h"
#include "translation/adapters/desk/job_desk.h"
#include "translation/adapters/machine/machine_job.h"
#include "translation/adapters/machine/machine_metrics.h"

namespace telex::translation {

struct MachineWorkerOptions {
  std::string actor;  // engines/{instance}
  int threads = 4;    // stories that are worked on at once; more than the slowest engine takes
  std::size_t jobs_per_claim = 4;
  absl::Duration lease = absl::Minutes(5);            // extended while a job is worked on
  absl::Duration poll_interval = absl::Seconds(5);    // when nobody tells of jobs
  absl::Duration append_timeout = absl::Seconds(10);  // until a fact has been read back
};

struct MachineWorkerPorts {
  JobDesk& desk;                        // outlives it
  std::vector<MachineEngine*> engines;  // the same; in the order of the settings
  MachineMetrics& metrics;              // the same
  // What the policy says of the story. On a thread of the worker.
  std::function<EnginePlan(const JobRow& row, const JobText& text)> plan;
  // The newest of the pair; null: there is none.
  std::function<std::shared_ptr<const Glossary>(const Pair& pair)> glossary;
  std::function<absl::Time()> now;
};

// Does the jobs that are for engines, in the service's own process. What becomes of each is said in
// README.md ("Engines at work").
class MachineWorker {
 public:
  // Starts no thread.
  MachineWorker(MachineWorkerOptions options, MachineWorkerPorts ports);
  ~MachineWorker();  // Stop()
  MachineWorker(const MachineWorker&) = delete;
  MachineWorker& operator=(const MachineWorker&) = delete;

  // Gives back what a process of the same actor left behind, and starts the threads. `heartbeat`:
  // for thread 1, 2 …; may be empty.
  using HeartbeatOf = std::function<std::shared_ptr<observe::Heartbeat>(int thread)>;
  void Start(const HeartbeatOf& heartbeat = {});
  // Claims no more, leaves the question that is on its way, gives back what it holds, and joins:
  // within an append's timeout. What cannot be given back is free when its lease is over. For good.
  void Stop();

  // Claims once, and does what it is given; false: it was given nothing. On the caller's thread:
  // for tests.
  bool WorkOnce(const std::stop_token& stop);

 private:
  // A claimed job, and its lease.
  struct Held;

  void Run(const std::stop_token& stop);
  absl::StatusOr<std::vector<ClaimedJob>> Claim() const;
  void Work(Held& held, std::list<Held>& others, const std::stop_token& stop);
  MachineResult Translate(Held& held, std::list<Held>& others, const JobText& text,
                          const std::stop_token& stop);
  bool Extend(std::list<Held>& others, Held& held, int segments_done);

  void CannotOpen(const Held& held, const absl::Status& why);
  void Tell(const Held& held, MachineResult result);
  void TellWaits(const Held& held, MachineWaits waits, const v1::Text& so_far);
  void Release(const Held& held);
  void GiveBackLeftovers();
  // `so_far`: costs, and what is suggested to the person that it may go to; may be null.
  void Fail(const Held& held, Failed failed, const v1::Text* so_far);
  absl::StatusOr<Outcome> Append(const Held& held, const JobFact& fact, const v1::Text* text) const;
  JobFact FactOf(const Held& held) const;

  void Keep(const JobRow& row, std::vector<DoneSegment> segments);
  std::vector<DoneSegment> TakeKept(const JobRow& row);

  const MachineWorkerOptions options_;
  const MachineWorkerPorts ports_;

  // Rung when there may be jobs. The desk may ring it when the worker is gone.
  struct Bell {
    std::mutex mutex;
    std::condition_variable_any rung;
    std::uint64_t times = 0;  // guarded
    void Ring();
  };

  // What attempts have made that wait for an engine: the last kJobsMax, and none of what is purged.
  // The desk may tell of purges when the worker is gone.
  struct Kept {
    struct Attempt {
      JobId job;
      news::Version version;
      std::vector<DoneSegment> segments;
    };
    static constexpr std::size_t kJobsMax = 64;
    // More than may be purged while a story is with the engines.
    static constexpr std::size_t kPurgedMax = 1'000;
    std::mutex mutex;
    std::list<Attempt> attempts;         // guarded; the newest first
    std::deque<news::ArticleId> purged;  // guarded; the last ones
    void Purge(const news::ArticleId& article);
  };

  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  const std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();
  std::atomic<bool> stopping_ = false;
  std::mutex joining_;
  std::vector<std::jthread> threads_;
};

}  // namespace telex::translation
