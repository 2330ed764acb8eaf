#include "tests/support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace telex::tests {
namespace {

constexpr int kPollMs = 20;

std::shared_ptr<void> MakeContext(const CertificateAuthority::Pair& pair) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  const auto bio = [](const std::string& pem) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio(pair.certificate).get(), nullptr, nullptr, nullptr), &X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio(pair.key).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  return context;
}

class SocketPeer final : public RawServer::Peer {
 public:
  SocketPeer(int fd, SSL* tls, const std::atomic<bool>& stopping)
      : fd_(fd), tls_(tls), stopping_(stopping) {}

  std::string ReadRequest() override {
    std::size_t wanted = std::string::npos;
    while (read_.size() < wanted) {
      const auto end = read_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto length = read_.find("Content-Length: ");
        wanted = end + 4 + (length < end ? std::strtoul(&read_[length + 16], nullptr, 10) : 0);
        if (read_.size() >= wanted) break;
      }
      if (!ReadMore()) return "";
    }
    std::string request = read_.substr(0, wanted);
    read_.erase(0, wanted);
    return request;
  }

  bool Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto wrote =
          tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                          : static_cast<int>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (wrote <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
  }

  void WaitUntilGone() override {
    while (ReadMore()) read_.clear();
  }

 private:
  bool ReadMore() {
    while (tls_ == nullptr || SSL_pending(tls_) == 0) {
      pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
      if (stopping_) return false;
      if (::poll(&waiting, 1, kPollMs) > 0) break;
    }
    char buffer[16 * 1024];
    const auto got = tls_ != nullptr ? SSL_read(tls_, buffer, sizeof buffer)
                                     : static_cast<int>(::recv(fd_, buffer, sizeof buffer, 0));
    if (got <= 0) return false;
    read_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  const int fd_;
  SSL* const tls_;
  const std::atomic<bool>& stopping_;
  std::string read_;
};

}  // namespace

RawServer::RawServer(Script script, const CertificateAuthority::Pair* certificate)
    : script_(std::move(script)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  if (certificate != nullptr) tls_ = MakeContext(*certificate);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] {
    while (!stopping_) {
      pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, kPollMs) <= 0) continue;
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      ++connections_;
      const std::lock_guard lock(mutex_);
      threads_.emplace_back([this, fd] { Serve(fd); });
    }
  });
}

RawServer::~RawServer() {
  stopping_ = true;
  accepting_.join();
  ::close(listener_);
  for (std::thread& thread : threads_) thread.join();
}

void RawServer::Serve(int fd) {
  std::unique_ptr<SSL, decltype(&SSL_free)> tls(nullptr, &SSL_free);
  if (tls_ != nullptr) {
    tls.reset(SSL_new(static_cast<SSL_CTX*>(tls_.get())));
    SSL_set_fd(tls.get(), fd);
  }
  if (tls == nullptr || SSL_accept(tls.get()) == 1) {
    SocketPeer peer(fd, tls.get(), stopping_);
    script_(peer);
  }
  ::close(fd);
}

}  // namespace telex::tests
