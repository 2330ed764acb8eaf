// Translations as their owner publishes them, and forgets them.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "telex/translation/v1/translation.pb.h"
#include "tests/simulation/feeds/newsroom.h"

namespace telex::feeds {
namespace {

namespace pb = ::telex::translation::v1;

constexpr int kAnotherLookPercent = 40;
constexpr int kRejectedPercent = 15;
constexpr int kBrokersDifferMilliseconds = 60;

pb::Standing ToProto(news::TranslationStanding standing) {
  switch (standing) {
    case news::TranslationStanding::kMachine:
      return pb::STANDING_MACHINE;
    case news::TranslationStanding::kPerson:
      return pb::STANDING_PERSON;
    case news::TranslationStanding::kReviewed:
      return pb::STANDING_REVIEWED;
    case news::TranslationStanding::kRejected:
      break;
  }
  return pb::STANDING_REJECTED;
}

}  // namespace

kafka::Record ToRecord(const Newsroom::Translation& translation, int partition) {
  pb::Translation message;
  message.set_article(news::NameOf(translation.key.article));
  message.set_version(translation.key.version.number);
  message.set_language(translation.key.language.text());
  message.set_revision(translation.key.revision);
  message.set_from(translation.text.from.text());
  message.set_standing(ToProto(translation.text.standing));
  message.set_time_ms(absl::ToUnixMillis(translation.text.made));
  if (!translation.text.headline.empty()) {
    message.mutable_text()->set_headline(translation.text.headline);
    message.mutable_text()->set_body_html(translation.text.body_html);
  }
  return {.topic = kTranslationsTopic,
          .partition = partition,
          .key = news::KeyOf(translation.key),
          .value = news::DeterministicBytes(message)};
}

kafka::Record TranslationOfTheNextRelease(kafka::Record record) {
  pb::Translation message;
  message.ParseFromString(*record.value);
  message.set_standing(static_cast<pb::Standing>(100));
  record.value = news::DeterministicBytes(message);
  return record;
}

bool Newsroom::Story::IsForgotten(const std::string& language) const {
  const auto found = translations.find(language);
  return found != translations.end() && !found->second.empty() &&
         found->second.back().text.headline.empty();
}

void Newsroom::Translate(absl::Time now) {
  Story& story =
      stories_[static_cast<std::size_t>(random_.Below(static_cast<int>(stories_.size())))];
  if (story.versions.empty() || story.newest().purged) return;
  const auto language = *news::LanguageTag::Parse(kLanguages[random_.Below(kLanguages.size())]);
  std::vector<Translation>& all = story.translations[language.text()];
  const bool again = !all.empty() && random_.Chance(kAnotherLookPercent);
  const news::Article& article = story.newest();
  if (!again && article.content.language == language) return;

  revision_ += 1 + random_.Below(3);
  Translation next{.key = {article.id, article.version, language, revision_},
                   .text = {.from = article.content.language}};
  if (again) next = all.back();
  next.key.revision = revision_;
  next.text.standing = !again                             ? news::TranslationStanding::kMachine
                       : random_.Chance(kRejectedPercent) ? news::TranslationStanding::kRejected
                                                          : news::TranslationStanding::kReviewed;
  next.text.made = now - absl::Milliseconds(random_.Below(kBrokersDifferMilliseconds));
  next.text.headline = fmt::format("{} of {} in version {}, revision {}", language.text(),
                                   article.key, next.key.version.number, revision_);
  next.text.body_html = fmt::format("<p>{}</p>", next.text.headline);
  all.push_back(next);
  Send({.record = ToRecord(next, story.partition)}, now);
}

void Newsroom::ForgetTranslations(absl::Time now) {
  for (Story& story : stories_) {
    if (story.versions.empty() || !story.newest().purged) continue;
    for (const auto& [language, translations] : story.translations) {
      if (!translations.empty() && !story.IsForgotten(language)) Forget(story, language, now);
    }
  }
}

// The last word first, so that whoever reads knows at any time that there were translations.
void Newsroom::Forget(Story& story, const std::string& language, absl::Time now) {
  std::vector<Translation>& all = story.translations.at(language);
  if (all.empty()) return;
  if (!story.IsForgotten(language)) {
    Translation last{.key = all.back().key,
                     .text = {.from = all.back().text.from,
                              .standing = news::TranslationStanding::kRejected,
                              .made = now}};
    last.key.version = story.newest().version;
    ++last.key.revision;
    for (const Translation& one : all) last.text.made = std::max(last.text.made, one.text.made);
    all.push_back(last);
    Send({.record = ToRecord(last, story.partition)}, now);
  }
  for (auto one = all.begin(); one != std::prev(all.end()); ++one) {
    Append({.record = {.topic = kTranslationsTopic,
                       .partition = story.partition,
                       .key = news::KeyOf(one->key)}},
           now);
  }
}

}  // namespace telex::feeds
