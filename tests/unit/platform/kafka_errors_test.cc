// What becomes of the client library's errors: what is waited for, what ends a process, what tells
// that the log is not the one that was read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "platform/errors/errors.h"
#include "platform/kafka/handle.h"

namespace telex::kafka::internal {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

struct Meaning {
  StatusCode code;
  std::string_view reason;
};

const std::map<rd_kafka_resp_err_t, Meaning>& Table() {
  static const Meaning missing = {StatusCode::kNotFound, errors::kTopicMissing};
  static const Meaning too_large = {StatusCode::kInvalidArgument, errors::kRecordTooLarge};
  static const Meaning refused = {StatusCode::kInvalidArgument, errors::kKafkaRefused};
  static const Meaning forbidden = {StatusCode::kPermissionDenied, errors::kKafkaRefused};
  static const Meaning truncated = {StatusCode::kFailedPrecondition, errors::kLogTruncated};
  static const Meaning failed = {StatusCode::kAborted, errors::kPublisherFailed};
  static const std::map<rd_kafka_resp_err_t, Meaning> table = {
      {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
       {StatusCode::kDeadlineExceeded, errors::kBrokerUnavailable}},
      {RD_KAFKA_RESP_ERR__QUEUE_FULL, {StatusCode::kResourceExhausted, errors::kBrokerUnavailable}},
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, missing},
      {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, missing},
      {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, missing},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, too_large},
      {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, too_large},
      {RD_KAFKA_RESP_ERR__INVALID_ARG, refused},
      {RD_KAFKA_RESP_ERR_INVALID_REQUEST, refused},
      {RD_KAFKA_RESP_ERR_INVALID_CONFIG, refused},
      {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, refused},
      {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, refused},
      {RD_KAFKA_RESP_ERR_INVALID_RECORD, refused},
      {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, refused},
      {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, refused},
      {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, refused},
      {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, refused},
      {RD_KAFKA_RESP_ERR__AUTHENTICATION, forbidden},
      {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, forbidden},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, forbidden},
      {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, forbidden},
      {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, forbidden},
      {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, truncated},
      {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, truncated},
      {RD_KAFKA_RESP_ERR__BAD_MSG, {StatusCode::kDataLoss, errors::kRecordUnreadable}},
      {RD_KAFKA_RESP_ERR__BAD_COMPRESSION, {StatusCode::kDataLoss, errors::kRecordUnreadable}},
      {RD_KAFKA_RESP_ERR__FATAL, failed},
      {RD_KAFKA_RESP_ERR__PURGE_QUEUE, failed},
      {RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, failed},
      {RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE, failed},
  };
  return table;
}

TEST(KafkaErrorsTest, EveryErrorOfTheLibraryHasItsMeaningAndWhatIsNotNamedIsWaitedFor) {
  const rd_kafka_err_desc* descriptions = nullptr;
  size_t count = 0;
  rd_kafka_get_err_descs(&descriptions, &count);
  size_t known = 0;
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = descriptions[i].code;
    // The first and the last of the library's own are marks, not errors.
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__BEGIN ||
        code == RD_KAFKA_RESP_ERR__END || descriptions[i].name == nullptr) {
      continue;
    }
    ++known;
    const auto found = Table().find(code);
    const Meaning meaning = found == Table().end()
                                ? Meaning{StatusCode::kUnavailable, errors::kBrokerUnavailable}
                                : found->second;
    const absl::Status status = ToStatus(code, "asking for \"it\"");
    EXPECT_EQ(status.code(), meaning.code) << descriptions[i].name;
    EXPECT_EQ(errors::ReasonOf(status), meaning.reason) << descriptions[i].name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("asking for \"it\": "));
    EXPECT_EQ(errors::DetailsOf(status)->metadata.at("kafka_error"), descriptions[i].name);
  }
  EXPECT_GT(known, 100u);
  EXPECT_TRUE(ToStatus(RD_KAFKA_RESP_ERR_NO_ERROR, "asking").ok());
}

// What a broker says while it goes, comes back, or elects.
TEST(KafkaErrorsTest, ABrokerThatIsAwayIsWaitedFor) {
  for (const rd_kafka_resp_err_t code : {RD_KAFKA_RESP_ERR__TRANSPORT,
                                         RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
                                         RD_KAFKA_RESP_ERR__RESOLVE,
                                         RD_KAFKA_RESP_ERR__TIMED_OUT,
                                         RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
                                         RD_KAFKA_RESP_ERR__WAIT_COORD,
                                         RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                                         RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                         RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                                         RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
                                         RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
                                         RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
                                         RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                                         RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
                                         RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                                         RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                                         RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                                         RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
                                         RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
                                         RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
                                         RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE,
                                         RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
                                         RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
                                         RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
                                         RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED}) {
    EXPECT_TRUE(absl::IsUnavailable(ToStatus(code, ""))) << rd_kafka_err2name(code);
    EXPECT_TRUE(absl::IsUnavailable(ToListingStatus(code, ""))) << rd_kafka_err2name(code);
  }
}

// A broker that comes back does not know all of its partitions yet, nor does the client: whoever
// asks where a log ends must not end because of that. For all else that is a missing topic.
TEST(KafkaErrorsTest, AGapInThePictureOfTheClusterIsWaitedForWhereOffsetsAreAskedFor) {
  for (const rd_kafka_resp_err_t code :
       {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART}) {
    const absl::Status listing = ToListingStatus(code, "listing offsets");
    EXPECT_TRUE(absl::IsUnavailable(listing)) << rd_kafka_err2name(code);
    EXPECT_TRUE(errors::Is(listing, errors::kBrokerUnavailable));
    EXPECT_EQ(errors::DetailsOf(listing)->metadata.at("kafka_error"), rd_kafka_err2name(code));
    EXPECT_TRUE(absl::IsNotFound(ToStatus(code, ""))) << rd_kafka_err2name(code);
  }
  EXPECT_TRUE(ToListingStatus(RD_KAFKA_RESP_ERR_NO_ERROR, "").ok());
  for (const rd_kafka_resp_err_t code :
       {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR__INVALID_ARG}) {
    EXPECT_EQ(ToListingStatus(code, "").code(), ToStatus(code, "").code());
  }
}

TEST(KafkaErrorsTest, AnOffsetThatTheLogDoesNotHoldIsNamedByItsSide) {
  const TopicPartition place{"telex.articles.v1", 3};
  const OffsetRange range{.beginning = 10, .end = 20};
  EXPECT_TRUE(CheckOffset(place, 10, range).ok());
  EXPECT_TRUE(CheckOffset(place, 20, range).ok()) << "the end is where the next one will be";
  const absl::Status beyond = CheckOffset(place, 21, range);
  EXPECT_TRUE(errors::Is(beyond, errors::kLogTruncated)) << beyond;
  const auto metadata = errors::DetailsOf(beyond)->metadata;
  EXPECT_EQ(metadata.at("topic"), "telex.articles.v1");
  EXPECT_EQ(metadata.at("partition"), "3");
  EXPECT_EQ(metadata.at("wanted"), "21");
  EXPECT_EQ(metadata.at("end"), "20");
  EXPECT_TRUE(errors::Is(CheckOffset(place, 9, range), errors::kRecordsExpired));
}

}  // namespace
}  // namespace telex::kafka::internal
