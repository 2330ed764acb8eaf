#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "news/article_id.h"
#include "platform/grpc/unary_service.h"
#include "telex/views/v1/view_service.pb.h"

namespace telex::views {

// Who watches the counts of which stories. A stream is told each story's counts of the moment in
// which it takes them: what changed twice meanwhile is told once. Thread-safe; outlives the
// streams.
class CountStreams {
 public:
  // Nothing: there are no such counts (any more).
  using Counts = std::function<std::optional<v1::ViewCounts>(const news::ArticleId& article)>;
  explicit CountStreams(Counts counts) : counts_(std::move(counts)) {}

  // Of all `articles` at once, and of each again when it has changed.
  rpc::Next<v1::ViewCounts> Open(std::vector<news::ArticleId> articles,
                                 std::shared_ptr<rpc::ServerStream> stream);

  // Those of these stories have changed. Costs next to nothing while nobody watches them.
  void Changed(std::span<const news::ArticleId> articles);

 private:
  class Watch;
  void Forget(const Watch& watch);

  const Counts counts_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<news::ArticleId, std::vector<std::shared_ptr<Watch>>> watches_;
};

}  // namespace telex::views
