#include "feeds/formats/format.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

#include "feeds/formats/text.h"
#include "news/blank.h"

namespace telex::feeds {
namespace {

constexpr std::size_t kHashBytes = 16;

}  // namespace

std::string ChannelSettings::CanonicalForm() const {
  return fmt::format("{}:{}{}:{}{}", public_url.size(), public_url, publisher_name.size(),
                     publisher_name, ttl_minutes);
}

std::string ChannelSettings::FeedUrl(const FeedKey& key, std::string_view extension,
                                     bool with_views) const {
  return fmt::format("{}/feeds/{}.{}{}{}", public_url, key.Slug(), extension, with_views ? "?" : "",
                     with_views ? kViewsQuery : "");
}

std::string ChannelSettings::ArticleUrl(const news::ArticleId& id) const {
  return fmt::format("{}/articles/{}.json", public_url, id.ToString());
}

std::string Channel::Title() const {
  if (key.IsAll()) return fmt::format("{} ({})", settings.publisher_name, key.language);
  return fmt::format("{}: {} ({})", settings.publisher_name, key.section, key.language);
}

std::string Channel::Description() const {
  return fmt::format("{}, {}, {}", settings.publisher_name,
                     key.IsAll() ? std::string("all sections") : key.section, key.language);
}

absl::StatusOr<Fragment> Format::RenderItem(const ItemSource& source,
                                            const ChannelSettings& settings) const {
  const news::Article& article = source.article;
  const std::string own_url = settings.ArticleUrl(article.id);
  std::string bytes;
  Credit credit;
  std::size_t views_at = Fragment::kNowhere;
  if (article.IsVisible()) {
    const Story story(source, own_url);
    credit = story.credit();
    views_at = WriteStory(story, bytes);
    if (source.translation) views_at = Fragment::kNowhere;
  } else {
    const Tombstone tombstone = Tombstone::Of(article, own_url);
    credit = tombstone.credit;
    WriteTombstone(tombstone, bytes);
  }
  for (const std::string* part : {&credit.link, &credit.line, &credit.terms}) {
    std::string spelled;
    AppendText(*part, spelled);
    if (news::IsBlank(*part) || bytes.find(spelled) == std::string::npos) {
      return absl::InternalError(
          fmt::format("format {} renders items without their credit", traits_.name));
    }
  }
  return Fragment(std::move(bytes), views_at, article.printed_views);
}

std::string FeedFormat::RenderFeed(const Channel& channel,
                                   std::span<const std::shared_ptr<const Fragment>> items,
                                   std::span<const std::int64_t> views) const {
  std::size_t bytes = 2048;
  for (const auto& item : items) bytes += item->bytes().size() + Separator().size();
  std::string out;
  out.reserve(bytes);
  WriteOpening(channel, out);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += Separator();
    const Fragment& item = *items[i];
    if (views.empty() || item.views_at() == Fragment::kNowhere) {
      out += item.bytes();
      continue;
    }
    out.append(item.bytes(), 0, item.views_at());
    WriteViews(views[i], item.printed_views(), out);
    out.append(item.bytes(), item.views_at());
  }
  WriteClosing(out);
  return out;
}

std::string ContentHashOf(std::string_view identity) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(identity.data()), identity.size(), digest.data());
  std::string text;
  text.reserve(2 * kHashBytes);
  for (std::size_t i = 0; i < kHashBytes; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 0xF];
  }
  return text;
}

}  // namespace telex::feeds
