#include "telexctl/options.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "platform/config/host_port.h"
#include "telexctl/failures/failure.h"

namespace telex::cli {
namespace {

constexpr std::int64_t kTimeoutSecondsDefault = 10;
constexpr std::int64_t kTimeoutSecondsMax = 3600;

class Chooser {
 public:
  Chooser(const Environment& environment, const Values& file)
      : environment_(environment), file_(file) {}

  std::string operator()(const std::optional<std::string>& flag, const std::string& name,
                         std::string_view fallback) const {
    if (flag.has_value()) return *flag;
    if (auto value = environment_(name); value.has_value() && !value->empty()) return *value;
    if (const auto found = file_.find(name); found != file_.end()) return found->second;
    return std::string(fallback);
  }

 private:
  const Environment& environment_;
  const Values& file_;
};

}  // namespace

void AddFlags(Command program, Flags& flags) {
  constexpr char kTitle[] = "Where and who";
  const auto add = [&](const char* names, std::optional<std::string>& value, const char* help) {
    program.Text(names, value, help).Under(kTitle);
  };
  add("--ingestion-address", flags.ingestion_address,
      "host:port of telex-ingestion [TELEX_INGESTION_ADDRESS]");
  add("--views-address", flags.views_address, "host:port of telex-views [TELEX_VIEWS_ADDRESS]");
  add("--translation-address", flags.translation_address,
      "host:port of telex-translation [TELEX_TRANSLATION_ADDRESS]");
  add("--feeds-url", flags.feeds_url, "base URL of telex-feeds [TELEX_FEEDS_URL]");
  add("--kafka-brokers", flags.kafka_brokers, "host:port,... [TELEX_KAFKA_BROKERS]");
  add("--token-file", flags.token_file, "file with the bearer token [TELEX_TOKEN_FILE]");
  add("--admin-addresses", flags.admin_addresses,
      "name=host:port,... for status [TELEX_ADMIN_ADDRESSES]");
  add("--ca-file", flags.ca_file, "the services' CA, PEM; turns TLS on [TELEX_CA_FILE]");
  add("--certificate-file", flags.certificate_file, "client certificate [TELEX_CERTIFICATE_FILE]");
  add("--key-file", flags.key_file, "its private key [TELEX_KEY_FILE]");
  add("--server-name", flags.server_name,
      "name in telex-ingestion's certificate, when not the address's host [TELEX_SERVER_NAME]");
  program
      .Number("--timeout-seconds", flags.timeout_seconds,
              "how long one call may take, default 10 [TELEX_TIMEOUT_SECONDS]")
      .Between(1, kTimeoutSecondsMax)
      .Under(kTitle);
  program.Text("-o,--output", flags.format, "table, for people, or json").OneOf({"table", "json"});
}

absl::StatusOr<std::vector<AdminAddress>> ParseAdminAddresses(std::string_view text) {
  std::vector<AdminAddress> addresses;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    AdminAddress admin;
    admin.address = std::string(equals == part.npos ? part : part.substr(equals + 1));
    admin.name = std::string(part.substr(0, equals));
    if (admin.name.empty() || admin.address.find(':') == std::string::npos) {
      return Usage(fmt::format("--admin-addresses: {} is not name=host:port", part), kProgramHelp);
    }
    addresses.push_back(std::move(admin));
  }
  return addresses;
}

absl::StatusOr<Options> Resolve(const Flags& flags, const Environment& environment,
                                const Values& file) {
  const Chooser choose(environment, file);
  Options options;
  options.ingestion_address =
      choose(flags.ingestion_address, "TELEX_INGESTION_ADDRESS", "127.0.0.1:8090");
  options.views_address = choose(flags.views_address, "TELEX_VIEWS_ADDRESS", "127.0.0.1:8072");
  options.translation_address =
      choose(flags.translation_address, "TELEX_TRANSLATION_ADDRESS", "127.0.0.1:8060");
  for (const auto& [flag, address] :
       {std::pair("--ingestion-address", options.ingestion_address),
        std::pair("--views-address", options.views_address),
        std::pair("--translation-address", options.translation_address)}) {
    if (!config::ParseHostPort(address)) {
      return Usage(fmt::format("{}: {} is not host:port", flag, address), kProgramHelp);
    }
  }
  options.feeds_url = choose(flags.feeds_url, "TELEX_FEEDS_URL", "http://127.0.0.1:8080");
  while (options.feeds_url.ends_with('/')) options.feeds_url.pop_back();
  if (!options.feeds_url.starts_with("http://") && !options.feeds_url.starts_with("https://")) {
    return Usage(fmt::format("--feeds-url: {} is not http://... or https://...", options.feeds_url),
                 kProgramHelp);
  }
  options.kafka_brokers = choose(flags.kafka_brokers, "TELEX_KAFKA_BROKERS", "127.0.0.1:9092");
  options.token_file = choose(flags.token_file, "TELEX_TOKEN_FILE", "");
  options.ca_file = choose(flags.ca_file, "TELEX_CA_FILE", "");
  options.certificate_file = choose(flags.certificate_file, "TELEX_CERTIFICATE_FILE", "");
  options.key_file = choose(flags.key_file, "TELEX_KEY_FILE", "");
  options.server_name = choose(flags.server_name, "TELEX_SERVER_NAME", "");
  options.editor = choose({}, "VISUAL", choose({}, "EDITOR", "vi"));
  auto admin = ParseAdminAddresses(choose(flags.admin_addresses, "TELEX_ADMIN_ADDRESSES",
                                          "ingestion=127.0.0.1:8091,feeds=127.0.0.1:8081"));
  if (!admin.ok()) return admin.status();
  options.admin_addresses = *std::move(admin);
  std::int64_t seconds = kTimeoutSecondsDefault;
  if (flags.timeout_seconds.has_value()) {
    seconds = *flags.timeout_seconds;
    options.timeout_given = true;
  } else if (const std::string text = choose({}, "TELEX_TIMEOUT_SECONDS", ""); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds < 1 ||
        seconds > kTimeoutSecondsMax) {
      return Usage(fmt::format("TELEX_TIMEOUT_SECONDS: {} is not a number from 1 to {}", text,
                               kTimeoutSecondsMax),
                   kProgramHelp);
    }
    options.timeout_given = true;
  }
  options.timeout = absl::Seconds(seconds);
  options.format = flags.format == "json" ? OutputFormat::kJson : OutputFormat::kTable;
  return options;
}

}  // namespace telex::cli
