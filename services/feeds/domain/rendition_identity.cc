#include "feeds/domain/rendition_identity.h"

#include <array>

namespace telex::feeds {
namespace {

void AppendNumber(std::string& bytes, std::int64_t number) {
  std::array<char, 8> digits{};
  auto rest = static_cast<std::uint64_t>(number);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, rest >>= 8) {
    *digit = static_cast<char>(rest & 0xff);
  }
  bytes.append(digits.data(), digits.size());
}

void AppendText(std::string& bytes, std::string_view text) {
  AppendNumber(bytes, static_cast<std::int64_t>(text.size()));
  bytes += text;
}

void AppendRecipe(std::string& bytes, const RenditionRecipe& recipe) {
  AppendText(bytes, recipe.format);
  AppendNumber(bytes, recipe.renderer_revision);
  AppendText(bytes, recipe.channel);
  AppendNumber(bytes, recipe.epoch);
}

}  // namespace

std::string IdentityOf(const RenditionRecipe& recipe, const FeedWindow& window) {
  std::string bytes = "feed";
  bytes.reserve(256 + recipe.channel.size() + window.items.size() * 24);
  AppendRecipe(bytes, recipe);
  AppendText(bytes, window.key.section);
  AppendText(bytes, window.key.language);
  AppendNumber(bytes, window.updated_ms);
  for (const WindowItem& item : window.items) {
    bytes += item.id.bytes();
    AppendNumber(bytes, item.version);
  }
  return bytes;
}

std::string IdentityOf(const RenditionRecipe& recipe, const FeedWindow& window,
                       const std::vector<std::int64_t>& views) {
  std::string bytes = IdentityOf(recipe, window);
  bytes += "views";
  // Of a tombstone no number is shown.
  for (std::size_t i = 0; i < views.size(); ++i) {
    AppendNumber(bytes, window.items[i].IsTombstone() ? 0 : views[i]);
  }
  return bytes;
}

std::string IdentityOf(const RenditionRecipe& recipe, const news::ArticleId& id,
                       std::int64_t version) {
  std::string bytes = "item";
  AppendRecipe(bytes, recipe);
  bytes += id.bytes();
  AppendNumber(bytes, version);
  return bytes;
}

}  // namespace telex::feeds
