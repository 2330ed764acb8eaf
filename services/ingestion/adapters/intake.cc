#include "ingestion/adapters/intake.h"

#include <span>
#include <utility>

namespace telex::ingestion {
namespace {

// A document of 4 MiB and its headers (telex.originals.v1 takes 5 MiB).
constexpr std::size_t kDocumentRecordBytesMax = 5u << 20;

}  // namespace

kafka::PublisherConfig EdgePublisherConfig() {
  return {.wait_for_room = false, .record_bytes_max = kDocumentRecordBytesMax};
}

Intake::Intake(const LogSettings& log, LogStore& log_store,
               std::unique_ptr<kafka::Publisher> publisher, std::function<absl::Time()> now)
    : publisher_(std::move(publisher)),
      submitter_(log, log_store, *publisher_),
      edge_(log, std::move(now), log_store, submitter_) {
  log_store.OnDecisionsRead(
      [this](std::span<const Decision> decisions) { submitter_.DecisionsRead(decisions); });
}

Intake::~Intake() {
  submitter_.Stop();   // who still waits is answered
  publisher_.reset();  // what it calls back lives until then
}

}  // namespace telex::ingestion
