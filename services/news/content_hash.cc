#include "news/content_hash.h"

#include <absl/strings/escaping.h>
#include <openssl/sha.h>

#include <array>

namespace telex::news {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest Sha256(std::string_view bytes) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

// Length before value: no two contents share an encoding.
class Encoder {
 public:
  void Text(std::string_view text) {
    Number(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
  }
  void Number(std::int64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes_ += static_cast<char>((static_cast<std::uint64_t>(number) >> shift) & 0xff);
    }
  }
  void Instant(const std::optional<absl::Time>& time) {
    Number(time.has_value());
    if (time) Number(absl::ToUnixMillis(*time));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace

std::string ContentHash(const Content& content) {
  Encoder encoder;
  encoder.Text(content.headline);
  encoder.Text(content.byline);
  encoder.Text(content.body_html);
  encoder.Text(content.section.slug());
  encoder.Text(content.language.text());
  encoder.Text(content.terms.text);
  encoder.Text(content.terms.attribution);
  encoder.Text(content.terms.link);
  encoder.Number(static_cast<std::int64_t>(content.media.size()));
  for (const Media& media : content.media) {
    encoder.Text(media.href);
    encoder.Text(media.media_type);
    encoder.Text(media.alt_text);
    encoder.Text(media.credit);
    encoder.Number(media.syndicated);
  }
  encoder.Instant(content.embargoed);
  encoder.Instant(content.expires);
  const Digest digest = Sha256(encoder.bytes());
  return std::string(digest.begin(), digest.end());
}

std::string DocumentHash(std::string_view bytes) {
  const Digest digest = Sha256(bytes);
  const std::string_view raw(reinterpret_cast<const char*>(digest.data()), digest.size());
  return absl::BytesToHexString(absl::string_view(raw.data(), raw.size()));
}

}  // namespace telex::news
