#include "platform/grpc/library_log.h"

#include <absl/synchronization/mutex.h>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <string>

#include "platform/observe/log.h"

namespace telex::rpc {
namespace {

using observe::Log;
using observe::Severity;

void OfProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                const std::string& message) {
  if (level < google::protobuf::LOGLEVEL_WARNING) return;
  Log(level == google::protobuf::LOGLEVEL_WARNING ? Severity::kWarning : Severity::kError,
      "protobuf", {{"error", message}, {"file", file}, {"line", line}});
}

void OfGrpc(gpr_log_func_args* args) {
  if (args->severity < GPR_LOG_SEVERITY_ERROR) return;
  // Not an error of ours: gRPC logs as errors what a caller sees as a status as well.
  Log(Severity::kWarning, "gRPC",
      {{"error", args->message}, {"file", args->file}, {"line", args->line}});
}

}  // namespace

void LogLibraries() {
  google::protobuf::SetLogHandler(OfProtobuf);
  gpr_set_log_function(OfGrpc);
}

void LeaveLocksUntracked() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

}  // namespace telex::rpc
