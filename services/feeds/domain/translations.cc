#include "feeds/domain/translations.h"

#include <algorithm>
#include <iterator>

namespace telex::feeds {
namespace {

constexpr auto kByLanguage = [](const TranslationSummary& one, std::string_view language) {
  return one.language < language;
};

}  // namespace

const std::vector<TranslationSummary>* Translations::Of(const news::ArticleId& article) const {
  const auto found = by_article_.find(article);
  return found == by_article_.end() ? nullptr : &found->second;
}

std::optional<Translations::Known> Translations::Apply(const TranslationSummary& summary) {
  std::vector<TranslationSummary>& all = by_article_[summary.article];
  const auto place = std::lower_bound(all.begin(), all.end(), summary.language, kByLanguage);
  if (place == all.end() || place->language != summary.language) {
    all.insert(place, summary);
    by_item_.emplace(summary.article.OfTranslation(summary.language),
                     Place{.article = summary.article, .language = NumberOf(summary.language)});
    return Known{.now = summary};
  }
  Known known{.before = *place, .now = Merged(*place, summary)};
  if (known.now == *known.before) return std::nullopt;
  *place = known.now;
  return known;
}

const TranslationSummary* Translations::Find(const news::ArticleId& item) const {
  const auto found = by_item_.find(item);
  if (found == by_item_.end()) return nullptr;
  const std::string& language = languages_[found->second.language];
  const std::vector<TranslationSummary>& all = by_article_.at(found->second.article);
  return &*std::lower_bound(all.begin(), all.end(), language, kByLanguage);
}

Translations::Language Translations::NumberOf(const std::string& language) {
  const auto number = std::ranges::find(languages_, language) - languages_.begin();
  if (number == std::ssize(languages_)) languages_.push_back(language);
  return static_cast<Language>(number);
}

std::size_t Translations::EstimatedBytes() const {
  return by_article_.capacity() * (sizeof(news::ArticleId) + sizeof(TranslationSummary*) * 3 + 1) +
         by_item_.size() * sizeof(TranslationSummary) +
         by_item_.capacity() * (sizeof(news::ArticleId) + sizeof(Place) + 1);
}

}  // namespace telex::feeds
