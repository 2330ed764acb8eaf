#pragma once

// Certificates of the tests' own, made on the spot: valid for an hour.

#include <memory>
#include <string>

namespace telex::tests {

class CertificateAuthority {
 public:
  CertificateAuthority();
  ~CertificateAuthority();

  // The CA's own certificate, PEM.
  std::string pem() const;

  struct Pair {
    std::string certificate;  // PEM
    std::string key;          // PEM
  };
  // `san` as OpenSSL writes it: "DNS:localhost,IP:127.0.0.1" or "URI:spiffe://telex/feeds".
  Pair Issue(const std::string& common_name, const std::string& san) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::tests
