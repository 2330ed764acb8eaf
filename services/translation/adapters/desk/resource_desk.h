#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/kafka/publisher.h"
#include "platform/requests/log_requests.h"
#include "translation/adapters/records/resource_codec.h"
#include "translation/adapters/store/resource_store.h"

namespace telex::translation {

// ABORTED / STALE_ETAG: the resource has changed; `standing` is its version.
absl::Status StaleEtag(std::string_view name, std::int64_t standing, std::string_view etag);

// Appends to telex.translation-resources.v1; whoever asked is told what became of the record when
// this replica has read it. Errors are those of requests::LogRequests. Thread-safe; callbacks come
// from the reader's, the publisher's or the deadline's thread and must not block.
class ResourceDesk {
 public:
  static constexpr int kTriesMax = 5;
  using Told = std::function<void(absl::StatusOr<ResourceOutcome>)>;
  using Append = std::function<void(kafka::Record record, kafka::Publisher::Callback done)>;

  // The store outlives it. `partitions`: of the topic; 0 while nothing can be appended
  // (NOT_CAUGHT_UP). `new_append`: another one at each call (resource_codec.h).
  ResourceDesk(ResourceStore& store, std::function<std::int32_t()> partitions, Append append,
               std::function<std::string()> new_append);
  ~ResourceDesk();

  // Units of memory, a backfill's start or stop.
  void Take(const ResourceRecord& record, absl::Time deadline, Told told);
  // The next version of a policy or a glossary; what is told was granted. With an etag on top of
  // that version (`replaces` is of no account), or ABORTED / STALE_ETAG; without on top of the one
  // that stands, kTriesMax times when others come first.
  void Change(ResourceRecord record, std::optional<std::int64_t> etag, absl::Time deadline,
              Told told);

  // All who wait get STOPPING. Idempotent; before the publisher ends.
  void Stop() { requests_.Stop(); }

 private:
  struct Attempt;
  void Try(std::shared_ptr<Attempt> attempt);

  ResourceStore& store_;
  const std::function<std::int32_t()> partitions_;
  const std::function<std::string()> new_append_;
  requests::LogRequests<ResourceOutcome> requests_;
};

}  // namespace telex::translation
