// What a command works with. Connections are made when they are first asked for, so that a command
// needs only what it uses.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>

#include "platform/kafka/admin.h"
#include "platform/kafka/client_config.h"
#include "telexctl/options.h"
#include "telexctl/output.h"

namespace telex::cli {

// For one thread.
class Context {
 public:
  Context(Options options, Output& output);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Options& options() const { return options_; }
  Output& output() { return output_; }

  kafka::ClientConfig KafkaConfig() const;
  absl::StatusOr<kafka::Admin*> KafkaAdmin();

 private:
  Options options_;
  Output& output_;
  std::unique_ptr<kafka::Admin> admin_;
};

}  // namespace telex::cli
