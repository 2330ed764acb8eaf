#include "platform/kafka/client_config.h"

#include <absl/status/status.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "platform/errors/errors.h"
#include "platform/kafka/handle.h"
#include "platform/text/ascii.h"

namespace telex::kafka {
namespace {

constexpr std::array<std::string_view, 7> kSecretWords = {
    "password", "passphrase", "secret", "token", "credential", "key.pem", "jaas"};

// What the clients of this room set for their own correctness.
constexpr std::array<std::string_view, 9> kReserved = {"acks",
                                                       "auto.offset.reset",
                                                       "check.crcs",
                                                       "enable.auto.commit",
                                                       "enable.auto.offset.store",
                                                       "enable.idempotence",
                                                       "group.id",
                                                       "group.instance.id",
                                                       "partition.assignment.strategy"};

std::string MessageOf(const absl::Status& status) {
  const absl::string_view message = status.message();
  return {message.data(), message.size()};
}

// Whether a client can be made of them; the ways to the brokers are the same for both kinds.
absl::Status Try(const std::map<std::string, std::string>& properties, rd_kafka_type_t type) {
  internal::ClientHooks hooks({});
  // Nobody is asked: a client connects when there is something to do.
  internal::Conf conf({.brokers = "127.0.0.1:9", .client_id = "check", .properties = properties},
                      &hooks);
  if (type == RD_KAFKA_CONSUMER) conf.Set("group.id", "check");
  return conf.Make(type).status();
}

}  // namespace

bool IsSecretProperty(std::string_view name) {
  const std::string lower = text::AsciiLower(name);
  return std::any_of(kSecretWords.begin(), kSecretWords.end(),
                     [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

std::vector<std::string> FaultsOfProperties(const std::map<std::string, std::string>& properties) {
  std::vector<std::string> faults;
  for (const auto& property : properties) {
    if (std::find(kReserved.begin(), kReserved.end(), property.first) != kReserved.end()) {
      faults.push_back(property.first + " is not to be set: Telex depends on its own value");
      continue;
    }
    internal::ClientHooks hooks({});
    internal::Conf conf({.brokers = "127.0.0.1:9", .client_id = "check", .properties = {}}, &hooks);
    if (absl::Status fault = conf.Set(property.first, property.second).status(); !fault.ok()) {
      faults.push_back(MessageOf(fault));
    }
  }
  if (!faults.empty() || properties.empty()) return faults;
  for (const rd_kafka_type_t type : {RD_KAFKA_CONSUMER, RD_KAFKA_PRODUCER}) {
    const absl::Status fault = Try(properties, type);
    if (!fault.ok()) return {MessageOf(fault)};
  }
  return faults;
}

}  // namespace telex::kafka
