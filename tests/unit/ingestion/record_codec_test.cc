#include "ingestion/adapters/record_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion {
namespace {

using news::Version;
using testing::At;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LanguageOf;
using testing::Position;
using testing::SectionOf;
using testing::Story;
using testing::Submit;

// Every field of these is set, and each to another value than its default. The structured bindings
// fail to compile when a field is added to a struct: give it a value here and write it in the
// codec.

news::Media FullMedia() {
  news::Media media{"https://caliber.az/1.jpg", "image/jpeg", "A street", "A. Photographer", true};
  [[maybe_unused]] const auto& [href, media_type, alt_text, credit, syndicated] = media;
  return media;
}

news::Content FullContent() {
  news::Content content;
  content.headline = "A headline";
  content.byline = "A. Reporter";
  content.body_html = "<p>Words. Բառեր։</p>";
  content.section = SectionOf("world");
  content.language = LanguageOf("hy");
  content.terms = {"Use with a link.", "Caliber.Az", "https://caliber.az/1"};
  content.media = {FullMedia(), {.href = "https://caliber.az/2.jpg"}};
  content.embargoed = At(100.125);
  content.expires = At(200.25);
  [[maybe_unused]] const auto& [headline, byline, body, section, language, terms, media, embargoed,
                                expires] = content;
  [[maybe_unused]] const auto& [text, attribution, link] = content.terms;
  return content;
}

news::Article FullArticle() {
  news::Article article;
  article.id = Story();
  article.version = Version{7};
  article.source = testing::SourceOf();
  article.source_name = "Caliber.Az";
  article.key = "story-1";
  article.canonical_url = "https://caliber.az/1";
  article.content = FullContent();
  article.status = news::PubStatus::kWithheld;
  article.availability = news::Availability::kEmbargoed;
  article.status_reason = "a doubt";
  article.status_note = "a note on its status";
  article.ednote = "a note";
  article.urgency = 2;
  article.firstcreated = At(1.001);
  article.versioncreated = At(2.002);
  article.published = At(3.003);
  article.printed_views = 44;
  article.shelves = {{SectionOf("culture"), LanguageOf("en")},
                     {SectionOf("world"), LanguageOf("hy")}};
  article.warnings = {"one", "two"};
  article.actor = "desk";
  article.document = "aa11";
  article.purged = true;
  [[maybe_unused]] const auto& [id, version, source, source_name, key, url, content, status,
                                availability, reason, status_note, ednote, urgency, firstcreated,
                                versioncreated, published, views, shelves, warnings, actor,
                                document, purged] = article;
  return article;
}

ArticleHead FullArticleHead() {
  ArticleHead head{.article = FullArticle(),
                   .content_hash = std::string("\x00\xff\x80 any bytes", 13),
                   .position = Position(99, 5),
                   .upstream = Upstream{std::string("\xfe\x00", 2), At(4.004)},
                   .edited = true,
                   .rule = 3};
  [[maybe_unused]] const auto& [article, hash, position, upstream, edited, rule] = head;
  [[maybe_unused]] const auto& [upstream_hash, upstream_time] = *head.upstream;
  [[maybe_unused]] const auto& [cluster, partition, offset] = head.position;
  return head;
}

Source FullSource() {
  Source source = testing::Caliber();
  source.version = Version{4};
  source.attribution = "via Caliber";
  source.section_aliases = {{"world news", SectionOf("world")},
                            {"мир", SectionOf("world")},
                            {"art", SectionOf("culture")}};
  source.language_aliases = {{"arm", LanguageOf("hy")}, {"eng", LanguageOf("en")}};
  source.edited_policy = EditedPolicy::kApply;
  source.sections = {SectionOf("world"), SectionOf("culture")};
  source.time_zone = "Asia/Baku";
  source.create_time = At(1.001);
  source.update_time = At(2.002);
  source.actor = "operator";
  [[maybe_unused]] const auto& [id, version, display, home, terms, attribution, language,
                                section_aliases, language_aliases, policy, sections, zone, created,
                                updated, actor] = source;
  return source;
}

SourceHead FullSourceHead() {
  SourceHead head{.source = FullSource(), .position = Position(3, 1), .rule = 2};
  [[maybe_unused]] const auto& [source, position, rule] = head;
  return head;
}

SetContent FullSetContent() {
  SetContent set;
  set.source = testing::SourceOf();
  set.source_name = "Caliber.Az";
  set.key = "story-1";
  set.canonical_url = "https://caliber.az/1";
  set.content = FullContent();
  set.ednote = "a note";
  set.urgency = 8;
  set.firstcreated = At(5.005);
  set.printed_views = 12;
  set.warnings = {"one"};
  set.base = Version{6};
  set.upstream = Upstream{std::string(32, '\xee'), At(6.006)};
  set.edited_policy = EditedPolicy::kApply;
  [[maybe_unused]] const auto& [source, source_name, key, url, content, ednote, urgency,
                                firstcreated, views, warnings, base, upstream, policy] = set;
  return set;
}

template <typename Action>
Submission Full(Action action) {
  Submission submission = Submit(std::move(action), 9.009);
  submission.rule = 2;
  submission.request_id = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";
  submission.request_hash = "0f3c";
  submission.document = "bb22";
  [[maybe_unused]] const auto& [rule, time, actor, request_id, request_hash, document, subject,
                                what] = submission;
  return submission;
}

std::vector<Submission> EverySubmission() {
  SetSource set_source{.source = FullSource(), .base = Version{3}};
  set_source.source.version = {};
  set_source.source.create_time = set_source.source.update_time = absl::UnixEpoch();
  set_source.source.actor.clear();
  Submission of_source = Full(set_source);
  of_source.subject = testing::SourceOf();
  std::vector<Submission> all = {Full(FullSetContent()),
                                 Full(Withhold{"why", "note"}),
                                 Full(Kill{"why", "note"}),
                                 Full(Reinstate{"note"}),
                                 Full(TimeReached{Version{3}, At(7.007)}),
                                 Full(Purge{"why", "https://caliber.az/", Version{3}}),
                                 of_source};
  // An action that is added must be added here.
  EXPECT_EQ(all.size(), std::variant_size_v<decltype(Submission::action)>);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].action.index(), i);
  [[maybe_unused]] const auto& [w_reason, w_note] = std::get<Withhold>(all[1].action);
  [[maybe_unused]] const auto& [k_reason, k_note] = std::get<Kill>(all[2].action);
  [[maybe_unused]] const auto& [r_note] = std::get<Reinstate>(all[3].action);
  [[maybe_unused]] const auto& [t_version, t_instant] = std::get<TimeReached>(all[4].action);
  [[maybe_unused]] const auto& [p_reason, p_link, p_base] = std::get<Purge>(all[5].action);
  [[maybe_unused]] const auto& [s_source, s_base] = set_source;
  return all;
}

