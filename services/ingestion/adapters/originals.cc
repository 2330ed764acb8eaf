#include "ingestion/adapters/originals.h"

#include <memory>
#include <mutex>
#include <utility>

#include "ingestion/adapters/topics.h"
#include "platform/kafka/cloud_event.h"
#include "platform/kafka/partitioner.h"

namespace telex::ingestion {
namespace {

kafka::Record Tombstone(const std::string& document, std::int32_t partitions) {
  return {.topic = kOriginalsTopic,
          .partition = kafka::PartitionOf(document, partitions),
          .key = document};
}

struct Unacknowledged {
  std::mutex mutex;
  std::size_t count = 0;
  absl::Status failure;  // the first
  std::function<void(absl::Status)> recorded;
};

}  // namespace

kafka::Record OriginalRecord(Original original, std::int32_t partitions) {
  kafka::Record record = Tombstone(original.document, partitions);
  record.value = std::move(original.bytes);
  record.headers = kafka::HeadersOf({.source = kEventSource,
                                     .id = std::move(original.document),
                                     .type = "document",
                                     .subject = std::move(original.source),
                                     .time = absl::UnixEpoch(),
                                     .traceparent = std::move(original.traceparent)});
  for (kafka::Header& header : record.headers) {
    if (header.key == "content-type")
      header.value = original.media_type.empty() ? "text/plain" : original.media_type;
  }
  return record;
}

void ForgetOriginals(Submitter& submitter, const std::set<std::string>& documents,
                     std::int32_t partitions, absl::Time deadline,
                     std::function<void(absl::Status)> recorded) {
  if (documents.empty()) return recorded(absl::OkStatus());
  auto tombstones = std::make_shared<Unacknowledged>();
  tombstones->count = documents.size();
  tombstones->recorded = std::move(recorded);
  for (const std::string& document : documents) {
    submitter.Append(Tombstone(document, partitions), deadline, [tombstones](absl::Status one) {
      std::unique_lock lock(tombstones->mutex);
      tombstones->failure.Update(std::move(one));
      if (--tombstones->count > 0) return;
      lock.unlock();
      tombstones->recorded(tombstones->failure);
    });
  }
}

}  // namespace telex::ingestion
