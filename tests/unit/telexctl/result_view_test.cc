#include "telexctl/views/result_view.h"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

using Result = pb::WriteResult;

pb::Article Article(Result::Verdict verdict, const std::string& reason, std::int64_t version) {
  pb::Article article;
  article.set_version(version);
  article.set_pub_status(pb::PUB_STATUS_USABLE);
  article.mutable_result()->set_verdict(verdict);
  article.mutable_result()->set_reason(reason);
  article.mutable_result()->set_version(version);
  return article;
}

std::string Wrote(const pb::Article& article) { return VerdictText(article, Call::kWrote); }

TEST(ResultViewTest, WhatWasMadeIsNamedWithWhyPartnersDoNotSeeIt) {
  pb::Article article = Article(Result::VERDICT_ACCEPTED, "", 3);
  EXPECT_EQ(Wrote(article), "accepted: version 3 was made");
  article.set_availability(pb::AVAILABILITY_EMBARGOED);
  article.mutable_embargoed()->set_seconds(1'744'971'900);
  EXPECT_EQ(Wrote(article),
            "accepted: version 3 was made; it is embargoed until 2025-04-18T10:25:00Z");
  article.set_pub_status(pb::PUB_STATUS_WITHHELD);
  EXPECT_EQ(Wrote(article), "accepted: version 3 was made; it is withheld");
  article.set_purged(true);
  EXPECT_EQ(Wrote(article), "accepted: version 3 was made; it is purged");
}

TEST(ResultViewTest, WhatMadeNothingSaysWhyAndWhatStands) {
  const auto nothing = [](const std::string& reason) {
    return Wrote(Article(Result::VERDICT_UNCHANGED, reason, 4));
  };
  EXPECT_EQ(nothing("SAME_CONTENT"),
            "unchanged: nothing was made, it says so already; version 4 stands");
  EXPECT_EQ(nothing("SAME_UPSTREAM"),
            "unchanged: nothing was made, its source has said so already; version 4 stands");
  EXPECT_EQ(nothing("ALREADY_SO"),
            "unchanged: nothing was made, it is usable already; version 4 stands");
  EXPECT_EQ(nothing("OF_A_NEWER_RELEASE"),
            "unchanged: nothing was made, nothing in it is new; version 4 stands");
  pb::Article purged = Article(Result::VERDICT_UNCHANGED, "ALREADY_SO", 4);
  purged.set_pub_status(pb::PUB_STATUS_CANCELED);
  purged.set_status_reason("13");
  purged.set_purged(true);
  EXPECT_EQ(
      Wrote(purged),
      "unchanged: nothing was made, it is purged already for this reason: 13; version 4 stands");
}

TEST(ResultViewTest, WhatWasDecidedBeforeSaysWhen) {
  pb::Article article = Article(Result::VERDICT_ACCEPTED, "", 3);
  article.mutable_result()->set_repeated(true);
  EXPECT_EQ(Wrote(article), "accepted: version 3 was made; decided when it was first asked for");
  article.mutable_result()->mutable_submit_time()->set_seconds(1'744'971'900);
  EXPECT_EQ(Wrote(article),
            "accepted: version 3 was made; decided when it was first asked for, "
            "2025-04-18T10:25:00Z");
}

TEST(ResultViewTest, WhatIsCheckedOnlyIsSaidToBe) {
  const auto checked = [](const pb::Article& article) {
    return VerdictText(article, Call::kValidated);
  };
  EXPECT_EQ(checked(Article(Result::VERDICT_ACCEPTED, "", 2)),
            "checked only, nothing was made; it would be version 2");
  EXPECT_EQ(checked(Article(Result::VERDICT_UNCHANGED, "SAME_CONTENT", 2)),
            "checked only, nothing was made; it would be unchanged: it says so already; version 2 "
            "stands");
  EXPECT_EQ(checked(pb::Article()), "checked only, nothing was made");
}

TEST(ResultViewTest, AnOlderServiceTellsTheVerdictOfItemsAlone) {
  EXPECT_EQ(Wrote(pb::Article()), "");
  EXPECT_EQ(VerdictText(pb::Source(), Call::kWrote), "");
  pb::ImportDocumentResponse::Item item;
  item.mutable_article()->set_version(2);
  item.set_verdict(pb::VERDICT_HELD);
  item.set_reason("EDITED_BY_EDITOR");
  EXPECT_EQ(VerdictText(item, Call::kWrote),
            "held: an editor changed the story and has to decide; version 2 stands");
  item.set_verdict(pb::VERDICT_STALE);
  EXPECT_EQ(VerdictText(item, Call::kWrote), "stale: older than what is known; version 2 stands");
  item.set_verdict(pb::VERDICT_REFUSED);
  EXPECT_EQ(VerdictText(item, Call::kWrote), "refused");
  *item.mutable_article() = Article(Result::VERDICT_ACCEPTED, "", 3);
  EXPECT_EQ(VerdictText(item, Call::kWrote), "accepted: version 3 was made");
}

TEST(ResultViewTest, ASourceIsSpokenOfByItsResult) {
  pb::Source source;
  source.set_version(3);  // somebody else's, since
  source.mutable_result()->set_verdict(Result::VERDICT_ACCEPTED);
  source.mutable_result()->set_version(2);
  EXPECT_EQ(VerdictText(source, Call::kWrote), "accepted: version 2 was made");
}

}  // namespace
}  // namespace telex::cli
