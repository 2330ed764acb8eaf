#include "platform/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "platform/errors/errors.h"
#include "tests/support/temp_dir.h"

namespace telex::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

StoreOptions Options(const tests::TempDir& dir) {
  StoreOptions options;
  options.path = dir.path();
  options.databases = {"bodies", "names"};
  options.cluster_id = "cluster-a";
  options.map_bytes_max = std::uint64_t{1} << 30;
  options.sync_interval = absl::ZeroDuration();
  return options;
}

std::unique_ptr<Store> OpenOrDie(const StoreOptions& options) {
  auto store = Store::Open(options);
  if (!store.ok()) {
    ADD_FAILURE() << store.status();
    std::abort();
  }
  return *std::move(store);
}

void PutOne(Store& store, std::string_view key, std::string_view value, std::int64_t next_offset) {
  const auto status = store.Write([&](WriteTxn& txn) {
    txn.Put(store.database("bodies"), key, value).IgnoreError();
    return txn.SetPosition("articles", 0, next_offset);
  });
  ASSERT_TRUE(status.ok()) << status;
}

std::optional<std::string> Value(const Store& store, std::string_view key) {
  auto txn = store.Read();
  if (!txn.ok()) return std::nullopt;
  const auto value = txn->Get(store.database("bodies"), key);
  if (!value.has_value()) return std::nullopt;
  return std::string(*value);
}

std::vector<std::string> Keys(const Store& store, const Range& range, Direction direction) {
  auto txn = store.Read();
  std::vector<std::string> keys;
  for (auto c = txn->Scan(store.database("bodies"), range, direction); c.valid(); c.Next()) {
    keys.emplace_back(c.key());
  }
  return keys;
}

// What another boot of the machine leaves: the state as it was, under another boot id.
void PretendAnotherBoot(const std::string& dir, const std::string& state) {
  std::ofstream(dir + "/session", std::ios::trunc) << state << "\nanother-boot\n";
}

TEST(StoreKeys, SortAsTheirPartsDo) {
  const auto less = [](const KeyBuilder& a, const KeyBuilder& b) { return a.bytes() < b.bytes(); };
  EXPECT_TRUE(less(KeyBuilder().U64(255), KeyBuilder().U64(256)));
  EXPECT_TRUE(less(KeyBuilder().I64(-1), KeyBuilder().I64(0)));
  EXPECT_TRUE(less(KeyBuilder().U64Descending(9), KeyBuilder().U64Descending(8)));
  EXPECT_TRUE(less(KeyBuilder().Text("a").U8(255), KeyBuilder().Text("ab").U8(0)));
  EXPECT_TRUE(less(KeyBuilder().Text("a").U8(255), KeyBuilder().Text(std::string("a\0", 2))));
}

TEST(StoreKeys, ComeApartAsTheyWerePutTogether) {
  const std::string nul("x\0y", 3);
  const KeyBuilder key =
      KeyBuilder().Text(nul).U8(7).U32(1u << 31).I64(-5).U64Descending(3).Raw("rest");
  KeyReader reader(key);
  EXPECT_EQ(reader.Text(), nul);
  EXPECT_EQ(reader.U8(), 7);
  EXPECT_EQ(reader.U32(), 1u << 31);
  EXPECT_EQ(reader.I64(), -5);
  EXPECT_EQ(reader.U64Descending(), 3u);
  EXPECT_EQ(reader.Rest(), "rest");
}

TEST(StoreKeys, WhatIsTooShortIsNoPart) {
  KeyReader reader("abc");
  EXPECT_EQ(reader.U64(), std::nullopt);
  EXPECT_EQ(reader.U8(), std::nullopt) << "what follows a failure is not to be trusted";
  EXPECT_EQ(KeyReader("no end").Text(), std::nullopt);
  EXPECT_EQ(KeyReader(std::string_view("a\0z", 3)).Text(), std::nullopt);
}

