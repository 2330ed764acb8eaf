#include "ingestion/adapters/api_drafts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/domain/normalise.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion {
namespace {

using testing::At;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::SectionOf;
using testing::Story;

news::Article Standing() {
  testing::History history;
  SetContent set = testing::Words("Standing headline");
  set.content.embargoed = At(-100.125);
  set.content.expires = At(1e6 + 0.875);
  set.content.media = {{.href = "https://caliber.az/1.jpg"}};
  set.ednote = "standing note";
  set.urgency = 3;
  history.Decide(testing::Submit(set));
  return history.article();
}

v1::UpdateArticleRequest Wanting(std::initializer_list<const char*> paths) {
  v1::UpdateArticleRequest request;
  for (const char* path : paths) request.mutable_update_mask()->add_paths(path);
  news::v1::Article& article = *request.mutable_article();
  article.set_headline("  New headline ");
  article.set_byline("New byline");
  article.set_body_html("<p>New body.</p>");
  article.set_section("new-section");
  article.set_language("az");
  article.mutable_usage_terms()->set_attribution("New attribution");
  article.set_canonical_url("https://caliber.az/new");
  article.add_media()->set_href("https://caliber.az/new.jpg");
  *article.mutable_embargoed() = news::ToProto(At(50.5));
  article.set_ednote("new note");
  article.set_urgency(9);
  return request;
}

std::string FieldOf(const absl::Status& status) {
  const auto details = errors::DetailsOf(status);
  return details && !details->fields.empty() ? details->fields[0].field : "";
}

absl::StatusOr<SetContent> Tidy(const Draft& draft, const Source& source = testing::Caliber()) {
  return Normalise({.draft = draft,
                    .source = source,
                    .zone = absl::UTCTimeZone(),
                    .now = At(0),
                    .key = "story-1",
                    .field_path = ""});
}

// Drafts

TEST(ApiDraftsTest, ADraftHasWhatTheRequestSays) {
  v1::UpdateArticleRequest all = Wanting({"*"});
  *all.mutable_article()->mutable_firstcreated() = news::ToProto(At(-7.25));
  *all.mutable_article()->mutable_expires() = news::ToProto(At(77.007));
  all.mutable_article()->set_printed_views(4);
  const auto draft = DraftOf(all.article(), "");
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->headline, "New headline");
  EXPECT_EQ(draft->byline, "New byline");
  EXPECT_EQ(draft->body_html, "<p>New body.</p>");
  EXPECT_EQ(draft->section, "new-section");
  EXPECT_EQ(draft->language, "az");
  EXPECT_EQ(draft->canonical_url, "https://caliber.az/new");
  EXPECT_EQ(draft->ednote, "new note");
  EXPECT_EQ(draft->urgency, 9);
  EXPECT_EQ(draft->printed_views, 4);
  EXPECT_EQ(draft->media.size(), 1u);
  const auto set = Tidy(*draft);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->firstcreated, At(-7.25));
  EXPECT_EQ(set->content.embargoed, At(50.5));
  EXPECT_EQ(set->content.expires, At(77.007));
}

TEST(ApiDraftsTest, InstantsBefore1970AndOfTheYear1KeepTheirMilliseconds) {
  news::v1::Article article;
  article.set_headline("x");
  article.set_body_html("<p>x</p>");
  for (const absl::Time time : {absl::FromUnixMillis(-1), absl::FromUnixMillis(-1'234'567'891),
                                absl::FromUnixMillis(-62'135'596'800'000)}) {
    *article.mutable_firstcreated() = news::ToProto(time);
    const auto set = Tidy(*DraftOf(article, ""));
    ASSERT_TRUE(set.ok()) << set.status();
    EXPECT_EQ(set->firstcreated, time);
  }
}

TEST(ApiDraftsTest, TimestampsOutsideOfTheCalendarAreRefused) {
  news::v1::Article article;
  article.set_headline("x");
  article.set_body_html("<p>x</p>");
  for (const std::int64_t seconds :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-62'135'596'801},
        std::numeric_limits<std::int64_t>::max()}) {
    article.mutable_firstcreated()->set_seconds(seconds);
    EXPECT_EQ(FieldOf(Tidy(*DraftOf(article, "")).status()), "firstcreated") << seconds;
  }
}

