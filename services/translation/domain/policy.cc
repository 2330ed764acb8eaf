#include "translation/domain/policy.h"

#include <algorithm>
#include <set>

#include "translation/domain/names_or_any.h"

namespace telex::translation {
namespace {

bool FitsStory(const PolicyRule& rule, const news::Article& article) {
  return NamesOrAny(rule.sources, article.source) &&
         NamesOrAny(rule.sections, article.content.section) &&
         NamesOrAny(rule.from, article.content.language);
}

}  // namespace

const PolicyRule* Policy::RuleFor(const news::Article& article, const news::LanguageTag& to) const {
  if (to == article.content.language) return nullptr;
  for (const PolicyRule& rule : rules) {
    if (FitsStory(rule, article) && std::ranges::find(rule.to, to) != rule.to.end()) return &rule;
  }
  return nullptr;
}

std::vector<PolicyWish> Policy::WishesFor(const news::Article& article,
                                          std::int64_t came_in_ms) const {
  std::set<news::LanguageTag> languages;
  for (const PolicyRule& rule : rules) languages.insert(rule.to.begin(), rule.to.end());
  std::vector<PolicyWish> wishes;
  for (const news::LanguageTag& language : languages) {
    const PolicyRule* rule = RuleFor(article, language);
    if (rule == nullptr || !rule->workflow) continue;
    wishes.push_back({.language = language,
                      .workflow = *rule->workflow,
                      .urgency = rule->urgency == 0 ? article.urgency : rule->urgency,
                      .deadline_ms = rule->deadline
                                         ? came_in_ms + absl::ToInt64Milliseconds(*rule->deadline)
                                         : 0});
  }
  return wishes;
}

}  // namespace telex::translation