TEST(Store, KeepsDataAndPositionsOverAReopening) {
  tests::TempDir dir;
  {
    auto store = OpenOrDie(Options(dir));
    EXPECT_EQ(store->report().opening, Opening::kNew);
    EXPECT_TRUE(store->report().closed_cleanly);
    PutOne(*store, "a", "1", 10);
  }
  auto store = OpenOrDie(Options(dir));
  EXPECT_EQ(store->report().opening, Opening::kResumed);
  EXPECT_TRUE(store->report().closed_cleanly);
  EXPECT_EQ(store->report().cluster_id, "cluster-a");
  EXPECT_EQ(Value(*store, "a"), "1");
  auto txn = store->Read();
  EXPECT_EQ(txn->NextOffset("articles", 0), 10);
  EXPECT_EQ(txn->NextOffset("articles", 1), std::nullopt);
  EXPECT_THAT(txn->Positions(), ElementsAre(Position{"articles", 0, 10}));
}

TEST(Store, ScansForwardAndBackwardWithinBounds) {
  tests::TempDir dir;
  auto store = OpenOrDie(Options(dir));
  for (const char* key : {"a/1", "a/2", "a/3", "b", "\xff\xff", "\xff\xff\x01"}) {
    PutOne(*store, key, "v", 1);
  }
  EXPECT_THAT(Keys(*store, Range::Prefix("a/"), Direction::kForward),
              ElementsAre("a/1", "a/2", "a/3"));
  EXPECT_THAT(Keys(*store, Range::Prefix("a/"), Direction::kBackward),
              ElementsAre("a/3", "a/2", "a/1"));
  EXPECT_THAT(Keys(*store, {"a/2", "b"}, Direction::kBackward), ElementsAre("a/3", "a/2"));
  EXPECT_THAT(Keys(*store, {"a/2", "zz"}, Direction::kBackward), ElementsAre("b", "a/3", "a/2"));
  EXPECT_THAT(Keys(*store, Range::Prefix("\xff\xff"), Direction::kBackward),
              ElementsAre("\xff\xff\x01", "\xff\xff"));
  EXPECT_THAT(Keys(*store, {"", "a/1"}, Direction::kBackward), IsEmpty());
  EXPECT_EQ(Keys(*store, Range::All(), Direction::kForward).size(), 6u);
  EXPECT_EQ(Keys(*store, Range::All(), Direction::kBackward).size(), 6u);
}

TEST(Store, AReaderSeesOneMomentWhateverIsWritten) {
  tests::TempDir dir;
  auto store = OpenOrDie(Options(dir));
  PutOne(*store, "a", "old", 1);
  auto before = store->Read();
  PutOne(*store, "a", "new", 2);
  EXPECT_EQ(before->Get(store->database("bodies"), "a"), "old");
  EXPECT_EQ(before->NextOffset("articles", 0), 1);
  EXPECT_EQ(Value(*store, "a"), "new");
}