TEST(ApiDraftsTest, BodyTextBecomesParagraphs) {
  const auto body = [](const std::string& text) { return DraftOf({}, text)->body_html; };
  EXPECT_EQ(body("One line"), "<p>One line</p>");
  EXPECT_EQ(body("One\nstill one\n\nTwo\r\n\r\n\n\nThree & <b>\n"),
            "<p>One still one</p><p>Two</p><p>Three &amp; &lt;b&gt;</p>");
  EXPECT_EQ(body("\n \n  \t\n"), "");
}

TEST(ApiDraftsTest, ABodyIsSanitisedOnTheWayIn) {
  news::v1::Article article;
  article.set_body_html("<p onclick=x>Words<script>alert(1)</script></p>");
  EXPECT_EQ(DraftOf(article, "")->body_html, "<p>Words</p>");
  article.set_body_html("<p>" + std::string(5 << 20, 'x') + "</p>");
  const auto refused = DraftOf(article, "");
  EXPECT_EQ(FieldOf(refused.status()), "article.body_html");
  EXPECT_EQ(errors::ReasonOf(refused.status()), errors::kDocumentTooLarge);
}

TEST(ApiDraftsTest, WhatABodyLosesIsAWarning) {
  const std::string body = "<p>10<sup>6</sup></p><svg>x</svg><x-note>y</x-note>";
  news::v1::Article article;
  article.set_body_html(body);
  const auto created = DraftOf(article, "");
  EXPECT_EQ(created->body_html, "<p>10<sup>6</sup></p><p>y</p>");
  ASSERT_EQ(created->warnings.size(), 2u);
  EXPECT_NE(created->warnings[0].find(": svg"), std::string::npos) << created->warnings[0];
  EXPECT_NE(created->warnings[1].find(": x-note"), std::string::npos) << created->warnings[1];

  v1::UpdateArticleRequest update;
  update.mutable_article()->set_body_html(body);
  update.mutable_update_mask()->add_paths("headline");
  EXPECT_TRUE(MergedDraft(news::Article(), update)->warnings.empty()) << "the body stands";
  update.mutable_update_mask()->add_paths("body_html");
  EXPECT_EQ(MergedDraft(news::Article(), update)->warnings, created->warnings);
}

// Masks

TEST(ApiDraftsTest, ABodyIsCountedAsItWasHandedIn) {
  news::v1::Article article;
  article.set_body_html("<p>a & b</p>");
  EXPECT_EQ(DraftOf(article, "")->body_bytes_submitted, 12u);
  EXPECT_EQ(DraftOf(article, "a & b")->body_bytes_submitted, 5u);
  v1::UpdateArticleRequest update;
  *update.mutable_article() = article;
  update.mutable_update_mask()->add_paths("headline");
  EXPECT_EQ(MergedDraft({}, update)->body_bytes_submitted, 0u);
  update.mutable_update_mask()->add_paths("body_html");
  EXPECT_EQ(MergedDraft({}, update)->body_bytes_submitted, 12u);
}

