// What a command works with. Connections are made when they are first asked for, so that a command
// needs only what it uses.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/grpc/channel.h"
#include "platform/kafka/admin.h"
#include "platform/kafka/client_config.h"
#include "telexctl/failures/retry.h"
#include "telexctl/http.h"
#include "telexctl/ingestion_api.h"
#include "telexctl/options.h"
#include "telexctl/translation_api.h"
#include "telexctl/views/output.h"
#include "telexctl/views_api.h"

namespace telex::cli {

// For one thread.
class Context {
 public:
  // `typed`: the words of the command line. `terminal`: where a person types; null: nobody does.
  Context(Options options, std::vector<std::string> typed, Output& output,
          std::istream* terminal = nullptr);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Options& options() const { return options_; }
  // What was typed, as a shell reads it, with this flag instead of the one it has.
  std::string LineWith(std::string_view flag, std::string_view value) const;
  Output& output() { return output_; }
  bool has_terminal() const { return terminal_ != nullptr; }
  // The next line that the person types, without blanks around it. Empty when nobody is there.
  std::string TypedLine();

  // Usage errors for a token file or certificates that cannot be read.
  absl::StatusOr<IngestionApi*> api();
  // `timeout`: of each call, where the caller has given none; the first call of this decides.
  absl::StatusOr<ViewsApi*> views(std::optional<absl::Duration> timeout = std::nullopt);
  // As views().
  absl::StatusOr<TranslationApi*> translations(
      std::optional<absl::Duration> timeout = std::nullopt);
  // What telex-views says of the article, asked once and for kCountsWaitMax; nothing where there is
  // none, or none that answers: the story is shown without.
  static constexpr absl::Duration kCountsWaitMax = absl::Seconds(1);
  std::optional<counts::ViewCounts> CountsOf(const std::string& article);
  Http& http() { return *http_; }
  Retrier& retrier() { return retrier_; }

  kafka::ClientConfig KafkaConfig() const;
  absl::StatusOr<kafka::Admin*> KafkaAdmin();

 private:
  absl::StatusOr<std::unique_ptr<rpc::Caller>> CallerOf(std::string address,
                                                        std::string server_name) const;

  absl::Duration Within(std::optional<absl::Duration> timeout) const;

  Options options_;
  const std::vector<std::string> typed_;
  Output& output_;
  std::istream* terminal_;
  Retrier retrier_;
  std::unique_ptr<IngestionApi> api_;
  std::unique_ptr<ViewsApi> views_;
  std::unique_ptr<TranslationApi> translations_;
  std::unique_ptr<Http> http_;
  std::unique_ptr<kafka::Admin> admin_;
};

}  // namespace telex::cli
