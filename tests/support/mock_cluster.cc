#include "tests/support/mock_cluster.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace telex::testing {

struct MockCluster::Impl {
  rd_kafka_t* owner = nullptr;
  rd_kafka_mock_cluster_t* cluster = nullptr;
  std::string brokers;

  ~Impl() {
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(owner);
  }
};

namespace {

void Must(rd_kafka_resp_err_t code, const char* what) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  std::fprintf(stderr, "mock cluster: %s: %s\n", what, rd_kafka_err2str(code));
  std::abort();
}

}  // namespace

MockCluster::MockCluster(int broker_count) : impl_(std::make_unique<Impl>()) {
  std::array<char, 256> fault{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "client.id", "mock-cluster", fault.data(), fault.size());
  rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
  impl_->owner = rd_kafka_new(RD_KAFKA_PRODUCER, conf, fault.data(), fault.size());
  if (impl_->owner == nullptr) std::abort();
  impl_->cluster = rd_kafka_mock_cluster_new(impl_->owner, broker_count);
  if (impl_->cluster == nullptr) std::abort();
  impl_->brokers = rd_kafka_mock_cluster_bootstraps(impl_->cluster);
}

MockCluster::~MockCluster() = default;

const std::string& MockCluster::brokers() const { return impl_->brokers; }

void MockCluster::CreateTopic(const std::string& topic, int partitions) {
  Must(rd_kafka_mock_topic_create(impl_->cluster, topic.c_str(), partitions, 1), "create topic");
}

void MockCluster::FailNext(Request request, std::initializer_list<int> errors) {
  std::vector<rd_kafka_resp_err_t> codes;
  for (const int error : errors) codes.push_back(static_cast<rd_kafka_resp_err_t>(error));
  rd_kafka_mock_push_request_errors_array(impl_->cluster, static_cast<int16_t>(request),
                                          codes.size(), codes.data());
}

void MockCluster::ClearFailures(Request request) {
  rd_kafka_mock_clear_request_errors(impl_->cluster, static_cast<int16_t>(request));
}

void MockCluster::SetDown(int broker_id) {
  Must(rd_kafka_mock_broker_set_down(impl_->cluster, broker_id), "broker down");
}

void MockCluster::SetUp(int broker_id) {
  Must(rd_kafka_mock_broker_set_up(impl_->cluster, broker_id), "broker up");
}

void MockCluster::SetRoundTripMs(int broker_id, int milliseconds) {
  Must(rd_kafka_mock_broker_set_rtt(impl_->cluster, broker_id, milliseconds), "round trip");
}

void MockCluster::TakeLeader(const std::string& topic, int partition) {
  SetLeader(topic, partition, -1);
}

void MockCluster::SetLeader(const std::string& topic, int partition, int broker_id) {
  Must(rd_kafka_mock_partition_set_leader(impl_->cluster, topic.c_str(), partition, broker_id),
       "leader");
}

namespace {

// A member of the group that owns nothing, and a partition to ask for.
struct Member {
  Member(const std::string& brokers, const std::string& group, const std::string& topic,
         int partition, std::int64_t offset) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    std::array<char, 256> fault{};
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), fault.data(), fault.size());
    rd_kafka_conf_set(conf, "group.id", group.c_str(), fault.data(), fault.size());
    client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, fault.data(), fault.size());
    if (client == nullptr) std::abort();
    list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = offset;
  }
  ~Member() {
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
  }

  rd_kafka_t* client = nullptr;
  rd_kafka_topic_partition_list_t* list = nullptr;
};

}  // namespace

void MockCluster::CommitOffset(const std::string& group, const std::string& topic, int partition,
                               std::int64_t offset) {
  const Member member(impl_->brokers, group, topic, partition, offset);
  Must(rd_kafka_commit(member.client, member.list, 0), "commit");
}

std::optional<std::int64_t> MockCluster::CommittedOffset(const std::string& group,
                                                         const std::string& topic, int partition) {
  const Member member(impl_->brokers, group, topic, partition, RD_KAFKA_OFFSET_INVALID);
  const auto code = rd_kafka_committed(member.client, member.list, /*timeout_ms=*/5'000);
  const std::int64_t offset = member.list->elems[0].offset;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR || offset < 0) return std::nullopt;
  return offset;
}

}  // namespace telex::testing
