#include "news/wire/article_codec.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <charconv>

#include "news/article_name.h"
#include "news/wire/time_codec.h"

namespace telex::news {
namespace {

absl::Status FieldFault(std::string_view field, std::string_view value) {
  return absl::InvalidArgumentError(fmt::format("{}: cannot be '{}'", field, value));
}

// An enumerator that is not there, or that this release has no name for.
absl::Status EnumFault(std::string_view field, int value) {
  if (value == 0) return FieldFault(field, "");
  return absl::UnimplementedError(fmt::format("{}: '{}' is of a newer release", field, value));
}

v1::Availability ToProto(Availability availability) {
  switch (availability) {
    case Availability::kAvailable:
      return v1::AVAILABILITY_AVAILABLE;
    case Availability::kEmbargoed:
      return v1::AVAILABILITY_EMBARGOED;
    case Availability::kExpired:
      return v1::AVAILABILITY_EXPIRED;
  }
  return v1::AVAILABILITY_UNSPECIFIED;
}

std::optional<Availability> FromProto(v1::Availability availability) {
  switch (availability) {
    case v1::AVAILABILITY_AVAILABLE:
      return Availability::kAvailable;
    case v1::AVAILABILITY_EMBARGOED:
      return Availability::kEmbargoed;
    case v1::AVAILABILITY_EXPIRED:
      return Availability::kExpired;
    default:
      return std::nullopt;
  }
}

// A record that was purged has no section and no language of its own; its shelves stay.
absl::Status ReadShelf(const std::string& section, const std::string& language, bool optional,
                       std::string_view path, Section& section_out, LanguageTag& language_out) {
  if (!(optional && section.empty())) {
    const auto parsed = Section::Parse(section);
    if (!parsed) return FieldFault(fmt::format("{}section", path), section);
    section_out = *parsed;
  }
  if (!(optional && language.empty())) {
    const auto parsed = LanguageTag::Parse(language);
    if (!parsed) return FieldFault(fmt::format("{}language", path), language);
    language_out = *parsed;
  }
  return absl::OkStatus();
}

}  // namespace

v1::UsageTerms ToProto(const UsageTerms& terms) {
  v1::UsageTerms message;
  message.set_text(terms.text);
  message.set_attribution(terms.attribution);
  message.set_link(terms.link);
  return message;
}

UsageTerms FromProto(const v1::UsageTerms& message) {
  return UsageTerms{
      .text = message.text(), .attribution = message.attribution(), .link = message.link()};
}

v1::Media ToProto(const Media& media) {
  v1::Media message;
  message.set_href(media.href);
  message.set_media_type(media.media_type);
  message.set_alt_text(media.alt_text);
  message.set_credit(media.credit);
  message.set_syndicated(media.syndicated);
  return message;
}

Media FromProto(const v1::Media& message) {
  return Media{.href = message.href(),
               .media_type = message.media_type(),
               .alt_text = message.alt_text(),
               .credit = message.credit(),
               .syndicated = message.syndicated()};
}

v1::PubStatus ToProto(PubStatus status) {
  switch (status) {
    case PubStatus::kUsable:
      return v1::PUB_STATUS_USABLE;
    case PubStatus::kWithheld:
      return v1::PUB_STATUS_WITHHELD;
    case PubStatus::kCanceled:
      return v1::PUB_STATUS_CANCELED;
  }
  return v1::PUB_STATUS_UNSPECIFIED;
}

std::optional<PubStatus> FromProto(v1::PubStatus status) {
  switch (status) {
    case v1::PUB_STATUS_USABLE:
      return PubStatus::kUsable;
    case v1::PUB_STATUS_WITHHELD:
      return PubStatus::kWithheld;
    case v1::PUB_STATUS_CANCELED:
      return PubStatus::kCanceled;
    default:
      return std::nullopt;
  }
}

v1::Article ToProto(const Article& article) {
  v1::Article message;
  message.set_name(NameOf(article.id));
  message.set_version(article.version.number);
  if (article.version.number > 0) message.set_etag(EtagOf(article.version));
  if (!article.source.empty()) message.set_source(article.source.Name());
  message.set_source_name(article.source_name);
  message.set_key(article.key);
  message.set_canonical_url(article.canonical_url);

  const Content& content = article.content;
  message.set_headline(content.headline);
  message.set_byline(content.byline);
  message.set_body_html(content.body_html);
  message.set_section(content.section.slug());
  message.set_language(content.language.text());
  *message.mutable_usage_terms() = ToProto(content.terms);
  for (const Media& media : content.media) *message.add_media() = ToProto(media);
  if (content.embargoed) *message.mutable_embargoed() = ToProto(*content.embargoed);
  if (content.expires) *message.mutable_expires() = ToProto(*content.expires);

  message.set_pub_status(ToProto(article.status));
  message.set_availability(ToProto(article.availability));
  message.set_status_reason(article.status_reason);
  message.set_status_note(article.status_note);
  message.set_ednote(article.ednote);
  message.set_urgency(article.urgency);

  *message.mutable_firstcreated() = ToProto(article.firstcreated);
  *message.mutable_versioncreated() = ToProto(article.versioncreated);
  if (article.published) *message.mutable_published() = ToProto(*article.published);
  message.set_printed_views(article.printed_views);
  for (const Shelf& shelf : article.shelves) {
    v1::Shelf* out = message.add_shelves();
    out->set_section(shelf.section.slug());
    out->set_language(shelf.language.text());
  }
  for (const std::string& warning : article.warnings) message.add_warnings(warning);
  message.set_actor(article.actor);
  message.set_document(article.document);
  message.set_purged(article.purged);
  return message;
}

absl::StatusOr<Article> FromProto(const v1::Article& message) {
  Article article;
  const auto name = ArticleName::Parse(message.name());
  if (!name || name->version) return FieldFault("name", message.name());
  article.id = name->id;
  if (message.version() < 1) return FieldFault("version", std::to_string(message.version()));
  article.version = Version{message.version()};
  const auto source = SourceId::FromName(message.source());
  if (!source) return FieldFault("source", message.source());
  article.source = *source;
  article.source_name = message.source_name();
  article.key = message.key();
  article.canonical_url = message.canonical_url();

  Content& content = article.content;
  content.headline = message.headline();
  content.byline = message.byline();
  content.body_html = message.body_html();
  if (const absl::Status status = ReadShelf(message.section(), message.language(), message.purged(),
                                            "", content.section, content.language);
      !status.ok()) {
    return status;
  }
  content.terms = FromProto(message.usage_terms());
  for (const v1::Media& media : message.media()) content.media.push_back(FromProto(media));
  if (message.has_embargoed()) content.embargoed = FromProto(message.embargoed());
  if (message.has_expires()) content.expires = FromProto(message.expires());

  const auto status = FromProto(message.pub_status());
  if (!status) return EnumFault("pub_status", message.pub_status());
  article.status = *status;
  const auto availability = FromProto(message.availability());
  if (!availability) return EnumFault("availability", message.availability());
  article.availability = *availability;
  article.status_reason = message.status_reason();
  article.status_note = message.status_note();
  article.ednote = message.ednote();
  article.urgency = message.urgency();

  article.firstcreated = FromProto(message.firstcreated());
  article.versioncreated = FromProto(message.versioncreated());
  if (message.has_published()) article.published = FromProto(message.published());
  article.printed_views = message.printed_views();
  for (const v1::Shelf& shelf : message.shelves()) {
    Shelf out;
    if (const absl::Status read = ReadShelf(shelf.section(), shelf.language(), false, "shelves.",
                                            out.section, out.language);
        !read.ok()) {
      return read;
    }
    article.shelves.push_back(std::move(out));
  }
  article.warnings.assign(message.warnings().begin(), message.warnings().end());
  article.actor = message.actor();
  article.document = message.document();
  article.purged = message.purged();
  return article;
}

absl::StatusOr<Article> ArticleOfRecord(std::string_view record_value) {
  v1::ArticleRecord record;
  if (!record.ParseFromArray(record_value.data(), static_cast<int>(record_value.size()))) {
    return absl::InvalidArgumentError("not a telex.news.v1.ArticleRecord");
  }
  return FromProto(record.article());
}

std::string DeterministicBytes(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string EtagOf(Version version) { return fmt::format("\"{}\"", version.number); }

std::optional<Version> VersionOfEtag(std::string_view etag) {
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return std::nullopt;
  etag = etag.substr(1, etag.size() - 2);
  Version version;
  const auto [end, fault] = std::from_chars(etag.data(), etag.data() + etag.size(), version.number);
  if (fault != std::errc() || end != etag.data() + etag.size() || version.number < 1)
    return std::nullopt;
  return version;
}

}  // namespace telex::news