Decision FullDecision() {
  Decision decision;
  decision.position = Position(12, 7);
  decision.subject = news::NameOf(Story());
  decision.verdict = Verdict::kHeld;
  decision.version = Version{5};
  decision.reason = Reason::kEditedByEditor;
  decision.request_id = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";
  decision.request_hash = "0f3c";
  decision.time = At(8.008);
  decision.rule = 2;
  decision.repeats = Position(11, 7);
  [[maybe_unused]] const auto& [position, subject, verdict, version, reason, request_id,
                                request_hash, time, rule, repeats] = decision;
  return decision;
}

// The paths of the fields that nobody has set; of a oneof, the members that were not chosen are
// left out.
void Unset(const google::protobuf::Message& message, const std::string& path,
           std::vector<std::string>& out) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto* field = message.GetDescriptor()->field(i);
    const std::string name = path + field->name();
    const bool is_message = field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->is_repeated()) {
      if (reflection->FieldSize(message, field) == 0) {
        out.push_back(name);
      } else if (is_message && !field->is_map()) {
        Unset(reflection->GetRepeatedMessage(message, field, 0), name + ".", out);
      }
    } else if (!reflection->HasField(message, field)) {
      if (field->real_containing_oneof() == nullptr) out.push_back(name);
    } else if (is_message) {
      Unset(reflection->GetMessage(message, field), name + ".", out);
    }
  }
}

template <typename Message>
std::vector<std::string> UnsetIn(const std::string& bytes) {
  Message message;
  EXPECT_TRUE(message.ParseFromString(bytes));
  std::vector<std::string> unset;
  Unset(message, "", unset);
  return unset;
}

// Round trips: every field. What a call did is in its answer alone, and in no record.

