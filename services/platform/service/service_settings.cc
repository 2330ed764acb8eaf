#include "platform/service/service_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "platform/config/settings_text.h"
#include "platform/observe/log.h"

namespace telex::service {
namespace {

// What a loop does between two beats has bounds of its own, of up to 5 s (a question to the
// brokers, a commit): less than this would take a slow dependency for a hang.
constexpr absl::Duration kLoopSilenceMin = absl::Seconds(10);

constexpr std::size_t kPropertiesBytesMax = 1 << 20;

constexpr std::string_view kProperties = "TELEX_KAFKA_PROPERTIES";
constexpr std::string_view kPropertiesFile = "TELEX_KAFKA_PROPERTIES_FILE";
constexpr std::string_view kSaslPassword = "TELEX_KAFKA_SASL_PASSWORD";

using Properties = std::map<std::string, std::string>;

// False: no key=value, or the key is there already.
bool AddProperty(std::string_view text, Properties& properties) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) return false;
  return properties.emplace(text.substr(0, equals), text.substr(equals + 1)).second;
}

// What others may see. Behind a secret comes what may be its rest: a value with a comma in it.
std::vector<std::string> ShowProperties(const std::vector<std::string>& parts) {
  std::vector<std::string> shown;
  bool secret_before = false;
  for (const std::string& part : parts) {
    const std::string name = part.substr(0, part.find('='));
    const bool is_property = name.size() < part.size();
    const bool secret = kafka::IsSecretProperty(name);
    const bool rest = secret_before && name.find('.') == name.npos;
    secret_before |= secret;
    if (!is_property || rest) {
      shown.emplace_back(config::kRedacted);
    } else {
      shown.push_back(secret ? fmt::format("{}={}", name, config::kRedacted) : part);
    }
  }
  return shown;
}

bool IsFromFlag(const config::Settings& settings, std::string_view name) {
  for (const config::Row& row : settings.Describe()) {
    if (row.name == name) return row.origin == "flag";
  }
  return false;
}

void ReadPropertiesFile(config::Settings& settings, Properties& properties) {
  const std::string path = settings.Text(
      {.name = kPropertiesFile,
       .help = "File of further librdkafka properties, key=value, one a line; what follows # at "
               "the beginning of a line is a remark. The place for secrets."});
  if (path.empty()) return;
  std::ifstream file(path, std::ios::binary);
  std::string text(kPropertiesBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (!file.eof() || text.size() > kPropertiesBytesMax) {
    return settings.Refuse(
        kPropertiesFile,
        fmt::format("expects a readable file of at most {} bytes", kPropertiesBytesMax));
  }
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    if (!AddProperty(line, properties)) {
      settings.Refuse(kPropertiesFile,
                      fmt::format("line {}: expects key=value, each key once here and in {}",
                                  number, kProperties));
    }
  }
}

Properties ReadProperties(config::Settings& settings) {
  Properties properties;
  const std::vector<std::string> parts = settings.List(
      {.name = kProperties,
       .help = "Further librdkafka properties, key=value, separated by commas. Secrets belong in "
               "TELEX_KAFKA_PROPERTIES_FILE."},
      ShowProperties);
  bool secret = false;
  bool whole = true;
  for (const std::string& part : parts) {
    secret |= kafka::IsSecretProperty(part.substr(0, part.find('=')));
    whole &= AddProperty(part, properties);
  }
  if (!whole) {
    settings.Refuse(kProperties, "expects key=value pairs separated by commas, each key once");
  }
  if (secret && IsFromFlag(settings, kProperties)) {
    settings.Refuse(kProperties, fmt::format("a secret is no flag, others could read it; use {}",
                                             kPropertiesFile));
  }
  ReadPropertiesFile(settings, properties);
  const std::string password =
      settings.Secret({.name = kSaslPassword, .help = "The librdkafka property sasl.password."});
  if (!password.empty() && !properties.emplace("sasl.password", password).second) {
    settings.Refuse(kSaslPassword, "sasl.password stands among the properties, too");
  }
  for (const std::string& fault : kafka::FaultsOfProperties(properties)) {
    settings.Refuse(kProperties, fault);
  }
  return properties;
}

