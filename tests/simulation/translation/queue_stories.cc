#include "tests/simulation/translation/queue_stories.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "telex/news/v1/article_record.pb.h"

namespace telex::simulation {

using translation::Policy;
using translation::PolicyRule;
using translation::Workflow;

namespace {

news::LanguageTag Tag(std::string_view text) { return *news::LanguageTag::Parse(text); }

kafka::Record ToRecord(const news::Article& article) {
  news::v1::ArticleRecord message;
  *message.mutable_article() = news::ToProto(article);
  return {.topic = news::kArticlesTopic,
          .partition = 0,
          .key = news::NameOf(article.id, article.version),
          .value = news::DeterministicBytes(message)};
}

bool IsReadable(const news::Article& article) {
  return article.status == news::PubStatus::kUsable && !article.purged &&
         article.availability != news::Availability::kExpired;
}

}  // namespace

QueueStories::QueueStories(Random& random, QueueLogs& logs) : random_(random), logs_(logs) {
  ChangePolicy();
}

news::Article QueueStories::First(std::size_t number) const {
  news::Article article;
  article.key = fmt::to_string(number);
  article.id = news::ArticleId::Of("sources/times", article.key);
  article.source = *news::SourceId::Parse("times");
  article.source_name = "The Times";
  article.content.section = *news::Section::Parse("world");
  article.content.language = Tag("en");
  return article;
}

void QueueStories::Edit(news::Article& next) {
  const bool first = next.version.number == 1;
  if (first || random_.Chance(60)) {
    next.content.headline = fmt::format("Harbour of version {}", next.version.number);
    next.content.body_html = "<p>Boats leave the harbour.</p>";
    if (random_.Chance(50))
      next.content.body_html += fmt::format("<p>Ships return as {}.</p>", next.version.number);
  }
  next.content.language = Tag(random_.Chance(95) ? "en" : "ru");
  next.urgency = 1 + random_.Below(9);
  next.status = news::PubStatus::kUsable;
  next.availability = news::Availability::kAvailable;
  if (random_.Chance(70)) return;
  switch (random_.Below(5)) {
    case 0:
      next.status = news::PubStatus::kWithheld;
      return;
    case 1:
      next.status = news::PubStatus::kCanceled;
      return;
    case 2:
      next.availability = news::Availability::kExpired;
      return;
    default:
      next.availability = news::Availability::kEmbargoed;
  }
}

const news::Article& QueueStories::Change(std::int64_t append_ms) {
  std::size_t at = random_.Below(live_.size());
  if (live_.size() < kStories && (live_.empty() || random_.Chance(50))) {
    at = live_.size();
    live_.push_back(stories_.size());
    stories_.emplace_back();
  }
  const std::size_t number = live_[at];
  Story& story = stories_[number];
  news::Article next = story.versions.empty() ? First(number) : story.newest();
  next.version = next.version.Next();
  next.versioncreated = absl::FromUnixSeconds(next.version.number);
  if (next.version.number > 1 && random_.Chance(8)) {
    next = {.id = next.id, .version = next.version, .source = next.source};
    next.status = news::PubStatus::kCanceled;
    next.purged = true;
    live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(at));
  } else {
    Edit(next);
  }
  story.versions.push_back(next);
  story.append_ms = append_ms;
  Append(next, append_ms);
  if (next.purged) {
    for (news::Version version{1}; version < next.version; version = version.Next())
      AppendTombstone(next.id, version, append_ms);
  }
  return story.newest();
}

void QueueStories::Repeat(std::int64_t append_ms) {
  if (stories_.empty()) return;
  Story& story = stories_[random_.Below(stories_.size())];
  const news::Article& article = story.versions[random_.Below(story.versions.size())];
  const bool is_newest = article.version == story.newest().version;
  if (is_newest && append_ms < story.append_ms) return;
  if (is_newest) story.append_ms = append_ms;
  Append(article, append_ms);
  if (story.newest().purged && !article.purged)
    AppendTombstone(article.id, article.version, append_ms);
}

void QueueStories::Append(const news::Article& article, std::int64_t append_ms) {
  last_append_ms_ = std::max(last_append_ms_, append_ms);
  logs_.Append(ToRecord(article), append_ms);
}

void QueueStories::AppendTombstone(const news::ArticleId& id, news::Version version,
                                   std::int64_t append_ms) {
  logs_.Append({.topic = news::kArticlesTopic, .key = news::NameOf(id, version)}, append_ms);
}

// Of what was appended before, another one holds for ever.
void QueueStories::ChangePolicy() {
  Policy policy;
  policy.version = static_cast<std::int64_t>(policies_.size()) + 1;
  policy.since_ms = last_append_ms_ + 1;
  for (const std::string_view language : {"hy", "ru"}) {
    const int roll = random_.Below(10);
    if (roll < 2) continue;  // it says nothing of it
    PolicyRule rule;
    rule.to = {Tag(language)};
    if (roll > 2) rule.workflow = static_cast<Workflow>(1 + random_.Below(4));
    policy.rules.push_back(std::move(rule));
  }
  policies_.push_back(std::make_shared<const Policy>(std::move(policy)));
}

std::shared_ptr<const Policy> QueueStories::PolicyAt(std::int64_t append_ms) const {
  const auto behind = std::ranges::find_if(
      policies_, [&](const auto& policy) { return policy->since_ms > append_ms; });
  return behind == policies_.begin() ? nullptr : *std::prev(behind);
}

std::optional<Workflow> QueueStories::WorkflowIn(std::int64_t policy,
                                                 const news::LanguageTag& to) const {
  for (const PolicyRule& rule : policies_[static_cast<std::size_t>(policy - 1)]->rules) {
    if (rule.to.front() == to) return rule.workflow;
  }
  return std::nullopt;
}

const QueueStories::Story* QueueStories::Find(const news::ArticleId& id) const {
  const auto found =
      std::ranges::find_if(stories_, [&](const Story& story) { return story.newest().id == id; });
  return found == stories_.end() ? nullptr : &*found;
}

bool QueueStories::IsPurged(const news::ArticleId& id) const {
  const Story* story = Find(id);
  return story != nullptr && story->newest().purged;
}

bool QueueStories::MayBeTranslated(const news::ArticleId& id, news::Version version) const {
  const Story* story = Find(id);
  const auto index = static_cast<std::size_t>(version.number - 1);
  return story != nullptr && index < story->versions.size() && IsReadable(story->versions[index]);
}

std::set<news::LanguageTag> QueueStories::WantedOf(
    const Story& story, const std::set<news::LanguageTag>& translated) const {
  const auto policy = PolicyAt(story.append_ms);
  if (!IsReadable(story.newest()) || policy == nullptr) return {};
  std::set<news::LanguageTag> wanted = translated;
  for (const PolicyRule& rule : policy->rules) {
    if (rule.workflow) {
      wanted.insert(rule.to.front());
    } else {
      wanted.erase(rule.to.front());
    }
  }
  wanted.erase(story.newest().content.language);
  return wanted;
}

}  // namespace telex::simulation
