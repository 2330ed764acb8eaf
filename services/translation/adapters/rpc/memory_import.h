#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "platform/grpc/unary_service.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/desk/resource_desk.h"
#include "translation/adapters/rpc/resource_service.h"

namespace telex::translation {

// The units of a file as records, each of at most kUnitsOfRecordMax and kUnitsBytesMax. Pure.
std::vector<MemoryUnits> InRecords(const Pair& pair, std::vector<MemoryUnit> units);

// One stream of ImportMemory: a TMX file, taken in parts, read when it is there, appended in
// records; answered when this replica has read them all. Where it fails some may have been
// appended: the same file can be sent again. Thread-safe; held by a std::shared_ptr.
class MemoryImport final
    : public rpc::StreamTaker<v1::ImportMemoryRequest, v1::ImportMemoryResponse>,
      public std::enable_shared_from_this<MemoryImport> {
 public:
  static constexpr std::size_t kUnderWayMax = 8;                    // records
  static constexpr absl::Duration kAppendTime = absl::Seconds(30);  // of a record

  struct Ports {
    RunElsewhere run;
    std::function<absl::Time()> now;
  };
  // The desk outlives it.
  MemoryImport(ResourceDesk& desk, Ports ports, std::string actor,
               std::shared_ptr<rpc::ClientStream> stream);

  absl::StatusOr<absl::Duration> Take(const v1::ImportMemoryRequest& message) override;
  void Finish(rpc::Done<v1::ImportMemoryResponse> done) override;

 private:
  void Read();
  void Append();
  void Appended(const absl::Status& status);

  ResourceDesk& desk_;
  const Ports ports_;
  const std::string actor_;
  const std::shared_ptr<rpc::ClientStream> stream_;
  std::optional<Pair> pair_;  // the first message's
  std::string file_;

  std::mutex mutex_;
  std::vector<MemoryUnits> records_;
  std::size_t next_ = 0;                      // of them to be appended
  std::size_t under_way_ = 0;                 // appended, and not yet read
  rpc::Done<v1::ImportMemoryResponse> done_;  // until it is answered
  v1::ImportMemoryResponse response_;
};

}  // namespace telex::translation