TEST(ApiDraftsTest, AMaskNamesFieldsThatCanChangeAndAtLeastOne) {
  google::protobuf::FieldMask mask;
  EXPECT_EQ(errors::ReasonOf(CheckMask(mask)), errors::kFieldRequired);
  for (const char* path :
       {"*", "headline", "byline", "body_html", "section", "language", "usage_terms",
        "canonical_url", "media", "embargoed", "expires", "ednote", "urgency"}) {
    mask.clear_paths();
    mask.add_paths(path);
    EXPECT_TRUE(CheckMask(mask).ok()) << path;
  }
  for (const char* path : {"", "name", "key", "source", "version", "etag", "pub_status", "purged",
                           "usage_terms.text", "no_such"}) {
    mask.clear_paths();
    mask.add_paths("headline");
    mask.add_paths(path);
    EXPECT_EQ(errors::ReasonOf(CheckMask(mask)), errors::kUnknownFieldInMask) << path;
    EXPECT_THAT(std::string(CheckMask(mask).message()), HasSubstr(std::string("'") + path + "'"));
  }
}

TEST(ApiDraftsTest, AMergedDraftReplacesTheFieldsOfTheMaskAndNoOther) {
  const Draft kept = *MergedDraft(Standing(), Wanting({"ednote"}));
  EXPECT_EQ(kept.headline, "Standing headline");
  EXPECT_EQ(kept.byline, "A. Reporter");
  EXPECT_EQ(kept.body_html, "<p>It happened.</p>");
  EXPECT_EQ(kept.section, "world");
  EXPECT_EQ(kept.language, "en");
  EXPECT_EQ(kept.canonical_url, "https://caliber.az/story-1");
  EXPECT_EQ(kept.media, Standing().content.media);
  EXPECT_EQ(kept.urgency, 3);
  EXPECT_EQ(kept.ednote, "new note");

  const Draft all = *MergedDraft(Standing(), Wanting({"*"}));
  EXPECT_EQ(all.headline, "New headline");
  EXPECT_EQ(all.byline, "New byline");
  EXPECT_EQ(all.body_html, "<p>New body.</p>");
  EXPECT_EQ(all.section, "new-section");
  EXPECT_EQ(all.language, "az");
  EXPECT_EQ(all.canonical_url, "https://caliber.az/new");
  EXPECT_EQ(all.terms->attribution, "New attribution");
  EXPECT_EQ(all.media[0].href, "https://caliber.az/new.jpg");
  EXPECT_EQ(all.ednote, "new note");
  EXPECT_EQ(all.urgency, 9);
  EXPECT_EQ(all.expires, std::nullopt);  // masked and absent: taken away
}

TEST(ApiDraftsTest, EachFieldOfTheMaskIsReplacedAlone) {
  const Draft before = *MergedDraft(Standing(), Wanting({}));
  for (const char* path : {"headline", "byline", "body_html", "section", "language", "usage_terms",
                           "canonical_url", "media", "ednote", "urgency"}) {
    const Draft after = *MergedDraft(Standing(), Wanting({path}));
    const auto changed = [&](const char* field, bool differs) {
      EXPECT_EQ(differs, std::string(field) == path) << field << " by " << path;
    };
    changed("headline", after.headline != before.headline);
    changed("byline", after.byline != before.byline);
    changed("body_html", after.body_html != before.body_html);
    changed("section", after.section != before.section);
    changed("language", after.language != before.language);
    changed("canonical_url", after.canonical_url != before.canonical_url);
    changed("media", after.media != before.media);
    changed("ednote", after.ednote != before.ednote);
    changed("urgency", after.urgency != before.urgency);
  }
}

TEST(ApiDraftsTest, AMergedDraftKeepsInstantsToTheMillisecond) {
  const auto set = Tidy(*MergedDraft(Standing(), Wanting({"headline"})));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->content.embargoed, Standing().content.embargoed);
  EXPECT_EQ(set->content.expires, Standing().content.expires);
  EXPECT_TRUE(set->warnings.empty());
}

TEST(ApiDraftsTest, AMergeThatChangesNothingIsTheSameContent) {
  v1::UpdateArticleRequest request = Wanting({"headline"});
  request.mutable_article()->set_headline("Standing headline");
  const auto set = Tidy(*MergedDraft(Standing(), request));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->content, Standing().content);
}

