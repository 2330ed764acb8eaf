#include "tests/simulation/feeds/simulated_replica.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"

namespace telex::feeds {
namespace {

constexpr std::uint64_t kStoreBytesMax = 16u << 20;

absl::Status Truncated(std::string_view why) {
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kLogTruncated, why);
}

}  // namespace

struct SimulatedReplica::Process {
  Process(FeedReplicaOptions options, bool is_next)
      : measures(metrics), opened(FeedReplica::Open(std::move(options), measures)), next(is_next) {
    if (opened.ok()) replica = *std::move(opened);
  }
  Page& PageOf(const FeedKey& key, const FeedFormat& format);
  Page& PageOf(const news::ArticleId& id);

  observe::Metrics metrics;
  FeedsMetrics measures;
  absl::StatusOr<std::unique_ptr<FeedReplica>> opened;
  std::unique_ptr<FeedReplica> replica;
  const bool next;
  bool set_aside_works = true;
  std::array<std::int64_t, kPlaces> start_ends{};
  std::array<bool, kPlaces> caught_up{};
  std::array<bool, kPlaces> held{};  // at a record of the next release
  FragmentCache fragments{1u << 20};
  BodyCache bodies{1u << 20};
  std::optional<PageSources> sources;
  std::map<std::string, std::unique_ptr<Page>> pages;
};

Page& SimulatedReplica::Process::PageOf(const FeedKey& key, const FeedFormat& format) {
  const std::string name = key.Slug() + "." + std::string(format.traits().name);
  const auto feed = sources->feeds.FindFeed(key);
  std::unique_ptr<Page>& page = pages[feed ? name : name + " unknown"];
  if (feed) {
    if (!page)
      page = std::make_unique<FeedPage>(*sources, key, feed->first, *feed->second, format,
                                        /*with_views=*/false);
  } else {
    page = std::make_unique<UnknownFeedPage>(*sources, key, format, /*with_views=*/false);
  }
  return *page;
}

Page& SimulatedReplica::Process::PageOf(const news::ArticleId& id) {
  std::unique_ptr<Page>& page = pages[id.ToString()];
  if (!page) page = std::make_unique<ArticlePage>(*sources, id);
  return *page;
}

SimulatedReplica::SimulatedReplica(const NewsLog& log, const absl::Time& clock,
                                   std::map<std::string, std::string>& shared, TakenAway taken_away)
    : log_(log), clock_(clock), shared_(shared), taken_away_(taken_away) {}

SimulatedReplica::~SimulatedReplica() = default;

void SimulatedReplica::Stop() { process_.reset(); }

const LiveFeeds& SimulatedReplica::feeds() const { return process_->replica->feeds(); }

const ArticleStore& SimulatedReplica::store() const { return process_->replica->store(); }

absl::Status SimulatedReplica::Start() {
  const auto now = [this] {
    return taken_away_ == TakenAway::kOldStoreEmptied ? absl::UnixEpoch() : clock_;
  };
  auto process = std::make_unique<Process>(
      FeedReplicaOptions{.store = {.path = *folder_ / "store", .map_bytes_max = kStoreBytesMax},
                         .log_generation = log_.generation,
                         .now = now},
      next_release);
  RETURN_IF_ERROR(process->opened.status());
  FeedReplica& replica = *process->replica;
  // A store that was too old was emptied: it knows nothing of what the process before has read.
  if (!replica.store().log().kept()) known_ends_ = {};
  RETURN_IF_ERROR(replica.LoadStored());
  RETURN_IF_ERROR(replica.Bind(log_.cluster, kPartitions));
  replica.Follow(
      [process = process.get()](const kafka::Record&, const absl::Status&, std::stop_token) {
        return process->set_aside_works ? absl::OkStatus() : absl::UnavailableError("away");
      });
  for (const kafka::ReadFrom& from : replica.store().log().StartPositions())
    RETURN_IF_ERROR(CheckPlace(from));
  for (std::size_t p = 0; p < kPlaces; ++p) process->start_ends[p] = log_.partitions[p].end();
  process->sources.emplace(
      PageSources{.feeds = replica.feeds(),
                  .store = replica.store(),
                  .fragments = process->fragments,
                  .bodies = process->bodies,
                  .metrics = process->measures,
                  .channel = {.public_url = "https://feeds.example", .publisher_name = "News"},
                  .window_items = kWindowItems});
  process_ = std::move(process);
  bound_ = true;
  touched_ = process_->replica->store().log().kept()->touched;
  NoteCaughtUp();
  return absl::OkStatus();
}

// As kafka::LogReader before it reads on.
absl::Status SimulatedReplica::CheckPlace(const kafka::ReadFrom& from) const {
  const auto& log = log_.partitions[PlaceOf(
      kafka::Record{.topic = from.partition.topic, .partition = from.partition.partition})];
  if (from.offset.value_or(0) > log.end()) return Truncated("the log ends before the position");
  if (!from.before || taken_away_ == TakenAway::kRegrownLogRefused) return absl::OkStatus();
  const Entry* before = log.at(from.before->offset);
  if (before == nullptr) return absl::OkStatus();
  // The next release's words are in the log.
  if (kafka::FingerprintOf(before->record) == *from.before) return absl::OkStatus();
  if (before->understood && kafka::FingerprintOf(*before->understood) == *from.before)
    return absl::OkStatus();
  return Truncated("another record stands at the position");
}

void SimulatedReplica::LoseStore() {
  process_.reset();
  folder_ = std::make_unique<tests::TempDir>();
  known_ends_ = {};
  bound_ = false;
}

absl::Status SimulatedReplica::Read(Random& random, int records_max, bool set_aside_works) {
  std::array<int, kPlaces> most{};
  for (int& one : most) one = random.Below(records_max + 1);
  return HandOver(most, set_aside_works);
}

