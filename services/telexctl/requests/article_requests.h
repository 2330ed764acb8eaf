// From the flags of `telexctl articles` to requests. Pure: files are read through `read`.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "telexctl/ingestion_api.h"

namespace telex::cli {

// A flag that was not given leaves the field as it is; one that was given empty clears it.
struct ArticleFlags {
  std::string name;
  std::optional<std::string> source;
  std::optional<std::string> key;
  std::optional<std::string> headline;
  std::optional<std::string> byline;
  std::optional<std::string> section;
  bool new_section = false;  // the section may be one that no story stands in yet
  std::optional<std::string> language;
  std::optional<std::string> canonical_url;
  std::optional<std::string> embargoed;
  std::optional<std::string> expires;
  std::optional<std::string> ednote;
  std::optional<std::int32_t> urgency;
  std::optional<std::string> body_file;  // text; HTML when it is named .html or .htm
  std::optional<std::string> etag;
  bool validate_only = false;
};

struct ListFlags {
  std::string source;
  std::string section;
  std::string language;
  std::string status;  // usable, withheld, canceled
  std::string after;
  std::string before;
  std::string words;
  std::int32_t limit = 50;
};

struct PurgeFlags {
  std::string name;
  std::string reason;
  std::optional<std::string> etag;
  std::string confirm;  // the article's id once more; empty: it is to be typed
};

using ReadFile = std::function<absl::StatusOr<std::string>(const std::string& file)>;

absl::StatusOr<pb::CreateArticleRequest> CreateRequest(const ArticleFlags& flags,
                                                       const ReadFile& read,
                                                       std::string request_id);

// The mask names what was given.
absl::StatusOr<pb::UpdateArticleRequest> UpdateRequest(const ArticleFlags& flags,
                                                       const ReadFile& read,
                                                       std::string request_id);

// Of the article `name`, articles/{uuid}.
absl::StatusOr<pb::PurgeArticleRequest> PurgeRequest(const PurgeFlags& flags, std::string name,
                                                     std::string request_id);

// Of the first page.
absl::StatusOr<pb::ListArticlesRequest> ListRequest(const ListFlags& flags);

}  // namespace telex::cli
