#pragma once

#include <absl/status/statusor.h>

#include <cstddef>

#include "platform/grpc/call_workers.h"
#include "platform/grpc/unary_service.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/desk/resource_desk.h"
#include "translation/adapters/store/translation_store.h"

namespace telex::translation {

// What the RPCs about backfills do. Thread-safe; what looks through the archive does so on
// `workers`.
class BackfillService {
 public:
  static constexpr std::size_t kCutMax = 500;  // stories of an estimate that are cut into segments

  // All outlive it.
  BackfillService(const TranslationStore& store, ResourceDesk& desk, rpc::CallWorkers& workers)
      : store_(store), desk_(desk), workers_(workers) {}

  void OfferOn(rpc::UnaryService& service);

  void StartBackfill(const rpc::Call& call, const v1::StartBackfillRequest& request,
                     const rpc::Done<v1::Backfill>& done);
  void StopBackfill(const rpc::Call& call, const v1::StopBackfillRequest& request,
                    const rpc::Done<v1::Backfill>& done);
  v1::ListBackfillsResponse ListBackfills() const;

 private:
  v1::Backfill Estimate(const BackfillRange& range) const;
  v1::Backfill ToProto(const BackfillRecord& backfill) const;

  const TranslationStore& store_;
  ResourceDesk& desk_;
  rpc::CallWorkers& workers_;
};

}  // namespace telex::translation
