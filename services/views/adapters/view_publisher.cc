#include "views/adapters/view_publisher.h"

#include <string>
#include <utility>

#include "platform/kafka/partitioner.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_codec.h"

namespace telex::views {

kafka::PublisherConfig ViewPublisherConfig() {
  kafka::PublisherConfig config;
  config.message_timeout = absl::Seconds(5);
  // A batch costs client and broker some 200 us, however small it is; nobody waits for a beacon.
  config.linger_ms = 10;
  // A batch of one partition is some dozens of views as a rule: zstd packs them no tighter than
  // lz4, and sets up its tables for each batch, for fifteen times the CPU.
  config.compression = "lz4";
  config.wait_for_room = false;
  return config;
}

PublishView PublishTo(kafka::Publisher& publisher, std::int32_t partitions) {
  return [&publisher, partitions](const View& view, std::function<void(const absl::Status&)> done) {
    kafka::Record record;
    record.topic = kViewsTopic;
    record.partition = kafka::PartitionOf(view.article.ToString(), partitions);
    record.key = std::string(view.article.bytes());
    record.value = EncodeView(view);
    publisher.Publish(std::move(record),
                      [done = std::move(done)](const absl::StatusOr<kafka::Position>& position) {
                        done(position.status());
                      });
  };
}

}  // namespace telex::views
