#include "telexctl/program.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "telexctl/failures/failure.h"
#include "tests/unit/telexctl/program_fixture.h"

namespace telex::cli {
namespace {

using ::testing::HasSubstr;

TEST_F(ProgramTest, RepeatsAPendingChangeUnderItsRequestId) {
  service_.pending = 2;
  EXPECT_EQ(Telexctl({"articles", "kill", kStory, "--reason", "untrue"}), kExitOk);
  ASSERT_EQ(service_.request_ids.size(), 3u);
  EXPECT_NE(service_.request_ids[0], "");
  EXPECT_EQ(service_.request_ids[0], service_.request_ids[2]);
  EXPECT_THAT(err_.str(), HasSubstr("articles kill: DECISION_PENDING; asking again"));
  EXPECT_THAT(out_.str(), HasSubstr("canceled: untrue"));
}

TEST_F(ProgramTest, RepeatsAPendingImportUnderItsRequestId) {
  service_.pending = 2;
  service_.imported.set_source("sources/courier.example");
  service_.imported.add_items()->set_verdict(pb::VERDICT_ACCEPTED);
  const std::string page = folder_.path() + "/page.txt";
  std::ofstream(page) << "A page";
  EXPECT_EQ(Telexctl({"import", page.c_str()}), kExitOk);
  ASSERT_EQ(service_.request_ids.size(), 3u);
  EXPECT_NE(service_.request_ids[0], "");
  EXPECT_EQ(service_.request_ids[0], service_.request_ids[2]);
  EXPECT_THAT(err_.str(), HasSubstr("import: DECISION_PENDING; asking again"));
}

TEST_F(ProgramTest, AnEmptyValueClearsAField) {
  EXPECT_EQ(Telexctl({"articles", "update", kStory, "--byline", "", "--headline", "New"}), kExitOk);
  EXPECT_EQ(service_.updated.update_mask().paths_size(), 2);
  EXPECT_EQ(service_.updated.article().byline(), "");
}

TEST_F(ProgramTest, ARefusalSaysWhatToDo) {
  service_.refusal =
      errors::Error(absl::StatusCode::kAborted, errors::kStaleEtag, "not the newest");
  EXPECT_EQ(Telexctl({"articles", "update", kStory, "--headline", "New", "--etag", "1"}),
            kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("reason: STALE_ETAG (ABORTED)"));
  EXPECT_THAT(err_.str(), HasSubstr("what to do:"));
  EXPECT_EQ(Telexctl({"-o", "json", "articles", "update", kStory, "--headline", "New"}),
            kExitRefused);
  EXPECT_EQ(nlohmann::json::parse(err_.str())["error"]["reason"], "STALE_ETAG");
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ProgramTest, NoRightsIsACodeOfItsOwn) {
  service_.refusal =
      errors::Error(absl::StatusCode::kPermissionDenied, errors::kRoleRequired, "editor");
  EXPECT_EQ(Telexctl({"articles", "update", kStory, "--headline", "New"}), kExitPermission);
}

TEST_F(ProgramTest, AStaleEtagIsSpokenOfOnlyWhereOneWasGiven) {
  service_.refusal =
      errors::Error(absl::StatusCode::kAborted, errors::kStaleEtag, "not the newest");
  Telexctl({"articles", "update", kStory, "--headline", "New"});
  EXPECT_THAT(err_.str(), ::testing::Not(HasSubstr("--etag")));
  Telexctl({"articles", "update", kStory, "--headline", "New", "--etag", "1"});
  EXPECT_THAT(err_.str(), HasSubstr("etag 1 is no longer the newest"));
}

TEST_F(ProgramTest, AnAliasIsAddedThoughSomebodyElseChangesTheSource) {
  sources_.races = 2;
  EXPECT_EQ(Telexctl({"sources", "update", "courier.example", "--section-alias", "A=a"}), kExitOk)
      << err_.str();
  EXPECT_THAT(sources_.etags, ::testing::ElementsAre("\"1\"", "\"2\"", "\"3\""));
  EXPECT_EQ(sources_.request_ids.size(), 3u);  // each is a request of its own
  sources_.races = 100;
  EXPECT_EQ(Telexctl({"sources", "update", "courier.example", "--section-alias", "A=a"}),
            kExitRefused);
  EXPECT_EQ(sources_.races, 95);
  EXPECT_THAT(err_.str(), ::testing::Not(HasSubstr("--etag")));
  // Who names the version is told at once.
  EXPECT_EQ(Telexctl({"sources", "update", "courier.example", "--usage-terms", "x", "--etag", "1"}),
            kExitRefused);
  EXPECT_EQ(sources_.races, 94);
  EXPECT_THAT(err_.str(), HasSubstr("etag 1 is no longer the newest"));
}

TEST_F(ProgramTest, AnArticleIsNamedAsPartnersDo) {
  const std::string name = std::string("articles/") + kStory;
  const std::string urn = std::string("urn:uuid:") + kStory;
  const std::string served = "http://feeds.example/articles/" + std::string(kStory) + ".json";
  service_.of_address.add_articles()->set_name(name);
  for (const std::string& text : {urn, served, std::string("https://courier.example/ferry")}) {
    service_.killed.clear();
    EXPECT_EQ(Telexctl({"articles", "kill", text.c_str(), "--reason", "untrue"}), kExitOk) << text;
    EXPECT_EQ(service_.killed, name) << text;
  }
  EXPECT_EQ(service_.listed.canonical_url(), "https://courier.example/ferry");
  EXPECT_EQ(Telexctl({"articles", "kill", " courier.example/f", "--reason", "untrue"}), kExitOk);
  EXPECT_EQ(service_.listed.canonical_url(), "https://courier.example/f");
  EXPECT_EQ(Telexctl({"articles", "update", "https://courier.example/ferry", "--headline", "New"}),
            kExitOk);
  EXPECT_EQ(service_.updated.article().name(), name);
}

TEST_F(ProgramTest, AnAddressOfNoStoryOrOfSeveralNamesNone) {
  EXPECT_EQ(Telexctl({"articles", "kill", "https://courier.example/ferry", "--reason", "x"}),
            kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("no story has the address https://courier.example/ferry"));
  for (const char* name : {"articles/one", "articles/two"})
    service_.of_address.add_articles()->set_name(name);
  EXPECT_EQ(Telexctl({"articles", "kill", "https://courier.example/ferry", "--reason", "x"}),
            kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("articles/one"));
  EXPECT_THAT(err_.str(), HasSubstr("articles/two"));
  EXPECT_EQ(service_.killed, "");
}

TEST_F(ProgramTest, AListIsFilteredByWords) {
  EXPECT_EQ(Telexctl({"articles", "list", "--words", "ferry late"}), kExitOk);
  EXPECT_EQ(service_.listed.words(), "ferry late");
}

TEST_F(ProgramTest, AFailedImportSpeaksOfTheFileAndOfTheWholeCommand) {
  const std::string page = folder_.path() + "/page.txt";
  std::ofstream(page) << "A page";
  service_.refusal = errors::FieldError("document", errors::kNotAnArticle, "no story was found");
  EXPECT_EQ(Telexctl({"import", page.c_str()}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl: " + page + ": no story was found"));
  service_.refusal =
      errors::WithMetadata(errors::FieldError("document.key", errors::kNeedsKey, "no key"),
                           "proposed_key", "it is late");
  EXPECT_EQ(Telexctl({"import", page.c_str(), "--strict"}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl import " + page + " --strict --key 'it is late'\n"));
}

TEST_F(ProgramTest, APageThatMayBeACorrectionIsSaidWithTheCommandsThatMakeItOne) {
  const std::string page = folder_.path() + "/page.txt";
  std::ofstream(page) << "A page";
  auto& item = *service_.imported.add_items();
  service_.imported.set_source("sources/courier.example");
  item.set_verdict(pb::VERDICT_ACCEPTED);
  item.mutable_article()->set_name("articles/new");
  item.mutable_similar()->set_name("articles/old");
  item.mutable_similar()->set_key("old key");
  item.mutable_similar()->set_headline("Ferry is late");
  item.mutable_similar()->set_canonical_url("https://courier.example/ferry");
  EXPECT_EQ(Telexctl({"import", page.c_str(), "--key", "new key"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("articles/old has nearly the same text and date: 'Ferry is "
                                    "late', https://courier.example/ferry\n"));
  EXPECT_THAT(out_.str(), HasSubstr("telexctl import " + page +
                                    " --key 'old key'; and take this "
                                    "one back: telexctl articles kill articles/new"));
  EXPECT_THAT(out_.str(), ::testing::Not(HasSubstr("new key'")));
  EXPECT_EQ(Telexctl({"import", page.c_str(), "--validate-only"}), kExitOk);
  EXPECT_THAT(out_.str(), ::testing::Not(HasSubstr("take this one back")));
}

TEST_F(ProgramTest, PagesBecomeOneDocument) {
  EXPECT_EQ(Telexctl({"articles", "list", "-o", "json"}), kExitOk);
  const auto json = nlohmann::json::parse(out_.str());
  ASSERT_EQ(json["articles"].size(), 2u);
  EXPECT_EQ(json["articles"][1]["headline"], "two");
  EXPECT_EQ(Telexctl({"articles", "list", "--limit", "1"}), kExitOk);
  EXPECT_THAT(err_.str(), HasSubstr("more than 1"));
}

TEST_F(ProgramTest, AListThatIsEmptyNamesWhatWasMeant) {
  service_.nothing_passes = true;
  sources_.known = "sources/courier.example";
  EXPECT_EQ(Telexctl({"articles", "list", "--section", "wrld"}), kExitOk);
  EXPECT_EQ(err_.str(), "no story is known in the section 'wrld'; did you mean world?\n");
  EXPECT_EQ(Telexctl({"articles", "list", "--source", "courir.example"}), kExitOk);
  EXPECT_EQ(err_.str(), "there is no source 'courir.example'; did you mean courier.example?\n");
  EXPECT_EQ(Telexctl({"articles", "list", "--source", "nope", "-o", "json"}), kExitOk);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl sources list"));
  EXPECT_EQ(nlohmann::json::parse(out_.str()), nlohmann::json::parse(R"({"articles":[]})"));
  EXPECT_EQ(Telexctl({"articles", "list", "--source", "courier.example", "--section", "world"}),
            kExitOk);
  EXPECT_EQ(err_.str(), "");
  sources_.known.clear();
  EXPECT_EQ(Telexctl({"sources", "list", "-o", "json"}), kExitOk);
  EXPECT_EQ(nlohmann::json::parse(out_.str()), nlohmann::json::parse(R"({"sources":[]})"));
}

TEST_F(ProgramTest, NobodyThereIsUnavailable) {
  server_->Shutdown();
  EXPECT_EQ(Telexctl({"articles", "get", kStory, "--timeout-seconds", "5"}), kExitUnavailable);
  EXPECT_THAT(err_.str(), HasSubstr("make up"));
}

TEST_F(ProgramTest, FieldsAreListed) {
  service_.refusal =
      errors::WithField(errors::FieldError("article.headline", errors::kFieldRequired, "say it"),
                        "article.section", errors::kUnknownSection, "no such");
  EXPECT_EQ(Telexctl({"articles", "update", kStory, "--headline", ""}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("2 fields are at fault"));
  EXPECT_THAT(err_.str(), HasSubstr("  --section: no such (UNKNOWN_SECTION)"));
}

TEST_F(ProgramTest, WrongUsageIsToldBeforeAnythingIsSent) {
  EXPECT_EQ(Telexctl({}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles"}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles", "kill", kStory}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles", "kill", "ferry", "--reason", "x"}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles", "list", "--status", "gone"}), kExitUsage);
  EXPECT_EQ(Telexctl({"topics", "tail", "articles", "--from", "5"}), kExitUsage);
  EXPECT_EQ(Telexctl({"topics", "apply", "--file", "/nonexistent.yaml"}), kExitUsage);
  EXPECT_TRUE(service_.request_ids.empty());
}

// What is said after a command line that cannot be read, as JSON.
struct Misuse {
  std::vector<const char*> arguments;
  std::string message;  // has this in it
  std::string hint;     // so has the hint
};

TEST_F(ProgramTest, AWordThatIsWrongIsNamedAndWhatWasMeant) {
  const std::vector<Misuse> rows = {
      {{}, "a command is missing: import, articles", "telexctl --help"},
      {{"articles"}, "a command is missing: get, list", "telexctl articles --help"},
      {{"bogus"}, "'bogus' is no command of telexctl;", "telexctl --help"},
      {{"article", "list"}, "'article' is no command", "did you mean telexctl articles?"},
      {{"articles", "bogus"},
       "'bogus' is no command of telexctl articles;",
       "telexctl articles --"},
      {{"articles", "kil", kStory}, "'kil' is no", "did you mean telexctl articles kill?"},
      {{"articles", "vers"}, "'vers' is no", "did you mean telexctl articles versions?"},
      {{"kill", kStory},
       "'kill' is no command of telexctl;",
       "did you mean telexctl articles kill?"},
      {{"update"}, "'update'", "did you mean telexctl articles update, telexctl sources update?"},
      {{"articles", "kill", kStory, "--reasn=x"}, "--reasn is no flag", "did you mean --reason?"},
      {{"articles", "list", "--tokn-file", "x"}, "--tokn-file is no flag", "--token-file?"},
      {{"articles", "list", "world"},
       "'world' is more than telexctl articles list takes",
       "--help"},
      {{"articles", "kill", kStory}, "--reason is required", "telexctl articles kill --help"},
      {{"articles", "delete", kStory}, "'delete' is no command", "with telexctl articles kill;"},
      {{"articles", "delete", kStory}, "'delete' is no command", "telexctl articles purge erases"},
      {{"erase", kStory}, "'erase' is no command", "telexctl articles purge erases a story"},
      {{"delete", kStory}, "'delete' is no command", "telexctl articles withhold takes it back"},
      {{"articles", "unpublish"}, "'unpublish'", "telexctl articles withhold takes a story back"},
      {{"articles", "correct"}, "'correct'", "telexctl articles update corrects a story"},
      {{"articles", "publish"}, "'publish'", "telexctl articles reinstate lifts"},
      {{"sources", "delete"}, "'delete' is no command of telexctl sources", "sources --help"},
      {{"articles", "list", "--status", "killed"}, "--status: killed", "--status canceled?"},
      {{"articles", "list", "--status", "usabel"}, "--status: usabel", "--status usable?"},
      // What no command's --help lists.
      {{"articles", "list", "--timeout-seconds", "0"}, "--timeout-seconds", "telexctl --help"},
      {{"articles", "list", "--timeout-seconds", "soon"}, "--timeout-seconds", "telexctl --help"},
      {{"articles", "list", "--feeds-url", "x"}, "--feeds-url: x", "telexctl --help"},
      {{"articles", "list", "--ingestion-address", "ingestion"},
       "--ingestion-address: ingestion is not host:port",
       "telexctl --help"},
      {{"articles", "list", "--urgency", "3"}, "--urgency is no flag", "articles list --help"},
      {{"articles", "update", kStory, "--urgency", "12"}, "--urgency", "articles update --help"},
      {{"translations", "policies", "get"},
       "'policies' is no command of telexctl translations;",
       "did you mean telexctl translations policy?"},
      {{"translations", "glosary", "get", "en.ru"},
       "'glosary' is no command",
       "did you mean telexctl translations glossary?"},
      {{"translations", "glossary", "lst"},
       "'lst' is no command of telexctl translations glossary;",
       "did you mean telexctl translations glossary list?"},
      {{"help"}, "'help' is no command", "telexctl --help"},
      {{"articles", "help"}, "'help' is no command", "telexctl articles --help"},
      {{"version"}, "'version' is no command", "telexctl --version"},
  };
  for (const Misuse& row : rows) {
    std::vector<const char*> arguments = row.arguments;
    arguments.insert(arguments.begin(), {"-o", "json"});
    EXPECT_EQ(Telexctl(arguments), kExitUsage) << row.message;
    const auto json = nlohmann::json::parse(err_.str(), nullptr, false);
    ASSERT_TRUE(json.is_object()) << err_.str();
    EXPECT_EQ(json["error"]["code"], "USAGE");
    EXPECT_THAT(json["error"]["message"].get<std::string>(), HasSubstr(row.message));
    EXPECT_THAT(json["error"]["hint"].get<std::string>(), HasSubstr(row.hint)) << row.message;
    EXPECT_EQ(out_.str(), "");
  }
  EXPECT_EQ(Telexctl({"articles", "kil"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl: 'kil' is no command of telexctl articles"));
}

TEST_F(ProgramTest, ATokenThatWouldGoInTheClearNamesTheFlagThatTurnsTlsOn) {
  const std::string token = folder_.path() + "/token";
  std::ofstream(token) << "secret";
  EXPECT_EQ(Telexctl({"sources", "list", "--token-file", token.c_str(), "--ingestion-address",
                      "10.0.0.1:8090"}),
            kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("what to do: --ca-file (TELEX_CA_FILE)"));
}

TEST_F(ProgramTest, AFailureBeforeAnythingRunsIsJsonToo) {
  for (const char* format : {"-ojson", "--output=json", "-o=json"}) {
    EXPECT_EQ(Telexctl({"feeds", "list", "--feeds-url", "ftp://x", format}), kExitUsage);
    EXPECT_TRUE(nlohmann::json::accept(err_.str())) << format << err_.str();
  }
  EXPECT_EQ(Telexctl({"feeds", "list", "-o", "xml"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl: --output: xml"));
  EXPECT_THAT(err_.str(), HasSubstr("what to do: telexctl --help"));
}

TEST_F(ProgramTest, AFileThatCannotBeReadSaysWhy) {
  EXPECT_EQ(Telexctl({"import", "/nonexistent/page.txt"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("what to do: check the name"));
  const std::string folder = folder_.path();
  EXPECT_EQ(Telexctl({"import", folder.c_str()}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is a folder\n  what to do: name one file in it"));
  const std::string large = folder + "/large.txt";
  std::ofstream(large) << std::string((4 << 20) + 1, 'x');
  EXPECT_EQ(Telexctl({"import", large.c_str()}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("has more than 4 MiB\n  reason: DOCUMENT_TOO_LARGE"));
}

TEST_F(ProgramTest, AnEtagNeedsNoQuotes) {
  for (const char* etag : {"3", "\"3\""}) {
    EXPECT_EQ(Telexctl({"articles", "update", kStory, "--headline", "New", "--etag", etag}),
              kExitOk);
    EXPECT_EQ(service_.updated.article().etag(), "\"3\"");
  }
  service_.updated.Clear();
  for (const char* etag : {"", "hocus", "\"\"", "0", "W/\"3\""}) {
    EXPECT_EQ(Telexctl({"articles", "update", kStory, "--headline", "New", "--etag", etag}),
              kExitUsage);
    EXPECT_THAT(err_.str(), HasSubstr("is no etag"));
    EXPECT_EQ(Telexctl({"sources", "update", "a", "--usage-terms", "x", "--etag", etag}),
              kExitUsage);
  }
  EXPECT_FALSE(service_.updated.has_article());
}

TEST_F(ProgramTest, AChangeSaysWhatItDidFromItsAnswerAlone) {
  service_.standing.set_version(3);
  service_.standing.set_pub_status(news::v1::PUB_STATUS_CANCELED);
  service_.standing.set_status_reason("untrue");
  service_.changes = false;
  EXPECT_EQ(Telexctl({"articles", "kill", kStory, "--reason", "another"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("unchanged: nothing was made, it is canceled already for this "
                                    "reason: untrue; version 3 stands\n"));
  EXPECT_EQ(Telexctl({"articles", "withhold", kStory, "--reason", "a doubt"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("version 3 stands; a withhold does not weaken a kill\n"));
  EXPECT_EQ(Telexctl({"-o", "json", "articles", "kill", kStory, "--reason", "another"}), kExitOk);
  const auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["result"]["verdict"], "VERDICT_UNCHANGED");
  EXPECT_EQ(json["result"]["reason"], "ALREADY_SO");
  EXPECT_EQ(json["status_reason"], "untrue");
  service_.changes = true;
  EXPECT_EQ(Telexctl({"articles", "kill", kStory, "--reason", "another"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("accepted: version 4 was made; it is canceled\n"));
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(service_.reads, 0);
}

TEST_F(ProgramTest, AChangeThatWasDecidedOnAnEarlierTrySaysSo) {
  service_.pending = 1;
  service_.more_told.set_repeated(true);
  service_.more_told.mutable_submit_time()->set_seconds(1'744'971'900);
  EXPECT_EQ(Telexctl({"articles", "kill", kStory, "--reason", "untrue"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("accepted: version 1 was made; it is canceled; decided when it "
                                    "was first asked for, 2025-04-18T10:25:00Z\n"));
}

TEST_F(ProgramTest, AnOlderServiceTellsNoVerdict) {
  EXPECT_EQ(Telexctl({"articles", "update", kStory, "--headline", "New"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("accepted: version 2 was made\n"));
  service_.tells = false;
  EXPECT_EQ(Telexctl({"articles", "update", kStory, "--headline", "New"}), kExitOk);
  EXPECT_THAT(out_.str(), ::testing::Not(HasSubstr("verdict")));
  EXPECT_THAT(out_.str(), HasSubstr("New"));
}

TEST_F(ProgramTest, AChangeOfASourceSaysWhatItDid) {
  EXPECT_EQ(Telexctl({"sources", "update", "courier.example", "--usage-terms", "x"}), kExitOk);
  EXPECT_THAT(out_.str(),
              HasSubstr("unchanged: nothing was made, it says so already; version 1 stands\n"));
}

TEST_F(ProgramTest, EveryCommandHasAnExample) {
  EXPECT_GT(CommandNames().size(), 20u);
  for (const std::string& command : CommandNames()) {
    std::vector<std::string> words;
    std::istringstream in(command);
    for (std::string word; in >> word;) words.push_back(word);
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    arguments.push_back("--help");
    EXPECT_EQ(Telexctl(arguments), kExitOk) << command;
    // The whole name: a group's own example is none of its commands'.
    EXPECT_THAT(out_.str(), HasSubstr("Example:\n  telexctl " + command)) << command;
    EXPECT_THAT(out_.str(), ::testing::ContainsRegex("telexctl " + command + "( |\n)")) << command;
  }
  EXPECT_EQ(Telexctl({"--help"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("Example:\n  telexctl import"));
}

}  // namespace
}  // namespace telex::cli
