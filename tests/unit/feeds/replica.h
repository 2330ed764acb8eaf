#pragma once

// What the tests of the feeds' adapters share: a replica in this process, and requests to it.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "feeds/adapters/feed_replica.h"
#include "feeds/adapters/feed_server.h"
#include "feeds/adapters/view_counts_replica.h"
#include "tests/support/article_records.h"
#include "tests/support/temp_dir.h"
#include "tests/support/translation_records.h"

namespace telex::feeds {

inline constexpr int kPartitions = 3;

inline std::string IfNoneMatch(const std::string& tag) { return "If-None-Match: " + tag + "\r\n"; }

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// One request on a connection of its own.
inline Answer Fetch(std::uint16_t port, const std::string& path, const std::string& lines = "",
                    const std::string& method = "GET") {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const timeval patience{.tv_sec = 20};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::string request =
      method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + lines + "\r\n";
  EXPECT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(fd);
  Answer answer;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  answer.status = std::stoi(text.substr(9, 3));
  answer.body = text.substr(end + 4);
  for (auto at = text.find("\r\n"); at < end; at = text.find("\r\n", at + 2)) {
    const std::string line = text.substr(at + 2, text.find("\r\n", at + 2) - at - 2);
    const auto colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), ::tolower);
    answer.headers[name] = line.substr(colon + 2);
  }
  return answer;
}

// A replica without Kafka, and without Redis unless it is given one: records are handed to it.
class Replica {
 public:
  explicit Replica(absl::Duration fold_wait_max = absl::Seconds(20), bool serves = true,
                   redis::Client* redis = nullptr, RenditionStore::Options shared = {},
                   std::uint32_t log_generation = 0)
      : measures_(metrics_),
        replica_(
            *FeedReplica::Open({.store = {.path = folder_ / "store", .map_bytes_max = 64 << 20},
                                .log_generation = log_generation},
                               measures_)),
        view_counts_(*ViewCountsReplica::Open({.path = folder_ / "view-counts",
                                               .map_bytes_max = 64 << 20,
                                               .now = [this] { return now.load(); }},
                                              measures_)) {
    EXPECT_TRUE(replica_->Bind("c1", kPartitions).ok());
    replica_->Follow([this](const kafka::Record& record, const absl::Status& why, std::stop_token) {
      if (!dead_letters_work) return absl::UnavailableError("away");
      dead_letters.push_back(record.key + ": " + why.ToString());
      return absl::OkStatus();
    });
    if (serves) feeds().SetServing();
    server_ = *FeedServer::Start(
        {.store = store(),
         .feeds = feeds(),
         .metrics = measures_,
         .views = &view_counts_->live(),
         .redis = redis},
        {.http = {.threads = 2},
         .channel = {.public_url = "https://feeds.example.org", .publisher_name = "News"},
         .fold_wait_max = fold_wait_max,
         .shared = shared});
  }
  ~Replica() { server_->Stop(absl::Seconds(5)); }

  kafka::Outcome Read(const std::vector<kafka::Record>& records) {
    return store().log().OnBatch(records, {});
  }
  void Read(const news::Article& article, int partition = 0) {
    ASSERT_EQ(Read(std::vector{tests::RecordOf(article, partition, next_offset_++)}).kind(),
              kafka::Outcome::Kind::kDone);
  }
  void Read(const translation::v1::Translation& translation, bool tombstone = false) {
    kafka::Record record = tests::RecordOf(translation, 0, next_translation_++);
    if (tombstone) record.value.reset();
    ASSERT_EQ(Read(std::vector{record}).kind(), kafka::Outcome::Kind::kDone);
  }
  Answer Get(const std::string& path, const std::string& lines = "",
             const std::string& method = "GET") {
    return Fetch(server_->port(), path, lines, method);
  }
  ArticleStore& store() { return replica_->store(); }
  std::int64_t PositionOf(int partition) {
    return store().log().PositionOf({kArticlesTopic, partition});
  }
  LiveFeeds& feeds() { return replica_->feeds(); }
  ViewCountsReplica& view_counts() { return *view_counts_; }
  FeedsMetrics& measures() { return measures_; }
  std::size_t waiting() { return server_->waiting(); }

  std::vector<std::string> dead_letters;
  bool dead_letters_work = true;
  // Of the views alone.
  std::atomic<absl::Time> now{absl::FromUnixSeconds(1'800'000'030)};  // within an interval

 private:
  tests::TempDir folder_;
  observe::Metrics metrics_;
  FeedsMetrics measures_;
  std::unique_ptr<FeedReplica> replica_;
  std::unique_ptr<ViewCountsReplica> view_counts_;
  std::unique_ptr<FeedServer> server_;
  std::int64_t next_offset_ = 0;
  std::int64_t next_translation_ = 0;
};

}  // namespace telex::feeds