absl::Status SimulatedReplica::ReadAll() {
  std::array<int, kPlaces> most{};
  most.fill(std::numeric_limits<int>::max());
  return HandOver(most, /*set_aside_works=*/true);
}

absl::Status SimulatedReplica::HandOver(std::array<int, kPlaces> most, bool set_aside_works) {
  std::vector<kafka::Record> batch;
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const auto& log = log_.partitions[place];
    std::int64_t next = PositionOf(static_cast<int>(place));
    for (; most[place] > 0 && next < log.end(); ++next) {
      const Entry* entry = log.at(next);
      if (entry == nullptr) continue;
      const bool newer = entry->understood.has_value() && !process_->next;
      if (newer && taken_away_ == TakenAway::kNewerHoldsReaders) continue;
      batch.push_back(entry->understood && process_->next ? *entry->understood : entry->record);
      --most[place];
    }
  }
  process_->set_aside_works = set_aside_works;
  replica::LogReplica& log = process_->replica->store().log();
  if (!batch.empty()) {
    const kafka::Outcome outcome = log.OnBatch(batch, {});
    if (outcome.kind() != kafka::Outcome::Kind::kDone) return outcome.status();
    for (const kafka::Record& record : batch) {
      const std::size_t p = PlaceOf(record);
      known_ends_[p] = std::min(record.offset + 1, PositionOf(static_cast<int>(p)));
      process_->held[p] = process_->held[p] || known_ends_[p] <= record.offset;
    }
  }
  NoteCaughtUp();
  process_->replica->ReadOn(clock_);
  RETURN_IF_ERROR(log.Touch(clock_));
  touched_ = log.kept()->touched;
  return absl::OkStatus();
}

void SimulatedReplica::NoteCaughtUp() {
  replica::LogReplica& log = process_->replica->store().log();
  bool all = true;
  bool news = false;
  for (std::size_t p = 0; p < kPlaces; ++p) {
    const kafka::TopicPartition partition = PartitionAt(p);
    // What is left of it may have been compacted away.
    const auto& records = log_.partitions[p];
    std::int64_t next = log.PositionOf(partition);
    while (next < process_->start_ends[p] && records.at(next) == nullptr) ++next;
    if (!process_->caught_up[p] && (next >= process_->start_ends[p] || process_->held[p])) {
      process_->caught_up[p] = news = true;
      log.OnCaughtUp(partition, process_->start_ends[p]);
    }
    all = all && process_->caught_up[p];
  }
  if (all && news) log.OnAllCaughtUp();
}

bool SimulatedReplica::KnowsMoreThan(const std::array<std::int64_t, kPlaces>& ends) const {
  if (clock_ - touched_ > replica::Options().age_max) return false;  // it will be emptied
  for (std::size_t p = 0; p < kPlaces; ++p) {
    if (known_ends_[p] > ends[p]) return true;
  }
  return false;
}

std::int64_t SimulatedReplica::PositionOf(int place) const {
  return process_->replica->store().log().PositionOf(PartitionAt(static_cast<std::size_t>(place)));
}

absl::Status SimulatedReplica::Readiness() const {
  if (!up()) return absl::UnavailableError("it is not up");
  RETURN_IF_ERROR(process_->replica->Readiness("the log"));
  if (!process_->replica->feeds().serving()) return absl::UnavailableError("it does not serve");
  return process_->replica->store().log().Held();
}

std::optional<Answered> SimulatedReplica::Get(const FeedKey& key, const FeedFormat& format,
                                              const std::string& if_none_match, bool last) {
  return Ask(process_->PageOf(key, format), if_none_match, last);
}

std::optional<Answered> SimulatedReplica::Get(const news::ArticleId& id,
                                              const std::string& if_none_match, bool last) {
  return Ask(process_->PageOf(id), if_none_match, last);
}

// As Serving.
std::optional<Answered> SimulatedReplica::Ask(Page& page, const std::string& if_none_match,
                                              bool last) const {
  Asked asked;
  if (!if_none_match.empty()) asked.conditions.if_none_match = if_none_match;
  Page::Look look = page.Now();
  switch (JudgeLook(look, asked, Coding::kIdentity, !last).verdict) {
    case Verdict::kSend:
      return Send(page, std::move(look));
    case Verdict::kNotModified:
      return Answered{.status = 304};
    case Verdict::kPreconditionFailed:
      return Answered{.status = 412};
    case Verdict::kBehind:
      return Answered{.status = 503};
    case Verdict::kAwait:
      break;
  }
  if (taken_away_ == TakenAway::kReadersWait) return Send(page, std::move(look));
  return std::nullopt;
}

Answered SimulatedReplica::Send(Page& page, Page::Look look) const {
  Answered answered;
  const auto render = [&](const std::shared_ptr<const Rendition>& rendition)
      -> absl::StatusOr<std::shared_ptr<const http::Response>> {
    ASSIGN_OR_RETURN(answered.body, page.Render(*rendition));
    const Own own = rendition->AsOwn(Coding::kIdentity);
    answered.tag = ParseTag(own.etag);
    answered.updated = rendition->updated();
    const auto& shared = shared_.try_emplace(std::string(own.hash), answered.body).first->second;
    answered.as_rendered = shared == answered.body;
    return std::make_shared<const http::Response>(http::Response{.status = 200});
  };
  const auto made = MakeAnswer(page, std::move(look), render);
  if (!made.ok()) return {.status = 500};
  answered.status = made->otherwise->status;
  if (answered.status == 410) {
    answered.tag = FeedTag{
        .stamp = made->stamp, .resource = made->resource, .hash = std::string(kTakedownHash)};
  }
  return answered;
}

}  // namespace telex::feeds