void ReadKafka(config::Settings& settings, ServiceSettings& service) {
  constexpr std::string_view kBrokers = "TELEX_KAFKA_BROKERS";
  const std::vector<std::string> brokers =
      settings.List({.name = kBrokers,
                     .help = "Brokers to begin with, host:port, separated by commas.",
                     .fallback = "127.0.0.1:9092",
                     .required = true});
  for (const std::string& broker : brokers) {
    const auto place = config::ParseHostPort(broker);
    if (!place.has_value() || place->port == 0) {
      settings.Refuse(kBrokers, "expects host:port pairs separated by commas");
      break;
    }
  }
  service.kafka_brokers = fmt::format("{}", fmt::join(brokers, ","));
  service.kafka_properties = ReadProperties(settings);
}

}  // namespace

kafka::ClientConfig ServiceSettings::KafkaClient(std::string_view role) const {
  return {.brokers = kafka_brokers,
          .client_id = fmt::format("telex-{}-{}", instance, role),
          .properties = kafka_properties};
}

ServiceSettings ReadServiceSettings(config::Settings& settings, const ServiceDefaults& defaults) {
  ServiceSettings service;
  service.instance = settings.Text(
      {.name = "TELEX_INSTANCE",
       .help = "Name of this replica in Kafka client ids and among its peers: the same after a "
               "restart, and no other process' of this deployment.",
       .fallback = defaults.instance,
       .required = true});
  service.data_dir =
      settings.Text({.name = "TELEX_DATA_DIR",
                     .help = "Folder of the local store, a cache of the log that may "
                             "be deleted while the process is down.",
                     .required = true});
  service.store_bytes_max =
      std::uint64_t{1 << 20} *
      static_cast<std::uint64_t>(settings.Integer(
          {.name = "TELEX_STORE_MEBIBYTES",
           .help = "The most the local store may take on disk; one that is full is "
                   "written again once this is raised.",
           .fallback = "65536"},
          16, 1 << 24));
  const std::string severity = settings.Choice(
      {.name = "TELEX_LOG_LEVEL", .help = "The least severity that is logged.", .fallback = "info"},
      {"debug", "info", "warning", "error"});
  service.log_severity_min = observe::ParseSeverity(severity).value_or(observe::Severity::kInfo);
  service.drain_delay = settings.Duration(
      {.name = "TELEX_DRAIN_DELAY_SECONDS",
       .help = "How long the replica serves on after it said that it is not ready.",
       .fallback = "5"},
      absl::ZeroDuration(), absl::Minutes(5));
  service.admin_listen = settings.Address(
      {.name = "TELEX_ADMIN_LISTEN",
       .help = "Where /livez, /readyz, /metrics and /configz are served, host:port.",
       .fallback = defaults.admin_listen});
  service.clock_skew_max = settings.Duration(
      {.name = "TELEX_CLOCK_SKEW_SECONDS",
       .help = "A replica whose clock differs from the brokers' by more is not ready.",
       .fallback = "5"},
      absl::Seconds(1), absl::Hours(1));
  service.loop_silence_max = settings.Duration(
      {.name = "TELEX_LOOP_SILENCE_SECONDS",
       .help = "A loop of this process that shows no progress for longer, and does not wait for "
               "something that is away, is hung: /livez fails.",
       .fallback = "60"},
      kLoopSilenceMin, absl::Hours(1));

  ReadKafka(settings, service);
  service.topics_file = settings.Text(
      {.name = "TELEX_TOPICS_FILE",
       .help = "The catalogue of topics (deploy/kafka/topics.yaml): a start where a topic has "
               "another number of partitions is refused. Empty: topics are compared with each "
               "other alone."});
  return service;
}

}  // namespace telex::service
