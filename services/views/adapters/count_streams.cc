#include "views/adapters/count_streams.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace telex::views {

// One stream: what it watches, and what of that it has not been told.
class CountStreams::Watch {
 public:
  Watch(std::vector<news::ArticleId> articles, std::shared_ptr<rpc::ServerStream> stream)
      : articles_(std::move(articles)), stream_(std::move(stream)) {
    for (const news::ArticleId& article : articles_) Note(article);
  }

  const std::vector<news::ArticleId>& articles() const { return articles_; }

  void Note(const news::ArticleId& article) {
    const std::lock_guard lock(mutex_);
    if (noted_.insert(article).second) order_.push_back(article);
  }

  std::optional<news::ArticleId> Take() {
    const std::lock_guard lock(mutex_);
    if (order_.empty()) return std::nullopt;
    const news::ArticleId article = order_.front();
    order_.pop_front();
    noted_.erase(article);
    return article;
  }

  void Wake() { stream_->Wake(); }

 private:
  const std::vector<news::ArticleId> articles_;
  const std::shared_ptr<rpc::ServerStream> stream_;
  std::mutex mutex_;
  std::deque<news::ArticleId> order_;  // each once
  absl::flat_hash_set<news::ArticleId> noted_;
};

rpc::Next<v1::ViewCounts> CountStreams::Open(std::vector<news::ArticleId> articles,
                                             std::shared_ptr<rpc::ServerStream> stream) {
  std::sort(articles.begin(), articles.end());
  articles.erase(std::unique(articles.begin(), articles.end()), articles.end());
  const auto watch = std::make_shared<Watch>(std::move(articles), std::move(stream));
  // It leaves the table with the last copy of what is returned.
  const std::shared_ptr<void> guard(nullptr, [this, watch](void*) { Forget(*watch); });
  {
    const std::lock_guard lock(mutex_);
    for (const news::ArticleId& article : watch->articles()) watches_[article].push_back(watch);
  }
  return [this, watch, guard]() -> std::optional<v1::ViewCounts> {
    while (const auto article = watch->Take()) {
      if (auto counts = counts_(*article)) return counts;
    }
    return std::nullopt;
  };
}

void CountStreams::Changed(std::span<const news::ArticleId> articles) {
  std::vector<std::shared_ptr<Watch>> woken;
  {
    const std::lock_guard lock(mutex_);
    if (watches_.empty()) return;
    for (const news::ArticleId& article : articles) {
      const auto watching = watches_.find(article);
      if (watching == watches_.end()) continue;
      for (const std::shared_ptr<Watch>& watch : watching->second) {
        watch->Note(article);
        woken.push_back(watch);
      }
    }
  }
  std::sort(woken.begin(), woken.end());
  woken.erase(std::unique(woken.begin(), woken.end()), woken.end());
  // Without the lock: a stream that ends here is forgotten here.
  for (const auto& watch : woken) watch->Wake();
}

void CountStreams::Forget(const Watch& watch) {
  const std::lock_guard lock(mutex_);
  for (const news::ArticleId& article : watch.articles()) {
    const auto watching = watches_.find(article);
    if (watching == watches_.end()) continue;
    std::erase_if(watching->second, [&](const auto& one) { return one.get() == &watch; });
    if (watching->second.empty()) watches_.erase(watching);
  }
}

}  // namespace telex::views
