// From publishing to being seen: stories are submitted at a steady rate, whatever the answers take,
// and a partner polls a feed over one connection with If-None-Match until it has seen each.
//   telex-bench-visible --address HOST:PORT --token-file F --feeds HOST:PORT --rate 50
//     --milliseconds 10000 --run 1
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <unordered_map>

#include "platform/compress/compress.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/newsroom_client.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"

namespace {

using namespace telex;

constexpr std::string_view kMarker = "Marker-";
constexpr std::chrono::milliseconds kPollPause{5};
constexpr std::chrono::seconds kLastStoryWithin{10};

// A partner's keep-alive connection; knows as much HTTP as our own server speaks.
class Partner {
 public:
  explicit Partner(const std::string& address) {
    const auto colon = address.rfind(':');
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &hints,
                    &found) != 0) {
      bench::OrDie("feeds", absl::InvalidArgumentError(address));
    }
    socket_ = ::socket(found->ai_family, SOCK_STREAM, 0);
    const int connected = ::connect(socket_, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (connected != 0) bench::OrDie("feeds", absl::UnavailableError(address));
    const int one = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  ~Partner() { ::close(socket_); }

  // The feed's new content, unzipped, or empty when it is the one seen last.
  std::string Poll(const std::string& path) {
    const std::string request =
        fmt::format("GET {} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n{}\r\n", path,
                    etag_.empty() ? "" : fmt::format("If-None-Match: {}\r\n", etag_));
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      bench::OrDie("poll", absl::UnavailableError("the connection is gone"));
    }
    while (buffer_.find("\r\n\r\n") == std::string::npos) Receive();
    const std::size_t head_bytes = buffer_.find("\r\n\r\n") + 4;
    const std::string head = buffer_.substr(0, head_bytes);
    buffer_.erase(0, head_bytes);
    if (head.starts_with("HTTP/1.1 304")) return {};
    const std::size_t length = std::stoul(FieldOf(head, "Content-Length"));
    while (buffer_.size() < length) Receive();
    std::string body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    if (head.starts_with("HTTP/1.1 404")) return {};  // nothing was published there yet
    if (!head.starts_with("HTTP/1.1 200")) bench::OrDie("poll", absl::InternalError(head));
    etag_ = FieldOf(head, "ETag");
    if (FieldOf(head, "Content-Encoding") != "gzip") return body;
    return bench::OrDie("gzip", compress::Gunzip(body, 64u << 20));
  }

 private:
  static std::string FieldOf(const std::string& head, const std::string& name) {
    const std::size_t start = head.find("\r\n" + name + ": ");
    if (start == std::string::npos) return {};
    const std::size_t value = start + name.size() + 4;
    return head.substr(value, head.find("\r\n", value) - value);
  }
  void Receive() {
    char bytes[65536];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) bench::OrDie("poll", absl::UnavailableError("the connection is gone"));
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }

  int socket_;
  std::string buffer_;
  std::string etag_;
};

// Which stories are on their way, and how long each took to be seen.
class Sightings {
 public:
  explicit Sightings(std::size_t stories) : started_(stories), seen_(stories) {}
  void Start(std::size_t story) {
    const std::lock_guard lock(mutex_);
    started_[story] = bench::Clock::now();
    submitted_ = story + 1;
  }
  void Look(std::string_view feed) {
    const auto now = bench::Clock::now();
    const std::lock_guard lock(mutex_);
    for (auto at = feed.find(kMarker); at != std::string_view::npos; at = feed.find(kMarker, at)) {
      at += kMarker.size();
      const std::string digits(feed.substr(at, feed.find_first_not_of("0123456789", at) - at));
      const std::size_t story = std::stoul(digits);
      if (story >= submitted_ || seen_[story]) continue;
      seen_[story] = true;
      ++count_;
      samples_.Add(std::chrono::duration<double, std::milli>(now - started_[story]).count());
    }
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  const bench::Samples& samples() const { return samples_; }

 private:
  mutable std::mutex mutex_;
  std::vector<bench::Clock::time_point> started_;
  std::vector<bool> seen_;
  std::size_t submitted_ = 0;
  std::size_t count_ = 0;
  bench::Samples samples_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  bench::NewsroomClient client(flags.Text("address", "127.0.0.1:8090"),
                               flags.Text("token-file", ""));
  const std::string feeds = flags.Text("feeds", "127.0.0.1:8080");
  const auto rate = flags.Integer("rate", 50);
  const auto stories =
      static_cast<std::size_t>(rate * flags.Integer("milliseconds", 10'000) / 1000);
  const std::string run = flags.Text("run", "run");
  flags.Finish();
  client.EnsureSource();

  Sightings sightings(stories);
  bench::Samples answered;
  std::jthread partner([&](std::stop_token stop) {
    Partner connection(feeds);
    while (!stop.stop_requested()) {
      const std::string feed = connection.Poll(fmt::format("/feeds/{}.en.rss", run));
      if (feed.empty()) {
        std::this_thread::sleep_for(kPollPause);
      } else {
        sightings.Look(feed);
      }
    }
  });
  const auto start = bench::Clock::now();
  std::atomic<std::size_t> open = stories;
  for (std::size_t story = 0; story < stories; ++story) {
    std::this_thread::sleep_until(start + std::chrono::microseconds(1'000'000 * story / rate));
    const std::uint64_t seed = story + 1'000'000;
    bench::NewsroomClient::NewStory made{.key = fmt::format("{}-{}", run, story),
                                         .headline = fmt::format("{}{} told", kMarker, story),
                                         .body_text = bench::BodyText(seed, bench::BodyBytes(seed)),
                                         .section = run,
                                         .language = "en"};
    const auto begun = bench::Clock::now();
    sightings.Start(story);
    client.Create(made, [&, begun](const absl::Status& status) {
      bench::OrDie("create", status);
      answered.Add(bench::MillisecondsSince(begun));
      --open;
    });
  }
  const auto deadline = bench::Clock::now() + kLastStoryWithin;
  while ((open > 0 || sightings.count() < stories) && bench::Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (open > 0) bench::OrDie("create", absl::DeadlineExceededError("stories are not decided"));
  partner.request_stop();
  partner.join();
  fmt::print(
      "{{\"stories\":{},\"seen\":{},\"p50_ms\":{:.3f},\"p99_ms\":{:.3f},"
      "\"answered_p50_ms\":{:.3f},\"answered_p99_ms\":{:.3f}}}\n",
      stories, sightings.count(), sightings.samples().Percentile(0.5),
      sightings.samples().Percentile(0.99), answered.Percentile(0.5), answered.Percentile(0.99));
  return 0;
}
