// Hands stories in over gRPC, as a newsroom does.
#pragma once

#include <absl/status/status.h>

#include <functional>
#include <memory>
#include <string>

namespace telex::bench {

class NewsroomClient {
 public:
  // Dies when the service cannot be reached. `token_file` has the bearer token.
  NewsroomClient(const std::string& address, const std::string& token_file);
  ~NewsroomClient();

  void EnsureSource();  // `bench`; blocks

  struct NewStory {
    std::string key;
    std::string headline;
    std::string body_text;
    std::string section;
    std::string language;
  };
  // `done` is called on a thread of the library, once the log has decided.
  void Create(const NewStory& story, std::function<void(absl::Status)> done);

  // Block until the log has decided; die when it is refused.
  std::string CreateNow(const NewStory& story);  // the article's name
  void CorrectNow(const std::string& article, const std::string& body_text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::bench
