// Which partition an entity belongs to: murmur2, as the Java client's default for records with a
// key, so that other tools agree with us about where an article lies. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace telex::kafka {

// (murmur2(entity_key) & 0x7fffffff) % partition_count. The key is the entity's id alone
// (an article's UUID), whatever the record's key has around it. partition_count > 0 (checked).
int32_t PartitionOf(std::string_view entity_key, int32_t partition_count);

}  // namespace telex::kafka
