#pragma once

#include <absl/time/time.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "feeds/adapters/feeds_metrics.h"
#include "feeds/domain/feed_tag.h"
#include "platform/redis/client.h"

namespace telex::feeds {

// Renditions shared between replicas, in Redis by the hash of their content: what one has rendered
// all can serve. `telex:rendition:{hash}:{encoding}` holds a sealed value (below). A cache:
// whatever is missing, damaged, another's or away costs a render. Blocks; worker threads only.
class RenditionStore {
 public:
  struct Options {
    absl::Duration ttl = absl::Hours(1);
    absl::Duration within = absl::Milliseconds(100);  // of one call
  };
  // `client` may be null (no Redis); it outlives the store, as do the metrics.
  RenditionStore(redis::Client* client, FeedsMetrics& metrics, Options options);

  std::optional<std::string> Get(std::string_view hash, Coding coding);
  void Put(std::string_view hash, Coding coding, std::string_view bytes);

 private:
  redis::Client* client_;
  FeedsMetrics& metrics_;
  Options options_;
};

// The value as it lies in Redis: "TR2", length, the CRC-32 of its key and the bytes, and the bytes.
// Under another key it is not read: what stands there by mistake is not served as something else.
// This guards against accidents, not against whoever may write to Redis. Pure.
std::string Seal(std::string_view key, std::string_view bytes);
std::optional<std::string> Unseal(std::string_view key, std::string_view sealed);

}  // namespace telex::feeds