TEST(ApiDraftsTest, TheAttributionFollowsTheStorysAddressUntilSomebodySetsIt) {
  const auto moved = Tidy(*MergedDraft(Standing(), Wanting({"canonical_url"})));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->content.terms.link, "https://caliber.az/new");
  news::Article own_link = Standing();
  own_link.content.terms.link = "https://agency.example/";
  EXPECT_EQ(Tidy(*MergedDraft(own_link, Wanting({"canonical_url"})))->content.terms.link,
            "https://agency.example/");
}

TEST(ApiDraftsTest, BodyTextStandsInForTheBodyWhereTheMaskNamesIt) {
  v1::UpdateArticleRequest request = Wanting({"body_html"});
  request.set_body_text("Plain");
  EXPECT_EQ(MergedDraft(Standing(), request)->body_html, "<p>Plain</p>");
}

// Sources

TEST(ApiDraftsTest, ASourceIsCheckedAndItsOutputOnlyFieldsAreIgnored) {
  v1::Source message = ToProto(testing::Caliber());
  message.set_version(9);
  message.set_actor("somebody else");
  *message.mutable_create_time() = news::ToProto(At(0));
  message.set_time_zone("Asia/Baku");
  const auto source = SettableSource(message);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->version.number, 0);
  EXPECT_EQ(source->actor, "");
  EXPECT_EQ(source->create_time, absl::Time());
  EXPECT_EQ(source->time_zone, "Asia/Baku");
}

TEST(ApiDraftsTest, ASourceThatCannotBeIsRefusedWithItsField) {
  const auto fault = [](const std::function<void(v1::Source&)>& spoil) {
    v1::Source message = ToProto(testing::Caliber());
    spoil(message);
    const absl::Status status = SettableSource(message).status();
    return std::pair{FieldOf(status), errors::ReasonOf(status)};
  };
  using Fault = std::pair<std::string, std::string>;
  EXPECT_EQ(fault([](auto& m) { m.set_time_zone("Baku"); }),
            (Fault{"source.time_zone", errors::kFieldInvalid}));
  EXPECT_EQ(fault([](auto& m) { m.set_default_language("??"); }),
            (Fault{"source.default_language", errors::kUnknownLanguage}));
  EXPECT_EQ(fault([](auto& m) { m.add_sections("No Slug"); }),
            (Fault{"source.sections", errors::kUnknownSection}));
  EXPECT_EQ(fault([](auto& m) { (*m.mutable_section_aliases())["x"] = "No Slug"; }),
            (Fault{"source.section_aliases", errors::kUnknownSection}));
  EXPECT_EQ(fault([](auto& m) { (*m.mutable_language_aliases())["x"] = "??"; }),
            (Fault{"source.language_aliases", errors::kUnknownLanguage}));
  EXPECT_EQ(fault([](auto& m) { m.set_home_page("caliber.az"); }),
            (Fault{"source.home_page", errors::kFieldInvalid}));
}

TEST(ApiDraftsTest, AMergedSourceReplacesWholeFieldsOfTheMask) {
  v1::Source standing = ToProto(testing::Caliber());
  standing.set_attribution("via Caliber");
  (*standing.mutable_section_aliases())["old"] = "old";
  standing.add_sections("old");
  v1::UpdateSourceRequest request;
  request.mutable_source()->set_name("sources/other");
  (*request.mutable_source()->mutable_section_aliases())["new"] = "new";
  request.mutable_source()->set_display_name("Other");
  request.mutable_update_mask()->add_paths("section_aliases");
  request.mutable_update_mask()->add_paths("attribution");
  const auto merged = MergedSource(standing, request);
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->section_aliases().size(), 1u);
  EXPECT_EQ(merged->section_aliases().count("new"), 1u);
  EXPECT_EQ(merged->attribution(), "");
  EXPECT_EQ(merged->display_name(), "Caliber.Az");
  EXPECT_EQ(merged->name(), standing.name());
  EXPECT_THAT(merged->sections(), ElementsAre("old"));

  request.mutable_update_mask()->clear_paths();
  request.mutable_update_mask()->add_paths("*");
  EXPECT_EQ(MergedSource(standing, request)->display_name(), "Other");
  EXPECT_EQ(MergedSource(standing, request)->name(), standing.name());
  request.mutable_update_mask()->add_paths("create_time");
  EXPECT_EQ(errors::ReasonOf(MergedSource(standing, request).status()),
            errors::kUnknownFieldInMask);
  request.mutable_update_mask()->clear_paths();
  EXPECT_EQ(errors::ReasonOf(MergedSource(standing, request).status()), errors::kFieldRequired);
}

