#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "platform/errors/errors.h"
#include "platform/grpc/unary_service.h"
#include "tests/unit/platform/rpc_fixture.h"

namespace telex::rpc {
namespace {

constexpr char kService[] = "telex.test.Greeter";

class UnaryServiceTest : public ::testing::Test {
 protected:
  UnaryServiceTest()
      : auth_(*Authenticator::FromText(
            fmt::format("desk editor {}\nfeeds reader {}\n", HashToken("ed"), HashToken("re")))),
        service_(kService, *auth_, absl::Minutes(1)) {}
  ~UnaryServiceTest() override {
    if (server_) server_->Shutdown(kDeadline);
  }
  void Serve() { server_ = StartOrDie({}, {service_.named()}); }
  absl::StatusOr<std::string> Call(const std::string& token, const std::string& text = "",
                                   std::string_view traceparent = {}) {
    return Greet(*CallerOf(*server_, {.token = token}), text, traceparent);
  }

  std::unique_ptr<Authenticator> auth_;
  UnaryService service_;
  std::unique_ptr<Server> server_;
};

Text Said(const std::string& text) {
  Text answer;
  answer.set_value(text);
  return answer;
}

TEST_F(UnaryServiceTest, ACallThatIsAnsweredLaterKeepsItsRequestUntilThen) {
  std::jthread answering;
  std::optional<rpc::Call> seen;
  service_.Later<Text, Text>(
      "Greet", {Role::kEditor},
      [&](const rpc::Call& call, const Text& request, const Done<Text>& done) {
        seen = call;
        answering = std::jthread([&request, done] { done(Said("hello " + request.value())); });
      });
  Serve();
  const absl::Time begun = absl::Now();
  EXPECT_EQ(*Call("ed", "you", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            "hello you");
  EXPECT_EQ(seen->actor.name, "desk");
  EXPECT_THAT(seen->traceparent, ::testing::StartsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
  // The client's, less what the answer needs to reach it.
  EXPECT_LT(seen->deadline, begun + kDeadline);
  EXPECT_GT(seen->deadline, begun + kDeadline * 0.8);
}

TEST_F(UnaryServiceTest, WhoMayNotIsToldSoAndNothingIsCalled) {
  int calls = 0;
  service_.Now<Text, Text>("Greet", {Role::kEditor},
                           [&](const Text& request) -> absl::StatusOr<Text> {
                             ++calls;
                             return Said(request.value());
                           });
  Serve();
  EXPECT_EQ(errors::ReasonOf(Call("").status()), errors::kUnauthenticated);
  EXPECT_EQ(errors::ReasonOf(Call("re").status()), errors::kRoleRequired);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(*Call("ed", "x"), "x");
}

TEST_F(UnaryServiceTest, ARefusalArrivesWithItsReasonAndFields) {
  service_.Later<Text, Text>("Greet", {Role::kEditor},
                             [](const rpc::Call&, const Text&, const Done<Text>& done) {
                               done(errors::FieldError("value", errors::kFieldInvalid, "is bad"));
                             });
  Serve();
  const absl::Status refused = Call("ed").status();
  EXPECT_EQ(errors::ReasonOf(refused), errors::kFieldInvalid);
  EXPECT_EQ(errors::DetailsOf(refused)->fields.front().field, "value");
}

TEST_F(UnaryServiceTest, AMethodWithoutAFunctionIsUnimplemented) {
  Serve();
  EXPECT_TRUE(absl::IsUnimplemented(Call("ed").status()));
}

}  // namespace
}  // namespace telex::rpc
