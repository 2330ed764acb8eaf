// A TranslationStore on the disk, and the records that it reads, as tests write them. One
// partition.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "telex/news/v1/article_record.pb.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/translation/queued.h"
#include "translation/adapters/records/topics.h"
#include "translation/adapters/store/translation_store.h"

namespace telex::translation {

class ReadStore {
 public:
  // `own_appends`: TranslationStore's.
  explicit ReadStore(std::string own_appends = "own-") : own_appends_(std::move(own_appends)) {
    Open();
  }

  TranslationStore& store() { return *store_; }
  JobRow Row() { return store_->queues().Find(job).value_or(JobRow{}); }
  void Reopen() {
    store_.reset();
    Open();
  }

  // Reads them in one batch; `fails`: the store refuses it behind the last of them.
  kafka::Outcome ReadAll(std::vector<kafka::Record> records, bool fails = false) {
    for (kafka::Record& record : records) {
      record.partition = 0;
      record.offset = ends_[record.topic]++;
      record.timestamp_ms = now_ms;
    }
    refuser_.left = fails ? records.size() : 0;
    kafka::Outcome outcome = store_->log().OnBatch(records, {});
    if (outcome.kind() == kafka::Outcome::Kind::kRetry) {
      for (const kafka::Record& record : records) --ends_[record.topic];
    }
    return outcome;
  }
  // The offset of the one that was read.
  std::int64_t Read(kafka::Record record) {
    const std::string topic = record.topic;
    const kafka::Outcome outcome = ReadAll({std::move(record)});
    EXPECT_EQ(outcome.kind(), kafka::Outcome::Kind::kDone) << outcome.status();
    return ends_[topic] - 1;
  }
  template <typename What>
  kafka::Record Fact(What what, std::string_view headline = "", std::string request_id = "") {
    v1::Text text;
    text.set_headline(std::string(headline));
    text.add_segments()->set_target(std::string(headline));
    return RecordOf(JobFact{job, "anna", std::move(request_id), std::move(what)},
                    "own-" + std::to_string(++appends_), 1, headline.empty() ? nullptr : &text);
  }
  template <typename What>
  std::int64_t ReadFact(What what, std::string_view headline = "") {
    return Read(Fact(std::move(what), headline));
  }
  // A completion by a person of what is wanted; its revision.
  std::int64_t ReadCompleted(std::int64_t version, std::string_view headline,
                             Workflow workflow = Workflow::kPerson,
                             Worker worker = Worker::kPerson) {
    ReadFact(Queued::Wanting(version, workflow));
    const std::int64_t token = ReadFact(Claimed{worker, 60'000});
    return ReadFact(Completed{token, {version}}, headline);
  }
  // What is to be published, as it is read back.
  kafka::Record Published(const PendingRecord& pending) {
    kafka::Record record{.topic = news::kTranslationsTopic};
    record.key = pending.key;
    record.value = pending.value;
    return record;
  }
  std::vector<PendingRecord> Unpublished() { return store_->jobs().Unpublished(0, 10); }
  std::vector<std::string> Tombstones() {
    std::vector<std::string> keys;
    for (const PendingRecord& pending : store_->jobs().Tombstones(0, 10))
      keys.push_back(pending.key);
    return keys;
  }

  news::Article Article(std::int64_t version) const {
    news::Article article;
    article.id = job.article;
    article.version = {version};
    article.source = *news::SourceId::Parse("times");
    article.source_name = "The Times";
    article.key = "1";
    article.content.headline = "Boats leave harbour";
    article.content.body_html = "<p>Boats leave harbour.</p>";
    article.content.section = *news::Section::Parse("world");
    article.content.language = Language("en");
    return article;
  }
  news::Article Purged(std::int64_t version) const {
    news::Article article;
    article.id = job.article;
    article.version = {version};
    article.source = *news::SourceId::Parse("times");
    article.status = news::PubStatus::kCanceled;
    article.purged = true;
    return article;
  }
  static kafka::Record RecordOfArticle(const news::Article& article) {
    news::v1::ArticleRecord message;
    *message.mutable_article() = news::ToProto(article);
    return {.topic = news::kArticlesTopic,
            .key = news::NameOf(article.id, article.version),
            .value = news::DeterministicBytes(message)};
  }
  std::int64_t ReadArticle(const news::Article& article) { return Read(RecordOfArticle(article)); }

  const JobId job = JobOf(1);
  std::int64_t now_ms = 1'700'000'000'000;
  std::vector<FactOutcome> outcomes;
  std::string read_again;  // why

 private:
  // A store that is full.
  struct Refuser final : public replica::Fold {
    absl::Status Apply(store::WriteTxn& txn, const kafka::Record& record) override {
      RETURN_IF_ERROR(store->Apply(txn, record));
      if (left == 0 || --left > 0) return absl::OkStatus();
      return errors::Error(absl::StatusCode::kResourceExhausted, errors::kStoreFailed, "full");
    }
    void Committed() override { store->Committed(); }
    void Undone() override { store->Undone(); }
    TranslationStore* store = nullptr;
    std::size_t left = 0;
  };

  void Open() {
    replica::Options options = TranslationStore::Options();
    options.store.path = folder_ / "store";
    options.store.map_bytes_max = 32u << 20;
    const absl::Time now = absl::FromUnixMillis(now_ms);
    auto log = replica::LogReplica::Open(std::move(options), now);
    ASSERT_TRUE(log.ok()) << log.status();
    store_ = std::make_unique<TranslationStore>(*std::move(log), own_appends_);
    ASSERT_TRUE(store_->Load().ok());
    ASSERT_TRUE(store_->Bind("cluster", 1, now).ok());
    store_->OnOutcomes([this](std::span<const FactOutcome> read) {
      outcomes.insert(outcomes.end(), read.begin(), read.end());
    });
    store_->OnReadAgain([this](const std::string& why) {
      read_again = why;
      return absl::DataLossError(why);
    });
    store_->Follow({});  // it is told when it has caught up
    refuser_.store = store_.get();
    store_->log().Follow(refuser_);
  }

  const std::string own_appends_;
  tests::TempDir folder_;
  std::unique_ptr<TranslationStore> store_;
  Refuser refuser_;
  std::map<std::string, std::int64_t> ends_;
  int appends_ = 0;
};

}  // namespace telex::translation
