#pragma once

#include <string>

namespace telex::bench {

// A partner's keep-alive connection; knows as much HTTP as our own server speaks. Dies when it is
// cut.
class Partner {
 public:
  explicit Partner(const std::string& address);
  ~Partner();
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;

  // The feed's new content, unzipped, or empty when it is the one seen last, or not there yet.
  std::string Poll(const std::string& path);

 private:
  void Receive();

  int socket_;
  std::string buffer_;
  std::string etag_;
};

}  // namespace telex::bench
