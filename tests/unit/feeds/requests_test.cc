// What a replica answers to requests that carry conditions, or spell an address in their own way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/articles.h"
#include "tests/unit/feeds/replica.h"

namespace telex::feeds {
namespace {

using testing::HasSubstr;
using tests::Kill;
using tests::MakeArticle;
using tests::Purge;
using tests::Withhold;

constexpr char kAllRss[] = "/feeds/all.en.rss";

std::string Line(const std::string& name, const std::string& value) {
  return name + ": " + value + "\r\n";
}

class RequestsTest : public testing::Test {
 protected:
  RequestsTest() {
    replica_.Read(MakeArticle(1));
    replica_.Read(MakeArticle(2), 1);
  }
  static std::string PageOf(const news::Article& article) {
    return "/articles/" + article.id.ToString() + ".json";
  }

  Replica replica_{absl::Seconds(20)};
};

TEST_F(RequestsTest, IfMatchOfAnotherVersionIs412) {
  for (const std::string& path : {std::string(kAllRss), PageOf(MakeArticle(1)), std::string("/")}) {
    SCOPED_TRACE(path);
    const Answer full = replica_.Get(path);
    const Answer other = replica_.Get(path, Line("If-Match", "\"x\""));
    EXPECT_EQ(other.status, 412);
    EXPECT_EQ(other.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(other.body, HasSubstr("PRECONDITION_FAILED"));
    const std::string etag = full.headers.at("etag");
    EXPECT_EQ(replica_.Get(path, Line("if-match", "\"x\", " + etag)).status, 200);
    EXPECT_EQ(replica_.Get(path, Line("If-Match", "*")).status, 200);
    EXPECT_EQ(replica_.Get(path, Line("If-Match", "W/" + etag)).status, 412);
    EXPECT_EQ(replica_.Get(path, Line("If-Match", etag) + Line("If-None-Match", etag)).status, 304);
    EXPECT_EQ(replica_.Get(path, Line("If-Match", "\"x\"") + Line("If-None-Match", etag)).status,
              412);
  }
}

TEST_F(RequestsTest, ConditionsDoNotCountForWhatIsNotThere) {
  EXPECT_EQ(replica_.Get("/feeds/sport.en.rss", Line("If-Match", "\"x\"")).status, 404);
  replica_.Read(Kill(MakeArticle(1)));
  EXPECT_EQ(replica_.Get(PageOf(MakeArticle(1)), Line("If-Match", "\"x\"")).status, 410);
}

TEST_F(RequestsTest, LinesOfOneNameAreOneList) {
  const std::string etag = replica_.Get(kAllRss).headers.at("etag");
  EXPECT_EQ(
      replica_.Get(kAllRss, Line("If-None-Match", "\"x\"") + Line("if-none-match", etag)).status,
      304);
  EXPECT_EQ(
      replica_.Get(kAllRss, Line("If-None-Match", etag) + Line("If-None-Match", "\"x\"")).status,
      304);
}

TEST_F(RequestsTest, TheListOfFeedsReadsTagsAsRfc9110DoesIt) {
  const std::string etag = replica_.Get("/").headers.at("etag");
  for (const std::string& field : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    EXPECT_EQ(replica_.Get("/", Line("If-None-Match", field)).status, 304) << field;
  }
  EXPECT_EQ(replica_.Get("/", Line("If-None-Match", "\"x\"")).status, 200);
}

TEST_F(RequestsTest, ATagOfAnotherPageSaysNothing) {
  replica_.Read([] {
    news::Article sport = MakeArticle(3);
    sport.content.section = *news::Section::Parse("sport");
    sport.shelves = {{sport.content.section, sport.content.language}};
    return sport;
  }());
  replica_.Read(MakeArticle(2, 7), 1);
  const std::vector<std::string> pages = {kAllRss,
                                          "/feeds/all.en.json",
                                          "/feeds/world.en.rss",
                                          "/feeds/world.en.json",
                                          "/feeds/sport.en.json",
                                          PageOf(MakeArticle(1)),
                                          PageOf(MakeArticle(2)),
                                          "/"};
  for (const std::string& page : pages) {
    const std::string tag = replica_.Get(page).headers.at("etag");
    for (const std::string& other : pages) {
      EXPECT_EQ(replica_.Get(other, Line("If-None-Match", tag)).status, other == page ? 304 : 200)
          << "a tag of " << page << " at " << other;
    }
  }
  EXPECT_EQ(replica_.measures().waits.Value(), 0u);
}

TEST_F(RequestsTest, OtherSpellingsLeadToTheOneAddress) {
  const auto moved = [&](const std::string& path, const std::string& location) {
    for (const char* method : {"GET", "HEAD"}) {
      Answer answer = replica_.Get(path, "", method);
      EXPECT_EQ(answer.status, 301) << path;
      EXPECT_EQ(answer.headers["location"], location) << path;
      EXPECT_EQ(answer.headers["cache-control"], "public, max-age=86400") << path;
      EXPECT_EQ(answer.headers.count("etag"), 0u) << path;
    }
  };
  moved("/%66eeds/all.en.rss", "../feeds/all.en.rss");
  moved("/feeds/all.EN.rss", "../feeds/all.en.rss");
  moved("/feeds/%77orld%2een.json", "../feeds/world.en.json");
  moved("/%66eeds/all.En.rss?for=me&x=%0a", "../feeds/all.en.rss?for=me&x=%0a");
  const std::string id = MakeArticle(1).id.ToString();
  std::string capitals = id;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(), ::toupper);
  moved("/articles/" + capitals + ".json", "../articles/" + id + ".json");
  moved("/%61rticles/" + id + ".jso%6e", "../articles/" + id + ".json");
  EXPECT_EQ(replica_.Get("/feeds/all.en.rss?for=me").status, 200);
}

TEST_F(RequestsTest, WhatIsNotThereIsNotThereInAnySpelling) {
  for (const char* path :
       {"/%66eeds/sport.en.rss", "/feeds/all.HY.rss", "/feeds/WORLD.en.rss", "/feeds/all.en.RSS",
        "/feeds%2Fall.en.rss", "/%66eeds/", "/feeds/all.en.%72s", "/FEEDS/all.en.rss",
        "/feeds/all.en-.rss", "/feeds/all.%65%6.rss", "/articles/%31.json"}) {
    EXPECT_EQ(replica_.Get(path).status, 404) << path;
  }
}

TEST_F(RequestsTest, WhatIsGoneSaysWhy) {
  const std::string path = PageOf(MakeArticle(1));
  const auto detail = [&](int status = 410) {
    const Answer answer = replica_.Get(path);
    EXPECT_EQ(answer.status, status);
    const auto at = answer.body.find("\"detail\":\"") + 10;
    return answer.body.substr(at, answer.body.find("\",\"reason", at) - at);
  };
  const std::string note = " Why: legal \u2014 take it down & tell <your> readers";
  replica_.Read(Withhold(MakeArticle(1)));
  EXPECT_EQ(detail(), "The article is withheld; take it down." + note);
  EXPECT_EQ(detail(), "The article is withheld; take it down." + note);
  EXPECT_EQ(replica_.Get(path, "", "HEAD").status, 410);
  replica_.Read(MakeArticle(1, 3));
  EXPECT_EQ(replica_.Get(path).status, 200);
  news::Article killed = Kill(MakeArticle(1, 3));
  killed.status_note.clear();
  replica_.Read(killed);
  EXPECT_EQ(detail(), "The article is canceled; take it down. Why: legal");
  news::Article expired = MakeArticle(1, 5);
  expired.availability = news::Availability::kExpired;
  expired.status_note = "it stands";
  replica_.Read(expired);
  EXPECT_EQ(detail(), "The article is expired; take it down.");
  replica_.Read(Purge(MakeArticle(1, 6)));
  EXPECT_EQ(detail(), "The article is purged; take it down.");
}

}  // namespace
}  // namespace telex::feeds