TEST(RecordCodecTest, AnArticlesRecordHoldsEveryFieldAndIsReadBack) {
  const std::string bytes = EncodeArticleHead(FullArticleHead());
  EXPECT_THAT(UnsetIn<news::v1::ArticleRecord>(bytes), ElementsAre("article.result"))
      << "a field of the contract that the codec does not write";
  const auto read = DecodeArticleHead(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, FullArticleHead());
  EXPECT_EQ(EncodeArticleHead(*read), bytes);
}

TEST(RecordCodecTest, WhatIsAbsentInAnArticleStaysAbsent) {
  ArticleHead head = FullArticleHead();
  head.upstream.reset();
  head.article.published.reset();
  head.article.content.embargoed.reset();
  head.article.content.expires.reset();
  head.article.purged = false;
  head.edited = false;
  EXPECT_EQ(*DecodeArticleHead(EncodeArticleHead(head)), head);
  head.upstream = Upstream{"hash", std::nullopt};
  EXPECT_EQ(*DecodeArticleHead(EncodeArticleHead(head)), head);
}

TEST(RecordCodecTest, EveryStatusAndAvailabilityIsReadBack) {
  for (const auto status :
       {news::PubStatus::kUsable, news::PubStatus::kWithheld, news::PubStatus::kCanceled}) {
    for (const auto availability : {news::Availability::kAvailable, news::Availability::kEmbargoed,
                                    news::Availability::kExpired}) {
      ArticleHead head = FullArticleHead();
      head.article.status = status;
      head.article.availability = availability;
      EXPECT_EQ(*DecodeArticleHead(EncodeArticleHead(head)), head);
    }
  }
}

TEST(RecordCodecTest, WhatADecisionMakesOfEveryActionIsReadBack) {
  testing::History history;
  SetContent set = testing::Words("One");
  set.content.embargoed = At(10);
  set.content.expires = At(20);
  for (const Submission& submission :
       {Submit(set), Submit(TimeReached{Version{1}, At(10)}, 10), Submit(Kill{"x", "y"}, 11),
        Submit(Reinstate{"z"}, 12), Submit(TimeReached{Version{4}, At(20)}, 20),
        Submit(Purge{"x", "https://a/"}, 21)}) {
    const auto outcome = history.Decide(submission);
    ASSERT_TRUE(outcome.next);
    EXPECT_EQ(*DecodeArticleHead(EncodeArticleHead(*outcome.next)), *outcome.next);
    EXPECT_EQ(*DecodeDecision(EncodeDecision(outcome.decision)), outcome.decision);
  }
}

TEST(RecordCodecTest, ASourcesRecordHoldsEveryFieldAndIsReadBack) {
  const std::string bytes = EncodeSourceHead(FullSourceHead());
  EXPECT_THAT(UnsetIn<v1::SourceRecord>(bytes), ElementsAre("source.result"));
  const auto read = DecodeSourceHead(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, FullSourceHead());
  EXPECT_EQ(EncodeSourceHead(*read), bytes);
}

TEST(RecordCodecTest, EverySubmissionIsReadBack) {
  for (const Submission& submission : EverySubmission()) {
    const std::string bytes = EncodeSubmission(submission);
    const auto read = DecodeSubmission(bytes);
    ASSERT_TRUE(read.ok()) << submission.action.index() << read.status();
    EXPECT_EQ(*read, submission) << submission.action.index();
    EXPECT_EQ(EncodeSubmission(*read), bytes) << submission.action.index();
  }
}

TEST(RecordCodecTest, ASubmissionHoldsEveryFieldButWhatTheDecisionMakes) {
  const std::vector<Submission> all = EverySubmission();
  EXPECT_THAT(UnsetIn<v1::Submission>(EncodeSubmission(all[0])),
              ElementsAre("set_content.article.name", "set_content.article.version",
                          "set_content.article.etag", "set_content.article.pub_status",
                          "set_content.article.availability", "set_content.article.status_reason",
                          "set_content.article.status_note", "set_content.article.versioncreated",
                          "set_content.article.published", "set_content.article.shelves",
                          "set_content.article.warnings", "set_content.article.actor",
                          "set_content.article.document", "set_content.article.purged",
                          "set_content.article.result"));
  for (std::size_t i = 1; i + 1 < all.size(); ++i)
    EXPECT_THAT(UnsetIn<v1::Submission>(EncodeSubmission(all[i])), IsEmpty()) << i;
  EXPECT_THAT(UnsetIn<v1::Submission>(EncodeSubmission(all.back())),
              ElementsAre("set_source.source.version", "set_source.source.etag",
                          "set_source.source.create_time", "set_source.source.update_time",
                          "set_source.source.actor", "set_source.source.result"));
}

