#include "translation/adapters/machine/engine_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"
#include "tests/unit/translation/queued.h"

namespace telex::translation {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

absl::StatusOr<std::string> Key(const std::string& path) {
  if (path == "/keys/deepl") return "s3cret";
  return absl::NotFoundError(path + ": no such file");
}

std::string FaultsOf(std::string_view yaml) {
  return ParseEngineFile(yaml, &Key).status().ToString();
}

TEST(EngineFile, SaysWhichEnginesThereAre) {
  const auto engines = ParseEngineFile(
      "engines:\n"
      "  - name: own\n"
      "    kind: apertium\n"
      "    url: http://apertium:2737\n"
      "  - name: deepl\n"
      "    kind: deepl\n"
      "    url: https://api.deepl.example\n"
      "    key_file: /keys/deepl\n"
      "    requests_per_second: 0.5\n"
      "    concurrency: 2\n"
      "    characters_per_day: 200000\n"
      "    characters_per_month: 4000000\n"
      "    pairs: [en.hy, en.zh-Hant]\n"
      "  - name: chat\n"
      "    kind: openai\n"
      "    url: http://llm:8000\n"
      "    model: gpt-4o\n"
      "    outside: false\n",
      &Key);
  ASSERT_TRUE(engines.ok()) << engines.status();
  ASSERT_EQ(engines->size(), 3U);
  const EngineSetup& own = engines->at(0);
  EXPECT_EQ(own.name, "own");
  EXPECT_EQ(own.settings.kind, "apertium");
  EXPECT_EQ(own.settings.url, "http://apertium:2737");
  EXPECT_FALSE(own.outside);
  EXPECT_EQ(own.requests_per_second, 50);
  EXPECT_EQ(own.concurrency, 4);
  EXPECT_EQ(own.budget, EngineBudget{});
  EXPECT_THAT(own.pairs, IsEmpty());
  EXPECT_EQ(own.Label(), "own");
  const EngineSetup& deepl = engines->at(1);
  EXPECT_EQ(deepl.settings.key, "s3cret");
  EXPECT_TRUE(deepl.outside);
  EXPECT_EQ(deepl.requests_per_second, 0.5);
  EXPECT_EQ(deepl.concurrency, 2);
  EXPECT_EQ(deepl.budget, (EngineBudget{200'000, 4'000'000}));
  EXPECT_THAT(deepl.pairs, ElementsAre(Pair{Language("en"), Language("hy")},
                                       Pair{Language("en"), Language("zh-Hant")}));
  EXPECT_FALSE(engines->at(2).outside);
  EXPECT_EQ(engines->at(2).Label(), "chat/gpt-4o");
}

TEST(EngineFile, TellsAllFaultsAtOnceByLine) {
  const std::string faults = FaultsOf(
      "engines:\n"
      "  - name: Own\n"
      "    kind: apertium\n"
      "    url: http://apertium:2737/\n"
      "  - name: deepl\n"
      "    kind: deepl\n"
      "    url: https://api.deepl.example\n"
      "    outside: maybe\n"
      "    concurrency: 2.5\n"
      "    characters_per_day: -1\n"
      "    pairs: [en-hy]\n"
      "    colour: red\n");
  EXPECT_THAT(faults, HasSubstr("FIELD_INVALID"));
  for (const char* const fault :
       {"line 2: name: expects small letters", "line 2: url: without the slash",
        "line 5: key_file: needed by this kind", "line 8: outside: expects true or false",
        "line 9: concurrency: expects a whole number", "line 10: characters_per_day: expects",
        "line 11: pairs: expects two languages", "line 12: colour: is no field"}) {
    EXPECT_THAT(faults, HasSubstr(fault));
  }
  const std::string others = FaultsOf(
      "engines:\n"
      "  - {name: deepl, kind: apertium, url: http://a.example}\n"
      "  - name: deepl\n"
      "    kind: babelfish\n"
      "    url: https://fish.example\n"
      "    requests_per_second: 0\n"
      "others: 1\n");
  for (const char* const fault :
       {"line 3: name: 'deepl' stands twice", "line 3: kind: \"babelfish\" is none of",
        "line 3: requests_per_second: expects", "line 7: "}) {
    EXPECT_THAT(others, HasSubstr(fault));
  }
}

TEST(EngineFile, WhatIsNoListOfEnginesIsRefused) {
  EXPECT_THAT(FaultsOf(""), HasSubstr("expects `engines:`"));
  EXPECT_THAT(FaultsOf("engines: 5\n"), HasSubstr("expects `engines:`"));
  EXPECT_THAT(FaultsOf("engines:\n  - apertium\n"), HasSubstr("line 2: an engine is a map"));
  EXPECT_THAT(FaultsOf("engines: [\n"), HasSubstr("yaml-cpp"));
  EXPECT_TRUE(ParseEngineFile("engines: []\n", &Key)->empty());
}

TEST(EngineFile, AKeyIsReadFromItsFileAndNeverTold) {
  const std::string missing = FaultsOf(
      "engines:\n"
      "  - name: deepl\n"
      "    kind: deepl\n"
      "    url: https://api.deepl.example\n"
      "    key_file: /keys/none\n");
  EXPECT_THAT(missing, AllOf(HasSubstr("line 5: key_file: /keys/none: no such file"),
                             Not(HasSubstr("needed"))));
  EXPECT_THAT(FaultsOf("engines:\n"
                       "  - name: deepl\n"
                       "    kind: deepl\n"
                       "    url: https://api.deepl.example\n"
                       "    model: x\n"
                       "    key: s3cret\n"
                       "    key_file: /keys/deepl\n"),
              AllOf(HasSubstr("line 6: key: is no field"), HasSubstr("model: of no use"),
                    Not(HasSubstr("s3cret"))));
}

TEST(EngineFile, IsReadFromItsPath) {
  const tests::TempDir folder;
  const auto write = [&](const std::string& name, std::string_view text) {
    std::ofstream(folder / name) << text;
    return folder / name;
  };
  const std::string key = write("key", "s3cret\n");
  const std::string path = write("engines.yaml",
                                 "engines:\n"
                                 "  - name: deepl\n"
                                 "    kind: deepl\n"
                                 "    url: https://api.deepl.example\n"
                                 "    key_file: " +
                                     key + "\n");
  const auto engines = ReadEngineFile(path);
  ASSERT_TRUE(engines.ok()) << engines.status();
  EXPECT_EQ(engines->at(0).settings.key, "s3cret");
  EXPECT_TRUE(ReadEngineFile("")->empty());
  EXPECT_TRUE(absl::IsNotFound(ReadEngineFile(folder / "none").status()));
  write("key", "\n");
  EXPECT_THAT(ReadEngineFile(path).status().ToString(),
              AllOf(HasSubstr(path + ": "), HasSubstr("is empty")));
}

}  // namespace
}  // namespace telex::translation
