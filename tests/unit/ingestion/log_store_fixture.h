#pragma once

// A log store over a store of its own, fed by hand.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <random>

#include "ingestion/adapters/log_store.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ingestion/log_store_records.h"

namespace telex::ingestion::testing {

using news::Version;

inline constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

inline ArticleHead Made(std::string_view key, std::int64_t version, double seconds,
                        const std::function<void(news::Article&)>& change = {}) {
  ArticleHead head;
  const SetContent set = Words(fmt::format("{} {}", key, version));
  head.article.id = Story(key);
  head.article.version = Version{version};
  head.article.source = set.source;
  head.article.key = key;
  head.article.canonical_url = fmt::format("https://caliber.az/{}", key);
  head.article.content = set.content;
  head.article.firstcreated = At(0);
  head.article.versioncreated = At(seconds);
  head.article.shelves = {{set.content.section, set.content.language}};
  head.rule = 1;
  if (change) change(head.article);
  head.content_hash = news::ContentHash(head.article.content);
  head.position = Position(version * 10, PartitionOfStory(head.article.id));
  return head;
}

inline ArticleHead Purged(std::string_view key, std::int64_t version, double seconds) {
  return Made(key, version, seconds, [](news::Article& article) {
    article.purged = true;
    article.status = news::PubStatus::kCanceled;
    article.content = {.section = article.content.section, .language = article.content.language};
  });
}

inline Decision DecisionOf(std::int64_t offset, double seconds, std::string request_id = "",
                           std::int32_t partition = 1) {
  Decision decision;
  decision.position = Position(offset, partition);
  decision.subject = news::NameOf(Story());
  decision.verdict = Verdict::kAccepted;
  decision.version = Version{1};
  decision.request_id = std::move(request_id);
  decision.time = At(seconds);
  decision.rule = 1;
  return decision;
}

class LogStoreTest : public ::testing::Test {
 protected:
  LogStoreTest() { Open(); }

  void Open() {
    log_store_.reset();
    auto log_store = LogStore::Open(
        {.folder = dir_ / "store", .cluster_id = kCluster, .partitions = kPartitions});
    ASSERT_TRUE(log_store.ok()) << log_store.status();
    log_store_ = *std::move(log_store);
  }
  absl::Status Read(std::vector<kafka::Record> records) {
    for (kafka::Record& record : records) {
      if (record.offset < 0) record = log_.Append(record);
    }
    return log_store_->log().OnBatch(records, {}).status();
  }
  template <typename... Heads>
  void ReadAll(const Heads&... heads) {
    ASSERT_TRUE(Read({RecordOf(heads)...}).ok());
  }
  std::vector<std::string> Headlines(const ArticleFilter& filter = {}, std::size_t size = 100) {
    std::vector<std::string> headlines;
    std::string token;
    do {
      const auto page = log_store_->List(filter, size, token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const ArticleHead& head : page->items)
        headlines.push_back(head.article.content.headline);
      token = page->next_token;
    } while (!token.empty());
    return headlines;
  }
  std::vector<Pending> PendingUntil(absl::Time until) {
    std::vector<Pending> due;
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      log_store_->VisitPending(partition, until, [&](const Pending& one) {
        EXPECT_EQ(PartitionOfStory(one.article), partition);
        due.push_back(one);
        return true;
      });
    }
    std::sort(due.begin(), due.end());
    return due;
  }
  // All that a log store answers, as text.
  std::string Answers() {
    std::string answers;
    for (const std::string& headline : Headlines({}, 3)) answers += headline + "\n";
    for (int i = 0; i < 12; ++i) {
      const auto id = Story(fmt::format("s{}", i));
      const auto versions = log_store_->Versions(id, 100, "");
      for (const ArticleHead& head : versions->items) answers += EncodeArticleHead(head);
      answers += fmt::format("{}\n", log_store_->NewestVersionOf(news::NameOf(id)).number);
    }
    for (const Pending& due : PendingUntil(absl::InfiniteFuture())) {
      answers += fmt::format("{} {} {}\n", absl::ToUnixMillis(due.instant), due.article.ToString(),
                             due.version.number);
    }
    for (const SourceHead& head : log_store_->Sources()) answers += EncodeSourceHead(head);
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      for (std::int64_t offset = 0; offset < 200; ++offset) {
        if (const auto decision = log_store_->DecisionAt(Position(offset, p)))
          answers += EncodeDecision(*decision);
      }
    }
    if (const auto standing = log_store_->StandingDecision(news::NameOf(Story()), kRequest))
      answers += EncodeDecision(*standing);
    for (std::int32_t p = 0; p < kPartitions; ++p)
      answers += fmt::format("{}:{}\n", p, log_store_->KnownSubmissions(p));
    for (const std::string& section : log_store_->UsedSections(1'000)) answers += section + "\n";
    for (int i = 0; i < 12; ++i) {
      const auto filter = ArticleFilter{.address = fmt::format("https://caliber.az/s{}", i)};
      for (const std::string& headline : Headlines(filter)) answers += headline + "\n";
    }
    return answers + fmt::format("{}", log_store_->ArticleCount());
  }

  tests::TempDir dir_;
  FakeLog log_;
  std::unique_ptr<LogStore> log_store_;
};

}  // namespace telex::ingestion::testing
