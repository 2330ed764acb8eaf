// The log store's listings: what is looked for among the newest versions, page by page.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/log_store_rows.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/domain/web_address.h"
#include "news/printed_name.h"
#include "platform/text/page_token.h"

namespace telex::ingestion {
namespace {

using news::ArticleId;
using store::KeyReader;

// Of one page: rows of `recent`, and articles read for what stands in no row.
constexpr std::size_t kRowsScannedMax = 10'000;
constexpr std::size_t kArticlesReadMax = 2'000;

bool Passes(const ArticleFilter& filter, const rows::RecentRow& row) {
  if (filter.source && filter.source->text() != row.source) return false;
  if (filter.section && filter.section->slug() != row.section) return false;
  if (filter.language && filter.language->text() != row.language) return false;
  return !filter.status || static_cast<std::uint8_t>(*filter.status) == row.status;
}

bool HasWords(const ArticleFilter& filter, const news::Article& article) {
  if (filter.words.empty()) return true;
  const std::string text = news::FoldedName(
      fmt::format("{}\n{}\n{}", article.content.headline, article.key, article.content.byline));
  return std::all_of(filter.words.begin(), filter.words.end(),
                     [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

std::string Describe(const ArticleFilter& filter) {
  const auto millis = [](const std::optional<absl::Time>& time) {
    return time ? std::to_string(absl::ToUnixMillis(*time)) : "";
  };
  return fmt::format(
      "articles|{}|{}|{}|{}|{}|{}|{}|{}", filter.source ? filter.source->text() : "",
      filter.section ? filter.section->slug() : "", filter.language ? filter.language->text() : "",
      filter.status ? static_cast<int>(*filter.status) : -1, millis(filter.created_after),
      millis(filter.created_before), fmt::join(filter.words, " "), filter.address);
}

}  // namespace

absl::StatusOr<Page<ArticleHead>> LogStore::List(const ArticleFilter& filter, std::size_t size,
                                                 const std::string& token) const {
  const std::string scope = Describe(filter);
  store::Range range;
  if (!token.empty()) {
    auto place = text::ReadPageToken(token, scope);
    if (!place.ok()) return place.status();
    range.from = *std::move(place);
  } else if (filter.created_before) {
    range.from = rows::RecentKeyFrom(*filter.created_before - absl::Milliseconds(1));
  }
  if (filter.created_after && absl::ToUnixMillis(*filter.created_after) > 0)
    range.until = rows::RecentKeyFrom(*filter.created_after - absl::Milliseconds(1));
  return filter.address.empty() ? ListRecent(filter, size, range, scope)
                                : ListOfAddress(filter, size, range, scope);
}

Page<ArticleHead> LogStore::ListRecent(const ArticleFilter& filter, std::size_t size,
                                       const store::Range& range, const std::string& scope) const {
  Page<ArticleHead> page;
  std::size_t scanned = 0;
  std::size_t read = 0;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(recent_, range); cursor.valid(); cursor.Next()) {
    if (page.items.size() == size || scanned == kRowsScannedMax || read == kArticlesReadMax) {
      page.next_token = text::MakePageToken(cursor.key(), scope);
      break;
    }
    ++scanned;
    if (!Passes(filter, Whole(rows::DecodeRecentRow(cursor.value())))) continue;
    KeyReader key(cursor.key());
    key.U64Descending();
    const auto id = ArticleId::FromBytes(key.Rest());
    if (!id) continue;
    ++read;
    auto head = HeadIn(txn, *id);
    if (head && HasWords(filter, head->article)) page.items.push_back(*std::move(head));
  }
  return page;
}

// In the order of `recent`, so that its pages have the same places.
Page<ArticleHead> LogStore::ListOfAddress(const ArticleFilter& filter, std::size_t size,
                                          const store::Range& range,
                                          const std::string& scope) const {
  const std::string address = ComparableAddress(filter.address);
  const std::string prefix = rows::AddressPrefix(address);
  std::map<std::string, ArticleHead> found;
  const store::ReadTxn txn = Snapshot();
  std::size_t scanned = 0;
  for (auto cursor = txn.Scan(addresses_, store::Range::Prefix(prefix));
       cursor.valid() && scanned < kAddressMatchesMax; cursor.Next(), ++scanned) {
    const auto id = ArticleId::FromBytes(cursor.key().substr(prefix.size()));
    auto head = id ? HeadIn(txn, *id) : std::nullopt;
    if (!head || ComparableAddress(head->article.canonical_url) != address) continue;
    std::string place = rows::RecentKey(head->article.versioncreated, *id);
    if (place < range.from || (!range.until.empty() && place >= range.until)) continue;
    if (!Passes(filter, Whole(rows::DecodeRecentRow(rows::RecentValue(head->article))))) continue;
    if (!HasWords(filter, head->article)) continue;
    found.emplace(std::move(place), *std::move(head));
  }
  Page<ArticleHead> page;
  for (auto& [place, head] : found) {
    if (page.items.size() == size) {
      page.next_token = text::MakePageToken(place, scope);
      break;
    }
    page.items.push_back(std::move(head));
  }
  return page;
}

absl::StatusOr<Page<ArticleHead>> LogStore::Versions(const ArticleId& article, std::size_t size,
                                                     const std::string& token) const {
  const std::string scope = fmt::format("versions|{}", article.ToString());
  store::Range range = store::Range::Prefix(article.bytes());
  if (!token.empty()) {
    auto place = text::ReadPageToken(token, scope);
    if (!place.ok()) return place.status();
    range.until = *std::move(place);
  }
  Page<ArticleHead> page;
  std::string last;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(articles_, range, store::Direction::kBackward); cursor.valid();
       cursor.Next()) {
    if (page.items.size() == size) {
      page.next_token = text::MakePageToken(last, scope);
      break;
    }
    page.items.push_back(Whole(DecodeArticleHead(cursor.value())));
    last = cursor.key();
  }
  return page;
}

bool LogStore::HasUsableStory(const news::Section& section) const {
  return Snapshot().Has(sections_, section.slug());
}

std::vector<std::string> LogStore::UsedSections(std::size_t most) const {
  std::vector<std::string> slugs;
  const store::ReadTxn txn = Snapshot();
  for (auto cursor = txn.Scan(sections_); cursor.valid() && slugs.size() < most; cursor.Next())
    slugs.emplace_back(cursor.key());
  return slugs;
}

}  // namespace telex::ingestion
