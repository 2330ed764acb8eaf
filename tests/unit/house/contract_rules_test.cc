// Each breaking change is refused, each addition is allowed: on a contract small enough to read.

#include "tests/unit/house/contract_rules.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <string>

namespace telex::house {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kReleased[] = R"(
name: "telex/test/v1/pen.proto" package: "telex.test.v1" syntax: "proto3"
dependency: "google/protobuf/timestamp.proto"
enum_type {
  name: "Colour"
  value { name: "COLOUR_UNSPECIFIED" number: 0 }
  value { name: "COLOUR_RED" number: 1 }
  value { name: "COLOUR_BLUE" number: 2 }
  reserved_range { start: 5 end: 5 }
}
message_type {
  name: "Pen"
  field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
  field { name: "size" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL }
  field { name: "colour" number: 3 type: TYPE_ENUM type_name: ".telex.test.v1.Colour" label: LABEL_OPTIONAL }
  field { name: "made" number: 4 type: TYPE_MESSAGE type_name: ".google.protobuf.Timestamp" label: LABEL_OPTIONAL }
  field { name: "tags" number: 5 type: TYPE_STRING label: LABEL_REPEATED }
  field { name: "person" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 }
  field { name: "team" number: 9 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 }
  field { name: "cap" number: 11 type: TYPE_MESSAGE type_name: ".telex.test.v1.Pen.Cap" label: LABEL_OPTIONAL }
  oneof_decl { name: "owner" }
  nested_type { name: "Cap" field { name: "shape" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
  reserved_range { start: 7 end: 8 }
  reserved_range { start: 20 end: 30 }
}
message_type { name: "GetPenRequest" field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
service {
  name: "Pens"
  method { name: "GetPen" input_type: ".telex.test.v1.GetPenRequest" output_type: ".telex.test.v1.Pen" }
}
)";

Contracts Read(const std::string& text) {
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, set.add_file())) << text;
  Contracts contracts = MakeContracts(set);
  EXPECT_THAT(contracts.faults, IsEmpty()) << text;
  return contracts;
}

// The released contract with one place changed.
std::string Changed(const std::string& from, const std::string& to) {
  std::string text = kReleased;
  const auto place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  if (place != std::string::npos) text.replace(place, from.size(), to);
  return text;
}

std::string Breaks(const std::string& from, const std::string& to) {
  std::string all;
  for (const std::string& fault : BreakingChanges(Read(kReleased), Read(Changed(from, to))))
    all += fault + "\n";
  return all;
}

constexpr char kSize[] =
    R"(field { name: "size" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL })";
constexpr char kTeam[] =
    R"(field { name: "team" number: 9 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 })";
constexpr char kBlue[] = R"(value { name: "COLOUR_BLUE" number: 2 })";
constexpr char kMethod[] =
    R"(method { name: "GetPen" input_type: ".telex.test.v1.GetPenRequest" output_type: ".telex.test.v1.Pen" })";

TEST(BreakingChanges, NothingChanged) { EXPECT_EQ(Breaks("Pen", "Pen"), ""); }

TEST(BreakingChanges, AdditionsAreAllowed) {
  const auto with = [](const std::string& before, const std::string& more) {
    return Breaks(before, before + " " + more);
  };
  EXPECT_EQ(
      with(kSize, R"(field { name: "more" number: 6 type: TYPE_STRING label: LABEL_OPTIONAL })"),
      "");
  EXPECT_EQ(
      with(
          kTeam,
          R"(field { name: "club" number: 12 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 })"),
      "");
  EXPECT_EQ(with(kBlue, R"(value { name: "COLOUR_GREEN" number: 3 })"), "");
  EXPECT_EQ(
      with(
          kMethod,
          R"(method { name: "Sell" input_type: ".telex.test.v1.Pen" output_type: ".telex.test.v1.Pen" })"),
      "");
  EXPECT_EQ(with("reserved_range { start: 7 end: 8 }", "reserved_range { start: 6 end: 7 }"), "");
  EXPECT_EQ(Breaks(R"(message_type { name: "GetPenRequest")",
                   R"(message_type { name: "New" } message_type { name: "GetPenRequest")"),
            "");
}

struct Case {
  std::string from;
  std::string to;
  std::string why;
};

TEST(BreakingChanges, OfFieldsAreRefused) {
  const Case cases[] = {
      {kSize, "", "number is free for another"},
      {kSize, R"(reserved_range { start: 2 end: 3 } reserved_name: "size")",
       "Pen.size = 2 was removed"},
      {R"("size" number: 2)", R"("size" number: 6)", "number 2 became 6"},
      {kSize, R"(field { name: "other" number: 2 type: TYPE_BYTES label: LABEL_OPTIONAL })",
       "name size became other"},
      {R"("size" number: 2 type: TYPE_INT32)", R"("size" number: 2 type: TYPE_INT64)",
       "type int32 became int64"},
      {R"("size" number: 2 type: TYPE_INT32)", R"("size" number: 2 type: TYPE_SINT32)",
       "type int32 became sint32"},
      {R"("size" number: 2)", R"("width" number: 2)", "name size became width"},
      {R"("size" number: 2)", R"("size" json_name: "s" number: 2)", "JSON name size became s"},
      {R"("size" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL)",
       R"("size" number: 2 type: TYPE_INT32 label: LABEL_REPEATED)", "repeated false became true"},
      {R"("tags" number: 5 type: TYPE_STRING label: LABEL_REPEATED)",
       R"("tags" number: 5 type: TYPE_STRING label: LABEL_OPTIONAL)", "repeated true became false"},
      {R"("person" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0)",
       R"("person" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL)",
       "presence true became false"},
      {R"("person" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0)",
       R"("person" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL)", "oneof owner became"},
      {R"(".google.protobuf.Timestamp")", R"(".telex.test.v1.Pen.Cap")",
       "google.protobuf.Timestamp became telex.test.v1.Pen.Cap"},
      {R"(TYPE_ENUM type_name: ".telex.test.v1.Colour")", "TYPE_INT32", "type enum became int32"},
      {R"("shape" number: 1 type: TYPE_STRING)", R"("shape" number: 1 type: TYPE_BYTES)",
       "type string became bytes"},
  };
  for (const Case& one : cases)
    EXPECT_THAT(Breaks(one.from, one.to), HasSubstr(one.why)) << one.from << " -> " << one.to;
}

TEST(BreakingChanges, OfNumbersOnceGivenUpAreRefused) {
  const Case cases[] = {
      {"reserved_range { start: 7 end: 8 }", "", "number 7 was reserved"},
      {"reserved_range { start: 7 end: 8 }",
       R"(field { name: "reused" number: 7 type: TYPE_STRING label: LABEL_OPTIONAL })",
       "number 7 was reserved"},
      {"reserved_range { start: 20 end: 30 }", "reserved_range { start: 20 end: 29 }",
       "number 29 was reserved"},
      {"reserved_range { start: 5 end: 5 }", "", "Colour: number 5 was reserved"},
      {"reserved_range { start: 5 end: 5 }", R"(value { name: "COLOUR_REUSED" number: 5 })",
       "Colour: number 5 was reserved"},
  };
  for (const Case& one : cases)
    EXPECT_THAT(Breaks(one.from, one.to), HasSubstr(one.why)) << one.from << " -> " << one.to;
}

TEST(BreakingChanges, OfEnumsAreRefused) {
  EXPECT_THAT(Breaks(kBlue, ""), HasSubstr("COLOUR_BLUE = 2 was removed"));
  EXPECT_THAT(Breaks(kBlue, R"(value { name: "COLOUR_BLUE" number: 4 })"),
              HasSubstr("number 2 became 4"));
  EXPECT_THAT(Breaks(kBlue, R"(value { name: "COLOUR_NAVY" number: 2 })"),
              HasSubstr("was removed or renamed"));
}

TEST(BreakingChanges, OfServicesAreRefused) {
  const Case cases[] = {
      {kMethod, "", "Pens.GetPen was removed"},
      {R"(name: "GetPen" input)", R"(name: "ReadPen" input)", "Pens.GetPen was removed"},
      {R"(input_type: ".telex.test.v1.GetPenRequest")", R"(input_type: ".telex.test.v1.Pen")",
       "request telex.test.v1.GetPenRequest became telex.test.v1.Pen"},
      {R"(output_type: ".telex.test.v1.Pen")", R"(output_type: ".telex.test.v1.GetPenRequest")",
       "response telex.test.v1.Pen became"},
      {R"(name: "GetPen" input)", R"(name: "GetPen" server_streaming: true input)",
       "server streaming false became true"},
      {R"(name: "GetPen" input)", R"(name: "GetPen" client_streaming: true input)",
       "client streaming false became true"},
      {R"(name: "Pens")", R"(name: "Quills")", "telex.test.v1.Pens was removed"},
  };
  for (const Case& one : cases)
    EXPECT_THAT(Breaks(one.from, one.to), HasSubstr(one.why)) << one.from << " -> " << one.to;
}

TEST(BreakingChanges, OfPackagesAndMessagesAreRefused) {
  std::string moved = kReleased;
  for (auto place = moved.find("telex.test.v1"); place != std::string::npos;
       place = moved.find("telex.test.v1", place)) {
    moved.replace(place, 13, "telex.test.v2");
  }
  EXPECT_THAT(BreakingChanges(Read(kReleased), Read(moved)),
              testing::Contains(HasSubstr("package telex.test.v1 became telex.test.v2")));
  google::protobuf::FileDescriptorSet nothing;
  EXPECT_THAT(BreakingChanges(Read(kReleased), MakeContracts(nothing)), SizeIs(4));
}

TEST(EnumsWithoutUnspecified, AreRefusedInOurOwnPackages) {
  const auto read = [](const std::string& package, const std::string& zero) {
    return Read("name: \"a.proto\" package: \"" + package +
                "\" syntax: \"proto3\" message_type { name: \"A\" enum_type { " +
                "name: \"E\" value { name: \"" + zero + "\" number: 0 } } }");
  };
  EXPECT_THAT(EnumsWithoutUnspecified(read("telex.a.v1", "NONE")), SizeIs(1));
  EXPECT_THAT(EnumsWithoutUnspecified(read("telex.a.v1", "E_UNSPECIFIED")), IsEmpty());
  EXPECT_THAT(EnumsWithoutUnspecified(read("grpc.health.v1", "UNKNOWN")), IsEmpty());
}

TEST(ReadDescriptorSet, TellsFaults) {
  EXPECT_THAT(ReadDescriptorSet("\xff\xff").faults, Not(IsEmpty()));
  google::protobuf::FileDescriptorSet set;
  set.add_file()->set_name("a.proto");
  set.mutable_file(0)->add_dependency("missing.proto");
  EXPECT_THAT(MakeContracts(set).faults, Not(IsEmpty()));
}

}  // namespace
}  // namespace telex::house
