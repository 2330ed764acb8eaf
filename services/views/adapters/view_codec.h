#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "platform/kafka/record_view.h"
#include "telex/views/v1/view.pb.h"
#include "views/domain/view.h"

namespace telex::views {

// The value of a record of telex.views.v1. The same view gives the same bytes in every process.
std::string EncodeView(const View& view);

// Reads records of telex.views.v1 one after the other; keeps its memory. Not thread-safe.
class ViewReader {
 public:
  // The texts of what is returned lie in here until the next call. INVALID_ARGUMENT, naming the
  // field, for bytes that no release has written; UNIMPLEMENTED for an enumerator of a newer one.
  absl::StatusOr<View> Read(const kafka::RecordView& record);

 private:
  v1::View message_;
};

v1::Filter ToProto(Filter filter);
v1::AgentClass ToProto(AgentClass agent_class);

}  // namespace telex::views
