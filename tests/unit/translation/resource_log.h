// telex.translation-resources.v1 and a replica of it, for tests: what is appended is read when the
// test says so.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/store/store.h"
#include "tests/support/temp_dir.h"
#include "translation/adapters/desk/resource_desk.h"
#include "translation/adapters/store/memory_store.h"
#include "translation/adapters/store/resource_store.h"

namespace telex::translation {

class ResourceLog {
 public:
  static constexpr std::int32_t kPartitions = 4;

  ResourceLog() { Open(); }

  // The replica is started again, from its store.
  void Open() {
    resources.reset();
    memory.reset();
    store_.reset();
    store_ = *store::Store::Open({.path = dir_ / "store", .databases = ResourceStore::Databases()});
    memory = std::make_unique<MemoryStore>();
    resources = std::make_unique<ResourceStore>(*store_);
    resources->OnUnits([this](const ImportedUnits& units) { memory->Put(units); });
    const absl::Status loaded = resources->Load();
    ASSERT_TRUE(loaded.ok()) << loaded;
  }

  kafka::Position Append(kafka::Record record) {
    record.offset = static_cast<std::int64_t>(log_.size()) + 100;
    record.timestamp_ms = now_ms;
    log_.push_back(std::move(record));
    return {log_.back().partition, log_.back().offset};
  }
  kafka::Position Append(const ResourceRecord& record) {
    return Append(RecordOf(record, std::to_string(log_.size()), kPartitions));
  }
  // For a desk: acknowledged at once, read later or, if so wished, at once too.
  ResourceDesk::Append Port() {
    return [this](kafka::Record record, const kafka::Publisher::Callback& done) {
      if (before_append) before_append();
      const auto place = Append(std::move(record));
      if (reads_before_acknowledgement) Read();
      done(place);
      if (reads_at_once) Read();
    };
  }

  absl::Status Apply(const kafka::Record& record) {
    return store_->Write([&](store::WriteTxn& txn) { return resources->Apply(txn, record); });
  }
  // All that was appended and not read, as one batch.
  void Read() {
    const std::size_t end = log_.size();
    const absl::Status written = store_->Write([&](store::WriteTxn& txn) {
      for (std::size_t n = read_; n < end; ++n) {
        const absl::Status applied = resources->Apply(txn, log_[n]);
        EXPECT_TRUE(applied.ok()) << applied;
      }
      return absl::OkStatus();
    });
    ASSERT_TRUE(written.ok()) << written;
    read_ = end;
    resources->Committed();
  }
  // The same, undone.
  void ReadInVain() {
    const absl::Status written = store_->Write([&](store::WriteTxn& txn) {
      for (std::size_t n = read_; n < log_.size(); ++n) {
        EXPECT_TRUE(resources->Apply(txn, log_[n]).ok());
      }
      return absl::AbortedError("undone");
    });
    EXPECT_FALSE(written.ok());
    resources->Undone();
  }
  std::size_t size() const { return log_.size(); }
  const kafka::Record& operator[](std::size_t n) const { return log_[n]; }

  std::int64_t now_ms = 1'000;
  std::function<void()> before_append;
  bool reads_at_once = true;
  bool reads_before_acknowledgement = false;
  std::unique_ptr<MemoryStore> memory;
  std::unique_ptr<ResourceStore> resources;

 private:
  const tests::TempDir dir_;
  std::unique_ptr<store::Store> store_;
  std::vector<kafka::Record> log_;
  std::size_t read_ = 0;
};

}  // namespace telex::translation
