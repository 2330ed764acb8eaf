#include "platform/grpc/pem.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace telex::rpc {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string ReadFile(const std::string& path, std::vector<std::string>& faults) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    faults.push_back(fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
    return "";
  }
  if (text.empty()) faults.push_back(fmt::format("{} is empty", path));
  return text;
}

Bio Open(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
}

Certificate ParseCertificate(const std::string& text) {
  return Certificate(PEM_read_bio_X509(Open(text).get(), nullptr, nullptr, nullptr), &X509_free);
}

// An encrypted key is none: there is nobody to ask for the passphrase.
int NoPassphrase(char*, int, int, void*) { return -1; }

Key ParseKey(const std::string& text) {
  return Key(PEM_read_bio_PrivateKey(Open(text).get(), nullptr, &NoPassphrase, nullptr),
             &EVP_PKEY_free);
}

}  // namespace

PemTexts ReadPem(const PemFiles& files, std::vector<std::string>& faults) {
  PemTexts texts;
  if (files.certificate_file.empty() != files.key_file.empty()) {
    faults.push_back(fmt::format("{} is set without its {}",
                                 files.key_file.empty() ? "a certificate" : "a key",
                                 files.key_file.empty() ? "key" : "certificate"));
    return texts;
  }
  if (!files.certificate_file.empty()) {
    texts.certificate = ReadFile(files.certificate_file, faults);
    texts.key = ReadFile(files.key_file, faults);
    const Certificate certificate = ParseCertificate(texts.certificate);
    const Key key = ParseKey(texts.key);
    if (!texts.certificate.empty() && certificate == nullptr) {
      faults.push_back(fmt::format("{} has no PEM certificate", files.certificate_file));
    }
    if (!texts.key.empty() && key == nullptr) {
      faults.push_back(fmt::format("{} has no PEM key without a passphrase", files.key_file));
    }
    if (certificate != nullptr && key != nullptr &&
        X509_check_private_key(certificate.get(), key.get()) != 1) {
      faults.push_back(
          fmt::format("{} is not the key of {}", files.key_file, files.certificate_file));
    }
  }
  if (!files.ca_file.empty()) {
    texts.ca = ReadFile(files.ca_file, faults);
    if (!texts.ca.empty() && ParseCertificate(texts.ca) == nullptr) {
      faults.push_back(fmt::format("{} has no PEM certificate", files.ca_file));
    }
  }
  ERR_clear_error();
  return texts;
}

}  // namespace telex::rpc
