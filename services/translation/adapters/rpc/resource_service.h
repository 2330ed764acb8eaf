#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "platform/grpc/unary_service.h"
#include "telex/translation/v1/translation.pb.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/desk/resource_desk.h"
#include "translation/adapters/store/resource_store.h"

namespace telex::translation {

// Runs a job that takes a while, or waits for the disk, on another thread. UNAVAILABLE /
// OVERLOADED: too many wait; the job is not taken.
using RunElsewhere = std::function<absl::Status(std::function<void()> job)>;

// The newest translation of each story of a pair, in any order, until `visit` returns false.
using VisitTranslation = absl::FunctionRef<bool(const JobId& job, std::string_view headline,
                                                const v1::Translation& translation)>;
using VisitTranslations = std::function<void(const Pair& pair, VisitTranslation visit)>;

// What the RPCs about the policy and the glossaries do, without gRPC. Refusals carry one reason and
// the fields. Thread-safe.
class ResourceService {
 public:
  static constexpr int kChangedTermsMax = 1'000;  // that are told
  static constexpr int kOutdatedMax = 100;        // that are told
  // Of the time of a call, for what comes after.
  static constexpr absl::Duration kAnswerTime = absl::Milliseconds(500);

  struct Ports {
    RunElsewhere run;
    VisitTranslations translations;
    std::function<absl::Time()> now;
  };
  // Store and desk outlive it, and the jobs that it runs.
  ResourceService(const ResourceStore& store, ResourceDesk& desk, Ports ports);

  absl::StatusOr<v1::Policy> GetPolicy(const v1::GetPolicyRequest& request) const;
  void UpdatePolicy(const rpc::Call& call, const v1::UpdatePolicyRequest& request,
                    rpc::Done<v1::Policy> done);
  // Takes time, as an update does.
  absl::StatusOr<v1::Glossary> GetGlossary(const v1::GetGlossaryRequest& request) const;
  v1::ListGlossariesResponse ListGlossaries() const;
  void UpdateGlossary(const rpc::Call& call, const v1::UpdateGlossaryRequest& request,
                      rpc::Done<v1::UpdateGlossaryResponse> done);

  void OfferOn(rpc::UnaryService& service);

 private:
  // What an update is to be answered with.
  v1::UpdateGlossaryResponse Updated(const GlossaryVersion& glossary, const Glossary& before,
                                     absl::Time until) const;
  void AddOutdated(const GlossaryVersion& glossary, const Glossary& before, absl::Time until,
                   v1::UpdateGlossaryResponse& response) const;
  absl::StatusOr<v1::UpdateGlossaryResponse> Answer(const Pair& pair, std::int64_t version,
                                                    const Glossary& sent, absl::Time until) const;

  const ResourceStore& store_;
  ResourceDesk& desk_;
  const Ports ports_;
};

}  // namespace telex::translation
