#pragma once

// PEM files, looked at before gRPC gets them: it would start all the same and fail each handshake.

#include <string>
#include <vector>

namespace telex::rpc {

struct PemFiles {
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;
};

struct PemTexts {
  std::string certificate;
  std::string key;
  std::string ca;
  friend bool operator==(const PemTexts&, const PemTexts&) = default;
};

// Reads the files that are named. Each fault names its file and is added to `faults`: not readable,
// not PEM, key and certificate that are not a pair, one of the two alone.
PemTexts ReadPem(const PemFiles& files, std::vector<std::string>& faults);

}  // namespace telex::rpc
