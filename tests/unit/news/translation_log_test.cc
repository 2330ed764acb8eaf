#include "news/wire/translation_log.h"

#include <gtest/gtest.h>

#include "tests/support/articles.h"
#include "tests/support/translation_records.h"

namespace telex::news {
namespace {

constexpr std::string_view kKey =
    "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/pt-BR@17";

TEST(TranslationKey, IsReadAsItIsWritten) {
  const auto key = ParseTranslationKey(kKey);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->version.number, 3);
  EXPECT_EQ(key->language.text(), "pt-BR");
  EXPECT_EQ(key->revision, 17);
  EXPECT_EQ(KeyOf(*key), kKey);
}

TEST(TranslationKey, WhatIsSpelledOtherwiseIsNone) {
  for (const std::string_view key :
       {"", "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e/translations/ru@1",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/ru",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/ru@",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/ru@01",
        "articles/0f8fad5b-d9cb-569f-a165-70867728950e@3/translations/RU@1",
        "articles/0F8FAD5B-d9cb-569f-a165-70867728950e@3/translations/ru@1"}) {
    EXPECT_FALSE(ParseTranslationKey(key)) << key;
  }
}

namespace pb = ::telex::translation::v1;

const Article kArticle = tests::MakeArticle(1, 3);

absl::StatusOr<TranslationRecord> Read(const pb::Translation& translation) {
  const kafka::Record record = tests::RecordOf(translation, 0, 0);
  return ReadTranslation(record.key, record.value);
}

TEST(TranslationRecord, HasTheTextThatIsShown) {
  pb::Translation made = tests::MakeTranslation(kArticle, "es", 17);
  auto* const alt = made.mutable_text()->add_alt_texts();
  alt->set_href("https://m.example/1.jpg");
  alt->set_text("un barco");
  const auto record = Read(made);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->key.article, kArticle.id);
  EXPECT_EQ(record->key.version, kArticle.version);
  EXPECT_EQ(record->key.revision, 17);
  const Translation& translation = *record->translation;
  EXPECT_EQ(translation.from.text(), "en");
  EXPECT_EQ(translation.standing, TranslationStanding::kMachine);
  EXPECT_EQ(translation.made, absl::FromUnixMillis(made.time_ms()));
  EXPECT_EQ(translation.headline, "es text 17");
  EXPECT_EQ(translation.body_html, "<p>es text 17.</p>");
  EXPECT_EQ(translation.alt_texts,
            (std::vector<AltText>{{.href = "https://m.example/1.jpg", .text = "un barco"}}));
  EXPECT_TRUE(translation.IsShown());
}

TEST(TranslationRecord, TellsWhetherAnEngineHadAPart) {
  pb::Translation made = tests::MakeTranslation(kArticle, "es", 1, pb::STANDING_REVIEWED);
  made.mutable_text()->add_segments()->set_origin(pb::ORIGIN_PERSON);
  EXPECT_FALSE(Read(made)->translation->engine_had_part);
  made.mutable_text()->add_segments()->set_origin(pb::ORIGIN_CARRIED);
  EXPECT_FALSE(Read(made)->translation->engine_had_part);
  made.mutable_text()->mutable_segments(1)->set_engine("apertium");
  EXPECT_TRUE(Read(made)->translation->engine_had_part);
  made.mutable_text()->mutable_segments(0)->set_origin(pb::ORIGIN_ENGINE);
  EXPECT_TRUE(Read(made)->translation->engine_had_part);
}

TEST(TranslationRecord, WhatWasRejectedOrForgottenIsNotShown) {
  const pb::Translation made = tests::MakeTranslation(kArticle, "es", 1, pb::STANDING_REJECTED);
  EXPECT_FALSE(Read(made)->translation->IsShown());
  EXPECT_FALSE(Read(tests::Forget(made))->translation->IsShown());
  const auto tombstone = ReadTranslation(tests::RecordOf(made, 0, 0).key, std::nullopt);
  ASSERT_TRUE(tombstone.ok());
  EXPECT_FALSE(tombstone->translation);
}

TEST(TranslationRecord, TellsWhatNoReleaseWroteFromANewerOne) {
  const pb::Translation made = tests::MakeTranslation(kArticle, "es", 1);
  const std::string key = tests::RecordOf(made, 0, 0).key;
  EXPECT_TRUE(absl::IsInvalidArgument(ReadTranslation(key, "\xff").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadTranslation("k", std::nullopt).status()));
  pb::Translation other = made;
  other.set_revision(2);
  EXPECT_TRUE(absl::IsInvalidArgument(ReadTranslation(key, other.SerializeAsString()).status()));
  other = made;
  other.clear_standing();
  EXPECT_TRUE(absl::IsInvalidArgument(Read(other).status()));
  other = made;
  other.set_from("");
  EXPECT_TRUE(absl::IsInvalidArgument(Read(other).status()));
  other = made;
  other.set_standing(static_cast<pb::Standing>(100));
  EXPECT_TRUE(absl::IsUnimplemented(Read(other).status()));
}

TEST(TranslationId, IsOfArticleAndLanguageAlone) {
  const ArticleId spanish = kArticle.id.OfTranslation("es");
  EXPECT_EQ(spanish, kArticle.id.OfTranslation("es"));
  EXPECT_EQ(spanish.ToString()[14], '5') << "a name-based UUID";
  EXPECT_NE(spanish, kArticle.id.OfTranslation("ru"));
  EXPECT_NE(spanish, tests::MakeArticle(2).id.OfTranslation("es"));
  EXPECT_NE(spanish, kArticle.id);
}

}  // namespace
}  // namespace telex::news
