// Fills a topic with views as the edge appends them.
//   telex-bench-seed-views --brokers HOST:PORT --records 1000000 [--stories 1000]
//                          [--visitors-percent 50] [--pace 2500] [--topic telex-bench.views]
//                          [--cloud-events 0]
// `cloud-events` 1: with the headers that records of the other topics have.
#include <fmt/format.h>

#include "news/article_name.h"
#include "platform/kafka/cloud_event.h"
#include "platform/kafka/publisher.h"
#include "tests/benchmark/bench_topics.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/made_views.h"
#include "tests/benchmark/samples.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_publisher.h"

namespace {

using namespace telex;

std::vector<kafka::Header> CloudEventOf(const views::View& view) {
  std::string id;
  for (const std::uint8_t byte : view.id) id += fmt::format("{:02x}", byte);
  return kafka::HeadersOf({.source = views::kEventSource,
                           .id = std::move(id),
                           .type = "telex.views.v1.View",
                           .subject = news::NameOf(view.article),
                           .time = absl::FromUnixMillis(view.time_ms)});
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  kafka::PublisherConfig publishing = views::ViewPublisherConfig();
  publishing.client = {.brokers = flags.Text("brokers", "127.0.0.1:9092"),
                       .client_id = "telex-bench-seed"};
  publishing.wait_for_room = true;
  publishing.linger_ms = 100;  // full batches, however busy the machine is
  publishing.message_timeout = absl::ZeroDuration();
  const auto records = static_cast<std::uint64_t>(flags.Integer("records", 1'000'000));
  bench::MadeViews made(
      {.stories = static_cast<std::size_t>(flags.Integer("stories", 1'000)),
       .visitors_percent = static_cast<std::uint64_t>(flags.Integer("visitors-percent", 50)),
       .pace = flags.Integer("pace", 2'500)});
  const std::vector<std::string> topics = {flags.Text("topic", bench::kMadeViewsTopic)};
  const bool cloud_events = flags.Integer("cloud-events", 0) == 1;
  flags.Finish();

  bench::MakeTopics(publishing.client, topics);
  const auto publisher = bench::OrDie("publisher", kafka::Publisher::Create(publishing));
  bench::OrDie("warm up", publisher->WarmUp(topics, absl::Seconds(10)));
  const auto start = bench::Clock::now();
  for (std::uint64_t n = 0; n < records; ++n) {
    const views::View view = made.Next();
    kafka::Record record = bench::RecordOf(view, made.append_ms());
    record.topic = topics.front();
    if (cloud_events) record.headers = CloudEventOf(view);
    publisher->Publish(std::move(record),
                       [](const auto& done) { bench::OrDie("append", done.status()); });
  }
  if (publisher->Flush(absl::Minutes(2)) > 0)
    bench::OrDie("append", absl::DataLossError("records were not delivered"));
  fmt::print("{{\"records\":{},\"seconds\":{:.3f}}}\n", records,
             bench::MillisecondsSince(start) / 1000);
  return 0;
}
