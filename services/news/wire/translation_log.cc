#include "news/wire/translation_log.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <utility>

#include "news/article_name.h"
#include "telex/translation/v1/translation.pb.h"

namespace telex::news {
namespace {

namespace pb = ::telex::translation::v1;

constexpr std::string_view kTranslations = "/translations/";

absl::StatusOr<TranslationStanding> StandingOf(pb::Standing standing) {
  switch (standing) {
    case pb::STANDING_MACHINE:
      return TranslationStanding::kMachine;
    case pb::STANDING_PERSON:
      return TranslationStanding::kPerson;
    case pb::STANDING_REVIEWED:
      return TranslationStanding::kReviewed;
    case pb::STANDING_REJECTED:
      return TranslationStanding::kRejected;
    case pb::STANDING_UNSPECIFIED:
      return absl::InvalidArgumentError("standing: is missing");
    default:
      return absl::UnimplementedError(
          fmt::format("standing: {} is of a newer release", static_cast<int>(standing)));
  }
}

// What was carried over keeps the engine that made it.
bool IsAnEngines(const pb::Segment& segment) {
  return segment.origin() == pb::ORIGIN_ENGINE ||
         (segment.origin() == pb::ORIGIN_CARRIED && !segment.engine().empty());
}

absl::StatusOr<Translation> FromProto(const pb::Translation& message) {
  const auto standing = StandingOf(message.standing());
  if (!standing.ok()) return standing.status();
  const auto from = LanguageTag::Parse(message.from());
  if (!from) return absl::InvalidArgumentError("from: is no language tag");
  const pb::Text& text = message.text();
  Translation translation{.from = *from,
                          .standing = *standing,
                          .made = absl::FromUnixMillis(message.time_ms()),
                          .headline = text.headline(),
                          .body_html = text.body_html()};
  for (const pb::Segment& segment : text.segments()) {
    translation.engine_had_part = translation.engine_had_part || IsAnEngines(segment);
  }
  for (const pb::AltText& alt : text.alt_texts()) {
    translation.alt_texts.push_back({.href = alt.href(), .text = alt.text()});
  }
  return translation;
}

}  // namespace

std::string KeyOf(const TranslationKey& key) {
  return fmt::format("{}{}{}@{}", NameOf(key.article, key.version), kTranslations,
                     key.language.text(), key.revision);
}

std::optional<TranslationKey> ParseTranslationKey(std::string_view key) {
  const std::size_t middle = key.find(kTranslations);
  if (middle == key.npos) return std::nullopt;
  const auto name = ArticleName::Parse(key.substr(0, middle));
  if (!name || !name->version) return std::nullopt;
  const std::string_view rest = key.substr(middle + kTranslations.size());
  const std::size_t at = rest.find('@');
  if (at == rest.npos) return std::nullopt;
  auto language = LanguageTag::Parse(rest.substr(0, at));
  std::int64_t revision = 0;
  if (!language || !absl::SimpleAtoi(std::string(rest.substr(at + 1)), &revision))
    return std::nullopt;
  TranslationKey parsed{name->id, *name->version, *std::move(language), revision};
  if (KeyOf(parsed) != key) return std::nullopt;
  return parsed;
}

absl::StatusOr<pb::Translation> ParseTranslation(const TranslationKey& key,
                                                 const std::string& value) {
  pb::Translation message;
  if (!message.ParseFromString(value)) {
    return absl::InvalidArgumentError("cannot parse as telex.translation.v1.Translation");
  }
  if (message.article() != NameOf(key.article) || message.version() != key.version.number ||
      message.language() != key.language.text() || message.revision() != key.revision) {
    return absl::InvalidArgumentError("the key and the translation name different ones");
  }
  return message;
}

absl::StatusOr<TranslationRecord> ReadTranslation(std::string_view key,
                                                  const std::optional<std::string>& value) {
  auto parsed = ParseTranslationKey(key);
  if (!parsed) return absl::InvalidArgumentError("the key names no translation");
  TranslationRecord record{.key = *std::move(parsed)};
  if (!value) return record;
  const auto message = ParseTranslation(record.key, *value);
  if (!message.ok()) return message.status();
  auto translation = FromProto(*message);
  if (!translation.ok()) return translation.status();
  record.translation = *std::move(translation);
  return record;
}

}  // namespace telex::news
