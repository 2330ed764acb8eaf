// A store whose file is not as it was written: what is read from it is right, or it is emptied.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "platform/store/row.h"
#include "platform/store/store.h"
#include "tests/support/temp_dir.h"

namespace telex::store {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

constexpr std::size_t kPageBytes = 4096;

class StoreDamageTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Store> Open(const std::string& path) {
    auto store = Store::Open({.path = path,
                              .databases = {"bodies"},
                              .cluster_id = "cluster-a",
                              .map_bytes_max = 64 << 20,
                              .sync_interval = absl::ZeroDuration()});
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  std::unique_ptr<Store> Open() const { return Open(path_); }

  static std::string KeyOf(int row) { return "row " + std::to_string(1000 + row); }
  // Some lie among others on a page, some on pages of their own.
  static std::string ValueOf(int row) {
    return "the body of row " + std::to_string(row) +
           std::string(static_cast<std::size_t>(row % 7 * 700), 'v');
  }
  static constexpr int kRows = 60;

  void Fill() const {
    const auto store = Open();
    const auto status = store->Write([&](WriteTxn& txn) {
      for (int row = 0; row < kRows; ++row) {
        txn.Put(store->database("bodies"), KeyOf(row), ValueOf(row)).IgnoreError();
      }
      return txn.SetPosition("articles", 0, 77);
    });
    ASSERT_TRUE(status.ok()) << status;
  }

  std::string File() const { return path_ + "/data.mdb"; }
  static std::string Read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void Replace(const std::string& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }
  // Flips a bit of the byte that stands `behind` the beginning of that text, wherever it is.
  void Flip(const std::string& text, std::size_t behind = 0) const {
    std::string bytes = Read(File());
    std::size_t found = 0;
    for (std::size_t at = 0; (at = bytes.find(text, at)) != std::string::npos; ++at, ++found) {
      bytes[at + behind] = static_cast<char>(bytes[at + behind] ^ 0x04);
    }
    ASSERT_GT(found, 0u) << text;
    Replace(File(), bytes);
  }
  void ExpectEmptied(const std::string& why) const {
    const auto store = Open();
    EXPECT_EQ(store->report().opening, Opening::kEmptied);
    EXPECT_THAT(store->report().why, HasSubstr(why));
    EXPECT_TRUE(store->Read()->Positions().empty());
  }

  tests::TempDir dir_;
  const std::string path_ = dir_ / "store";
};

TEST(StoreRowTest, AnyChangeOfKeyOrValueIsSeen) {
  const auto seal = [](std::string_view key, std::string_view value) {
    std::string row(kChecksumBytes + value.size(), '\0');
    SealRow(key, value, row.data());
    return row;
  };
  EXPECT_EQ(ValueOfRow("k", seal("k", std::string_view())), "");
  EXPECT_EQ(ValueOfRow("k", seal("k", "")), "");
  const std::string row = seal("key", "some value");
  EXPECT_EQ(ValueOfRow("key", row), "some value");
  for (std::size_t at = 0; at < row.size(); ++at) {
    std::string damaged = row;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(ValueOfRow("key", damaged)) << at;
    EXPECT_FALSE(ValueOfRow("key", row.substr(0, at))) << at;
  }
  EXPECT_FALSE(ValueOfRow("kez", row)) << "whole, but another's";
  EXPECT_FALSE(ValueOfRow("key", row + "x"));
  EXPECT_FALSE(ValueOfRow("key", std::string(row.size(), '\0')));
}

TEST_F(StoreDamageTest, AFlippedLetterIsNeverServed) {
  for (const int row : {7, 6}) {  // a small one, and one on pages of its own
    Fill();
    Flip(ValueOf(row), 5);
    EXPECT_DEATH(
        {
          const auto store = Open();
          (void)store->Read()->Get(store->database("bodies"), KeyOf(row));
        },
        "a row of \"bodies\" does not fit its checksum");
    ExpectEmptied("it was found damaged");
  }
}

TEST_F(StoreDamageTest, AFlippedKeyIsNoOtherRow) {
  Fill();
  Flip(KeyOf(7), KeyOf(7).size() - 1);
  EXPECT_DEATH(
      {
        const auto store = Open();
        const auto txn = store->Read();
        for (auto row = txn->Scan(store->database("bodies")); row.valid(); row.Next()) {
        }
      },
      "does not fit its checksum");
  ExpectEmptied("it was found damaged");
}

TEST_F(StoreDamageTest, AFlippedPositionIsNotReadOnFrom) {
  Fill();
  const std::string key = KeyBuilder().Text("articles").U32(0).bytes();
  Flip(key, key.size() + kChecksumBytes + sizeof(std::uint64_t) - 1);
  EXPECT_DEATH((void)Open()->Read()->NextOffset("articles", 0), "does not fit its checksum");
  ExpectEmptied("it was found damaged");
}

TEST_F(StoreDamageTest, AFlippedStampIsNoOtherCluster) {
  Fill();
  Flip("cluster-a", 8);
  ExpectEmptied("its stamp does not fit its checksum");
}

TEST_F(StoreDamageTest, AFileThatEndsEarlyIsEmptied) {
  Fill();
  const std::string whole = Read(File());
  ASSERT_GT(whole.size(), 20 * kPageBytes);
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, kPageBytes, 2 * kPageBytes,
                                  whole.size() / 2, whole.size() - 1}) {
    Fill();
    Replace(File(), Read(File()).substr(0, bytes));
    ExpectEmptied("");
    EXPECT_EQ(Open()->report().opening, Opening::kResumed) << "once";
  }
}

