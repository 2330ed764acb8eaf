#pragma once

#include <absl/status/statusor.h>

#include "ingestion/adapters/edge.h"
#include "telex/ingestion/v1/source_service.pb.h"

namespace telex::ingestion {

// What the RPCs about sources do, without gRPC; as ArticleService.
class SourceService {
 public:
  explicit SourceService(const Edge& edge) : edge_(edge) {}

  void CreateSource(const Call& call, const v1::CreateSourceRequest& request,
                    Done<v1::Source> done);
  void UpdateSource(const Call& call, const v1::UpdateSourceRequest& request,
                    Done<v1::Source> done);
  absl::StatusOr<v1::Source> GetSource(const v1::GetSourceRequest& request) const;
  absl::StatusOr<v1::ListSourcesResponse> ListSources(const v1::ListSourcesRequest& request) const;

 private:
  void Submit(const Call& call, const Submission& submission, bool creating, bool validate_only,
              Done<v1::Source> done);

  const Edge& edge_;
};

}  // namespace telex::ingestion
