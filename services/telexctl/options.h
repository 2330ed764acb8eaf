// What every command needs to know: where the services are, who asks, how to answer. A value is
// taken from its flag, else from the environment, else from the stack's file, else by default.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telexctl/command_line.h"
#include "telexctl/env_file.h"

namespace telex::cli {

enum class OutputFormat { kTable, kJson };

struct AdminAddress {
  std::string name;     // "ingestion"; the address when none was given
  std::string address;  // host:port
  bool operator==(const AdminAddress&) const = default;
};

struct Options {
  std::string ingestion_address;
  std::string views_address;
  std::string translation_address;
  std::string feeds_url;  // without a slash at the end
  std::string kafka_brokers;
  std::string token_file;
  std::vector<AdminAddress> admin_addresses;
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  std::string server_name;
  std::string editor;          // a line of a shell
  absl::Duration timeout;      // of a call
  bool timeout_given = false;  // else it is the default, which a slow command may raise
  OutputFormat format = OutputFormat::kTable;
};

// The flags as given on the command line.
struct Flags {
  std::optional<std::string> ingestion_address;
  std::optional<std::string> views_address;
  std::optional<std::string> translation_address;
  std::optional<std::string> feeds_url;
  std::optional<std::string> kafka_brokers;
  std::optional<std::string> token_file;
  std::optional<std::string> admin_addresses;
  std::optional<std::string> ca_file;
  std::optional<std::string> certificate_file;
  std::optional<std::string> key_file;
  std::optional<std::string> server_name;
  std::optional<std::int64_t> timeout_seconds;
  std::string format = "table";
};

// Declares the flags; `flags` outlives the command line.
void AddFlags(Command program, Flags& flags);

// A usage error (failure.h) names what cannot be read.
absl::StatusOr<Options> Resolve(const Flags& flags, const Environment& environment,
                                const Values& file);

// "ingestion=127.0.0.1:8091,127.0.0.1:8081"
absl::StatusOr<std::vector<AdminAddress>> ParseAdminAddresses(std::string_view text);

}  // namespace telex::cli
