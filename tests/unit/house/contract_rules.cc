#include "tests/unit/house/contract_rules.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>

#include <functional>

namespace telex::house {
namespace {

namespace pb = google::protobuf;
using Faults = std::vector<std::string>;

constexpr std::string_view kWellKnown = "google/protobuf/";

struct Database {
  pb::SimpleDescriptorDatabase own;
  pb::DescriptorPoolDatabase well_known{*pb::DescriptorPool::generated_pool()};
  pb::MergedDescriptorDatabase merged{&own, &well_known};
};

class ErrorList : public pb::DescriptorPool::ErrorCollector {
 public:
  explicit ErrorList(Faults& faults) : faults_(faults) {}
  void AddError(const std::string& file, const std::string& element, const pb::Message*,
                ErrorLocation, const std::string& message) override {
    faults_.push_back(fmt::format("{}: {}: {}", file, element, message));
  }

 private:
  Faults& faults_;
};

bool IsReserved(const pb::Descriptor& message, int number) {
  return message.IsReservedNumber(number);
}
bool IsReserved(const pb::EnumDescriptor& type, int number) {
  return type.IsReservedNumber(number);
}

// A range may be as wide as all numbers there are: its ends and what is used of it are what
// matters.
template <typename Type>
void CheckReserved(const Type& released, const Type& present, Faults& faults) {
  for (int i = 0; i < released.reserved_range_count(); ++i) {
    const auto* range = released.reserved_range(i);
    // The end is exclusive for messages, inclusive for enums; one before it is reserved in both.
    for (const int number : {range->start, std::max(range->start, range->end - 1)}) {
      if (!IsReserved(present, number)) {
        faults.push_back(fmt::format("{}: number {} was reserved and is not any more",
                                     present.full_name(), number));
        break;
      }
    }
  }
}

std::string TypeOf(const pb::FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

std::string OneofOf(const pb::FieldDescriptor& field) {
  return field.real_containing_oneof() != nullptr ? field.real_containing_oneof()->name() : "";
}

void CheckField(const pb::FieldDescriptor& released, const pb::FieldDescriptor* present,
                const pb::Descriptor& message, Faults& faults) {
  const std::string& name = released.full_name();
  if (present == nullptr) {
    const pb::FieldDescriptor* elsewhere = message.FindFieldByName(released.name());
    if (elsewhere != nullptr) {
      faults.push_back(
          fmt::format("{}: number {} became {}", name, released.number(), elsewhere->number()));
    } else {
      faults.push_back(fmt::format(
          "{} = {} was removed{}", name, released.number(),
          IsReserved(message, released.number()) ? "" : ", and its number is free for another"));
    }
    return;
  }
  const auto differs = [&](std::string_view what, const auto& before, const auto& after) {
    if (before != after)
      faults.push_back(fmt::format("{}: {} {} became {}", name, what, before, after));
  };
  differs("name", released.name(), present->name());
  differs("JSON name", released.json_name(), present->json_name());
  differs("type", std::string(released.type_name()), std::string(present->type_name()));
  differs("type", TypeOf(released), TypeOf(*present));
  differs("repeated", released.is_repeated(), present->is_repeated());
  differs("presence", released.has_presence(), present->has_presence());
  differs("oneof", OneofOf(released), OneofOf(*present));
}

void CheckEnum(const pb::EnumDescriptor& released, const Contracts& present, Faults& faults) {
  const pb::EnumDescriptor* type = present.pool->FindEnumTypeByName(released.full_name());
  if (type == nullptr) {
    faults.push_back(fmt::format("{} was removed", released.full_name()));
    return;
  }
  for (int i = 0; i < released.value_count(); ++i) {
    const pb::EnumValueDescriptor& value = *released.value(i);
    const pb::EnumValueDescriptor* found = type->FindValueByName(value.name());
    if (found == nullptr) {
      faults.push_back(
          fmt::format("{} = {} was removed or renamed", value.full_name(), value.number()));
    } else if (found->number() != value.number()) {
      faults.push_back(fmt::format("{}: number {} became {}", value.full_name(), value.number(),
                                   found->number()));
    }
  }
  CheckReserved(released, *type, faults);
}

void CheckMessage(const pb::Descriptor& released, const Contracts& present, Faults& faults) {
  const pb::Descriptor* message = present.pool->FindMessageTypeByName(released.full_name());
  if (message == nullptr) {
    faults.push_back(fmt::format("{} was removed", released.full_name()));
    return;
  }
  for (int i = 0; i < released.field_count(); ++i) {
    CheckField(*released.field(i), message->FindFieldByNumber(released.field(i)->number()),
               *message, faults);
  }
  CheckReserved(released, *message, faults);
  for (int i = 0; i < released.enum_type_count(); ++i)
    CheckEnum(*released.enum_type(i), present, faults);
  for (int i = 0; i < released.nested_type_count(); ++i)
    CheckMessage(*released.nested_type(i), present, faults);
}

void CheckService(const pb::ServiceDescriptor& released, const Contracts& present, Faults& faults) {
  const pb::ServiceDescriptor* service = present.pool->FindServiceByName(released.full_name());
  if (service == nullptr) {
    faults.push_back(fmt::format("{} was removed", released.full_name()));
    return;
  }
  for (int i = 0; i < released.method_count(); ++i) {
    const pb::MethodDescriptor& before = *released.method(i);
    const pb::MethodDescriptor* after = service->FindMethodByName(before.name());
    if (after == nullptr) {
      faults.push_back(fmt::format("{} was removed", before.full_name()));
      continue;
    }
    const auto differs = [&](std::string_view what, const auto& was, const auto& is) {
      if (was != is)
        faults.push_back(fmt::format("{}: {} {} became {}", before.full_name(), what, was, is));
    };
    differs("request", before.input_type()->full_name(), after->input_type()->full_name());
    differs("response", before.output_type()->full_name(), after->output_type()->full_name());
    differs("client streaming", before.client_streaming(), after->client_streaming());
    differs("server streaming", before.server_streaming(), after->server_streaming());
  }
}

void ForEachEnum(const pb::Descriptor& message,
                 const std::function<void(const pb::EnumDescriptor&)>& visit) {
  for (int i = 0; i < message.enum_type_count(); ++i) visit(*message.enum_type(i));
  for (int i = 0; i < message.nested_type_count(); ++i) ForEachEnum(*message.nested_type(i), visit);
}

}  // namespace

Contracts MakeContracts(const pb::FileDescriptorSet& set) {
  Faults faults;
  Contracts contracts;
  auto database = std::make_shared<Database>();
  for (const pb::FileDescriptorProto& file : set.file()) database->own.Add(file);
  ErrorList errors(faults);
  contracts.pool = std::make_unique<pb::DescriptorPool>(&database->merged, &errors);
  contracts.owner = database;
  for (const pb::FileDescriptorProto& file : set.file()) {
    if (file.name().starts_with(kWellKnown)) continue;
    if (const pb::FileDescriptor* found = contracts.pool->FindFileByName(file.name())) {
      contracts.files.push_back(found);
    } else {
      faults.push_back(fmt::format("{}: cannot be built", file.name()));
    }
  }
  contracts.faults = std::move(faults);
  return contracts;
}

Contracts ReadDescriptorSet(const std::string& bytes) {
  pb::FileDescriptorSet set;
  if (set.ParseFromString(bytes)) return MakeContracts(set);
  Contracts contracts = MakeContracts({});
  contracts.faults.push_back("no FileDescriptorSet");
  return contracts;
}

Faults BreakingChanges(const Contracts& released, const Contracts& present) {
  Faults faults;
  for (const pb::FileDescriptor* file : released.files) {
    const pb::FileDescriptor* now = present.pool->FindFileByName(file->name());
    if (now != nullptr && now->package() != file->package()) {
      faults.push_back(
          fmt::format("{}: package {} became {}", file->name(), file->package(), now->package()));
    }
    for (int i = 0; i < file->message_type_count(); ++i)
      CheckMessage(*file->message_type(i), present, faults);
    for (int i = 0; i < file->enum_type_count(); ++i)
      CheckEnum(*file->enum_type(i), present, faults);
    for (int i = 0; i < file->service_count(); ++i)
      CheckService(*file->service(i), present, faults);
  }
  return faults;
}

Faults EnumsWithoutUnspecified(const Contracts& contracts) {
  Faults faults;
  const auto check = [&faults](const pb::EnumDescriptor& type) {
    const pb::EnumValueDescriptor* zero = type.FindValueByNumber(0);
    if (zero == nullptr || !zero->name().ends_with("_UNSPECIFIED")) {
      faults.push_back(fmt::format("{}: its zero is not ..._UNSPECIFIED", type.full_name()));
    }
  };
  for (const pb::FileDescriptor* file : contracts.files) {
    if (!file->package().starts_with("telex.")) continue;  // others' contracts, as they are
    for (int i = 0; i < file->enum_type_count(); ++i) check(*file->enum_type(i));
    for (int i = 0; i < file->message_type_count(); ++i) ForEachEnum(*file->message_type(i), check);
  }
  return faults;
}

}  // namespace telex::house
