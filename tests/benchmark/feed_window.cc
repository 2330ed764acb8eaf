// What a change of a feed costs when there are few articles and when there are many: folding the
// new article, taking the window, and rendering it with and without rendered items at hand. Both
// stores are open in this one process and take turns.
//   telex-bench-window --small FOLDER --large FOLDER --rounds 200
#include <fmt/format.h>

#include "feeds/adapters/page.h"
#include "ingestion/adapters/record_codec.h"
#include "platform/observe/metrics.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

namespace {

using namespace telex;

constexpr std::size_t kFragmentBytes = 64u << 20;

// One telex-feeds without sockets and log.
class Side {
 public:
  explicit Side(const std::string& path)
      : measures_(metrics_), fragments_(kFragmentBytes), bodies_(256u << 20) {
    store_ = bench::OrDie("store", feeds::ArticleStore::Open({.path = path}, absl::Now()));
    const auto kept = store_->log().kept();
    if (!kept) bench::OrDie("store", absl::NotFoundError(path));
    partitions_ = kept->partitions;
    feeds::FeedIndex index(partitions_, 1);
    const auto start = bench::Clock::now();
    articles_ = bench::OrDie("rows", store_->LoadInto(index));
    load_ms_ = bench::MillisecondsSince(start);
    live_.Start(std::move(index));
    live_.SetServing();
    sources_ = std::make_unique<feeds::PageSources>(MakeSources(fragments_));
    page_ = MakePage(*sources_);
  }
  ~Side() { bench::OrDie("close", store_->log().Close()); }

  void Round(std::uint64_t round) {
    // Newer than all that is there; as the other side's of this round.
    news::Article article = bench::Story(articles_ + round, ~round);
    article.content.language = *news::LanguageTag::Parse("en");
    article.shelves = {{article.content.section, article.content.language}};
    const auto head = bench::HeadOf(std::move(article), "bench", partitions_);
    const auto summary = feeds::SummaryOf(head.article);
    const int partition = head.position.partition;
    auto txn = bench::OrDie("begin", store_->log().store().BeginWrite());
    bench::OrDie("put", store_->Put(txn, partition, summary, ingestion::EncodeArticleHead(head)));
    bench::OrDie("commit", txn.Commit());

    const std::vector<feeds::LiveFeeds::Arrival> arrivals = {
        {.partition = partition, .summary = summary}};
    Timed(fold_, [&] { live_.Apply(arrivals, {}); });
    const auto feed = live_.FindFeed({.section = "", .language = "en"});
    Timed(window_, [&] { (void)live_.WindowOf(feed->first, sources_->window_items); });
    std::shared_ptr<const feeds::Rendition> rendition;
    Timed(look_, [&] { rendition = page_->Now().rendition; });
    Timed(warm_, [&] { bench::OrDie("render", page_->Render(*rendition)); });
    feeds::FragmentCache none(kFragmentBytes);
    auto cold_sources = MakeSources(none);
    const auto cold_page = MakePage(cold_sources);
    Timed(cold_, [&] {
      const auto now = cold_page->Now().rendition;
      rendered_bytes_ = bench::OrDie("render", cold_page->Render(*now)).size();
    });
  }

  std::string Json() const {
    return fmt::format(
        "{{\"articles\":{},\"load_ms\":{:.1f},\"index_bytes\":{},\"feed_bytes\":{},"
        "\"fold_us\":{:.3f},\"window_us\":{:.3f},\"look_us\":{:.3f},\"warm_us\":{:.1f},"
        "\"cold_us\":{:.1f},\"cold_p99_us\":{:.1f}}}",
        articles_, load_ms_, live_.estimated_bytes(), rendered_bytes_, fold_.Percentile(0.5) * 1000,
        window_.Percentile(0.5) * 1000, look_.Percentile(0.5) * 1000, warm_.Percentile(0.5) * 1000,
        cold_.Percentile(0.5) * 1000, cold_.Percentile(0.99) * 1000);
  }

 private:
  template <typename Work>
  static void Timed(bench::Samples& samples, Work work) {
    const auto start = bench::Clock::now();
    work();
    samples.Add(bench::MillisecondsSince(start));
  }
  feeds::PageSources MakeSources(feeds::FragmentCache& fragments) {
    return {.feeds = live_,
            .store = *store_,
            .fragments = fragments,
            .bodies = bodies_,
            .metrics = measures_,
            .channel = {.public_url = "http://127.0.0.1", .publisher_name = "Bench"}};
  }
  std::unique_ptr<feeds::FeedPage> MakePage(feeds::PageSources& sources) {
    const feeds::FeedKey key{.section = "", .language = "en"};
    const auto feed = live_.FindFeed(key);
    if (!feed) bench::OrDie("feed", absl::NotFoundError(key.Slug()));
    return std::make_unique<feeds::FeedPage>(sources, key, feed->first, *feed->second,
                                             *feeds::FindFeedFormat("rss"), /*with_views=*/false);
  }

  observe::Metrics metrics_;
  feeds::FeedsMetrics measures_;
  feeds::FragmentCache fragments_;
  feeds::BodyCache bodies_;
  feeds::LiveFeeds live_;
  std::unique_ptr<feeds::ArticleStore> store_;
  std::unique_ptr<feeds::PageSources> sources_;
  std::unique_ptr<feeds::FeedPage> page_;
  std::int32_t partitions_ = 0;
  std::uint64_t articles_ = 0;
  double load_ms_ = 0;
  std::size_t rendered_bytes_ = 0;
  bench::Samples fold_, window_, look_, warm_, cold_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const std::string small_path = flags.Text("small", "");
  const std::string large_path = flags.Text("large", "");
  const auto rounds = static_cast<std::uint64_t>(flags.Integer("rounds", 200));
  flags.Finish();
  Side small(small_path);
  Side large(large_path);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    (round % 2 == 0 ? small : large).Round(round);
    (round % 2 == 0 ? large : small).Round(round);
  }
  fmt::print("{{\"small\":{},\"large\":{}}}\n", small.Json(), large.Json());
  return 0;
}
