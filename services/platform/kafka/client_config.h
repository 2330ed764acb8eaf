// What every Kafka client of a process shares: where the brokers are and how to speak to them.
#pragma once

#include <absl/status/status.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>

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

}  // namespace telex::kafka
