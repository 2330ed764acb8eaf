#include "telexctl/context.h"

#include <utility>

namespace telex::cli {

Context::Context(Options options, Output& output)
    : options_(std::move(options)), output_(output) {}
Context::~Context() = default;

kafka::ClientConfig Context::KafkaConfig() const {
  return {.brokers = options_.kafka_brokers, .client_id = "telexctl"};
}

absl::StatusOr<kafka::Admin*> Context::KafkaAdmin() {
  if (admin_ == nullptr) {
    auto admin = kafka::Admin::Create(KafkaConfig());
    if (!admin.ok()) return admin.status();
    admin_ = *std::move(admin);
  }
  return admin_.get();
}

}  // namespace telex::cli
