#include "feeds/adapters/page.h"

#include <fmt/format.h>

#include "feeds/domain/rendition_identity.h"
#include "platform/errors/reasons.h"

namespace telex::feeds {
namespace {

constexpr int kAttemptsMax = 5;  // at an answer

std::shared_ptr<const http::Response> Shared(http::Response response) {
  return std::make_shared<const http::Response>(std::move(response));
}

RenditionRecipe RecipeOf(const Format& format, const std::string& channel, std::uint32_t epoch) {
  return {.format = format.traits().name,
          .renderer_revision = format.traits().revision,
          .channel = channel,
          .epoch = epoch};
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Fragment>> FragmentOf(PageSources& sources,
                                                           const WindowItem& item,
                                                           const Format& format) {
  if (auto cached = sources.fragments.Find(item, format)) return cached;
  const auto or_look_again = [](const absl::Status& status) {
    return absl::IsNotFound(status)
               ? absl::AbortedError("what is rendered was purged or replaced meanwhile")
               : status;
  };
  auto article = sources.store.Read(item.article(), item.article_version());
  if (!article.ok()) return or_look_again(article.status());
  std::optional<news::Translation> translation;
  if (item.translation && !item.IsTombstone()) {
    auto text = sources.store.ReadTranslation(*item.translation);
    if (!text.ok()) return or_look_again(text.status());
    translation = *std::move(text);
  }
  auto fragment = format.RenderItem(
      SourceOf(item, *std::move(article), translation, sources.channel), sources.channel);
  if (!fragment.ok()) return fragment.status();
  auto shared = std::make_shared<const Fragment>(*std::move(fragment));
  sources.fragments.Add(item, format, shared);
  return shared;
}

std::shared_ptr<const http::Response> Page::Explain(const FeedIndex::Standing&) {
  return Shared(
      http::Problem(410, errors::kArticleWithdrawn, "Gone", "What was here is withdrawn."));
}

Judgement JudgeLook(const Page::Look& look, const Asked& asked, Coding coding, bool time_to_wait) {
  return look.rendition ? Judge(asked, look.rendition->AsOwn(coding), time_to_wait)
                        : JudgeAbsent(asked, look.stamp, look.resource, time_to_wait);
}

absl::StatusOr<Page::Look> MakeAnswer(Page& page, Page::Look look, MakeBody make_body) {
  for (int attempt = 1; look.rendition; ++attempt) {
    auto body = make_body(look.rendition);
    if (body.ok()) {
      look.otherwise = *std::move(body);
      return look;
    }
    if (!absl::IsAborted(body.status()) || attempt == kAttemptsMax) return body.status();
    look = page.Now();
  }
  if (!look.otherwise) look.otherwise = page.Explain(look.withdrawn);
  return look;
}

// --- feeds -------------------------------------------------------------------------------------

class FeedPage::State final : public Rendition {
 public:
  State(Facts facts, LiveFeeds::Snapshot stories, LiveViewCounts::Snapshot views)
      : Rendition(std::move(facts)), stories_(std::move(stories)), views_(std::move(views)) {}
  bool IsOf(std::uint64_t changes, std::uint64_t views_state) const {
    return stories_.changes == changes && views_.state == views_state;
  }
  const FeedWindow& window() const { return stories_.window; }
  const std::vector<std::int64_t>& views() const { return views_.views; }

 private:
  const LiveFeeds::Snapshot stories_;
  const LiveViewCounts::Snapshot views_;
};

FeedPage::FeedPage(PageSources& sources, FeedKey key, FeedNumber feed,
                   const LiveFeeds::Changes& changes, const FeedFormat& format, bool with_views)
    : sources_(sources),
      key_(std::move(key)),
      feed_(feed),
      changes_(changes),
      format_(format),
      with_views_(with_views),
      views_(with_views ? sources.views : nullptr),
      resource_(ResourceOf(key_, format.traits().name, with_views)) {}

Page::Look FeedPage::Now() {
  const std::uint64_t views_state = views_ == nullptr ? 0 : views_->Now();
  const auto is_present = [&](const State* state) {
    return state != nullptr && state->IsOf(changes_.load(std::memory_order_acquire), views_state);
  };
  auto state = state_.Get();
  if (is_present(state.get())) return {.rendition = std::move(state)};
  std::lock_guard lock(refresh_mutex_);
  auto past = state_.Get();
  if (is_present(past.get())) return {.rendition = std::move(past)};
  auto fresh = Refresh(past.get());
  state_.Set(fresh);
  return {.rendition = std::move(fresh)};
}

std::shared_ptr<const FeedPage::State> FeedPage::Refresh(const State* past) const {
  LiveFeeds::Snapshot now = sources_.feeds.WindowOf(feed_, sources_.window_items);
  LiveViewCounts::Snapshot views;
  if (views_ != nullptr) views = views_->Of(now.window.items);
  const std::string channel = sources_.channel.CanonicalForm();
  const RenditionRecipe recipe = RecipeOf(format_, channel, now.window.stamp.epoch);
  const std::string identity =
      with_views_ ? IdentityOf(recipe, now.window, views.views) : IdentityOf(recipe, now.window);
  Rendition::Facts facts{.serial = past != nullptr ? past->serial() + 1 : 1,
                         .stamp = now.window.stamp,
                         .resource = resource_,
                         .hash = ContentHashOf(identity),
                         .updated = absl::FromUnixMillis(now.window.updated_ms),
                         .media_type = format_.traits().media_type,
                         .max_age = sources_.max_age};
  facts.stamp.views = views.offsets;
  auto fresh = std::make_shared<const State>(std::move(facts), std::move(now), std::move(views));
  if (past != nullptr && past->hash() == fresh->hash()) {
    // Something outside the window has changed: the same bodies.
    for (const Coding coding : kAllCodings) {
      const auto full = past->Full(coding);
      if (!full) continue;
      fresh->Hold(coding, full->body, full->file);
      sources_.bodies.Admit(fresh, coding, MemoryOf(*full));
    }
  }
  return fresh;
}

absl::StatusOr<std::string> FeedPage::Render(const Rendition& rendition) {
  const auto& state = static_cast<const State&>(rendition);
  std::vector<std::shared_ptr<const Fragment>> items;
  items.reserve(state.window().items.size());
  for (const WindowItem& item : state.window().items) {
    auto fragment = FragmentOf(sources_, item, format_);
    if (!fragment.ok()) return fragment.status();
    items.push_back(*std::move(fragment));
  }
  return format_.RenderFeed(
      {.settings = sources_.channel,
       .key = key_,
       .self_url = sources_.channel.FeedUrl(key_, format_.traits().extension, with_views_),
       .updated = state.updated(),
       .with_views = with_views_},
      items, state.views());
}

UnknownFeedPage::UnknownFeedPage(PageSources& sources, FeedKey key, const FeedFormat& format,
                                 bool with_views)
    : sources_(sources), key_(std::move(key)), format_(format), with_views_(with_views) {}

std::shared_ptr<FeedPage> UnknownFeedPage::Find() {
  std::lock_guard lock(mutex_);
  if (feed_) return feed_;
  const auto feed = sources_.feeds.FindFeed(key_);
  if (feed) {
    feed_ = std::make_shared<FeedPage>(sources_, key_, feed->first, *feed->second, format_,
                                       with_views_);
  }
  return feed_;
}

Page::Look UnknownFeedPage::Now() {
  if (const auto feed = Find()) return feed->Now();
  return {.otherwise = Shared(http::Problem(
              404, errors::kFeedNotFound, "Not Found",
              "No story was published in this section and language; / lists the feeds.")),
          .stamp = sources_.feeds.StampOfNothing(),
          .resource = ResourceOf(key_, format_.traits().name, with_views_)};
}

absl::StatusOr<std::string> UnknownFeedPage::Render(const Rendition& rendition) {
  return Find()->Render(rendition);
}

// --- articles ----------------------------------------------------------------------------------

class ArticlePage::State final : public Rendition {
 public:
  State(Facts facts, WindowItem item) : Rendition(std::move(facts)), item_(std::move(item)) {}
  const WindowItem& item() const { return item_; }

 private:
  const WindowItem item_;
};

ArticlePage::ArticlePage(PageSources& sources, const news::ArticleId& id)
    : sources_(sources), id_(id), resource_(ResourceOf(id, ArticleFormat().traits().name)) {}

// Of an article and all its translations alike: each of their pages names the others.
Stamp ArticlePage::StampOf(const FeedIndex::Standing& standing) const {
  Stamp stamp{.epoch = sources_.feeds.epoch(), .sums = {standing.article_version()}};
  if (standing.ranks > 0) stamp.translations = {standing.ranks};
  return stamp;
}

std::shared_ptr<const http::Response> ArticlePage::Gone(const FeedIndex::Standing& standing,
                                                        std::string_view reason,
                                                        std::string_view words) const {
  http::Response gone =
      http::Problem(410, reason, "Gone",
                    fmt::format("The {} is {}; take it down.{}{}",
                                standing.translation ? "translation" : "article",
                                NameOf(standing.state), words.empty() ? "" : " Why: ", words));
  const std::string tag =
      FormatTag(Encode(StampOf(standing)), resource_, kTakedownHash, Coding::kIdentity);
  gone.extra = http::HeaderBlock({{"ETag", tag}});
  return Shared(std::move(gone));
}

Page::Look ArticlePage::LookOfGone(const FeedIndex::Standing& standing) {
  const Stamp stamp = StampOf(standing);
  Look look{.stamp = stamp, .resource = resource_};
  const bool has_words =
      standing.state == ArticleState::kWithheld || standing.state == ArticleState::kCanceled;
  if (gone_ && gone_stamp_ == stamp) {
    look.otherwise = gone_;
  } else if (has_words) {
    look.withdrawn = standing;
  } else {
    const bool purged = standing.state == ArticleState::kPurged;
    gone_ = Gone(standing, purged ? errors::kArticlePurged : errors::kArticleWithdrawn);
    gone_stamp_ = stamp;
    look.otherwise = gone_;
  }
  return look;
}

Page::Look ArticlePage::Now() {
  const std::lock_guard lock(mutex_);  // so that states follow each other as the fold goes
  const auto standing = sources_.feeds.Find(id_);
  // What was never published is not there, whatever its state and version: an embargo shows nothing
  // of itself.
  if (!standing || !standing->was_published) {
    return {.otherwise = Shared(http::Problem(404, errors::kArticleNotFound, "Not Found",
                                              "There is no such article.")),
            .stamp = StampOf({}),
            .resource = resource_};
  }
  if (standing->IsTombstone()) return LookOfGone(*standing);
  if (!state_ || state_->item() != *standing || state_->stamp() != StampOf(*standing)) {
    const Format& format = ArticleFormat();
    const std::string identity =
        IdentityOf(RecipeOf(format, sources_.channel.CanonicalForm(), sources_.feeds.epoch()),
                   static_cast<const WindowItem&>(*standing));
    Rendition::Facts facts{.serial = state_ ? state_->serial() + 1 : 1,
                           .stamp = StampOf(*standing),
                           .resource = resource_,
                           .hash = ContentHashOf(identity),
                           .updated = absl::FromUnixMillis(standing->updated_ms),
                           .media_type = format.traits().media_type,
                           .max_age = sources_.max_age};
    state_ = std::make_shared<const State>(std::move(facts), *standing);
  }
  return {.rendition = state_};
}

std::shared_ptr<const http::Response> ArticlePage::Explain(const FeedIndex::Standing& withdrawn) {
  const auto article = sources_.store.Read(withdrawn.article(), withdrawn.article_version());
  // Purged meanwhile, or the disk fails: that it is gone is known all the same, and said.
  if (!article.ok()) return Gone(withdrawn, errors::kArticleWithdrawn);
  const Tombstone tombstone = Tombstone::Of(*article, sources_.channel.ArticleUrl(id_));
  auto gone = Gone(withdrawn, errors::kArticleWithdrawn, tombstone.Words());
  std::lock_guard lock(mutex_);
  gone_stamp_ = StampOf(withdrawn);
  gone_ = gone;
  return gone;
}

absl::StatusOr<std::string> ArticlePage::Render(const Rendition& rendition) {
  const auto& state = static_cast<const State&>(rendition);
  const auto fragment = FragmentOf(sources_, state.item(), ArticleFormat());
  if (!fragment.ok()) return fragment.status();
  return (*fragment)->bytes();
}

}  // namespace telex::feeds
