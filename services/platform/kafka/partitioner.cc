#include "platform/kafka/partitioner.h"

#include <librdkafka/rdkafka.h>

#include <cstdlib>

namespace telex::kafka {

int32_t PartitionOf(std::string_view entity_key, int32_t partition_count) {
  if (partition_count <= 0) std::abort();  // a fault of the program, not of the world
  // It looks at the key and the count alone.
  return rd_kafka_msg_partitioner_murmur2(/*rkt=*/nullptr, entity_key.data(), entity_key.size(),
                                          partition_count, nullptr, nullptr);
}

}  // namespace telex::kafka
