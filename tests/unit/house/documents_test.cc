#include "tests/unit/house/documents.h"

#include <gmock/gmock.h>

namespace telex::house {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kSnake = "abcdefghijklmnopqrstuvwxyz_";

TEST(LiteralsOf, TakesWholeLiteralsOnly) {
  EXPECT_THAT(
      LiteralsOf(R"(f("telex_a_total", "telex_b{}", "not telex_c", telex_d, "telex_", "telex_e_)",
                 "telex_", kSnake),
      ElementsAre("telex_a_total"));
}

TEST(DocumentedIn, TakesTheFirstCellOfRows) {
  EXPECT_THAT(DocumentedIn("text `telex_no`\n| name | what |\n|---|---|\n| `telex_a` | see "
                           "`telex_b` |\n|`telex_c`|x|\n"
                           "| `other` | x |\n| `telex_d` and `telex_e` | x |\n",
                           "telex_"),
              ElementsAre("telex_a", "telex_c"));
}

TEST(Differences, NamesWhatIsMissingOnEitherSide) {
  EXPECT_THAT(Differences({"a", "b"}, {"b", "c"}, "page.md"),
              ElementsAre("a is not in page.md", "c is in page.md, but nowhere in the code"));
  EXPECT_THAT(Differences({"a"}, {"a"}, "page.md"), IsEmpty());
}

TEST(TopicsOf, ReadsTheNames) {
  EXPECT_THAT(TopicsOf("topics:\n  # - name: no\n  - name: telex.a.v1\n    config:\n      x: 1\n  "
                       "- name: telex.b.v1\n"),
              ElementsAre("telex.a.v1", "telex.b.v1"));
}

TEST(RelativeLinksOf, LeavesOutAddressesAnchorsAndCode) {
  EXPECT_THAT(
      RelativeLinksOf(
          "[a](x.md) [b](https://example.org/y.md) [c](#here) [d](../z.md#part)\n`[e](no.md)`\n"
          "```\n[f](no.md)\n```\n![g](pic.png \"title\")\n"),
      ElementsAre("x.md", "../z.md", "pic.png"));
}

TEST(ResolveLink, IsFromThePage) {
  EXPECT_EQ(ResolveLink("docs/adr/a.md", "../reference/b.md"), "docs/reference/b.md");
  EXPECT_EQ(ResolveLink("README.md", "docs/"), "docs");
}

TEST(PagesNamedIn, FindsThemAnywhere) {
  EXPECT_THAT(PagesNamedIn("// see docs/adr/a.md.\n.guide = \"docs/runbooks/b.md\" docs/none"),
              ElementsAre("docs/adr/a.md", "docs/runbooks/b.md"));
}

}  // namespace
}  // namespace telex::house
