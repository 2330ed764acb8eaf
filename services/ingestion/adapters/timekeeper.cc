#include "ingestion/adapters/timekeeper.h"

#include <algorithm>
#include <utility>

#include "platform/kafka/partitioner.h"

namespace telex::ingestion {
namespace {

constexpr absl::Duration kForgetAfter = absl::Minutes(1);  // twice kSayAgainMax

}  // namespace

Timekeeper::Timekeeper(const LogStore& log_store, std::int32_t partitions, int rule, Ports ports)
    : log_store_(log_store),
      partitions_(partitions),
      rule_(rule),
      ports_(std::move(ports)),
      task_(kInterval, ports_.heartbeat, [this](const std::stop_token&) { Tick(); }) {}

std::size_t Timekeeper::Tick() {
  const absl::Time now = ports_.now();
  const std::set<std::int32_t> owned = ports_.owned();
  std::size_t submitted = 0;
  const std::lock_guard lock(mutex_);
  std::erase_if(said_, [&](const auto& entry) { return now - entry.second.last >= kForgetAfter; });
  const auto is_owned = [&](const news::ArticleId& article) {
    return owned.contains(kafka::PartitionOf(article.ToString(), partitions_));
  };
  for (const Pending& due : log_store_.PendingUntil(now, kDueAtOnceMax, is_owned)) {
    const auto [place, first] =
        said_.try_emplace({due.article, due.version}, Said{now, kSayAgainMin});
    if (Said& said = place->second; !first) {
      // A clock that was set back has said it too early.
      if (now >= said.last && now - said.last < said.pause) continue;
      said = {now, std::min(said.pause * 2, kSayAgainMax)};
    }
    Submission submission;
    submission.rule = rule_;
    submission.time = absl::FromUnixMillis(absl::ToUnixMillis(now));
    submission.actor = "telex";
    submission.subject = due.article;
    submission.action = TimeReached{.version = due.version, .instant = due.instant};
    ports_.submit(submission);
    ++submitted;
  }
  return submitted;
}

void Timekeeper::Stop() { task_.Stop(); }

}  // namespace telex::ingestion
