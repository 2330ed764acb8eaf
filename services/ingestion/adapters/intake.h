#pragma once

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>

#include "ingestion/adapters/article_service.h"
#include "ingestion/adapters/edge.h"
#include "ingestion/adapters/import_service.h"
#include "ingestion/adapters/log_settings.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/source_service.h"
#include "ingestion/adapters/submitter.h"
#include "platform/kafka/publisher.h"

namespace telex::ingestion {

// Of the publisher of an intake: gives up in time, as the caller is told, and has room for a
// document.
kafka::PublisherConfig EdgePublisherConfig();

// All that stands between callers and the log, without gRPC: the services, what they share, and the
// way in. Every replica has one, whatever it owns. Thread-safe; nothing blocks.
//
// Made before the log is read into `log_store`, which tells it of decisions; destroyed once nobody
// calls and nobody reads.
class Intake {
 public:
  // `log_store` outlives it. The publisher is its own: acknowledgements come back into it until the
  // publisher is gone.
  Intake(const LogSettings& log, LogStore& log_store, std::unique_ptr<kafka::Publisher> publisher,
         std::function<absl::Time()> now = absl::Now);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  Submitter& submitter() { return submitter_; }
  kafka::Publisher& publisher() { return *publisher_; }

 private:
  // Each uses those before it; all but the publisher are destroyed in reverse.
  std::unique_ptr<kafka::Publisher> publisher_;
  Submitter submitter_;
  const Edge edge_;

 public:
  ArticleService articles{edge_};
  ImportService imports{edge_};
  SourceService sources{edge_};
};

}  // namespace telex::ingestion
