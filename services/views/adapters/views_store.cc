#include "views/adapters/views_store.h"

#include <algorithm>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "views/adapters/topics.h"

namespace telex::views {
namespace {

constexpr std::uint32_t kSchema = 1;

}  // namespace

replica::Options ViewsStore::Options() {
  std::vector<std::string> databases = CountsStore::Databases();
  databases.emplace_back(ArticleIndex::kDatabase);
  return {.store = {.databases = std::move(databases), .schema = kSchema},
          .topics = {{news::kArticlesTopic}, {kViewCountsTopic}}};
}

ViewsStore::ViewsStore(std::unique_ptr<replica::LogReplica> log, absl::TimeZone zone)
    : log_(std::move(log)),
      articles_(log_->store()),
      counts_(log_->store(),
              [this](const store::WriteTxn& txn, const news::ArticleId& article) {
                return articles_.IsPurged(txn, article);
              }),
      live_(articles_, counts_, zone) {
  counts_.Observe(live_);
  articles_.OnPurged([this](store::WriteTxn& txn, const news::ArticleId& article) {
    return counts_.Purge(txn, article);
  });
  articles_.OnChanged([this](const news::ArticleId& id, const KnownArticle& article) {
    live_.OnArticle(id, article);
  });
}

absl::Status ViewsStore::Load() {
  const auto kept = log_->kept();
  if (!kept) return absl::OkStatus();
  const absl::Time start = absl::Now();
  ASSIGN_OR_RETURN(const std::uint64_t articles, articles_.Load());
  live_.Load();
  partitions_ = kept->partitions;
  for (std::int32_t partition = 0; partition < partitions_; ++partition) TellAsOf(partition);
  observe::Log(observe::Severity::kInfo, "counts loaded",
               {{"articles", articles},
                {"with views", live_.articles()},
                {"milliseconds", absl::ToInt64Milliseconds(absl::Now() - start)}});
  return absl::OkStatus();
}

absl::Status ViewsStore::Bind(const std::string& cluster_id, std::int32_t partitions,
                              absl::Time now) {
  RETURN_IF_ERROR(log_->Bind(cluster_id, partitions, now));
  partitions_ = partitions;
  return absl::OkStatus();
}

void ViewsStore::Follow(replica::SetAside set_aside) {
  log_->Follow(*this, std::move(set_aside));
  log_->OnWhole([this] { caught_up_ = true; });
}

bool ViewsStore::KnowsAllArticles() const {
  const kafka::LogReader* reader = reader_;
  if (!caught_up_ || reader == nullptr || !log_->Held().ok()) return false;
  const auto lags = reader->Lag();
  return std::all_of(lags.begin(), lags.end(), [](const kafka::PartitionLag& lag) {
    return lag.partition.topic != news::kArticlesTopic ||
           (lag.end_offset >= 0 && lag.next_offset >= lag.end_offset);
  });
}

absl::Status ViewsStore::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  if (record.topic == news::kArticlesTopic) return articles_.Apply(txn, record);
  counted_.insert(record.partition);
  return counts_.Apply(txn, record);
}

void ViewsStore::Committed() {
  articles_.Committed();
  counts_.Committed();
  for (const std::int32_t partition : counted_) TellAsOf(partition);
  counted_.clear();
}

void ViewsStore::Undone() {
  articles_.Undone();
  counts_.Undone();
  counted_.clear();
}

void ViewsStore::TellAsOf(std::int32_t partition) {
  const auto checkpoint = counts_.CheckpointOf(partition);
  if (!checkpoint) return;
  live_.SetAsOf(partition, partitions_, absl::FromUnixMillis(checkpoint->watermark_ms));
}

}  // namespace telex::views
