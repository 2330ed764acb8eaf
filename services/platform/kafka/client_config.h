// What every Kafka client of a process shares: where the brokers are and how to speak to them.
#pragma once

#include <absl/status/status.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace telex::kafka {

struct ClientConfig {
  std::string brokers;    // "host:port,host:port"
  std::string client_id;  // shown in the brokers' logs and quotas
  // Further librdkafka properties, applied last, so that they win: "security.protocol", "sasl.*",
  // "ssl.*". An unknown property or a bad value is an InvalidArgument error of the Create call.
  std::map<std::string, std::string> properties;
};

// Told by every client. Each may be empty. Called on a thread of the client, so it must not block.
struct ClientObserver {
  // The library's own log lines; severity as in syslog (3 error, 4 warning, 6 info, 7 debug).
  std::function<void(int severity, std::string_view facility, std::string_view message)> on_log;
  // Broker connections that fail and the like: the client goes on trying, nothing is lost.
  std::function<void(const absl::Status&)> on_error;
};

// A property's value that nobody is to read: a name with "password", "secret", "token" and the like
// in it, or of a private key.
bool IsSecretProperty(std::string_view name);

// What is wrong with the properties, a text each that names one and never quotes a secret: unknown
// names, values that are refused, files that cannot be read, what does not fit together. Makes
// clients and ends them; asks no broker.
std::vector<std::string> FaultsOfProperties(const std::map<std::string, std::string>& properties);

}  // namespace telex::kafka
