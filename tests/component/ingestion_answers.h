// Answers of calls that write, taken apart.
#pragma once

#include <string>
#include <utility>

#include "telex/news/v1/article.pb.h"

namespace telex::ingestion::testing {

// The bytes of the article as it is read, without what the call did.
inline std::string BytesAsRead(news::v1::Article answer) {
  answer.clear_result();
  return answer.SerializeAsString();
}

}  // namespace telex::ingestion::testing
