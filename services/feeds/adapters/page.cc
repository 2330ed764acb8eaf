#include "feeds/adapters/page.h"

#include <fmt/format.h>

#include "feeds/domain/rendition_identity.h"
#include "platform/errors/reasons.h"

namespace telex::feeds {
namespace {

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
                                                           const news::ArticleId& id,
                                                           std::int64_t version,
                                                           const Format& format) {
  if (auto cached = sources.fragments.Find(id, version, format)) return cached;
  const auto article = sources.store.Read(id, version);
  if (absl::IsNotFound(article.status())) {
    return absl::AbortedError("a version was purged while it was being rendered");
  }
  if (!article.ok()) return article.status();
  auto fragment = format.RenderItem(*article, sources.channel);
  if (!fragment.ok()) return fragment.status();
  auto shared = std::make_shared<const Fragment>(*std::move(fragment));
  sources.fragments.Add(id, version, format, shared);
  return shared;
}

std::shared_ptr<const http::Response> Page::Explain(std::int64_t) {
  return Shared(
      http::Problem(410, errors::kArticleWithdrawn, "Gone", "What was here is withdrawn."));
}

// --- feeds -------------------------------------------------------------------------------------

class FeedPage::State final : public Rendition {
 public:
  State(Facts facts, std::uint64_t changes, FeedWindow window)
      : Rendition(std::move(facts)), changes_(changes), window_(std::move(window)) {}
  std::uint64_t changes() const { return changes_; }
  const FeedWindow& window() const { return window_; }

 private:
  const std::uint64_t changes_;
  const FeedWindow window_;
};

FeedPage::FeedPage(PageSources& sources, FeedKey key, FeedNumber feed,
                   const LiveFeeds::Changes& changes, const FeedFormat& format)
    : sources_(sources),
      key_(std::move(key)),
      feed_(feed),
      changes_(changes),
      format_(format),
      resource_(ResourceOf(key_, format.traits().name)) {}

Page::Look FeedPage::Now() {
  auto state = state_.Get();
  if (state && state->changes() == changes_.load(std::memory_order_acquire)) {
    return {.rendition = std::move(state)};
  }
  std::lock_guard lock(refresh_mutex_);
  auto past = state_.Get();
  if (past && past->changes() == changes_.load(std::memory_order_acquire)) {
    return {.rendition = std::move(past)};
  }
  LiveFeeds::Snapshot now = sources_.feeds.WindowOf(feed_, sources_.window_items);
  const std::string identity = IdentityOf(
      RecipeOf(format_, sources_.channel.CanonicalForm(), now.window.stamp.epoch), now.window);
  Rendition::Facts facts{.serial = past ? past->serial() + 1 : 1,
                         .stamp = now.window.stamp,
                         .resource = resource_,
                         .hash = ContentHashOf(identity),
                         .updated = absl::FromUnixMillis(now.window.updated_ms),
                         .media_type = format_.traits().media_type,
                         .max_age = sources_.max_age};
  auto fresh = std::make_shared<const State>(std::move(facts), now.changes, std::move(now.window));
  if (past && past->hash() == fresh->hash()) {  // something outside the window: the same bodies
    for (const Coding coding : kAllCodings) {
      const auto full = past->Full(coding);
      if (!full) continue;
      fresh->Hold(coding, full->body, full->file);
      sources_.bodies.Admit(fresh, coding, MemoryOf(*full));
    }
  }
  state_.Set(fresh);
  return {.rendition = std::move(fresh)};
}

absl::StatusOr<std::string> FeedPage::Render(const Rendition& rendition) {
  const auto& state = static_cast<const State&>(rendition);
  std::vector<std::shared_ptr<const Fragment>> items;
  items.reserve(state.window().items.size());
  for (const WindowItem& item : state.window().items) {
    auto fragment = FragmentOf(sources_, item.id, item.version, format_);
    if (!fragment.ok()) return fragment.status();
    items.push_back(*std::move(fragment));
  }
  return format_.RenderFeed({.settings = sources_.channel,
                             .key = key_,
                             .self_url = sources_.channel.FeedUrl(key_, format_.traits().extension),
                             .updated = state.updated()},
                            items);
}

UnknownFeedPage::UnknownFeedPage(PageSources& sources, FeedKey key, const FeedFormat& format)
    : sources_(sources), key_(std::move(key)), format_(format) {}

std::shared_ptr<FeedPage> UnknownFeedPage::Find() {
  std::lock_guard lock(mutex_);
  if (feed_) return feed_;
  const auto feed = sources_.feeds.FindFeed(key_);
  if (feed) {
    feed_ = std::make_shared<FeedPage>(sources_, key_, feed->first, *feed->second, format_);
  }
  return feed_;
}

Page::Look UnknownFeedPage::Now() {
  if (const auto feed = Find()) return feed->Now();
  return {.otherwise = Shared(http::Problem(
              404, errors::kFeedNotFound, "Not Found",
              "No story was published in this section and language; / lists the feeds.")),
          .stamp = sources_.feeds.StampOfNothing(),
          .resource = ResourceOf(key_, format_.traits().name)};
}

absl::StatusOr<std::string> UnknownFeedPage::Render(const Rendition& rendition) {
  return Find()->Render(rendition);
}

// --- articles ----------------------------------------------------------------------------------

class ArticlePage::State final : public Rendition {
 public:
  State(Facts facts, std::int64_t version) : Rendition(std::move(facts)), version_(version) {}
  std::int64_t version() const { return version_; }

