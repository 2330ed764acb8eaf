// Which partition an entity belongs to: murmur2 (seed 0x9747b28c), as the Java client's default for
// records with a key, so that other tools agree with us about where an article lies.
// Source: Austin Appleby, MurmurHash2; org.apache.kafka.common.utils.Utils.murmur2. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace telex::kafka {

uint32_t Murmur2(std::string_view bytes);

// (murmur2(entity_key) & 0x7fffffff) % partition_count. The key is the entity's id alone
// (an article's UUID), whatever the record's key has around it. partition_count > 0 (checked).
int32_t PartitionOf(std::string_view entity_key, int32_t partition_count);

}  // namespace telex::kafka
