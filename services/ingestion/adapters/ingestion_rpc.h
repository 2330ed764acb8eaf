#pragma once

#include <memory>

#include "platform/grpc/auth.h"

namespace grpc {
class Service;
}

namespace telex::ingestion {

class Newsroom;

// The gRPC face of ingestion: who calls, may they, until when; then the newsroom. Both objects
// outlive the server.
struct IngestionServices {
  std::unique_ptr<grpc::Service> articles;  // telex.ingestion.v1.IngestionService
  std::unique_ptr<grpc::Service> sources;   // telex.ingestion.v1.SourceService
};

// `deadline_seconds_max`: how long a call waits for its decision when its client names no deadline,
// or a later one.
IngestionServices MakeIngestionServices(Newsroom& newsroom, const rpc::Authenticator& authenticator,
                                        int deadline_seconds_max);

}  // namespace telex::ingestion
