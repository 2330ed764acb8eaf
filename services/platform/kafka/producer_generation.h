// Inside this room only: one client of a publisher. After a fatal error it is replaced as a whole.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "platform/kafka/handle.h"
#include "platform/kafka/record.h"

namespace telex::kafka::internal {

struct Generation;

// What travels with a record through the library.
struct Delivery {
  std::function<void(absl::StatusOr<Position>)> done;
  size_t bytes = 0;
  absl::Time sent;  // by this machine's clock, for comparison with the broker's
  // Once it is handed over.
  Generation* generation = nullptr;
  std::list<Delivery>::iterator place;
  const std::string* topic = nullptr;  // the generation's
};

struct Generation {
  struct Topic {
    std::string name;
    TopicPtr handle;  // null: the library refuses it, rd_kafka_last_error() says why
  };

  explicit Generation(HandlePtr made) : handle(std::move(made)) {}

  const Topic& TopicOf(const std::string& name);
  // Hands a copy of the record over, with `delivery` as what comes back to the delivery callback;
  // RD_KAFKA_RESP_ERR_NO_ERROR, or nothing was handed over.
  rd_kafka_resp_err_t Produce(const Record& record, Delivery* delivery);

  HandlePtr handle;  // destroyed after the topics
  std::unordered_map<std::string, Topic> topics;
  // The publisher's until they are called back; so that none is lost with a client that forgets it.
  std::list<Delivery> under_way;
};

}  // namespace telex::kafka::internal