 private:
  const std::int64_t version_;
};

ArticlePage::ArticlePage(PageSources& sources, const news::ArticleId& id)
    : sources_(sources), id_(id), resource_(ResourceOf(id, ArticleFormat().traits().name)) {}

Stamp ArticlePage::StampOf(std::int64_t version) const {
  return {.epoch = sources_.feeds.epoch(), .sums = {version}};
}

std::shared_ptr<const http::Response> ArticlePage::Gone(std::int64_t version,
                                                        std::string_view reason,
                                                        std::string_view state,
                                                        std::string_view words) const {
  http::Response gone = http::Problem(410, reason, "Gone",
                                      fmt::format("The article is {}; take it down.{}{}", state,
                                                  words.empty() ? "" : " Why: ", words));
  const std::string tag =
      FormatTag(Encode(StampOf(version)), resource_, kTakedownHash, Coding::kIdentity);
  gone.extra = http::HeaderBlock({{"ETag", tag}});
  return Shared(std::move(gone));
}

Page::Look ArticlePage::Now() {
  const auto standing = sources_.feeds.Find(id_);
  // What was never published is not there, whatever its state and version: an embargo shows nothing
  // of itself.
  if (!standing || !standing->was_published) {
    return {.otherwise = Shared(http::Problem(404, errors::kArticleNotFound, "Not Found",
                                              "There is no such article.")),
            .stamp = StampOf(0),
            .resource = resource_};
  }
  const std::int64_t version = standing->version;
  std::lock_guard lock(mutex_);
  if (standing->state != ArticleState::kVisible) {
    Look look{.stamp = StampOf(version), .resource = resource_};
    const bool has_words =
        standing->state == ArticleState::kWithheld || standing->state == ArticleState::kCanceled;
    if (gone_version_ == version) {
      look.otherwise = gone_;
    } else if (has_words) {
      look.withdrawn_version = version;
    } else {
      const bool purged = standing->state == ArticleState::kPurged;
      gone_ = Gone(version, purged ? errors::kArticlePurged : errors::kArticleWithdrawn,
                   NameOf(standing->state));
      gone_version_ = version;
      look.otherwise = gone_;
    }
    return look;
  }
  if (!state_ || state_->version() != version) {
    const Format& format = ArticleFormat();
    const std::string identity = IdentityOf(
        RecipeOf(format, sources_.channel.CanonicalForm(), sources_.feeds.epoch()), id_, version);
    Rendition::Facts facts{.serial = static_cast<std::uint64_t>(version),
                           .stamp = StampOf(version),
                           .resource = resource_,
                           .hash = ContentHashOf(identity),
                           .updated = absl::FromUnixMillis(standing->versioncreated_ms),
                           .media_type = format.traits().media_type,
                           .max_age = sources_.max_age};
    state_ = std::make_shared<const State>(std::move(facts), version);
  }
  return {.rendition = state_};
}

std::shared_ptr<const http::Response> ArticlePage::Explain(std::int64_t withdrawn_version) {
  const auto article = sources_.store.Read(id_, withdrawn_version);
  // Purged meanwhile, or the disk fails: that it is gone is known all the same, and said.
  if (!article.ok()) return Gone(withdrawn_version, errors::kArticleWithdrawn, "withdrawn");
  const Tombstone tombstone = Tombstone::Of(*article, sources_.channel.ArticleUrl(id_));
  auto gone = Gone(withdrawn_version, errors::kArticleWithdrawn, NameOf(tombstone.state),
                   tombstone.Words());
  std::lock_guard lock(mutex_);
  gone_version_ = withdrawn_version;
  gone_ = gone;
  return gone;
}

absl::StatusOr<std::string> ArticlePage::Render(const Rendition& rendition) {
  const auto& state = static_cast<const State&>(rendition);
  const auto fragment = FragmentOf(sources_, id_, state.version(), ArticleFormat());
  if (!fragment.ok()) return fragment.status();
  return (*fragment)->bytes();
}

}  // namespace telex::feeds