TEST(RecordCodecTest, WhatIsAbsentInASubmissionStaysAbsent) {
  SetContent set = testing::Words("One");
  EXPECT_EQ(*DecodeSubmission(EncodeSubmission(Submit(set))), Submit(set));
  set.base = Version{0};  // "nothing was there" is not "no matter"
  EXPECT_EQ(*DecodeSubmission(EncodeSubmission(Submit(set))), Submit(set));
  set.upstream = Upstream{"hash", std::nullopt};
  EXPECT_EQ(*DecodeSubmission(EncodeSubmission(Submit(set))), Submit(set));
}

TEST(RecordCodecTest, ADecisionHoldsEveryFieldAndIsReadBack) {
  const std::string bytes = EncodeDecision(FullDecision());
  EXPECT_THAT(UnsetIn<v1::Decision>(bytes), IsEmpty());
  EXPECT_EQ(*DecodeDecision(bytes), FullDecision());
  for (const auto verdict : {Verdict::kAccepted, Verdict::kUnchanged, Verdict::kStale,
                             Verdict::kHeld, Verdict::kRefused}) {
    for (int reason = 0; reason <= static_cast<int>(Reason::kTooEarly); ++reason) {
      Decision decision = FullDecision();
      decision.verdict = verdict;
      decision.reason = static_cast<Reason>(reason);
      decision.repeats.reset();
      EXPECT_EQ(*DecodeDecision(EncodeDecision(decision)), decision);
    }
  }
}

TEST(RecordCodecTest, InstantsBefore1970KeepTheirMilliseconds) {
  SetContent set = testing::Words("One");
  set.firstcreated = absl::FromUnixMillis(-1);
  EXPECT_EQ(*DecodeSubmission(EncodeSubmission(Submit(set))), Submit(set));
}

// Determinism

TEST(RecordCodecTest, TheSameValueGivesTheSameBytesWhateverTheOrderOfItsMaps) {
  Source source = FullSource();
  for (int i = 0; i < 60; ++i)
    source.section_aliases.emplace("alias " + std::to_string(i * 37 % 60), SectionOf("world"));
  const std::string bytes = EncodeSourceHead({source, Position(1), 1});
  for (int round = 0; round < 20; ++round) {
    // Through a message whose map was filled in another order, and through a reader.
    v1::Source message = ToProto(source);
    v1::Source shuffled = message;
    shuffled.clear_section_aliases();
    for (int i = 0; i < 60; ++i) {
      const std::string name = "alias " + std::to_string((i * 7 + round) % 60);
      (*shuffled.mutable_section_aliases())[name] = message.section_aliases().at(name);
    }
    for (const auto& [name, slug] : message.section_aliases())
      (*shuffled.mutable_section_aliases())[name] = slug;
    const auto read = FromProto(shuffled);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(EncodeSourceHead({*read, Position(1), 1}), bytes);
  }
}

TEST(RecordCodecTest, AliasesThatDifferInCaseAloneAreRefusedNotChosenAtRandom) {
  v1::Source message = ToProto(testing::Caliber());
  (*message.mutable_section_aliases())["WORLD"] = "world";
  (*message.mutable_section_aliases())["World"] = "abroad";
  EXPECT_THAT(std::string(FromProto(message).status().message()), HasSubstr("section_aliases"));
  message.clear_section_aliases();
  (*message.mutable_language_aliases())["ARM"] = "hy";
  (*message.mutable_language_aliases())["arm"] = "en";
  EXPECT_THAT(std::string(FromProto(message).status().message()), HasSubstr("language_aliases"));
  // Twice the same is no contradiction.
  message.clear_language_aliases();
  (*message.mutable_section_aliases())["WORLD"] = "world";
  (*message.mutable_section_aliases())["World"] = "world";
  EXPECT_TRUE(FromProto(message).ok());
}

