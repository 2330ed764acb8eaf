#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/grpc/auth.h"
#include "platform/grpc/call_workers.h"
#include "platform/grpc/server.h"
#include "platform/grpc/unary_service.h"
#include "translation/adapters/desk/resource_desk.h"
#include "translation/adapters/rpc/backfill_service.h"
#include "translation/adapters/rpc/job_reads.h"
#include "translation/adapters/rpc/job_service.h"
#include "translation/adapters/rpc/memory_service.h"
#include "translation/adapters/rpc/resource_service.h"

namespace telex::translation {

inline constexpr std::array<std::string_view, 1> kServiceNames = {
    "telex.translation.v1.TranslationService"};

struct TranslationServerOptions {
  std::string grpc_address;
  rpc::ServerTls tls;
  // As rpc::ServerOptions::on_call; may be empty.
  std::function<void(std::string_view method, absl::StatusCode code, absl::Duration took)> on_call;
  int threads = 2;  // that read the store and check texts
};

// The queue over gRPC. Thread-safe. What it is made with outlives it.
class TranslationServer {
 public:
  static constexpr absl::Duration kDeadlineMax = absl::Seconds(60);
  struct Parts {
    LogJobDesk& desk;
    ResourceDesk& resources;
    const rpc::Authenticator& callers;
    std::function<std::vector<v1::EngineStats>()> engines;  // of this replica; may be empty
  };
  // Binds and serves. Errors are those of rpc::Server::Start.
  static absl::StatusOr<std::unique_ptr<TranslationServer>> Start(const Parts& parts,
                                                                  TranslationServerOptions options);

  // True when all calls ended by themselves.
  bool Stop(absl::Duration within);

 private:
  TranslationServer(const Parts& parts, int threads);

  rpc::UnaryService calls_;
  JobService jobs_;
  JobReads reads_;
  ResourceService resources_;
  MemoryService memory_;
  BackfillService backfills_;
  rpc::CallWorkers workers_;           // its jobs use those before
  std::unique_ptr<rpc::Server> grpc_;  // calls all of these: destroyed first
};

}  // namespace telex::translation
