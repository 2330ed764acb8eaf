#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "telexctl/failures/failure.h"
#include "tests/unit/telexctl/translation_fixture.h"

namespace telex::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using TranslationWorkTest = TranslationTest;

TEST_F(TranslationWorkTest, AClaimIsAFileThatSaysWhatToDo) {
  desk_.listed = {Job()};
  desk_.stats.add_pairs()->set_from("en");
  desk_.stats.mutable_pairs(0)->set_to("ru");
  desk_.stats.add_pairs()->set_from("en");
  desk_.stats.mutable_pairs(1)->set_to("hy");
  const std::string path = PathOf("story.txt");
  EXPECT_EQ(Ask({"claim", "--to", "ru", "--lease", "2h", "--out", path.c_str()}), kExitOk)
      << err_.str();
  EXPECT_EQ(desk_.claim.pairs_size(), 1);  // the pairs that there are
  EXPECT_EQ(desk_.claim.pairs(0).from(), "en");
  EXPECT_EQ(desk_.claim.worker(), jobs::WORKER_PERSON);
  EXPECT_EQ(desk_.claim.lease().seconds(), 7200);
  EXPECT_THAT(out_.str(), HasSubstr(kShortJob + "               1      2   " + path));
  EXPECT_EQ(err_.str(),
            "next: translate " + path + ", and then telexctl translations complete " + path + "\n");
  const std::string file = ReadFile(path);
  EXPECT_THAT(file, HasSubstr("#job " + kJob + "\n"));
  EXPECT_THAT(file, HasSubstr("\n[[body.p1.s1]]\n# It was <1>12</1> per cent.\n\n"));
}

TEST_F(TranslationWorkTest, WhatWasSaidOfAJobStandsInItsFileAndIsTold) {
  desk_.listed = {Job()};
  desk_.listed[0].set_note("rejected by maria: names as in the glossary");
  desk_.text.set_note(desk_.listed[0].note());
  const std::string path = PathOf("story.txt");
  EXPECT_EQ(Ask({"claim", kStory, "ru", "--out", path.c_str()}), kExitOk) << err_.str();
  EXPECT_THAT(err_.str(), HasSubstr(kShortJob + ": rejected by maria: names as in the glossary\n"));
  EXPECT_THAT(ReadFile(path), HasSubstr("\n# Note: rejected by maria: names as in the glossary\n"));
  EXPECT_EQ(Ask({"export", kStory, "ru", "--format", "xliff"}), kExitOk);
  EXPECT_THAT(out_.str(),
              HasSubstr("<note>Note: rejected by maria: names as in the glossary</note>"));
}

