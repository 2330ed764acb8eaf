#include "platform/observe/trace.h"

#include <gtest/gtest.h>

namespace telex::observe {
namespace {

constexpr std::string_view kExample = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceTest, RoundTripsTheSpecificationsExample) {
  const auto context = ParseTraceparent(kExample);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->TraceIdHex(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context->SpanIdHex(), "00f067aa0ba902b7");
  EXPECT_EQ(context->flags, 1);
  EXPECT_EQ(FormatTraceparent(*context), kExample);
}

TEST(TraceTest, RefusesWhatTheSpecificationCallsInvalid) {
  for (const std::string_view header : {
           "",
           "00",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
       }) {
    EXPECT_FALSE(ParseTraceparent(header).has_value()) << header;
  }
}

TEST(TraceTest, ReadsTheKnownPartOfANewerVersion) {
  const auto context =
      ParseTraceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-more");
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(FormatTraceparent(*context), kExample);
}

TEST(TraceTest, AChildKeepsTheTrace) {
  const TraceContext root = NewTrace();
  const TraceContext child = ChildOf(root);
  EXPECT_EQ(child.trace_id, root.trace_id);
  EXPECT_NE(child.span_id, root.span_id);
  EXPECT_TRUE(ParseTraceparent(FormatTraceparent(root)).has_value());
  EXPECT_NE(NewTrace().trace_id, root.trace_id);
  EXPECT_EQ(ContinueOrNew(kExample).TraceIdHex(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(ContinueOrNew("nonsense").flags, 1) << "sampled";
}

TEST(TraceTest, ScopesNest) {
  EXPECT_EQ(CurrentTrace(), nullptr);
  const TraceContext outer = NewTrace();
  {
    const ScopedTrace first(outer);
    {
      const TraceContext inner = ChildOf(outer);
      const ScopedTrace second(inner);
      EXPECT_EQ(*CurrentTrace(), inner);
    }
    EXPECT_EQ(*CurrentTrace(), outer);
  }
  EXPECT_EQ(CurrentTrace(), nullptr);
}

}  // namespace
}  // namespace telex::observe
