#include "platform/store/store.h"

#include <utility>

#include "platform/store/environment.h"

namespace telex::store {

Store::Store(std::unique_ptr<Environment> environment) : environment_(std::move(environment)) {}

Store::~Store() = default;

absl::StatusOr<std::unique_ptr<Store>> Store::Open(StoreOptions options) {
  auto environment = Environment::Open(std::move(options));
  if (!environment.ok()) return environment.status();
  return std::unique_ptr<Store>(new Store(*std::move(environment)));
}

const OpenReport& Store::report() const { return environment_->report(); }

Database Store::database(std::string_view name) const { return environment_->Find(name); }

absl::StatusOr<ReadTxn> Store::Read() const {
  auto state = environment_->BeginRead();
  if (!state.ok()) return state.status();
  return ReadTxn(*std::move(state));
}

ReadTxn Store::Snapshot() const {
  auto txn = Read();
  if (!txn.ok()) Misused(txn.status().ToString());
  return *std::move(txn);
}

absl::StatusOr<WriteTxn> Store::BeginWrite() {
  auto state = environment_->BeginWrite();
  if (!state.ok()) return state.status();
  return WriteTxn(*std::move(state));
}

absl::Status Store::Write(const std::function<absl::Status(WriteTxn&)>& change) {
  auto txn = BeginWrite();
  if (!txn.ok()) return txn.status();
  if (auto status = change(*txn); !status.ok()) return status;
  return txn->Commit();
}

absl::Status Store::BindCluster(std::string_view cluster_id) {
  return environment_->BindCluster(cluster_id);
}

void Store::Damaged(std::string_view what) const { environment_->Damaged(what); }

absl::Status Store::Sync() { return environment_->Sync(); }

absl::Status Store::Close() { return environment_->Close(); }

StoreStats Store::Stats() const { return environment_->Stats(); }

}  // namespace telex::store
