#pragma once

#include <absl/time/time.h>

#include <memory>
#include <string>

#include "telexctl/http.h"

namespace telex::cli {

struct CurlOptions {
  absl::Duration timeout;  // of a whole answer
  std::string ca_file;     // instead of what the system trusts; may be empty
};

// Over libcurl. Follows no redirects: telexctl asks services it was told of, and they send none.
std::unique_ptr<Http> MakeCurlHttp(CurlOptions options);

}  // namespace telex::cli
