#pragma once

namespace telex::rpc {

// Errors of gRPC and protobuf, and warnings of the latter, become lines of our log: a service
// writes JSON lines and nothing else to standard error. For the whole process; any thread, any
// number of times.
void LogLibraries();

}  // namespace telex::rpc