// Timestamps

TEST(ApiDraftsTest, AFractionThatNoTimestampHasIsRefusedWithItsField) {
  using Mutable = google::protobuf::Timestamp* (news::v1::Article::*)();
  const std::vector<std::pair<std::string, Mutable>> fields = {
      {"article.firstcreated", &news::v1::Article::mutable_firstcreated},
      {"article.embargoed", &news::v1::Article::mutable_embargoed},
      {"article.expires", &news::v1::Article::mutable_expires}};
  for (const int nanos : {-5, 1'000'000'000, 2'000'000'000}) {
    for (const auto& [field, time] : fields) {
      news::v1::Article article;
      article.set_headline("H");
      (article.*time)()->set_nanos(nanos);
      const auto draft = DraftOf(article, "Words.");
      EXPECT_EQ(errors::ReasonOf(draft.status()), errors::kFieldInvalid) << field;
      EXPECT_EQ(FieldOf(draft.status()), field);
    }
    v1::UpdateArticleRequest update = Wanting({"headline"});
    update.mutable_article()->mutable_embargoed()->set_nanos(nanos);
    EXPECT_TRUE(MergedDraft(Standing(), update).ok());  // not asked for
    update.mutable_update_mask()->add_paths("embargoed");
    EXPECT_EQ(FieldOf(MergedDraft(Standing(), update).status()), "article.embargoed");
    v1::ListArticlesRequest list;
    list.mutable_created_before()->set_nanos(nanos);
    EXPECT_EQ(FieldOf(FilterOf(list).status()), "created_before");
  }
  news::v1::Article article;
  article.set_headline("H");
  article.mutable_embargoed()->set_nanos(999'999'999);
  EXPECT_TRUE(DraftOf(article, "Words.").ok());
}

// Listings

TEST(ApiDraftsTest, AFilterIsReadOrRefusedAllAtOnce) {
  v1::ListArticlesRequest request;
  EXPECT_TRUE(FilterOf(request).ok());
  request.set_source("sources/caliber.az");
  request.set_section("world");
  request.set_language("hy");
  request.set_pub_status(news::v1::PUB_STATUS_WITHHELD);
  *request.mutable_created_after() = news::ToProto(At(1));
  *request.mutable_created_before() = news::ToProto(At(2));
  request.set_words("  Ferry\tLATE ПАРОМ ");
  request.set_canonical_url(" https://caliber.az/1\n");
  const auto filter = FilterOf(request);
  ASSERT_TRUE(filter.ok()) << filter.status();
  EXPECT_EQ(filter->source, testing::SourceOf());
  EXPECT_EQ(filter->section, SectionOf("world"));
  EXPECT_EQ(filter->language, testing::LanguageOf("hy"));
  EXPECT_EQ(filter->status, news::PubStatus::kWithheld);
  EXPECT_EQ(filter->created_after, At(1));
  EXPECT_EQ(filter->created_before, At(2));
  EXPECT_THAT(filter->words, ElementsAre("ferry", "late", "паром"));
  EXPECT_EQ(filter->address, "https://caliber.az/1");

  request.set_source("caliber.az");
  request.set_section("No Slug");
  request.set_language("??");
  request.set_pub_status(static_cast<news::v1::PubStatus>(9));
  request.set_words(std::string(201, 'x'));
  request.set_canonical_url("caliber.az/1");
  const auto details = errors::DetailsOf(FilterOf(request).status());
  ASSERT_TRUE(details);
  EXPECT_EQ(details->fields.size(), 6u);
  request.Clear();
  request.set_words(std::string(200, 'x'));
  EXPECT_TRUE(FilterOf(request).ok());
}