// What a transaction took and gave back at the end of the file was never written.
TEST_F(StoreDamageTest, PagesThatWereNeverWrittenAreNotMissed) {
  for (int round = 0; round < 5; ++round) {
    const auto store = Open();
    EXPECT_NE(store->report().opening, Opening::kEmptied) << store->report().why;
    const Database bodies = store->database("bodies");
    const auto status = store->Write([&](WriteTxn& txn) {
      for (int row = 0; row < 40; ++row) {
        txn.Put(bodies, KeyOf(row),
                std::string(static_cast<std::size_t>(20000 + round * 9000), 'v'))
            .IgnoreError();
      }
      for (int row = 39; row >= 10; --row) txn.Delete(bodies, KeyOf(row)).IgnoreError();
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_GE(fs::file_size(File()), store->Stats().used_bytes);
  }
}

// Whichever page is lost: what is read is right, or the store is emptied at the next start.
TEST_F(StoreDamageTest, ALostPageIsServedAsNothingElse) {
  Fill();
  const std::string whole = Read(File());
  const auto read_all = [](const std::string& path) {
    const auto store = Open(path);
    if (store == nullptr) ::_exit(3);
    if (store->report().opening == Opening::kEmptied) ::_exit(0);
    const auto txn = store->Read();
    int rows = 0;
    for (auto row = txn->Scan(store->database("bodies")); row.valid(); row.Next(), ++rows) {
      if (row.key() != KeyOf(rows) || row.value() != ValueOf(rows)) ::_exit(1);
    }
    ::_exit(rows == kRows && txn->NextOffset("articles", 0) == 77 ? 0 : 2);
  };
  int ended = 0;
  for (std::size_t page = 0; page < whole.size() / kPageBytes; ++page) {
    const std::string path = dir_ / ("lost " + std::to_string(page));
    fs::copy(path_, path);
    std::string bytes = whole;
    bytes.replace(page * kPageBytes, kPageBytes, kPageBytes, '\0');
    Replace(path + "/data.mdb", bytes);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(STDERR_FILENO);
      read_all(path);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0) << "page " << page;
      continue;
    }
    ++ended;
    EXPECT_EQ(WTERMSIG(status), SIGABRT) << "page " << page;
    EXPECT_EQ(Open(path)->report().opening, Opening::kEmptied) << "page " << page;
  }
  EXPECT_GT(ended, 0);
}

}  // namespace
}  // namespace telex::store
