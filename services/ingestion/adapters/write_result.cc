#include "ingestion/adapters/write_result.h"

#include <string>

#include "ingestion/adapters/record_codec.h"
#include "news/wire/time_codec.h"

namespace telex::ingestion {

news::v1::WriteResult ForeseenResult(const Decision& decision) {
  news::v1::WriteResult result;
  // The numbers are the same by contract.
  result.set_verdict(static_cast<news::v1::WriteResult::Verdict>(ToProto(decision.verdict)));
  result.set_reason(std::string(ReasonText(decision.reason)));
  result.set_version(decision.version.number);
  return result;
}

news::v1::WriteResult RecordedResult(const Decision& decision, const Decision* repeated) {
  news::v1::WriteResult result = ForeseenResult(decision);
  result.set_repeated(decision.repeats.has_value());
  result.set_decision(DecisionKey(decision.repeats.value_or(decision.position)));
  const Decision* first = decision.repeats ? repeated : &decision;
  if (first != nullptr) *result.mutable_submit_time() = news::ToProto(first->time);
  return result;
}

}  // namespace telex::ingestion