TEST_F(TranslationWorkTest, WhatAnEngineHasMadeIsSuggestedInItsName) {
  jobs::Suggestion& suggestion = *desk_.text.mutable_segments(1)->add_suggestions();
  suggestion.set_engine("deepl");
  suggestion.set_score(100);
  suggestion.set_target("Было <1>21</1>.");
  EXPECT_EQ(Ask({"export", kStory, "ru"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("\n#~ deepl has: Было <1>21</1>.\n"));
}

TEST_F(TranslationWorkTest, WhatIsThereIsNotWrittenOver) {
  desk_.listed = {Job()};
  const std::string path = PathOf("story.txt");
  std::ofstream(path) << "work of hours";
  EXPECT_EQ(Ask({"claim", kStory, "ru", "--out", path.c_str()}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is there already"));
  EXPECT_EQ(desk_.claim.name(), "");  // and nothing was claimed
  EXPECT_EQ(Ask({"export", kStory, "ru", "--out", path.c_str()}), kExitUsage);
  EXPECT_EQ(ReadFile(path), "work of hours");
  EXPECT_EQ(Ask({"claim", kStory, "ru", "--out", PathOf("none/story.txt").c_str()}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is claimed all the same: telexctl translations export"));
}

TEST_F(TranslationWorkTest, NothingToClaimIsNoFailure) {
  EXPECT_EQ(Ask({"claim", "--from", "en", "--to", "ru"}), kExitOk);
  EXPECT_THAT(err_.str(), HasSubstr("Nothing is open for people from en into ru"));
  EXPECT_EQ(Ask({"claim", "--to", "hy"}), kExitOk);  // no pair is so
  EXPECT_THAT(err_.str(), HasSubstr("Nothing is open for people into hy"));
}

TEST_F(TranslationWorkTest, AJobThatSomebodyHasIsNotClaimed) {
  desk_.job.set_state(jobs::JOB_STATE_CLAIMED);
  desk_.job.set_holder("boris");
  desk_.job.mutable_due_time()->set_seconds(1'744'971'900);
  EXPECT_EQ(Ask({"claim", kStory, "ru"}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr(kShortJob + " is claimed by boris until 2025-04-18T10:25:00Z"));
  EXPECT_THAT(err_.str(), HasSubstr("reason: JOB_CLAIMED (FAILED_PRECONDITION)"));
}

TEST_F(TranslationWorkTest, AnExportIsNoClaim) {
  EXPECT_EQ(Ask({"export", kStory, "ru", "--format", "xliff"}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("trgLang=\"ru\""));
  EXPECT_EQ(Ask({"export", kStory, "ru", "-o", "json"}), kExitOk);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["segments"][0]["state"], "STATE_UNCHANGED");
  EXPECT_EQ(desk_.claim.name(), "");
}

TEST_F(TranslationWorkTest, AnExportSaysWhatItsFileIsGoodFor) {
  int n = 0;
  const auto told = [&] {
    const std::string path = PathOf("story" + std::to_string(++n) + ".txt");
    EXPECT_EQ(Ask({"export", kStory, "ru", "--out", path.c_str()}), kExitOk);
    return err_.str();
  };
  EXPECT_THAT(told(), HasSubstr("telexctl translations complete"));
  desk_.job.set_state(jobs::JOB_STATE_DONE);
  EXPECT_THAT(told(), HasSubstr("telexctl translations review " + kShortJob));
  desk_.job.set_state(jobs::JOB_STATE_CLAIMED);
  desk_.job.set_holder("boris");
  EXPECT_THAT(told(), HasSubstr("is claimed by boris"));
}

TEST_F(TranslationWorkTest, AFileIsCompletedWithTheTokenOfItsClaim) {
  const std::string path = TranslatedFile("Было <1>12</1> процентов.");
  desk_.completed.set_revision(41);
  EXPECT_EQ(Ask({"complete", path.c_str(), "--overrule", "headline:LENGTH_UNLIKELY=it is so"}),
            kExitOk)
      << err_.str();
  ASSERT_EQ(desk_.completions.size(), 1u);
  const jobs::CompleteJobRequest& request = desk_.completions[0];
  EXPECT_EQ(request.token(), 77);
  EXPECT_EQ(request.version(), 3);
  EXPECT_NE(request.request_id(), "");
  ASSERT_EQ(request.segments_size(), 2);
  EXPECT_EQ(request.segments(0).overruled(0).reason(), "it is so");
  EXPECT_EQ(request.segments(1).target(), "Было <1>12</1> процентов.");
  EXPECT_EQ(out_.str(), kShortJob + ": published as revision 41\n");
  EXPECT_EQ(err_.str(), "next: telexctl translations get " + kShortJob + "\n");
}

TEST_F(TranslationWorkTest, ALeaseThatIsOverIsTakenAgainWhereNobodyElseHasIt) {
  const std::string path = TranslatedFile("Было <1>12</1>.");
  desk_.job = Job();  // open
  EXPECT_EQ(Ask({"complete", path.c_str()}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.claim.name(), kJob);
  EXPECT_TRUE(desk_.claim.without_text());
  EXPECT_EQ(desk_.completions[0].token(), 77);
  EXPECT_THAT(err_.str(), HasSubstr(kShortJob + " is claimed by anna"));
  // Somebody else has it: the service says who.
  desk_.job.set_state(jobs::JOB_STATE_CLAIMED);
  desk_.refusal = errors::Error(absl::StatusCode::kFailedPrecondition, errors::kStaleEtag,
                                "claimed by boris until 12:00");
  EXPECT_EQ(Ask({"complete", path.c_str()}), kExitRefused);
  EXPECT_EQ(desk_.completions[1].token(), 0);
  EXPECT_THAT(err_.str(), HasSubstr("claimed by boris until 12:00"));
}

TEST_F(TranslationWorkTest, AStoryThatHasGoneOnKeepsWhatIsDone) {
  const std::string path = TranslatedFile("Было <1>12</1>.");
  desk_.text.set_version(4);
  desk_.text.mutable_segments(1)->set_source("It was <1>13</1> per cent.");
  desk_.completed.set_is_draft(true);
  *desk_.completed.mutable_job() = desk_.job;
  desk_.completed.mutable_job()->set_version(4);
  EXPECT_EQ(Ask({"complete", path.c_str()}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.completions[0].version(), 3);
  EXPECT_THAT(out_.str(), HasSubstr("kept: the story has gone on to version 4"));
  EXPECT_EQ(err_.str(), "next: telexctl translations edit " + kShortJob + "\n");
  desk_.completed.mutable_job()->set_version(3);
  desk_.completed.set_revision(5);
  EXPECT_EQ(Ask({"complete", path.c_str()}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("kept as revision 5: it is published once it is reviewed"));
}

TEST_F(TranslationWorkTest, ACheckIsOverruledWhereverItFindsSomethingAndNoHardOne) {
  const std::string path = TranslatedFile("Было <1>21</1>.");
  jobs::Finding of_headline = NumbersDiffer();
  of_headline.set_place("headline");  // it stands as it was offered
  desk_.findings = {NumbersDiffer(), of_headline};
  EXPECT_EQ(Ask({"complete", path.c_str(), "--overrule", "*:numbers_differ=counted again"}),
            kExitOk)
      << err_.str();
  ASSERT_EQ(desk_.completions.size(), 1u);
  EXPECT_EQ(desk_.completions[0].segments(0).overruled_size(), 0);
  ASSERT_EQ(desk_.completions[0].segments(1).overruled_size(), 1);
  EXPECT_EQ(desk_.completions[0].segments(1).overruled(0).check(), "NUMBERS_DIFFER");
  EXPECT_EQ(desk_.completions[0].segments(1).overruled(0).reason(), "counted again");
  EXPECT_EQ(Ask({"check", path.c_str(), "--overrule", "*:NUMBERS_DIFFER=counted again"}), kExitOk);
  desk_.findings[0].set_reason("MARKUP_BROKEN");
  desk_.findings[0].set_hard(true);
  EXPECT_EQ(Ask({"complete", path.c_str(), "--overrule", "*:MARKUP_BROKEN=it is so"}), kExitOk);
  EXPECT_EQ(desk_.completions[1].segments(1).overruled_size(), 0);  // the service refuses it
}

TEST_F(TranslationWorkTest, WhatIsRefusedIsShownBesideItsSource) {
  const std::string path = TranslatedFile("Было <1>21</1>.");
  desk_.refusal = errors::FieldError("segments[\"body.p1.s1\"]", "NUMBERS_DIFFER", "12 is missing");
  desk_.findings = {NumbersDiffer()};
  jobs::Finding of_headline;
  of_headline.set_reason("LENGTH_UNLIKELY");
  of_headline.set_place("headline");  // it stands as it was offered: nobody has to answer for it
  desk_.findings.push_back(of_headline);
  EXPECT_EQ(Ask({"complete", path.c_str()}), kExitRefused);
  EXPECT_EQ(out_.str(),
            "body.p1.s1: NUMBERS_DIFFER: 12 is not in the translation\n"
            "  source  It was <1>>>12<<</1> per cent.\n"
            "  target  Было <1>21</1>.\n");
  EXPECT_THAT(err_.str(), HasSubstr(path + ": 1 finding\n"));
  EXPECT_THAT(err_.str(), HasSubstr("reason: NUMBERS_DIFFER (INVALID_ARGUMENT)"));
  EXPECT_THAT(err_.str(), HasSubstr("telexctl translations complete " + path +
                                    ", or where a check is wrong --overrule "
                                    "body.p1.s1:NUMBERS_DIFFER='why'"));
  EXPECT_EQ(Ask({"check", path.c_str(), "-o", "json"}), kExitRefused);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["findings"].size(), 1u);
  EXPECT_EQ(nlohmann::json::parse(err_.str())["error"]["reason"], "NUMBERS_DIFFER");
  EXPECT_EQ(Ask({"check", path.c_str(), "--overrule", "body.p1.s1:NUMBERS_DIFFER=it is 21"}),
            kExitOk);
  EXPECT_EQ(out_.str(), "2 segments, nothing found\n");
}

TEST_F(TranslationWorkTest, ABrokenFileIsRefusedByItsName) {
  const std::string path = TranslatedFile("Было <1>12.");
  EXPECT_EQ(Ask({"complete", path.c_str()}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("<1> is not closed"));
  EXPECT_THAT(err_.str(), HasSubstr("telexctl translations export JOB"));
  std::ofstream(path) << "hello";
  EXPECT_EQ(Ask({"check", path.c_str()}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("the line #stamp is missing"));
  std::ofstream(path) << "<html/>";
  EXPECT_EQ(Ask({"check", path.c_str()}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr(path + ": no XLIFF"));
  EXPECT_EQ(Ask({"check", PathOf("none").c_str()}), kExitUsage);
  EXPECT_TRUE(desk_.completions.empty());
}

TEST_F(TranslationWorkTest, WhatIsHeldIsReleasedExtendedOrFailedByItsToken) {
  desk_.job.set_token(77);
  EXPECT_EQ(Ask({"release", kStory, "ru"}), kExitOk) << err_.str();
  EXPECT_THAT(desk_.asked["ReleaseJob"], HasSubstr("token: 77 request_id:"));
  EXPECT_EQ(Ask({"extend", kStory, "ru", "--lease", "3h", "--done", "4"}), kExitOk);
  EXPECT_EQ(desk_.asked["ExtendLease"],
            "name: \"" + kJob + "\" token: 77 lease { seconds: 10800 } segments_done: 4");
  EXPECT_EQ(Ask({"fail", kStory, "ru", "--reason", "UNCLEAR", "--note", "who?", "--escalate",
                 "--retry-after", "1h"}),
            kExitOk);
  EXPECT_THAT(desk_.asked["FailJob"],
              HasSubstr("escalate: true retry_after { seconds: 3600 } reason: \"UNCLEAR\" note: "
                        "\"who?\""));
  EXPECT_EQ(Ask({"extend", kStory, "ru", "--lease", "long"}), kExitUsage);
}

TEST_F(TranslationWorkTest, AReviewIsOfTheRevisionThatStands) {
  desk_.job.set_revision(41);
  EXPECT_EQ(Ask({"review", kStory, "ru", "--approve"}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.review.verdict(), jobs::REVIEW_VERDICT_APPROVED);
  EXPECT_EQ(desk_.review.version(), 3);
  EXPECT_EQ(desk_.review.revision(), 41);
  EXPECT_EQ(Ask({"review", kStory, "ru", "--reject", "--revision", "40", "--note", "no"}), kExitOk);
  EXPECT_EQ(desk_.review.verdict(), jobs::REVIEW_VERDICT_REJECTED);
  EXPECT_EQ(desk_.review.revision(), 40);
  EXPECT_EQ(desk_.review.note(), "no");
  const std::string path = TranslatedFile("Было <1>12</1>.");
  EXPECT_EQ(Ask({"review", kStory, "ru", "--replace", path.c_str()}), kExitOk) << err_.str();
  EXPECT_EQ(desk_.review.verdict(), jobs::REVIEW_VERDICT_REPLACED);
  EXPECT_EQ(desk_.review.segments(1).target(), "Было <1>12</1>.");
  EXPECT_EQ(Ask({"review", kStory, "ru"}), kExitUsage);
  EXPECT_EQ(Ask({"review", kStory, "ru", "--approve", "--reject"}), kExitUsage);
  EXPECT_EQ(Ask({"review", kStory, "hy", "--replace", path.c_str()}), kExitUsage);
}

TEST_F(TranslationWorkTest, ADraftIsNotCompletedButReviewed) {
  const std::string path = TranslatedFile("Было <1>12</1>.");
  desk_.job = Job();
  desk_.job.set_worker(jobs::WORKER_REVIEWER);
  EXPECT_EQ(Ask({"complete", path.c_str()}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl translations review " + kJob + " --replace " + path));
}

class TranslationEditTest : public TranslationTest {
 protected:
  TranslationEditTest() {
    path_ = PathOf("edited.txt");
    desk_.listed = {Job()};
    desk_.completed.set_revision(41);
  }
  // An editor that appends the next of these lines each time.
  int Edit(const std::string& types, const std::vector<std::string>& lines) {
    const std::string script = PathOf("editor");
    std::ofstream out(script);
    out << "n=$(cat " << script << ".n 2>/dev/null || echo 0); echo $((n+1)) >" << script
        << ".n\ncase $n in\n";
    for (std::size_t i = 0; i < lines.size(); ++i)
      out << i << ") cat >>\"$1\" <<'END'\n" << lines[i] << "\nEND\n;;\n";
    out << "*) exit 1;;\nesac\n";
    out.close();
    environment_["EDITOR"] = "sh " + script;
    terminal_ = std::make_unique<std::istringstream>(types);
    return Ask({"edit", kStory, "ru", "--out", path_.c_str()});
  }
  std::string path_;
};

TEST_F(TranslationEditTest, ClaimsEditsChecksAndCompletes) {
  EXPECT_EQ(Edit("c\n", {"Было <1>12</1> процентов."}), kExitOk) << err_.str() << out_.str();
  EXPECT_EQ(desk_.claim.name(), kJob);
  EXPECT_EQ(desk_.claim.lease().seconds(), 7200);
  EXPECT_THAT(desk_.asked["ExtendLease"], HasSubstr("segments_done: 2"));
  ASSERT_EQ(desk_.completions.size(), 1u);
  EXPECT_EQ(desk_.completions[0].segments(1).target(), "Было <1>12</1> процентов.");
  EXPECT_THAT(out_.str(), HasSubstr("published as revision 41"));
}

TEST_F(TranslationEditTest, GoesRoundUntilNothingIsFound) {
  // A broken tag, then a soft finding, which is overruled.
  desk_.findings = {NumbersDiffer()};
  EXPECT_EQ(Edit("e\no\na dozen is 12\n", {"Было <1>12", "</1>."}), kExitOk)
      << err_.str() << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("<1> is not closed"));
  EXPECT_THAT(out_.str(), HasSubstr("NUMBERS_DIFFER: 12 is not in the translation"));
  EXPECT_THAT(err_.str(), HasSubstr("body.p1.s1: NUMBERS_DIFFER: why is it right?"));
  ASSERT_EQ(desk_.completions.size(), 1u);
  EXPECT_EQ(desk_.completions[0].segments(1).overruled(0).reason(), "a dozen is 12");
}

TEST_F(TranslationEditTest, OneReasonIsEnoughForAllOfACheck) {
  desk_.findings = {NumbersDiffer(), NumbersDiffer()};
  EXPECT_EQ(Edit("o\n* a dozen is 12\n", {"Было <1>21</1>."}), kExitOk) << err_.str() << out_.str();
  ASSERT_EQ(desk_.completions.size(), 1u);
  EXPECT_EQ(desk_.completions[0].segments(1).overruled(0).reason(), "a dozen is 12");
  EXPECT_EQ(desk_.completions[0].segments(1).overruled(1).reason(), "a dozen is 12");
}

TEST_F(TranslationEditTest, WhatIsLeftIsKept) {
  desk_.findings = {NumbersDiffer()};
  desk_.findings[0].set_hard(true);
  EXPECT_EQ(Edit("q\n", {"Было <1>1</1>."}), kExitOk);
  EXPECT_THAT(err_.str(), Not(HasSubstr("o: overrule")));
  EXPECT_THAT(err_.str(), HasSubstr(path_ +
                                    " keeps what you have written. next: telexctl "
                                    "translations edit " +
                                    kShortJob));
  EXPECT_THAT(ReadFile(path_), HasSubstr("Было"));
  EXPECT_TRUE(desk_.completions.empty());
  // And is gone on with.
  desk_.findings.clear();
  std::filesystem::remove(PathOf("editor.n"));
  EXPECT_EQ(Edit("c\n", {"И ещё."}), kExitOk) << err_.str() << out_.str();
  EXPECT_THAT(err_.str(), HasSubstr("is there already: you go on with it"));
  EXPECT_EQ(desk_.completions[0].segments(1).target(), "Было <1>1</1>.\nИ ещё.");
  // Of another version it is not.
  desk_.text.set_version(4);
  EXPECT_EQ(Edit("c\n", {"x"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("name another file: --out FILE"));
}

TEST_F(TranslationEditTest, SaysWhatStandsInTheWay) {
  terminal_.reset();
  EXPECT_EQ(Ask({"edit", kStory, "ru"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl translations claim " + kShortJob));
  EXPECT_EQ(Edit("", {}), kExitUsage);  // the editor fails
  EXPECT_THAT(err_.str(), HasSubstr("VISUAL or EDITOR names your editor"));
  desk_.job.set_state(jobs::JOB_STATE_CLAIMED);
  desk_.job.set_holder("boris");
  EXPECT_EQ(Edit("c\n", {"x"}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr(kShortJob + " is claimed by boris"));
}

}  // namespace
}  // namespace telex::cli
