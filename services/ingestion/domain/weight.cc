#include "ingestion/domain/weight.h"

namespace telex::ingestion {
namespace {

// Of what frames an element of a list in a record.
constexpr std::size_t kItemBytes = 16;

}  // namespace

std::size_t WeightOf(const news::Article& article) {
  const news::Content& content = article.content;
  std::size_t bytes = 0;
  for (const std::string* text :
       {&article.source.text(), &article.source_name, &article.key, &article.canonical_url,
        &article.ednote, &article.actor, &article.document, &content.headline, &content.byline,
        &content.body_html, &content.section.slug(), &content.language.text(), &content.terms.text,
        &content.terms.attribution, &content.terms.link}) {
    bytes += text->size();
  }
  for (const news::Media& media : content.media) {
    bytes += kItemBytes + media.href.size() + media.media_type.size() + media.alt_text.size() +
             media.credit.size();
  }
  for (const news::Shelf& shelf : article.shelves)
    bytes += kItemBytes + shelf.section.slug().size() + shelf.language.text().size();
  for (const std::string& warning : article.warnings) bytes += kItemBytes + warning.size();
  return bytes;
}

}  // namespace telex::ingestion
