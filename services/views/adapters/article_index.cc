#include "views/adapters/article_index.h"

#include <algorithm>
#include <optional>

#include "news/text_cut.h"
#include "news/wire/article_log.h"
#include "platform/errors/status_macros.h"
#include "platform/store/keys.h"

namespace telex::views {
namespace {

constexpr std::uint8_t kPurgedBit = 1;
constexpr std::uint8_t kLiveBit = 2;

std::string RowOf(const KnownArticle& article) {
  store::KeyBuilder row;
  row.U8(
      static_cast<std::uint8_t>((article.purged ? kPurgedBit : 0) | (article.live ? kLiveBit : 0)));
  row.I64(article.version).I64(article.printed_views);
  row.Text(article.language).Text(article.source).Text(article.section).Text(article.headline);
  row.U32(static_cast<std::uint32_t>(article.languages.size()));
  for (const std::string_view language : article.languages) row.Text(language);
  return std::move(row).bytes();
}

// The beginning of a row: enough to know whether a version is newer.
struct RowHead {
  bool purged = false;
  bool live = false;
  std::int64_t version = 0;
};

std::optional<RowHead> TakeHead(store::KeyReader& row) {
  const auto bits = row.U8();
  const auto version = row.I64();
  if (!bits || !version || *bits > (kPurgedBit | kLiveBit)) return std::nullopt;
  return RowHead{
      .purged = (*bits & kPurgedBit) != 0, .live = (*bits & kLiveBit) != 0, .version = *version};
}

}  // namespace

ArticleIndex::ArticleIndex(const store::Store& store)
    : store_(store), rows_(store.database(kDatabase)) {}

std::string_view ArticleIndex::Text(std::string_view text) { return *texts_.emplace(text).first; }

std::span<const std::string_view> ArticleIndex::Texts(std::vector<std::string_view> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return *text_lists_.insert(std::move(texts)).first;
}

std::shared_ptr<const KnownArticle> ArticleIndex::Decode(std::string_view row) {
  store::KeyReader reader(row);
  const auto head = TakeHead(reader);
  const auto printed_views = reader.I64();
  const auto language = reader.Text();
  const auto source = reader.Text();
  const auto section = reader.Text();
  auto headline = reader.Text();
  const auto count = reader.U32();
  if (!head || !printed_views || !language || !source || !section || !headline || !count) {
    return nullptr;
  }
  std::vector<std::string_view> languages;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto one = reader.Text();
    if (!one) return nullptr;
    languages.push_back(Text(*one));
  }
  return std::make_shared<const KnownArticle>(KnownArticle{.version = head->version,
                                                           .printed_views = *printed_views,
                                                           .purged = head->purged,
                                                           .live = head->live,
                                                           .language = Text(*language),
                                                           .languages = Texts(std::move(languages)),
                                                           .source = Text(*source),
                                                           .section = Text(*section),
                                                           .headline = *std::move(headline)});
}

std::shared_ptr<const KnownArticle> ArticleIndex::Keep(const news::Article& article) {
  KnownArticle known = {.version = article.version.number, .purged = article.purged};
  if (article.purged) return std::make_shared<const KnownArticle>(std::move(known));
  known.printed_views = article.printed_views;
  known.live = article.IsVisible();
  known.language = Text(article.content.language.text());
  known.source = Text(article.source.text());
  known.section = Text(article.content.section.slug());
  known.headline = news::CutText(article.content.headline, KnownArticle::kHeadlineLettersMax,
                                 KnownArticle::kHeadlineBytesMax);
  known.headline.shrink_to_fit();
  std::vector<std::string_view> languages = {known.language};
  for (const news::Shelf& shelf : article.shelves) languages.push_back(Text(shelf.language.text()));
  known.languages = Texts(std::move(languages));
  return std::make_shared<const KnownArticle>(std::move(known));
}

absl::StatusOr<std::uint64_t> ArticleIndex::Load() {
  ASSIGN_OR_RETURN(const store::ReadTxn txn, store_.Read());
  std::uint64_t rows = 0;
  for (auto cursor = txn.Scan(rows_); cursor.valid(); cursor.Next(), ++rows) {
    const auto id = news::ArticleId::FromBytes(cursor.key());
    auto article = id ? Decode(cursor.value()) : nullptr;
    if (article == nullptr) store_.Damaged("the row of an article cannot be decoded");
    Put({*id, std::move(article)});
  }
  return rows;
}

absl::Status ArticleIndex::Apply(store::WriteTxn& txn, const kafka::Record& record) {
  ASSIGN_OR_RETURN(const news::VersionRecord read, news::ReadVersion(record.key, record.value));
  // A tombstone: of an article whose purged version is known, or is still to come.
  if (!read.article) return absl::OkStatus();
  if (const auto row = txn.Get(rows_, read.id.bytes())) {
    store::KeyReader reader(*row);
    const auto known = TakeHead(reader);
    if (!known) store_.Damaged("the row of an article cannot be decoded");
    if (known->purged || known->version >= read.version.number) return absl::OkStatus();
  }
  auto article = Keep(*read.article);
  RETURN_IF_ERROR(txn.Put(rows_, read.id.bytes(), RowOf(*article)));
  const bool purged = article->purged;
  applied_.emplace_back(read.id, std::move(article));
  return purged && purged_ ? purged_(txn, read.id) : absl::OkStatus();
}

void ArticleIndex::Committed() {
  for (const Entry& entry : applied_) {
    Put(entry);
    if (changed_) changed_(entry.first, *entry.second);
  }
  applied_.clear();
}

bool ArticleIndex::IsPurged(const store::WriteTxn& txn, const news::ArticleId& id) const {
  const auto row = txn.Get(rows_, id.bytes());
  if (!row) return false;
  store::KeyReader reader(*row);
  const auto known = TakeHead(reader);
  if (!known) store_.Damaged("the row of an article cannot be decoded");
  return known->purged;
}

void ArticleIndex::Put(const Entry& entry) {
  articles_.Update(entry.first, [&](auto& article) { article = entry.second; });
}

}  // namespace telex::views
