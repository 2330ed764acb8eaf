#pragma once

namespace telex::rpc {

// Errors of gRPC and protobuf, and warnings of the latter, become lines of our log: a service
// writes JSON lines and nothing else to standard error. For the whole process; any thread, any
// number of times.
void LogLibraries();

// Debian builds Abseil with its detector of deadlocks: each mutex that gRPC takes is entered in one
// graph, under one lock, for some 5 % of a small call. For the whole process; any thread, any
// number of times.
void LeaveLocksUntracked();

}  // namespace telex::rpc
