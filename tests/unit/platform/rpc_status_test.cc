#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"
#include "platform/errors/retry_after.h"
#include "platform/grpc/status.h"

namespace telex::rpc {
namespace {

google::rpc::Status Wire(const grpc::Status& status) {
  google::rpc::Status wire;
  EXPECT_TRUE(wire.ParseFromString(status.error_details()));
  return wire;
}

int CountErrorInfos(const google::rpc::Status& wire) {
  int count = 0;
  for (const auto& detail : wire.details()) count += detail.Is<google::rpc::ErrorInfo>();
  return count;
}

TEST(RpcStatus, OkIsOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(RpcStatus, GoesThereAndBackWithReasonMetadataAndFields) {
  absl::Status status = errors::FieldError("article.headline", errors::kFieldRequired, "is empty");
  status = errors::WithField(status, "article.byline", errors::kFieldTooLong, "has 900 bytes");
  status = errors::WithMetadata(status, "article", "articles/1");
  const grpc::Status wire = ToGrpc(status);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Wire(wire).code(), 3);
  EXPECT_EQ(Wire(wire).message(), wire.error_message());
  EXPECT_EQ(CountErrorInfos(Wire(wire)), 1);

  const absl::Status back = FromGrpc(wire);
  EXPECT_EQ(back.code(), status.code());
  EXPECT_EQ(back.message(), status.message());
  EXPECT_EQ(errors::DetailsOf(back), errors::DetailsOf(status));
}

TEST(RpcStatus, WhatHasNoReasonGetsItsCodesName) {
  const grpc::Status wire = ToGrpc(absl::InternalError("a hole in the log"));
  EXPECT_EQ(CountErrorInfos(Wire(wire)), 1);
  EXPECT_EQ(errors::ReasonOf(FromGrpc(wire)), "INTERNAL");
}

TEST(RpcStatus, SaysWhenToComeBack) {
  const grpc::Status wire =
      ToGrpc(errors::Error(absl::StatusCode::kUnavailable, errors::kDecisionPending, "not yet",
                           {{std::string(errors::kRetryAfterKey), "1500"}}));
  google::rpc::RetryInfo retry;
  ASSERT_EQ(Wire(wire).details_size(), 2);
  ASSERT_TRUE(Wire(wire).details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
}

TEST(RpcStatus, BytesThatAreNoUtf8DoNotSpoilTheDetails) {
  const grpc::Status wire = ToGrpc(
      errors::Error(absl::StatusCode::kInvalidArgument, errors::kNotUtf8, "Երևան \xff\xc3 end"));
  EXPECT_EQ(wire.error_message(), "Երևան ?? end");
  EXPECT_EQ(errors::ReasonOf(FromGrpc(wire)), errors::kNotUtf8);
}

TEST(RpcStatus, WhatAnotherSentKeepsCodeAndMessage) {
  const absl::Status bare = FromGrpc({grpc::StatusCode::UNAVAILABLE, "connection refused"});
  EXPECT_EQ(bare, absl::UnavailableError("connection refused"));
  EXPECT_FALSE(FromGrpc({grpc::StatusCode::ABORTED, "x", "no protobuf \xff"}).ok());

  google::rpc::ErrorInfo info;
  info.set_reason("QUOTA");
  info.set_domain("another.example");
  google::rpc::Status wire;
  wire.add_details()->PackFrom(info);
  const absl::Status other =
      FromGrpc({grpc::StatusCode::RESOURCE_EXHAUSTED, "later", wire.SerializeAsString()});
  EXPECT_EQ(other, absl::ResourceExhaustedError("later"));
}

// What gRPC answers for a call that reaches a server while it shuts down.
TEST(RpcStatus, ACancelledCallThatNobodyExplainedIsAServerThatStops) {
  const absl::Status stopping = FromGrpc({grpc::StatusCode::CANCELLED, "CANCELLED"});
  EXPECT_TRUE(absl::IsUnavailable(stopping));
  EXPECT_EQ(errors::ReasonOf(stopping), errors::kStopping);

  const grpc::Status explained =
      ToGrpc(errors::Error(absl::StatusCode::kCancelled, errors::kDecisionPending, "given up"));
  EXPECT_TRUE(absl::IsCancelled(FromGrpc(explained)));
}

}  // namespace
}  // namespace telex::rpc
