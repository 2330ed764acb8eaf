#pragma once

#include <array>
#include <string_view>

#include "platform/grpc/auth.h"
#include "platform/grpc/unary_service.h"

namespace telex::ingestion {

class Intake;

inline constexpr std::array<std::string_view, 2> kServiceNames = {
    "telex.ingestion.v1.IngestionService", "telex.ingestion.v1.SourceService"};

// The gRPC face of ingestion: which method needs which role, and which service answers it. The
// intake and the authenticator outlive it.
struct IngestionServices {
  // `deadline_max`: how long a call waits for its decision when its client names no deadline, or a
  // later one.
  IngestionServices(Intake& intake, const rpc::Authenticator& authenticator,
                    absl::Duration deadline_max);

  rpc::UnaryService articles;  // telex.ingestion.v1.IngestionService
  rpc::UnaryService sources;   // telex.ingestion.v1.SourceService
};

}  // namespace telex::ingestion
