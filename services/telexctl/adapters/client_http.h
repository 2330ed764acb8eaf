#pragma once

#include <absl/time/time.h>

#include <memory>
#include <string>

#include "telexctl/http.h"

namespace telex::cli {

struct ClientHttpOptions {
  absl::Duration timeout;  // of a whole answer
  std::string ca_file;     // instead of what the system trusts; may be empty
};

// Over platform/http_client. Asks any address, as the operator names it, through a proxy where the
// environment says so; follows three redirects: a feed in another spelling, all.EN.rss.
std::unique_ptr<Http> MakeClientHttp(ClientHttpOptions options);

}  // namespace telex::cli
