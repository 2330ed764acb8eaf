// Commands that speak HTTP and Kafka, against servers on loopback.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/http/server.h"
#include "platform/kafka/publisher.h"
#include "telex/ingestion/v1/decision.pb.h"
#include "telexctl/failures/failure.h"
#include "telexctl/program.h"
#include "tests/support/mock_cluster.h"
#include "tests/support/temp_dir.h"

namespace telex::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LoopbackTest : public ::testing::Test {
 protected:
  int Telexctl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "telexctl");
    std::vector<const char*> pointers;
    for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
    out_.str("");
    err_.str("");
    return cli::Run(static_cast<int>(pointers.size()), pointers.data(),
                    {.environment = [](const std::string&) { return std::nullopt; },
                     .working_folder = folder_.path(),
                     .out = out_,
                     .err = err_});
  }

  tests::TempDir folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

class HttpTest : public LoopbackTest {
 protected:
  void Serve(http::Handler handler) {
    auto server = http::Server::Start({}, std::move(handler));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  std::string Address() const { return fmt::format("127.0.0.1:{}", server_->port()); }

  std::unique_ptr<http::Server> server_;
};

TEST_F(HttpTest, AFeedIsATableOrItsOwnBytes) {
  const std::string feed =
      R"({"items":[{"title":"One","_telex":{"pubstatus":"canceled"},"url":"http://a"}]})";
  Serve([&](const http::Request& request, http::Responder responder) {
    if (request.path == "/feeds/world.en.json") {
      responder.Send(http::Text(200, "application/feed+json", feed));
    } else if (request.path == "/feeds/world.en.rss") {
      responder.Send(http::Text(200, "application/rss+xml", "<rss/>"));
    } else {
      responder.Send(http::Problem(404, "FEED_NOT_FOUND", "Not Found", "No story."));
    }
  });
  const std::string url = "http://" + Address();
  EXPECT_EQ(Telexctl({"feeds", "show", "world.en", "--feeds-url", url}), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("withdrawn (canceled)"));
  EXPECT_EQ(Telexctl({"feeds", "show", "world.en", "--feeds-url", url, "-o", "json"}), kExitOk);
  EXPECT_EQ(out_.str(), feed);
  EXPECT_EQ(Telexctl({"feeds", "show", "world.en", "--feeds-url", url, "--format", "rss"}),
            kExitOk);
  EXPECT_EQ(out_.str(), "<rss/>");
  EXPECT_EQ(Telexctl({"feeds", "show", "nope.en", "--feeds-url", url}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("telexctl feeds list"));
  EXPECT_EQ(Telexctl({"feeds", "show", "../x.y", "--feeds-url", url}), kExitUsage);
}

TEST_F(HttpTest, StatusTellsWhoIsReadyAndWhyNot) {
  Serve([&](const http::Request& request, http::Responder responder) {
    if (request.path == "/metrics") {
      responder.Send(http::Text(200, "text/plain",
                                "telex_build_info{program=\"telex-feeds\",version=\"9.9\"} 1\n"
                                "telex_log_lag_seconds 12.5\n"));
    } else {
      responder.Send(
          http::Text(503, "application/json",
                     R"({"ready":false,"why_not":["kafka: UNAVAILABLE: away"],"checks":[)"
                     R"({"name":"kafka","ok":false,"gates_readiness":true,)"
                     R"("panic_guide":"docs/runbooks/kafka-away.md"},)"
                     R"({"name":"log","ok":true,"gates_readiness":true,)"
                     R"("panic_guide":"docs/runbooks/other.md"}]})"));
    }
  });
  EXPECT_EQ(Telexctl({"status", "--admin-addresses", Address()}), kExitUnavailable);
  EXPECT_THAT(out_.str(), HasSubstr("telex-feeds"));
  EXPECT_THAT(out_.str(), HasSubstr("not ready"));
  EXPECT_THAT(out_.str(), HasSubstr("9.9"));
  EXPECT_THAT(out_.str(), HasSubstr("log_lag_seconds=12.5"));
  EXPECT_THAT(out_.str(), HasSubstr("kafka: UNAVAILABLE: away"));
  EXPECT_THAT(err_.str(), HasSubstr("what to do: telex-feeds: see docs/runbooks/kafka-away.md\n"));
  const std::string address = Address();
  server_.reset();
  EXPECT_EQ(Telexctl({"status", "-o", "json", "--admin-addresses", "feeds=" + address}),
            kExitUnavailable);
  EXPECT_EQ(nlohmann::json::parse(out_.str())[0]["state"], "no answer");
  EXPECT_THAT(err_.str(), HasSubstr("feeds: is it running there?"));
}

class TopicsTest : public LoopbackTest {
 protected:
  TopicsTest() { cluster_.CreateTopic("telex.decisions.v1", 2); }

  // One decision in each partition in turn, a second apart.
  void Publish(int count) {
    auto publisher =
        kafka::Publisher::Create({.client = {.brokers = cluster_.brokers(), .client_id = "test"}});
    ASSERT_TRUE(publisher.ok());
    std::vector<kafka::Record> records;
    for (int i = 0; i < count; ++i) {
      ingestion::v1::Decision decision;
      decision.set_version(i);
      records.push_back({.topic = "telex.decisions.v1",
                         .partition = i % 2,
                         .timestamp_ms = 1'744'971'900'000 + 1000 * i,
                         .key = fmt::format("submissions/{}", i),
                         .value = decision.SerializeAsString()});
    }
    ASSERT_TRUE((*publisher)->PublishAll(std::move(records)).ok());
  }
  int Tail(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"topics", "tail", "decisions", "-o", "json",
                                         "--kafka-brokers", cluster_.brokers()});
    return Telexctl(arguments);
  }
  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    std::istringstream lines(out_.str());
    for (std::string line; std::getline(lines, line);) {
      keys.push_back(nlohmann::json::parse(line)["key"]);
    }
    return keys;
  }

  telex::testing::MockCluster cluster_;
};

TEST_F(TopicsTest, TailShowsTheLastOfTheWholeTopicInOrder) {
  Publish(9);
  ASSERT_EQ(Tail({"--from", "-3"}), kExitOk) << err_.str();
  EXPECT_THAT(Keys(), ElementsAre("submissions/6", "submissions/7", "submissions/8"));
}

TEST_F(TopicsTest, TailReadsAllOrSoMany) {
  Publish(9);
  ASSERT_EQ(Tail({"--from", "beginning"}), kExitOk) << err_.str();
  EXPECT_EQ(Keys().size(), 9u);
  ASSERT_EQ(Tail({"--from", "beginning", "--limit", "4"}), kExitOk) << err_.str();
  EXPECT_EQ(Keys().size(), 4u);
}

TEST_F(TopicsTest, AnEmptyTopicIsNoError) {
  EXPECT_EQ(Tail({}), kExitOk) << err_.str();
  EXPECT_EQ(out_.str(), "");
}

TEST_F(TopicsTest, ATopicThatIsNotThereNamesTheOneThatWasMeant) {
  EXPECT_EQ(Telexctl({"topics", "tail", "decisons", "--kafka-brokers", cluster_.brokers()}),
            kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean telexctl topics tail telex.decisions.v1?"));
}

TEST_F(TopicsTest, NoBrokerIsUnavailable) {
  cluster_.SetDown(1);
  EXPECT_EQ(Tail({"--timeout-seconds", "1"}), kExitUnavailable);
}

}  // namespace
}  // namespace telex::cli
