#include <gtest/gtest.h>

#include <string_view>

#include "platform/http/media_type.h"

namespace telex::http {
namespace {

constexpr std::string_view kForms[] = {"text/csv; charset=utf-8; header=present",
                                       "application/json; charset=utf-8"};

std::string_view Best(std::string_view accept) {
  const auto place = NegotiateMediaType(accept, kForms);
  return !place ? "none" : *place == 0 ? "csv" : "json";
}

TEST(Accept, TakesTheFirstWhereNothingIsSaid) {
  EXPECT_EQ(NegotiateMediaType(std::nullopt, kForms), 0u);
  EXPECT_EQ(NegotiateMediaType(std::nullopt, {}), std::nullopt);
  EXPECT_EQ(Best(""), "csv");
  EXPECT_EQ(Best(" , ,"), "csv");
  EXPECT_EQ(Best("json"), "csv") << "no range can be read";
}

TEST(Accept, RangesAndWeights) {
  EXPECT_EQ(Best("*/*"), "csv");
  EXPECT_EQ(Best("*"), "csv");
  EXPECT_EQ(Best("application/json"), "json");
  EXPECT_EQ(Best("Application/JSON"), "json");
  EXPECT_EQ(Best("application/*"), "json");
  EXPECT_EQ(Best("text/*, application/json;q=0.9"), "csv");
  EXPECT_EQ(Best("text/csv;q=0.5, application/json;q=0.501"), "json");
  EXPECT_EQ(Best("text/csv ; Q=0.5 ,application/* ; q=0.4"), "csv");
  EXPECT_EQ(Best("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), "csv");
  EXPECT_EQ(Best("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"), "csv") << "Java";
}

TEST(Accept, WhatIsNamedMoreExactlyWinsAmongEquals) {
  EXPECT_EQ(Best("application/json, text/plain, */*"), "json");
  EXPECT_EQ(Best("*/*, application/json"), "json");
  EXPECT_EQ(Best("application/json, text/csv"), "csv") << "the server's order";
}

TEST(Accept, TheMostSpecificRangeSpeaks) {
  EXPECT_EQ(Best("*/*, text/csv;q=0"), "json");
  EXPECT_EQ(Best("text/csv;q=0, application/json;q=0"), "none");
  EXPECT_EQ(Best("*/*;q=0"), "none");
  EXPECT_EQ(Best("*/*;q=0, application/json;q=0.001"), "json");
  EXPECT_EQ(Best("text/*;q=0, */*;q=0.1"), "json");
  EXPECT_EQ(Best("text/csv, text/*;q=0"), "csv");
  EXPECT_EQ(Best("text/csv;q=0.2, text/csv;header=present;q=0.9, application/json;q=0.5"), "csv");
}

TEST(Accept, NothingFits) {
  EXPECT_EQ(Best("text/html"), "none");
  EXPECT_EQ(Best("application/jsonx"), "none") << "no substring";
  EXPECT_EQ(Best("application/vnd.x+json"), "none");
  EXPECT_EQ(Best("image/*, application/xml"), "none");
}

TEST(Accept, ParametersHaveToBeThere) {
  EXPECT_EQ(Best("application/json;charset=UTF-8"), "json");
  EXPECT_EQ(Best("application/json;;charset=\"utf-8\";"), "json");
  EXPECT_EQ(Best("text/csv;header=absent"), "none");
  EXPECT_EQ(Best("text/csv;header=absent, application/json;q=0.1"), "json");
  EXPECT_EQ(Best("text/csv;header=\"a,b;q=0\\\", text/csv\", application/json"), "json");
}

TEST(Accept, PassesOverWhatCannotBeRead) {
  EXPECT_EQ(Best("text/csv;q=2, application/json;q=0.1"), "json");
  EXPECT_EQ(Best("text/csv;q=x, text csv, /csv, text/, */csv, application/json"), "json");
  EXPECT_EQ(Best("text/csv;q, application/json"), "json");
  EXPECT_EQ(Best("\"application/json"), "csv") << "a quote that does not end";
}

}  // namespace
}  // namespace telex::http