// v1 stays readable for ever: a decision as the first release wrote it.
TEST(RecordCodecTest, ADecisionOfTheFirstReleaseIsRead) {
  const std::string bytes(
      "\x0a\x0d\x0a\x09"
      "cluster-a"
      "\x18\x05"
      "\x12\x09"
      "sources/a"
      "\x18\x02\x20\x03\x2a\x0c"
      "SAME_CONTENT"
      "\x3a\x00\x40\x01",
      48);
  const auto decision = DecodeDecision(bytes);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(decision->position, Position(5, 0));
  EXPECT_EQ(decision->subject, "sources/a");
  EXPECT_EQ(decision->verdict, Verdict::kUnchanged);
  EXPECT_EQ(decision->version.number, 3);
  EXPECT_EQ(decision->reason, Reason::kSameContent);
  EXPECT_EQ(decision->rule, 1);
}

// Refusals

std::string Spoiled(const std::function<void(v1::Submission&)>& spoil, std::size_t which = 0) {
  v1::Submission message;
  message.ParseFromString(EncodeSubmission(EverySubmission()[which]));
  spoil(message);
  return message.SerializeAsString();
}

TEST(RecordCodecTest, ASubmissionThatIsNoneIsRefusedNamingTheField) {
  const std::string garbage("\xff\xff\xff not protobuf", 16);
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeSubmission(garbage).status()));
  EXPECT_FALSE(DecodeSubmission("").ok());
  const auto fault = [](const std::string& bytes) {
    return std::string(DecodeSubmission(bytes).status().message());
  };
  EXPECT_THAT(fault(Spoiled([](auto& m) { m.set_article("articles/none"); })),
              HasSubstr("article"));
  EXPECT_THAT(fault(Spoiled([](auto& m) { m.set_article(news::NameOf(Story(), Version{1})); })),
              HasSubstr("article"));
  EXPECT_THAT(fault(Spoiled([](auto& m) { m.clear_article(); })), HasSubstr("source"));
  EXPECT_THAT(fault(Spoiled([](auto& m) { m.clear_set_content(); })), HasSubstr("action"));
  EXPECT_THAT(fault(Spoiled([](auto& m) { m.set_source("sources/a"); })), HasSubstr("action"));
  EXPECT_THAT(fault(Spoiled([](auto& m) { m.mutable_set_source(); })), HasSubstr("action"));
  EXPECT_THAT(fault(Spoiled([](auto& m) {
                m.mutable_set_content()->mutable_article()->set_section("No Slug");
              })),
              HasSubstr("section"));
  EXPECT_THAT(fault(Spoiled(
                  [](auto& m) { m.mutable_set_content()->mutable_article()->set_language("??"); })),
              HasSubstr("language"));
  EXPECT_THAT(
      fault(Spoiled([](auto& m) { m.mutable_set_content()->mutable_article()->clear_source(); })),
      HasSubstr("source"));
  EXPECT_THAT(
      fault(Spoiled(
          [](auto& m) { m.mutable_set_source()->mutable_source()->set_default_language("??"); },
          6)),
      HasSubstr("default_language"));
  EXPECT_THAT(
      fault(Spoiled([](auto& m) { m.mutable_set_source()->mutable_source()->add_sections("??"); },
                    6)),
      HasSubstr("sections"));
}

TEST(RecordCodecTest, AVerdictOrReasonOfALaterReleaseIsRefused) {
  v1::Decision message;
  message.ParseFromString(EncodeDecision(FullDecision()));
  message.set_verdict(static_cast<v1::Verdict>(77));
  EXPECT_THAT(std::string(DecodeDecision(message.SerializeAsString()).status().message()),
              HasSubstr("verdict"));
  message.set_verdict(v1::VERDICT_HELD);
  message.set_reason("LATER");
  EXPECT_THAT(std::string(DecodeDecision(message.SerializeAsString()).status().message()),
              HasSubstr("reason"));
}

TEST(RecordCodecTest, WhatIsCutShortIsRefusedOrReadAndNeverCrashes) {
  const std::string bytes = EncodeArticleHead(FullArticleHead());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = DecodeArticleHead(std::string_view(bytes).substr(0, size));
    if (read.ok()) {
      EXPECT_NE(*read, FullArticleHead());
    }
  }
}

TEST(RecordCodecTest, KeysOfRecords) {
  EXPECT_EQ(DecisionKey(Position(12, 7)), "submissions/7/12");
  EXPECT_EQ(SourceKey(testing::SourceOf(), Version{3}), "sources/caliber.az@3");
}

}  // namespace
}  // namespace telex::ingestion
