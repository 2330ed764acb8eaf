#include "telexctl/commands/article_name.h"

#include <fmt/format.h>

#include "platform/errors/errors.h"
#include "telexctl/failures/failure.h"

namespace telex::cli {
namespace {

constexpr int kNamedMax = 10;  // of several with one address

}  // namespace

absl::StatusOr<std::string> FindArticle(const std::string& text, Versions versions,
                                        Context& context) {
  auto name = ArticleName(text, versions);
  if (name.ok()) return name;
  const std::string address = PageAddress(text);
  if (address.empty()) return name;
  const auto api = context.api();
  if (!api.ok()) return api.status();
  pb::ListArticlesRequest request;
  request.set_canonical_url(address);
  request.set_page_size(kNamedMax);
  const auto found = (*api)->ListArticles(request);
  if (!found.ok()) return found.status();
  if (found->articles_size() == 1) return found->articles(0).name();
  if (found->articles().empty()) {
    return errors::Error(absl::StatusCode::kNotFound, errors::kArticleNotFound,
                         fmt::format("no story has the address {}", address));
  }
  std::string several;
  for (const pb::Article& article : found->articles()) {
    several += fmt::format("{}{} ('{}', of {})", several.empty() ? "" : ", ", article.name(),
                           article.headline(), article.source());
  }
  return Usage(fmt::format("{}: more than one story has this address: {}", text, several),
               "name the one that is meant");
}

}  // namespace telex::cli
