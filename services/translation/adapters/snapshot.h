#pragma once

#include <cstdlib>
#include <utility>

#include "platform/observe/log.h"
#include "platform/store/store.h"

namespace telex::translation {

// A view of the local store. More readers at once than it was opened for are a fault of this
// program, which must not be answered with a guess: ends the process.
inline store::ReadTxn Snapshot(const store::Store& store) {
  auto txn = store.Read();
  if (!txn.ok()) {
    observe::Log(observe::Severity::kError, "the local store cannot be read",
                 {{"error", txn.status().ToString()}});
    std::abort();
  }
  return *std::move(txn);
}

}  // namespace telex::translation
