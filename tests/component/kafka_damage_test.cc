// Records that are damaged between broker and client: what reads stands still, and reads them
// again.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "platform/errors/errors.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/damaging_proxy.h"
#include "tests/support/mock_cluster.h"

namespace telex::kafka {
namespace {

using ::telex::testing::DamagingProxy;
using ::telex::testing::MockCluster;
using testing::kCallMax;
using testing::MakeRecord;
using testing::NotingHandler;

constexpr char kTopic[] = "telex.test.v1";

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() {
    cluster_.CreateTopic(kTopic, 1);
    auto publisher = Publisher::Create({.client = {.brokers = cluster_.brokers()}});
    // A batch each.
    for (const char* value : {"one", "mangled", "three"}) {
      EXPECT_TRUE((*publisher)->PublishAll({MakeRecord(kTopic, 0, "k", value)}).ok());
    }
    proxy_ = std::make_unique<DamagingProxy>(cluster_.brokers(), "mangled", 2);
  }
  ClientConfig Client() const { return {.brokers = proxy_->brokers(), .client_id = "test"}; }
  ClientObserver NoteDamage() {
    return {.on_log = {}, .on_error = [this](const absl::Status& why) {
              if (errors::Is(why, errors::kRecordUnreadable)) ++told_;
            }};
  }
  std::vector<std::string> Values() {
    std::vector<std::string> values;
    for (const Record& record : handler_.noted.Copy().records) values.push_back(*record.value);
    return values;
  }
  void ExpectAllInOrder() {
    EXPECT_TRUE(handler_.AwaitRecords(3));
    EXPECT_EQ(Values(), (std::vector<std::string>{"one", "mangled", "three"}));
    EXPECT_EQ(proxy_->left(), 0);
    EXPECT_GE(told_, 1);  // what was asked for before it was known is dropped
  }

  MockCluster cluster_;
  std::unique_ptr<DamagingProxy> proxy_;
  NotingHandler handler_;
  std::atomic<int> told_ = 0;
};

TEST_F(DamageTest, ALogReaderTakesNothingBehindItUntilItComesWhole) {
  auto reader = LogReader::Create({.client = Client(), .from = {{.partition = {kTopic, 0}}}},
                                  handler_, {.client = NoteDamage()});
  ASSERT_TRUE(reader.ok()) << reader.status();
  ExpectAllInOrder();
  EXPECT_TRUE((*reader)->AwaitCaughtUp(kCallMax).ok());
  EXPECT_TRUE((*reader)->Stop(kCallMax).ok());
}

TEST_F(DamageTest, AGroupConsumerTakesNothingBehindItUntilItComesWhole) {
  GroupConsumerConfig config;
  config.client = Client();
  config.group = "test";
  config.topics = {kTopic};
  auto consumer = GroupConsumer::Create(std::move(config), handler_,
                                        {.client = NoteDamage(), .on_fatal = handler_.NoteFatal()});
  ASSERT_TRUE(consumer.ok()) << consumer.status();
  ExpectAllInOrder();
  EXPECT_TRUE((*consumer)->Close(kCallMax).ok());
}

}  // namespace
}  // namespace telex::kafka
