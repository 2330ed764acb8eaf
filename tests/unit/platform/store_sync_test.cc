// A disk that refuses what the store has written.
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "platform/errors/errors.h"
#include "platform/store/store.h"
#include "tests/support/failing_sync.h"
#include "tests/support/temp_dir.h"

namespace telex::store {
namespace {

class StoreSyncTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open(absl::Duration sync_interval) {
    auto store = Store::Open({.path = dir_ / "store",
                              .databases = {"rows"},
                              .cluster_id = "c1",
                              .map_bytes_max = 16 << 20,
                              .sync_interval = sync_interval});
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  static absl::Status Put(Store& store, std::string_view key) {
    return store.Write([&](WriteTxn& txn) { return txn.Put(store.database("rows"), key, "v"); });
  }

  tests::TempDir dir_;
};

// What the kernel could not write it may have forgotten, and no later sync brings it back.
TEST_F(StoreSyncTest, ThatFailedOnceIsCountedAndHasTheStoreReadAnew) {
  auto store = Open(absl::Milliseconds(1));
  {
    const tests::FailingSync failing;
    ASSERT_TRUE(Put(*store, "a").ok());
    while (store->Stats().sync_failures == 0) std::this_thread::yield();
  }
  ASSERT_TRUE(Put(*store, "b").ok());
  ASSERT_TRUE(store->Sync().ok()) << "the disk is well again";
  EXPECT_GT(store->Stats().sync_failures, 0u);
  ASSERT_TRUE(store->Close().ok());
  store.reset();

  store = Open(absl::Milliseconds(1));
  EXPECT_EQ(store->report().opening, Opening::kEmptied) << store->report().why;
  EXPECT_FALSE(store->Read()->Has(store->database("rows"), "b"));
}

TEST_F(StoreSyncTest, ThatFailsAtTheEndIsToldAndHasTheStoreReadAnew) {
  auto store = Open(absl::ZeroDuration());
  ASSERT_TRUE(Put(*store, "a").ok());
  {
    const tests::FailingSync failing;
    EXPECT_TRUE(errors::Is(store->Sync(), errors::kStoreFailed));
    EXPECT_TRUE(errors::Is(store->Close(), errors::kStoreFailed));
  }
  store.reset();
  EXPECT_EQ(Open(absl::ZeroDuration())->report().opening, Opening::kEmptied);
}

}  // namespace
}  // namespace telex::store
