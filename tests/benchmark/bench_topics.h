// Topics of the benchmark's own, on the same broker.
#pragma once

#include <array>
#include <span>
#include <string>

#include "platform/kafka/admin.h"
#include "platform/kafka/topic_catalogue.h"
#include "tests/benchmark/die.h"

namespace telex::bench {

inline const std::array<std::string, 2> kFloorTopics = {"telex-bench.first", "telex-bench.second"};
inline constexpr std::int32_t kFloorPartitions = 12;

// Those that are there already stay as they are.
inline void MakeTopics(const kafka::ClientConfig& client, std::span<const std::string> topics) {
  const auto admin = OrDie("admin", kafka::Admin::Create(client));
  std::string yaml = "partitions: 12\nreplication_factor: 1\ntopics:\n";
  for (const std::string& topic : topics) {
    yaml += "  - name: " + topic +
            "\n    about: articles\n    config: {cleanup.policy: delete, retention.ms: -1}\n";
  }
  const auto catalogue = OrDie("topics", kafka::TopicCatalogue::Parse(yaml));
  OrDie("topics", admin->CreateTopics(catalogue, absl::Seconds(20)).status());
}

inline void MakeFloorTopics(const kafka::ClientConfig& client) { MakeTopics(client, kFloorTopics); }

}  // namespace telex::bench
