#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <vector>

#include "ingestion/formats/page/words.h"

namespace telex::ingestion::page {
namespace {

// The tables of all languages, joined: pages mix languages ("Ссылка скопирована" on an English
// page), so a line is held against all of them. Built once, at first use; read only afterwards.
class WordIndex {
 public:
  WordIndex() {
    for (const LanguageWords& words : RegionLanguageWords()) Add(words);
    for (const LanguageWords& words : WireLanguageWords()) Add(words);
  }

  bool Has(Phrase kind, std::string_view key) const {
    return whole_[static_cast<std::size_t>(kind)].contains(std::string(key));
  }

  std::vector<std::string_view> furniture_starts, furniture_has, licence, rights, cookies, errors,
      byline_bare;
  absl::flat_hash_map<std::string, int> months;

 private:
  void Add(const LanguageWords& words) {
    Whole(Phrase::kFurniture, words.furniture);
    Whole(Phrase::kEnds, words.ends);
    Whole(Phrase::kSection, words.sections);
    Whole(Phrase::kSectionLabel, words.section_label);
    Whole(Phrase::kHome, words.home);
    Whole(Phrase::kViews, words.views);
    Whole(Phrase::kByline, words.byline);
    Whole(Phrase::kDateNoise, words.date_noise);
    Whole(Phrase::kPublished, words.published);
    Whole(Phrase::kUpdated, words.updated);
    Whole(Phrase::kLogin, words.login);
    Parts(words.furniture_starts, furniture_starts);
    Parts(words.furniture_has, furniture_has);
    Parts(words.licence, licence);
    Parts(words.rights, rights);
    Parts(words.cookies, cookies);
    Parts(words.errors, errors);
    Parts(words.byline_bare, byline_bare);
    int month = 0;
    Each(words.months, '|', [&](std::string_view spellings) {
      ++month;
      Each(spellings, ' ',
           [&](std::string_view spelling) { months.emplace(std::string(spelling), month); });
    });
  }

  template <typename Use>
  static void Each(std::string_view list, char separator, const Use& use) {
    while (!list.empty()) {
      const std::size_t end = list.find(separator);
      if (end != 0) use(list.substr(0, end));
      if (end == std::string_view::npos) return;
      list.remove_prefix(end + 1);
    }
  }

  void Whole(Phrase kind, std::string_view list) {
    Each(list, '|', [&](std::string_view phrase) {
      whole_[static_cast<std::size_t>(kind)].insert(std::string(phrase));
    });
  }

  static void Parts(std::string_view list, std::vector<std::string_view>& out) {
    Each(list, '|', [&](std::string_view phrase) { out.push_back(phrase); });
  }

  std::array<absl::flat_hash_set<std::string>, static_cast<std::size_t>(Phrase::kLogin) + 1> whole_;
};

const WordIndex& Index() {
  static const WordIndex& index =
      *new WordIndex();  // never destroyed: other threads may still read at exit
  return index;
}

bool ContainsAny(std::string_view key, const std::vector<std::string_view>& phrases) {
  for (const std::string_view phrase : phrases) {
    if (key.find(phrase) != std::string_view::npos) return true;
  }
  return false;
}

bool StartsWithAny(std::string_view key, const std::vector<std::string_view>& phrases) {
  for (const std::string_view phrase : phrases) {
    if (key.starts_with(phrase)) return true;
  }
  return false;
}

}  // namespace

bool IsPhrase(Phrase kind, std::string_view key) { return Index().Has(kind, key); }
bool StartsAsFurniture(std::string_view key) {
  return StartsWithAny(key, Index().furniture_starts);
}
bool HasFurniture(std::string_view key) { return ContainsAny(key, Index().furniture_has); }
bool HasLicence(std::string_view key) { return ContainsAny(key, Index().licence); }
bool HasRights(std::string_view key) { return ContainsAny(key, Index().rights); }
bool HasCookies(std::string_view key) { return ContainsAny(key, Index().cookies); }
bool StartsAsError(std::string_view key) { return StartsWithAny(key, Index().errors); }

std::size_t BareBylineLength(std::string_view key) {
  std::size_t longest = 0;
  for (const std::string_view word : Index().byline_bare) {
    if (word.size() > longest && key.size() > word.size() && key.starts_with(word) &&
        key[word.size()] == ' ') {
      longest = word.size();
    }
  }
  return longest;
}

std::optional<int> MonthOf(std::string_view word) {
  const auto found = Index().months.find(std::string(word));
  if (found == Index().months.end()) return std::nullopt;
  return found->second;
}

}  // namespace telex::ingestion::page