TEST(ApiDraftsTest, APageIsOfOneToTwoHundredFiftyWhenNotSaid) {
  EXPECT_EQ(*PageSize(0), 50u);
  EXPECT_EQ(*PageSize(1), 1u);
  EXPECT_EQ(*PageSize(200), 200u);
  EXPECT_EQ(*PageSize(201), 200u);
  EXPECT_EQ(FieldOf(PageSize(-1).status()), "page_size");
}

TEST(ApiDraftsTest, NamesAndRequestIds) {
  EXPECT_EQ(*ArticleIdOf(news::NameOf(Story()), "name"), Story());
  EXPECT_EQ(FieldOf(ArticleIdOf(news::NameOf(Story(), news::Version{1}), "name").status()), "name");
  EXPECT_EQ(FieldOf(ArticleIdOf("", "article.name").status()), "article.name");
  EXPECT_TRUE(CheckRequestId("").ok());
  EXPECT_TRUE(CheckRequestId("7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01").ok());
  EXPECT_EQ(FieldOf(CheckRequestId("7b1d4b0e")), "request_id");
}

TEST(ApiDraftsTest, AReasonIsThereToBeSeen) {
  for (const char* reason : {"", " \n", "\u200B", "\u2028\u2066\u2069"})
    EXPECT_EQ(FieldOf(CheckReason(reason)), "reason") << reason;
  EXPECT_TRUE(CheckReason("\u200Bложь").ok());
}

// Answers

TEST(ApiDraftsTest, ARequestsHashTellsARepeatFromAnotherRequest) {
  v1::KillArticleRequest kill;
  kill.set_name(news::NameOf(Story()));
  kill.set_reason("untrue");
  const std::string hash = RequestHash(kill);
  EXPECT_EQ(RequestHash(v1::KillArticleRequest(kill)), hash);
  v1::WithholdArticleRequest withhold;  // the same bytes on the wire
  ASSERT_TRUE(withhold.ParseFromString(kill.SerializeAsString()));
  EXPECT_NE(RequestHash(withhold), hash);
  kill.set_note("please take it down");
  EXPECT_NE(RequestHash(kill), hash);
}

TEST(ApiDraftsTest, AnEtagIsOneThatWasAnswered) {
  EXPECT_EQ(*EtagIn("\"12\"", "article.etag"), news::Version{12});
  for (const char* bad : {"12", "\"\"", "\"0\"", "W/\"1\"", "hocus"}) {
    EXPECT_EQ(errors::ReasonOf(EtagIn(bad, "article.etag").status()), errors::kFieldInvalid) << bad;
  }
}

TEST(ApiDraftsTest, AListingLeavesOutTheBodyAlone) {
  const news::v1::Article listed = WithoutBody(Standing());
  EXPECT_EQ(listed.body_html(), "");
  news::v1::Article whole = news::ToProto(Standing());
  EXPECT_NE(whole.body_html(), "");
  whole.clear_body_html();
  EXPECT_EQ(listed.SerializeAsString(), whole.SerializeAsString());
}

TEST(ApiDraftsTest, ASourcesHashIsThatOfWhatItSays) {
  SetContent set = testing::Words("One");
  const std::string hash = UpstreamHash(set);
  set.ednote = "n";
  EXPECT_EQ(UpstreamHash(set), hash);
  set.content.headline += "!";
  EXPECT_THAT(UpstreamHash(set), Not(hash));
}

}  // namespace
}  // namespace telex::ingestion
