#include "platform/service/service_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "platform/kafka/client_config.h"
#include "tests/support/temp_dir.h"

namespace telex::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

struct Read {
  ServiceSettings settings;
  config::Outcome outcome;
  std::string out;  // of --print-config
  std::string err;
};

Read ReadOf(config::Environment environment, std::vector<const char*> flags = {}) {
  environment.emplace("TELEX_DATA_DIR", "/nonexistent");
  std::vector<const char*> argv = {"telex-test", "--print-config"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  config::Settings settings(static_cast<int>(argv.size()), argv.data(), "telex-test", "1",
                            std::move(environment));
  Read read;
  read.settings = ReadServiceSettings(settings, {.instance = "t-0", .admin_listen = "[::1]:0"});
  std::ostringstream out;
  std::ostringstream err;
  read.outcome = settings.Finish(out, err);
  read.out = out.str();
  read.err = err.str();
  return read;
}

std::string FileOf(const tests::TempDir& folder, std::string_view text) {
  std::string path = folder / "kafka";
  std::ofstream(path) << text;
  return path;
}

TEST(ServiceSettingsTest, ShowsPropertiesAndNoSecretAmongThem) {
  const Read read = ReadOf({{"TELEX_KAFKA_PROPERTIES",
                             "security.protocol=sasl_plaintext,sasl.mechanism=PLAIN,"
                             "sasl.username=telex,sasl.password=hunter2,debug=all"}});
  EXPECT_EQ(read.outcome.exit_code, 0) << read.err;
  EXPECT_THAT(read.out,
              HasSubstr("TELEX_KAFKA_PROPERTIES=security.protocol=sasl_plaintext,"
                        "sasl.mechanism=PLAIN,sasl.username=telex,sasl.password=<redacted>,"));
  EXPECT_THAT(read.out, Not(HasSubstr("hunter2")));
  EXPECT_EQ(read.settings.kafka_properties.at("sasl.password"), "hunter2");
}

TEST(ServiceSettingsTest, ShowsNoRestOfASecretWithACommaInIt) {
  const Read read = ReadOf({{"TELEX_KAFKA_PROPERTIES", "sasl.password=hunter2,three,four=five"}});
  EXPECT_EQ(read.outcome.exit_code, 64);
  for (const std::string& told : {read.out, read.err}) {
    EXPECT_THAT(told, Not(HasSubstr("hunter2")));
    EXPECT_THAT(told, Not(HasSubstr("three")));
    EXPECT_THAT(told, Not(HasSubstr("five")));
  }
}

TEST(ServiceSettingsTest, KnowsSecretsByTheirNames) {
  for (const char* name : {"sasl.password", "ssl.key.password", "ssl.keystore.password",
                           "sasl.oauthbearer.client.secret", "ssl.key.pem", "SASL.Password"}) {
    EXPECT_TRUE(kafka::IsSecretProperty(name)) << name;
  }
  for (const char* name : {"security.protocol", "sasl.username", "ssl.ca.location", "debug"}) {
    EXPECT_FALSE(kafka::IsSecretProperty(name)) << name;
  }
}

TEST(ServiceSettingsTest, ReadsPropertiesAndThePasswordByReference) {
  const tests::TempDir folder;
  const Read read = ReadOf(
      {{"TELEX_KAFKA_PROPERTIES", "client.rack=a"},
       {"TELEX_KAFKA_PROPERTIES_FILE",
        FileOf(folder,
               "# the cluster's\nssl.key.password=a,b=c\r\n\nsocket.keepalive.enable=true\n")},
       {"TELEX_KAFKA_SASL_PASSWORD", "hunter2"}});
  EXPECT_EQ(read.outcome.exit_code, 0) << read.err;
  EXPECT_THAT(
      read.settings.kafka_properties,
      ElementsAre(Pair("client.rack", "a"), Pair("sasl.password", "hunter2"),
                  Pair("socket.keepalive.enable", "true"), Pair("ssl.key.password", "a,b=c")));
  EXPECT_THAT(read.out, Not(HasSubstr("hunter2")));
  EXPECT_THAT(read.out, Not(HasSubstr("a,b=c")));
}

TEST(ServiceSettingsTest, RefusesWhatTheClientsSetForTheirOwnCorrectness) {
  const Read read = ReadOf({{"TELEX_KAFKA_PROPERTIES", "group.instance.id=telex,acks=1"}});
  EXPECT_EQ(read.outcome.exit_code, 64);
  EXPECT_THAT(read.err, HasSubstr("group.instance.id is not to be set"));
  EXPECT_THAT(read.err, HasSubstr("acks is not to be set"));
}

TEST(ServiceSettingsTest, RefusesASecretFlag) {
  const Read read = ReadOf({}, {"--kafka-properties=sasl.password=hunter2"});
  EXPECT_EQ(read.outcome.exit_code, 64);
  EXPECT_THAT(read.err, HasSubstr("TELEX_KAFKA_PROPERTIES_FILE"));
  EXPECT_THAT(read.err + read.out, Not(HasSubstr("hunter2")));
}

TEST(ServiceSettingsTest, TellsAllThatIsWrongWithKafkaAtOnce) {
  const tests::TempDir folder;
  const Read read = ReadOf({{"TELEX_KAFKA_BROKERS", "x y"},
                            {"TELEX_KAFKA_PROPERTIES", "no.such.thing=1,security.protocol=carrier"},
                            {"TELEX_KAFKA_PROPERTIES_FILE", FileOf(folder, "sasl.password\n")},
                            {"TELEX_KAFKA_SASL_PASSWORD_FILE", "/nonexistent"}});
  EXPECT_EQ(read.outcome.exit_code, 64);
  EXPECT_THAT(read.err, HasSubstr("TELEX_KAFKA_BROKERS"));
  EXPECT_THAT(read.err, HasSubstr("no.such.thing"));
  EXPECT_THAT(read.err, HasSubstr("security.protocol"));
  EXPECT_THAT(read.err, HasSubstr("TELEX_KAFKA_PROPERTIES_FILE"));
  EXPECT_THAT(read.err, HasSubstr("line 1"));
  EXPECT_THAT(read.err, HasSubstr("TELEX_KAFKA_SASL_PASSWORD_FILE"));
}

TEST(ServiceSettingsTest, RefusesWhatDoesNotFitTogether) {
  const Read read = ReadOf(
      {{"TELEX_KAFKA_PROPERTIES", "security.protocol=ssl,ssl.ca.location=/nonexistent/ca.pem"}});
  EXPECT_EQ(read.outcome.exit_code, 64);
  EXPECT_THAT(read.err, HasSubstr("TELEX_KAFKA_PROPERTIES"));
  EXPECT_THAT(read.err, HasSubstr("ca.pem"));
}

TEST(ServiceSettingsTest, TakesBrokersOfAllShapes) {
  for (const char* brokers : {"a:1", "10.0.0.1:9092, b.example:9093", "[::1]:9092"}) {
    EXPECT_EQ(ReadOf({{"TELEX_KAFKA_BROKERS", brokers}}).outcome.exit_code, 0) << brokers;
  }
  for (const char* brokers : {"a", "a:0", "a:1;b:1", "a:1,b", "http://a:1"}) {
    EXPECT_EQ(ReadOf({{"TELEX_KAFKA_BROKERS", brokers}}).outcome.exit_code, 64) << brokers;
  }
}

}  // namespace
}  // namespace telex::service