TEST(Store, WhatIsNotCommittedIsUndone) {
  tests::TempDir dir;
  auto store = OpenOrDie(Options(dir));
  const auto bodies = store->database("bodies");
  {
    auto txn = store->BeginWrite();
    ASSERT_TRUE(txn->Put(bodies, "a", "1").ok());
    EXPECT_EQ(txn->Get(bodies, "a"), "1") << "a writer sees its own changes";
  }
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
  const auto refused = store->Write([&](WriteTxn& txn) -> absl::Status {
    if (auto status = txn.Put(bodies, "a", "1"); !status.ok()) return status;
    return absl::CancelledError("thought better of it");
  });
  EXPECT_EQ(refused.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
}

TEST(Store, AFailedChangeFailsTheWhole) {
  tests::TempDir dir;
  auto store = OpenOrDie(Options(dir));
  const auto bodies = store->database("bodies");
  auto txn = store->BeginWrite();
  ASSERT_TRUE(txn->Put(bodies, "a", "1").ok());
  EXPECT_EQ(txn->Put(bodies, "", "1").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(txn->Put(bodies, std::string(kKeyBytesMax + 1, 'k'), "1").code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(txn->Commit().ok());
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
}

TEST(Store, AddsToNumbersAndKeepsNoZeros) {
  const tests::TempDir dir;
  const auto store = OpenOrDie(Options(dir));
  const Database names = store->database("names");
  const auto add = [&](std::initializer_list<std::int64_t> steps) {
    const auto status = store->Write([&](WriteTxn& txn) {
      for (const std::int64_t step : steps) {
        if (auto added = txn.Add(names, "k", step); !added.ok()) return added;
      }
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
  };
  add({1, 41, -2});
  EXPECT_EQ(store->Read()->Get(names, "k"), EncodeU64(40));
  add({-40});
  EXPECT_FALSE(store->Read()->Has(names, "k"));
  add({0});
  EXPECT_FALSE(store->Read()->Has(names, "k"));
  const auto status =
      store->Write([&](WriteTxn& txn) { return txn.Add(names, std::string(600, 'k'), 1); });
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

// A number that was counted here and cannot be: the store is not what the log says.
TEST(Store, IsEmptiedAfterANumberThatCannotBe) {
  const tests::TempDir dir;
  const auto spoil = [&](std::string_view row) {
    const auto store = OpenOrDie(Options(dir));
    store
        ->Write([&](WriteTxn& txn) {
          txn.Put(store->database("names"), "k", row).IgnoreError();
          return txn.Add(store->database("names"), "k", -2);
        })
        .IgnoreError();
  };
  EXPECT_DEATH(spoil(EncodeU64(1)), "a number is wrong");
  EXPECT_DEATH(spoil("x"), "a number is wrong");
  EXPECT_EQ(OpenOrDie(Options(dir))->report().opening, Opening::kEmptied);
}

TEST(Store, DeletesOneARangeAndAll) {
  tests::TempDir dir;
  auto store = OpenOrDie(Options(dir));
  const auto bodies = store->database("bodies");
  for (int i = 0; i < 300; ++i) {
    PutOne(*store, KeyBuilder().Text(i % 2 ? "odd" : "even").U32(i), std::string(100, 'v'), i);
  }
  auto status = store->Write([&](WriteTxn& txn) -> absl::Status {
    auto deleted = txn.DeleteRange(bodies, Range::Prefix(KeyBuilder().Text("odd")));
    EXPECT_EQ(*deleted, 150u);
    EXPECT_TRUE(txn.Delete(bodies, KeyBuilder().Text("even").U32(0)).ok());
    EXPECT_TRUE(txn.Delete(bodies, "no such key").ok());
    EXPECT_EQ(txn.Count(bodies), 149u);
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  status = store->Write([&](WriteTxn& txn) { return txn.Clear(bodies); });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(store->Read()->Count(bodies), 0u);
  EXPECT_EQ(store->Read()->NextOffset("articles", 0), 299);
}

TEST(Store, IsEmptiedWhenTheSchemaIsAnother) {
  tests::TempDir dir;
  { PutOne(*OpenOrDie(Options(dir)), "a", "1", 10); }
  auto options = Options(dir);
  options.schema = 2;
  auto store = OpenOrDie(options);
  EXPECT_EQ(store->report().opening, Opening::kEmptied);
  EXPECT_THAT(store->report().why, HasSubstr("schema 1 and not 2"));
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
  EXPECT_THAT(store->Read()->Positions(), IsEmpty());
}

TEST(Store, IsEmptiedWhenTheClusterIsAnother) {
  tests::TempDir dir;
  { PutOne(*OpenOrDie(Options(dir)), "a", "1", 10); }
  auto options = Options(dir);
  options.cluster_id = "cluster-b";
  auto store = OpenOrDie(options);
  EXPECT_EQ(store->report().opening, Opening::kEmptied);
  EXPECT_THAT(store->report().why, HasSubstr("cluster-a"));
  EXPECT_EQ(store->report().cluster_id, "cluster-b");
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
}

TEST(Store, CanOpenBeforeTheClusterIsKnown) {
  tests::TempDir dir;
  auto options = Options(dir);
  options.cluster_id = "";
  {
    auto store = OpenOrDie(options);
    EXPECT_EQ(store->report().cluster_id, "");
    ASSERT_TRUE(store->BindCluster("cluster-a").ok());
    PutOne(*store, "a", "1", 10);
  }
  auto store = OpenOrDie(options);
  EXPECT_EQ(store->report().opening, Opening::kResumed);
  EXPECT_EQ(store->report().cluster_id, "cluster-a");
  EXPECT_TRUE(store->BindCluster("cluster-a").ok());
  const auto other = store->BindCluster("cluster-b");
  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(errors::Is(other, errors::kLogTruncated));
  EXPECT_EQ(Value(*store, "a"), "1");
}

TEST(Store, IsEmptiedWhenTheMachineWentDownUnderIt) {
  tests::TempDir dir;
  { PutOne(*OpenOrDie(Options(dir)), "a", "1", 10); }
  PretendAnotherBoot(dir.path(), "open");
  auto store = OpenOrDie(Options(dir));
  EXPECT_EQ(store->report().opening, Opening::kEmptied);
  EXPECT_THAT(store->report().why, HasSubstr("machine went down"));
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
}

TEST(Store, StandsOverACleanRestartOfTheMachine) {
  tests::TempDir dir;
  { PutOne(*OpenOrDie(Options(dir)), "a", "1", 10); }
  PretendAnotherBoot(dir.path(), "clean");
  auto store = OpenOrDie(Options(dir));
  EXPECT_EQ(store->report().opening, Opening::kResumed);
  EXPECT_EQ(Value(*store, "a"), "1");
}

TEST(Store, IsEmptiedWhenItIsNoStoreAtAll) {
  tests::TempDir dir;
  { PutOne(*OpenOrDie(Options(dir)), "a", "1", 10); }
  std::ofstream(dir / "data.mdb", std::ios::trunc) << std::string(20000, 'x');
  std::ofstream(dir / "not-ours") << "kept";
  auto store = OpenOrDie(Options(dir));
  EXPECT_EQ(store->report().opening, Opening::kEmptied);
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
  EXPECT_TRUE(std::filesystem::exists(dir / "not-ours"));
  PutOne(*store, "a", "2", 1);
  EXPECT_EQ(Value(*store, "a"), "2");
}

TEST(Store, IsOpenedByOneAtATime) {
  tests::TempDir dir;
  auto store = OpenOrDie(Options(dir));
  const auto second = Store::Open(Options(dir));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store->Close().ok());
  EXPECT_TRUE(store->Close().ok());
  EXPECT_FALSE(store->Read().ok());
  EXPECT_FALSE(store->BeginWrite().ok());
  EXPECT_FALSE(Store::Open(Options(dir)).ok()) << "the folder is held until the object ends";
  store.reset();
  EXPECT_TRUE(Store::Open(Options(dir)).ok());
}

TEST(Store, RefusesOptionsThatCannotBe) {
  tests::TempDir dir;
  auto options = Options(dir);
  options.databases = {"a", "a"};
  EXPECT_EQ(Store::Open(options).status().code(), absl::StatusCode::kInvalidArgument);
  options.databases = {"positions"};
  EXPECT_EQ(Store::Open(options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Store, SaysWhenItIsFullAndGoesOnReading) {
  tests::TempDir dir;
  auto options = Options(dir);
  options.map_bytes_max = 2 << 20;
  auto store = OpenOrDie(options);
  PutOne(*store, "kept", "v", 1);
  const auto bodies = store->database("bodies");
  const std::string value(64 << 10, 'v');
  absl::Status status;
  for (std::uint32_t i = 0; i < 100 && status.ok(); ++i) {
    status = store->Write([&](WriteTxn& txn) -> absl::Status {
      if (auto put = txn.Put(bodies, KeyBuilder().U32(i), value); !put.ok()) return put;
      return txn.SetPosition("articles", 0, i);
    });
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(errors::Is(status, errors::kStoreFailed));
  EXPECT_EQ(Value(*store, "kept"), "v");
  const auto stats = store->Stats();
  EXPECT_LE(stats.used_bytes, stats.map_bytes_max);
  const auto next = store->Read()->NextOffset("articles", 0);
  EXPECT_EQ(store->Read()->Count(bodies), static_cast<std::uint64_t>(*next) + 2)
      << "data and position agree";
}

TEST(Store, BoundsTheReadersAlive) {
  tests::TempDir dir;
  auto options = Options(dir);
  options.read_txns_max = 2;
  auto store = OpenOrDie(options);
  for (int round = 0; round < 3; ++round) {
    auto first = store->Read();
    auto second = store->Read();
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(store->Read().status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(store->Stats().read_txns, 2u);
  }
  EXPECT_EQ(store->Stats().read_txns, 0u);
}

TEST(Store, IsReadByManyThreadsWhileOneWrites) {
  tests::TempDir dir;
  auto options = Options(dir);
  options.sync_interval = absl::Milliseconds(5);
  auto store = OpenOrDie(options);
  PutOne(*store, "n", EncodeU64(0), 0);
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i) {
      readers.emplace_back([&] {
        while (!done) {
          auto txn = store->Read();
          const auto n = DecodeU64(*txn->Get(store->database("bodies"), "n"));
          if (static_cast<std::int64_t>(*n) != txn->NextOffset("articles", 0)) ++torn;
        }
      });
    }
    for (int i = 1; i <= 500; ++i) PutOne(*store, "n", EncodeU64(i), i);
    done = true;
  }
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(store->Stats().sync_failures, 0u);
}

// Writes for ever: record i goes to key i, and the position to i + 1; says each batch on `said`.
[[noreturn]] void WriteUntilKilled(const StoreOptions& options, int said) {
  auto store = Store::Open(options);
  if (!store.ok()) ::_exit(3);
  const auto bodies = (*store)->database("bodies");
  auto next = (*store)->Read()->NextOffset("articles", 0).value_or(0);
  while (true) {
    const auto status = (*store)->Write([&](WriteTxn& txn) -> absl::Status {
      for (int i = 0; i < 20; ++i, ++next) {
        const auto key = KeyBuilder().U64(static_cast<std::uint64_t>(next));
        if (auto put = txn.Put(bodies, key, std::string(3000, 'v')); !put.ok()) return put;
      }
      return txn.SetPosition("articles", 0, next);
    });
    if (!status.ok()) ::_exit(4);
    if (::write(said, &next, sizeof next) != sizeof next) ::_exit(5);
  }
}

TEST(Store, AgreesWithItsPositionsAfterTheWriterWasKilled) {
  tests::TempDir dir;
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 5; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) WriteUntilKilled(Options(dir), pipe_ends[1]);
    ::close(pipe_ends[1]);
    for (int batch = 0; batch < 20 + round * 7; ++batch) {
      std::int64_t next = 0;
      ASSERT_EQ(::read(pipe_ends[0], &next, sizeof next), static_cast<ssize_t>(sizeof next));
      acknowledged = next;
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(pipe_ends[0]);

    auto store = OpenOrDie(Options(dir));
    EXPECT_EQ(store->report().opening, Opening::kResumed);
    auto txn = store->Read();
    const auto next = txn->NextOffset("articles", 0);
    ASSERT_TRUE(next.has_value());
    EXPECT_GE(*next, acknowledged) << "what was committed is there";
    EXPECT_EQ(txn->Count(store->database("bodies")), static_cast<std::uint64_t>(*next));
    auto last = txn->Scan(store->database("bodies"), Range::All(), Direction::kBackward);
    ASSERT_TRUE(last.valid());
    EXPECT_EQ(KeyReader(last.key()).U64(), static_cast<std::uint64_t>(*next) - 1);
  }
}

}  // namespace
}  // namespace telex::store
