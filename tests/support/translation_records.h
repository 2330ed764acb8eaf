#pragma once

// Translations as the records of telex.translations.v1.

#include <absl/time/time.h>

#include <cstdint>
#include <string>

#include "news/article.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "news/wire/translation_log.h"
#include "platform/kafka/record.h"
#include "telex/translation/v1/translation.pb.h"

namespace telex::tests {

// By a machine, a minute after the version it is of. Its text names language and revision.
inline translation::v1::Translation MakeTranslation(
    const news::Article& article, const std::string& language, std::int64_t revision,
    translation::v1::Standing standing = translation::v1::STANDING_MACHINE) {
  translation::v1::Translation made;
  made.set_article(news::NameOf(article.id));
  made.set_version(article.version.number);
  made.set_language(language);
  made.set_from(article.content.language.text());
  made.set_revision(revision);
  made.set_standing(standing);
  made.set_time_ms(absl::ToUnixMillis(article.versioncreated + absl::Minutes(1)) + revision);
  const std::string text = language + " text " + std::to_string(revision);
  made.mutable_text()->set_headline(text);
  made.mutable_text()->set_body_html("<p>" + text + ".</p>");
  return made;
}

// What is left of them when their article is forgotten.
inline translation::v1::Translation Forget(translation::v1::Translation translation) {
  translation.set_revision(translation.revision() + 1);
  translation.set_version(translation.version() + 1);
  translation.set_standing(translation::v1::STANDING_REJECTED);
  translation.clear_text();
  return translation;
}

inline kafka::Record RecordOf(const translation::v1::Translation& translation,
                              std::int32_t partition, std::int64_t offset) {
  return {.topic = news::kTranslationsTopic,
          .partition = partition,
          .offset = offset,
          .key = translation.article() + "@" + std::to_string(translation.version()) +
                 "/translations/" + translation.language() + "@" +
                 std::to_string(translation.revision()),
          .value = news::DeterministicBytes(translation)};
}

}  // namespace telex::tests
