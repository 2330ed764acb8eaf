#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <memory>
#include <string>
#include <vector>

namespace telex::house {

// Contracts as descriptors; the pool owns what the pointers point to.
struct Contracts {
  std::shared_ptr<const void> owner;  // what the pool reads from
  std::unique_ptr<google::protobuf::DescriptorPool> pool;
  std::vector<const google::protobuf::FileDescriptor*> files;  // without google/protobuf/
  std::vector<std::string> faults;  // in the descriptors; empty when they hold together

  ~Contracts() { pool.reset(); }  // before what it reads from
  Contracts() = default;
  Contracts(Contracts&&) = default;
  Contracts& operator=(Contracts&&) = default;
};

// With all that the files import.
Contracts MakeContracts(const google::protobuf::FileDescriptorSet& set);
// The same from bytes, as protoc --descriptor_set_out --include_imports writes them.
Contracts ReadDescriptorSet(const std::string& bytes);

// What breaks a caller or a stored record of `released`; one line a fault. Additions are fine.
// Refused are: a message, field, enum, value, service or RPC that is gone; a field with another
// name, JSON name, type, cardinality or oneof; a value with another name; a number given free
// (neither used nor reserved) or used although it was reserved; other request or response types or
// streaming; another package.
std::vector<std::string> BreakingChanges(const Contracts& released, const Contracts& present);

// Enums of package telex.* whose zero is not `..._UNSPECIFIED`.
std::vector<std::string> EnumsWithoutUnspecified(const Contracts& contracts);

}  // namespace telex::house
