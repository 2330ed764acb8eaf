// Which jobs a worker is offered. A choice is no promise: whether they are its own, the log says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "translation/domain/pair_pauses.h"
#include "translation/domain/partition_queue.h"

namespace telex::translation {

struct ClaimWish {
  Worker worker = Worker::kMachine;
  std::vector<Pair> pairs;  // empty: any
  std::size_t count = 1;
};

struct ChosenJob {
  std::size_t queue = 0;  // in which of the queues
  JobRow job;
};

// Chooses from all partitions of a replica. Every other job is the one that should be done first of
// all; between them the sources take turns, so that one with thousands of jobs holds up no other:
// of n sources each is served once in 2n jobs. What a backfill asks for comes when nothing else is
// open. What it costs depends on the number of partitions, pairs and sources, and with the
// logarithm on that of open jobs. Pure; not thread-safe.
class ClaimChoice {
 public:
  // At most `wish.count`; each is reserved in its queue.
  std::vector<ChosenJob> Choose(std::span<PartitionQueue* const> queues, const ClaimWish& wish,
                                const PairPauses& pauses);

 private:
  bool turn_ = false;
  std::string last_source_;  // whose turn it was
};

}  // namespace telex::translation
