#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "telexctl/failures/failure.h"
#include "telexctl/views/job_view.h"
#include "tests/unit/telexctl/translation_fixture.h"

namespace telex::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using TranslationQueueTest = TranslationTest;

void SetTime(google::protobuf::Timestamp* time, std::int64_t seconds) {
  time->set_seconds(seconds);
}

TEST_F(TranslationQueueTest, AQueueIsATable) {
  jobs::ListJobsResponse list;
  *list.add_jobs() = Job();
  SetTime(list.mutable_jobs(0)->mutable_deadline(), 1'744'971'900);
  *list.add_jobs() = Job();
  jobs::Job& claimed = *list.mutable_jobs(1);
  claimed.set_language("hy");
  claimed.set_name(std::string("jobs/") + kStory + ".hy");
  claimed.set_state(jobs::JOB_STATE_CLAIMED);
  claimed.set_holder("anna");
  claimed.set_urgency(0);
  SetTime(claimed.mutable_due_time(), 1'744'975'500);
  EXPECT_EQ(
      Render(JobTable(list, absl::FromUnixSeconds(1'744'972'000)), 0),
      "JOB                                      FROM  V  U  STATE    WHO     UNTIL                 "
      "DEADLINE                   HEADLINE\n"
      "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2.ru  en    3  4  open     person                        "
      "2025-04-18T10:25:00Z late  Prices rise\n"
      "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2.hy  en    3     claimed  anna    2025-04-18T11:25:00Z  "
      "                           Prices rise\n");
}

TEST_F(TranslationQueueTest, TheQueueIsReadToItsEndAndFiltered) {
  desk_.listed = {Job(), Job(), Job()};
  desk_.listed[1].set_language("hy");
  desk_.listed[2].set_paused(true);
  EXPECT_EQ(Ask({"queue", "--to", "RU"}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.lists.size(), 3u);
  EXPECT_EQ(desk_.lists[0].pairs_size(), 0);
  EXPECT_THAT(out_.str(), HasSubstr("open, paused"));
  EXPECT_THAT(err_.str(), HasSubstr("en.ru is paused: nobody is given its jobs until telexctl "
                                    "translations resume en.ru\n"));
  EXPECT_THAT(err_.str(), HasSubstr("next: telexctl translations edit " + kShortJob + "\n"));
  EXPECT_EQ(Ask({"queue", "--from", "en", "--to", "ru", "--state", "dead", "--state", "open",
                 "--holder", "anna", "--source", "courier.example", "--article", kStory, "--limit",
                 "2", "-o", "json"}),
            kExitOk);
  EXPECT_EQ(
      desk_.lists.back().ShortDebugString(),
      "pairs { from: \"en\" to: \"ru\" } states: JOB_STATE_DEAD states: JOB_STATE_OPEN holder: "
      "\"anna\" article: \"articles/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2\" source: "
      "\"sources/courier.example\" page_size: 2 page_token: \"nn\"");
  EXPECT_EQ(nlohmann::json::parse(out_.str())["jobs"].size(), 2u);
}

TEST_F(TranslationQueueTest, MineAreThoseWhoseTokenIsShownToMe) {
  desk_.listed = {Job(), Job(), Job()};
  for (const std::size_t claimed : {1, 2}) desk_.listed[claimed].set_state(jobs::JOB_STATE_CLAIMED);
  desk_.listed[1].set_holder("engines/a");
  desk_.listed[2].set_holder("anna");
  desk_.job.set_token(9);
  EXPECT_EQ(Ask({"queue", "--mine", "-o", "json"}), kExitOk);
  EXPECT_EQ(desk_.lists[0].states(0), jobs::JOB_STATE_CLAIMED);
  const auto json = nlohmann::json::parse(out_.str());
  ASSERT_EQ(json["jobs"].size(), 1u);
  EXPECT_EQ(json["jobs"][0]["holder"], "anna");
  desk_.job.clear_token();
  EXPECT_EQ(Ask({"queue", "--mine"}), kExitOk);
  EXPECT_THAT(out_.str(), Not(HasSubstr("anna")));
}

TEST_F(TranslationQueueTest, WhatIsNoStateOrLanguageIsWrongUsage) {
  EXPECT_EQ(Ask({"queue", "--state", "lost"}), kExitUsage);
  EXPECT_THAT(err_.str(),
              HasSubstr("lost is none of open, claimed, waiting, dead, done, canceled"));
  EXPECT_EQ(Ask({"queue", "--to", "russian-language"}), kExitUsage);
  EXPECT_EQ(Ask({"show", kStory}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("into which language?"));
  EXPECT_EQ(Ask({"show", kShortJob.c_str(), "hy"}), kExitUsage);
  EXPECT_TRUE(desk_.asked.empty());
  EXPECT_EQ(Ask({"queue"}), kExitOk);
  EXPECT_THAT(err_.str(), HasSubstr("No job is so."));
}

TEST_F(TranslationQueueTest, AJobIsNamedByItselfOrByItsArticle) {
  desk_.job.set_state(jobs::JOB_STATE_DEAD);
  desk_.job.set_note("deepl: quota");
  for (const auto& words : {std::vector<const char*>{"show", kJob.c_str()},
                            {"show", kShortJob.c_str()},
                            {"show", kStory, "ru"}}) {
    EXPECT_EQ(Ask(words), kExitOk) << err_.str();
    EXPECT_EQ(desk_.asked["GetJob"], "name: \"" + kJob + "\"");
  }
  EXPECT_EQ(out_.str(),
            "job        jobs/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2.ru\n"
            "headline   Prices rise\n"
            "article    articles/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2@3\n"
            "languages  en into ru\n"
            "state      dead\n"
            "workflow   person\n"
            "urgency    4\n"
            "note       deepl: quota\n");
  EXPECT_EQ(err_.str(), "next: telexctl translations replay " + kShortJob + "\n");
  service_.of_address.add_articles()->set_name(std::string("articles/") + kStory);
  EXPECT_EQ(Ask({"show", "courier.example/1", "ru", "--text"}), kExitOk) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("\nheadline  unchanged\n  source  Prices rise\n"
                                    "  target  Цены растут\n\nbody.p1.s1  new\n"));
}

TEST_F(TranslationQueueTest, TheNextStepIsThatOfTheState) {
  jobs::Job job = Job();
  EXPECT_EQ(NextStep(job), "telexctl translations edit " + kShortJob);
  job.set_worker(jobs::WORKER_REVIEWER);
  EXPECT_THAT(NextStep(job), HasSubstr("review it: --approve"));
  job.set_worker(jobs::WORKER_MACHINE);
  EXPECT_EQ(NextStep(job), "");
  job.set_state(jobs::JOB_STATE_CLAIMED);
  EXPECT_EQ(NextStep(job), "");  // somebody else's
  job.set_token(5);
  EXPECT_THAT(NextStep(job), HasSubstr("edit"));
  job.set_state(jobs::JOB_STATE_CANCELED);
  EXPECT_THAT(NextStep(job), HasSubstr("request"));
  job.set_state(jobs::JOB_STATE_DONE);
  EXPECT_THAT(NextStep(job), HasSubstr("get"));
}

TEST_F(TranslationQueueTest, StatsAreTotalsPairsAndEngines) {
  desk_.stats.set_open(3);
  desk_.stats.set_dead(1);
  jobs::PairStats& pair = *desk_.stats.add_pairs();
  pair.set_from("en");
  pair.set_to("ru");
  pair.set_open_person(3);
  pair.set_paused(true);
  jobs::EngineStats& engine = *desk_.stats.add_engines();
  engine.set_name("deepl");
  engine.set_characters_today(500);
  engine.set_characters_day_max(1000);
  engine.set_characters_month(700);
  engine.add_closed("quota");
  EXPECT_EQ(Ask({"stats", "en-ru"}), kExitOk);
  EXPECT_EQ(desk_.asked["GetQueueStats"], "pairs { from: \"en\" to: \"ru\" }");
  EXPECT_EQ(out_.str(),
            "open      3\nclaimed   0\nwaiting   0\ndead      1\ndone      0\ncanceled  0\n"
            "\n"
            "PAIR   MACHINE  PERSON  REVIEWER  OF BACKFILLS\n"
            "en.ru  0        3       0         0             paused\n"
            "\n"
            "ENGINE  CHARACTERS TODAY  THIS MONTH  LEFT ALONE FOR\n"
            "deepl   500 of 1000       700         quota\n");
  EXPECT_THAT(err_.str(), HasSubstr("next: telexctl translations queue --state dead"));
}

TEST_F(TranslationQueueTest, AWatchGoesOnAtAnotherReplica) {
  desk_.watches_cut = 1;
  desk_.stats.set_open(3);
  EXPECT_EQ(Ask({"stats", "--watch", "-o", "json"}), kExitOk) << err_.str();
  EXPECT_EQ(out_.str(), "{\"open\":\"3\"}\n{\"open\":\"3\"}\n");
}

TEST_F(TranslationQueueTest, ARequestSaysHowAndWhen) {
  EXPECT_EQ(Ask({"request", kStory, "ru", "--workflow", "draft-then-review", "--urgency", "2",
                 "--deadline", "2025-04-18 14:25"}),
            kExitOk)
      << err_.str();
  EXPECT_THAT(
      desk_.asked["RequestTranslation"],
      ::testing::MatchesRegex(
          "article: \"articles/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2\" language: \"ru\" "
          "workflow: WORKFLOW_DRAFT_THEN_REVIEW urgency: 2 deadline . seconds: 1744986300 . "
          "request_id: \"[-0-9a-f]+\""));
  EXPECT_EQ(Ask({"request", kStory, "ru", "--workflow", "robot"}), kExitUsage);
  EXPECT_EQ(Ask({"request", kStory, "ru", "--not-before", "soon"}), kExitUsage);
}

TEST_F(TranslationQueueTest, CancelAndReplayCarryTheirNote) {
  EXPECT_EQ(Ask({"cancel", kStory, "ru", "--note", "not for us"}), kExitOk);
  EXPECT_THAT(desk_.asked["CancelJob"], HasSubstr("note: \"not for us\" request_id: \""));
  EXPECT_EQ(Ask({"replay", kShortJob.c_str()}), kExitOk);
  EXPECT_THAT(desk_.asked["ReplayJob"], HasSubstr("name: \"" + kJob + "\""));
}

TEST_F(TranslationQueueTest, APairIsPausedWithAReason) {
  EXPECT_EQ(Ask({"pause", "en-ru"}), kExitUsage);  // why?
  EXPECT_EQ(Ask({"pause", "en-ru", "--note", "glossary"}), kExitOk);
  EXPECT_EQ(desk_.asked["PausePair"], "from: \"en\" to: \"ru\" note: \"glossary\"");
  EXPECT_EQ(out_.str(), "en.ru: nobody is given its jobs; what is claimed goes on\n");
  EXPECT_EQ(err_.str(), "next: telexctl translations resume en.ru\n");
  EXPECT_EQ(Ask({"resume", "en.ru"}), kExitOk);
  EXPECT_EQ(out_.str(), "en.ru: its jobs are given again\n");
  EXPECT_EQ(desk_.asked["ResumePair"], "from: \"en\" to: \"ru\"");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(TranslationQueueTest, ATranslationIsReadBesideItsSource) {
  desk_.translation.set_article(std::string("articles/") + kStory);
  desk_.translation.set_version(3);
  desk_.translation.set_language("ru");
  desk_.translation.set_from("en");
  desk_.translation.set_revision(41);
  desk_.translation.set_standing(jobs::STANDING_MACHINE);
  desk_.translation.set_actor("engines/a");
  desk_.translation.set_time_ms(1'744'971'900'123);
  jobs::Text& text = *desk_.translation.mutable_text();
  text.set_headline("Цены растут");
  text.set_body_html("<p>Двенадцать.</p>");
  jobs::Segment& segment = *text.add_segments();
  segment.set_place("headline");
  segment.set_source("Prices rise");
  segment.set_target("Цены растут");
  segment.set_origin(jobs::ORIGIN_ENGINE);
  segment.set_engine("deepl");
  segment.set_reviewed(true);
  segment.add_overruled()->set_check("LENGTH_UNLIKELY");
  segment.mutable_overruled(0)->set_actor("anna");
  segment.mutable_overruled(0)->set_reason("so");
  EXPECT_EQ(Ask({"get", kStory, "ru"}), kExitOk) << err_.str();
  EXPECT_EQ(out_.str(),
            "article    articles/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2@3\n"
            "languages  en into ru\n"
            "headline   Цены растут\n"
            "is         a machine's\n"
            "revision   41\n"
            "made by    engines/a\n"
            "made       2025-04-18T10:25:00Z\n"
            "segments   engine 1\n"
            "\n<p>Двенадцать.</p>\n");
  EXPECT_EQ(Ask({"get", kShortJob.c_str(), "--segments"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("\nheadline  deepl, reviewed\n  source  Prices rise\n  target  "
                                    "Цены растут\n  LENGTH_UNLIKELY overruled by anna: so\n"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("<p>")));
  EXPECT_EQ(Ask({"list", kStory}), kExitOk);
  EXPECT_EQ(out_.str(),
            "LANGUAGE  V  IS           REVISION  MADE                  BY\n"
            "ru        3  a machine's  41        2025-04-18T10:25:00Z  engines/a\n");
}

TEST_F(TranslationQueueTest, MemoryAndBackfillsAreAskedFor) {
  EXPECT_EQ(Ask({"memory", "search", "en.ru", "a & b", "--score", "80"}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.asked["SearchMemory"],
            "from: \"en\" to: \"ru\" text: \"a &amp; b\" score_min: 80 without_tags: true");
  desk_.tmx = "<tmx/>";
  const std::string path = PathOf("memory.tmx");
  EXPECT_EQ(Ask({"memory", "export", "en.ru", "--out", path.c_str()}), kExitOk);
  EXPECT_EQ(ReadFile(path), "<tmx/>");
  EXPECT_EQ(Ask({"memory", "export", "en.ru"}), kExitOk);
  EXPECT_EQ(out_.str(), "<tmx/>");
  EXPECT_EQ(Ask({"memory", "import", "en.ru", path.c_str()}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.imported, "<tmx/>");
  EXPECT_EQ(desk_.asked["ImportMemory"], "en>ru");
  EXPECT_THAT(out_.str(), HasSubstr("3 units are in the memory"));
  EXPECT_EQ(Ask({"backfill", "start", "en.ru", "--since", "2025-04-18", "--section", "world",
                 "--dry-run"}),
            kExitOk);
  EXPECT_THAT(desk_.asked["StartBackfill"], HasSubstr("sections: \"world\""));
  EXPECT_THAT(desk_.asked["StartBackfill"], HasSubstr("validate_only: true"));
  EXPECT_THAT(out_.str(), HasSubstr("characters  34000 that the memory does not have\n"));
  EXPECT_THAT(err_.str(), HasSubstr("Nothing was started"));
}

TEST_F(TranslationQueueTest, AnEtagThatIsNotTheNewestLeadsToWhatStands) {
  const std::string path = folder_.path() + "/policy.yaml";
  std::ofstream(path) << "rules:\n  - to: ru\n    workflow: none\n";
  desk_.refusal = errors::Error(absl::StatusCode::kAborted, errors::kStaleEtag, "another stands");
  EXPECT_EQ(Ask({"policy", "set", path.c_str(), "--etag", "7"}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("etag 7 is no longer the newest: look at what stands by now, "
                                    "telexctl translations policy get"));
  EXPECT_EQ(Ask({"policy", "set", path.c_str()}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl translations policy get, and repeat it"));
}

TEST_F(TranslationQueueTest, APolicyAndAGlossaryAreFiles) {
  const std::string policy = PathOf("policy.yaml");
  std::ofstream(policy) << "rules:\n  - to: ru\n    workflow: person\n";
  EXPECT_EQ(Ask({"policy", "set", policy.c_str(), "--etag", "1"}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.policy.rules(0).to(0), "ru");
  EXPECT_EQ(desk_.policy.etag(), "\"1\"");
  EXPECT_EQ(out_.str(), "version 2 stands: 1 rules\n");
  EXPECT_EQ(Ask({"policy", "get"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("workflow: person"));
  desk_.refusal = errors::FieldError("policy.rules[0].to[0]", errors::kUnknownLanguage, "none");
  EXPECT_EQ(Ask({"policy", "set", policy.c_str()}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("line 2"));
  const std::string terms = PathOf("en.ru.txt");
  std::ofstream(terms) << "Council\tСовет\n";
  EXPECT_EQ(Ask({"glossary", "set", "en-ru", terms.c_str()}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.glossary.name(), "glossaries/en.ru");
  EXPECT_EQ(desk_.glossary.terms(0).allowed(0), "Совет");
  EXPECT_THAT(out_.str(), HasSubstr("version 4 stands: 1 terms are others\n\n1 translations"));
  EXPECT_THAT(out_.str(), HasSubstr(kShortJob + "  2"));
  EXPECT_EQ(Ask({"glossary", "get", "en.ru"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("Council\tСовет"));
}

}  // namespace
}  // namespace telex::cli
