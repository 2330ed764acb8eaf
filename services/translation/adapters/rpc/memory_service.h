#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "platform/grpc/unary_service.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/desk/resource_desk.h"
#include "translation/adapters/rpc/memory_import.h"
#include "translation/adapters/store/memory_store.h"

namespace telex::translation {

v1::Suggestion SuggestionOf(const MemoryMatch& match);

// What the RPCs about the memory do, without gRPC. Thread-safe.
class MemoryService {
 public:
  static constexpr int kScoreDefault = 70;
  static constexpr int kCountDefault = 5;
  static constexpr int kCountMax = 20;
  static constexpr std::size_t kPartBytesMax = 64 * 1024;  // of an export
  static constexpr std::size_t kExportsMax = 2;            // each copies the pair's entries
  static constexpr std::size_t kImportsMax = 2;            // each holds its file

  // Memory and desk outlive it, and the jobs that it runs.
  MemoryService(const MemoryStore& memory, ResourceDesk& desk, MemoryImport::Ports ports)
      : memory_(memory), desk_(desk), ports_(std::move(ports)) {}

  // Takes time.
  absl::StatusOr<v1::SearchMemoryResponse> SearchMemory(
      const v1::SearchMemoryRequest& request) const;
  absl::StatusOr<rpc::Next<v1::FilePart>> ExportMemory(
      const v1::ExportMemoryRequest& request, std::shared_ptr<rpc::ServerStream> stream) const;
  std::shared_ptr<MemoryImport> ImportMemory(const rpc::Call& call,
                                             std::shared_ptr<rpc::ClientStream> stream) const;

  void OfferOn(rpc::UnaryService& service);

 private:
  const MemoryStore& memory_;
  ResourceDesk& desk_;
  const MemoryImport::Ports ports_;
};

}  // namespace telex::translation
