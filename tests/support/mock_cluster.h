// librdkafka's built-in broker for component tests: topics, groups, injected errors, on loopback
// ports of its own. It keeps everything in memory, does not compact, and knows no CreateTopics
// request.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

namespace telex::testing {

class MockCluster {
 public:
  // Requests that can be made to fail (Kafka's API keys).
  enum class Request : int16_t {
    kProduce = 0,
    kFetch = 1,
    kListOffsets = 2,
    kMetadata = 3,
    kOffsetCommit = 8,
    kOffsetFetch = 9,
    kFindCoordinator = 10,
    kJoinGroup = 11,
    kHeartbeat = 12,
    kSyncGroup = 14,
    kInitProducerId = 22,
  };

  // Some of Kafka's error codes; -195 is the client's "connection lost".
  static constexpr int kTransport = -195;
  static constexpr int kOffsetOutOfRange = 1;
  static constexpr int kNotLeader = 6;
  static constexpr int kRequestTimedOut = 7;
  static constexpr int kMessageTooLarge = 10;
  static constexpr int kNotEnoughReplicas = 19;
  static constexpr int kIllegalGeneration = 22;
  static constexpr int kUnknownMemberId = 25;
  static constexpr int kTopicAuthorizationFailed = 29;
  static constexpr int kGroupAuthorizationFailed = 30;
  static constexpr int kOutOfOrderSequence = 45;
  static constexpr int kFencedInstanceId = 82;

  explicit MockCluster(int broker_count = 1);
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  const std::string& brokers() const;  // for ClientConfig::brokers

  void CreateTopic(const std::string& topic, int partitions);
  // The next requests of that kind get these answers, one each.
  void FailNext(Request request, std::initializer_list<int> errors);
  void ClearFailures(Request request);
  void SetDown(int broker_id);  // 1..broker_count
  void SetUp(int broker_id);
  void SetRoundTripMs(int broker_id, int milliseconds);
  // The partition is led by no broker, until it is given one.
  void TakeLeader(const std::string& topic, int partition);
  void SetLeader(const std::string& topic, int partition, int broker_id);
  // As a member of the group would.
  void CommitOffset(const std::string& group, const std::string& topic, int partition,
                    std::int64_t offset);
  // Of the group; nullopt: none, or it cannot be told now.
  std::optional<std::int64_t> CommittedOffset(const std::string& group, const std::string& topic,
                                              int partition);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::testing
