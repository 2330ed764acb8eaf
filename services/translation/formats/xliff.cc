#include "translation/formats/xliff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "news/blank.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/xliff_codes.h"
#include "translation/formats/xml_document.h"

namespace telex::translation {
namespace {

constexpr std::string_view kXliffNamespace = "urn:oasis:names:tc:xliff:document:2.0";
constexpr std::string_view kStates[] = {"initial", "translated", "reviewed", "final"};
constexpr std::size_t kPartsMax = 1'000;  // of a unit that a tool has cut

SegmentState StateOf(std::string_view name) {
  const auto found = std::find(std::begin(kStates), std::end(kStates), name);
  if (found == std::end(kStates)) return SegmentState::kInitial;
  return static_cast<SegmentState>(found - std::begin(kStates));
}

std::string NotesOf(const std::vector<std::string>& notes, std::string_view indent) {
  std::string xml;
  for (const std::string& note : notes)
    xml += fmt::format("{}  <note>{}</note>\n", indent, EscapeXml(note));
  return xml;
}

std::string UnitOf(const JobFileSegment& segment) {
  constexpr std::string_view kIndent = "      ";
  const std::string target = WriteXliffCodes(segment.target);
  // A state beyond the first has to have a target.
  const std::string_view state =
      segment.target.empty() ? kStates[0] : kStates[static_cast<std::size_t>(segment.state)];
  std::string xml = fmt::format("    <unit id=\"{}\">\n", EscapeXml(segment.place));
  if (!segment.notes.empty())
    xml += fmt::format("{0}<notes>\n{1}{0}</notes>\n", kIndent, NotesOf(segment.notes, kIndent));
  xml += fmt::format("      <segment id=\"s\" state=\"{}\">\n        <source>{}</source>\n", state,
                     WriteXliffCodes(segment.source));
  if (!segment.target.empty()) xml += fmt::format("        <target>{}</target>\n", target);
  return xml + "      </segment>\n    </unit>\n";
}

// The prefix of the root's name stands for XLIFF in the whole file.
std::string_view PrefixOf(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == name.npos ? std::string_view() : name.substr(0, colon);
}

bool IsXliff(const pugi::xml_node& node, std::string_view name, std::string_view prefix) {
  return LocalName(node) == name && PrefixOf(node) == prefix;
}

absl::Status CheckRoot(const pugi::xml_node& root) {
  const std::string_view prefix = PrefixOf(root);
  const std::string declared = prefix.empty() ? "xmlns" : fmt::format("xmlns:{}", prefix);
  if (LocalName(root) != "xliff" || AttributeOf(root, declared.c_str()) != kXliffNamespace)
    return errors::FieldError("file", errors::kFieldInvalid, "no XLIFF 2.0 or 2.1");
  const std::string_view version = AttributeOf(root, "version");
  if (version != "2.0" && version != "2.1")
    return errors::FieldError("file", errors::kFieldInvalid, "another XLIFF than 2.0 and 2.1");
  return absl::OkStatus();
}

absl::StatusOr<pugi::xml_node> FileIn(const pugi::xml_node& root) {
  pugi::xml_node only;
  for (const pugi::xml_node& file : root.children()) {
    if (!IsXliff(file, "file", PrefixOf(root))) continue;
    if (only) return errors::FieldError("file", errors::kFieldInvalid, "more than one <file>");
    only = file;
  }
  if (!only) return errors::FieldError("file", errors::kFieldInvalid, "no <file>");
  return only;
}

// Each unit of the file, as long as `use` says OK.
template <typename Use>
absl::Status ForEachUnit(const pugi::xml_node& parent, std::string_view prefix, const Use& use) {
  for (const pugi::xml_node& child : parent.children()) {
    if (IsXliff(child, "group", prefix)) {
      RETURN_IF_ERROR(ForEachUnit(child, prefix, use));
    } else if (IsXliff(child, "unit", prefix)) {
      RETURN_IF_ERROR(use(child));
    }
  }
  return absl::OkStatus();
}

// A segment or what lies between segments, in a unit.
struct Part {
  std::size_t order = 0;
  std::vector<Piece> target;
};

class XliffReader {
 public:
  explicit XliffReader(const JobFile& job) : job_(job), returned_(job) {}

  absl::StatusOr<std::vector<JobFileSegment>> Read(const pugi::xml_document& document) {
    RETURN_IF_ERROR(ReadRoot(document.document_element()));
    return std::move(returned_).Finish();
  }

 private:
  absl::Status ReadRoot(const pugi::xml_node& root) {
    prefix_ = PrefixOf(root);
    RETURN_IF_ERROR(CheckRoot(root));
    RETURN_IF_ERROR(CheckLanguage(root, "srcLang", job_.source_language));
    RETURN_IF_ERROR(CheckLanguage(root, "trgLang", job_.target_language));
    ASSIGN_OR_RETURN(const pugi::xml_node file, FileIn(root));
    RETURN_IF_ERROR(CheckStamp(job_, AttributeOf(file, "id")));
    return ForEachUnit(file, prefix_,
                       [this](const pugi::xml_node& unit) { return ReadUnit(unit); });
  }

  static absl::Status CheckLanguage(const pugi::xml_node& root, const char* attribute,
                                    const news::LanguageTag& wanted) {
    const auto found = news::LanguageTag::Parse(AttributeOf(root, attribute));
    if (found && *found == wanted) return absl::OkStatus();
    return errors::FieldError(attribute, errors::kFieldInvalid,
                              fmt::format("has to be {}", wanted.text()));
  }

  static absl::Status Refuse(std::string_view place, std::string_view why) {
    return errors::FieldError(SegmentField(place), errors::kFieldInvalid, why);
  }

  absl::Status ReadUnit(const pugi::xml_node& unit) {
    const std::string_view place = AttributeOf(unit, "id");
    std::vector<Piece> source;
    std::vector<Part> parts;
    std::optional<SegmentState> state;
    std::size_t untranslated = 0;
    std::size_t translated = 0;
    for (const pugi::xml_node& node : unit.children()) {
      const bool is_segment = IsXliff(node, "segment", prefix_);
      if (!is_segment && !IsXliff(node, "ignorable", prefix_)) continue;
      if (parts.size() >= kPartsMax) return Refuse(place, "cut into too many segments");
      const absl::StatusOr<bool> has_target = ReadPart(node, place, source, parts);
      if (!has_target.ok()) return has_target.status();
      if (!is_segment) continue;
      ++(*has_target ? translated : untranslated);
      const SegmentState own = StateOf(AttributeOf(node, "state"));
      state = state ? std::min(*state, own) : own;
    }
    if (const JobFileSegment* const segment = returned_.Find(place);
        segment != nullptr && RenderTagged(source) != segment->source) {
      return Refuse(place, "its source is not that of the story");
    }
    if (translated > 0 && untranslated > 0) return Refuse(place, "a part has no translation");
    return returned_.Take(place, translated > 0 ? Joined(std::move(parts)) : "",
                          state.value_or(SegmentState::kInitial), "its <unit>");
  }

  // Whether the part has a translation: an empty target of a source that is not is none. What lies
  // between segments and has none is kept as it is.
  absl::StatusOr<bool> ReadPart(const pugi::xml_node& node, std::string_view place,
                                std::vector<Piece>& source, std::vector<Part>& parts) const {
    Part part{.order = parts.size() + 1, .target = {}};
    std::vector<Piece> own_source;
    bool has_target = false;
    for (const pugi::xml_node& child : node.children()) {
      absl::Status status;
      if (IsXliff(child, "source", prefix_)) status = ReadXliffCodes(child, own_source);
      if (IsXliff(child, "target", prefix_)) {
        status = ReadXliffCodes(child, part.target);
        has_target = true;
        part.order = child.attribute("order").as_uint(static_cast<unsigned>(part.order));
      }
      if (!status.ok()) return Refuse(place, std::string(status.message()));
    }
    const bool is_blank = news::IsBlank(PlainTextOf(RenderTagged(own_source)));
    if (!has_target && is_blank) part.target = own_source;
    const bool has_text = std::ranges::any_of(part.target, [](const Piece& piece) {
      return piece.kind != Piece::Kind::kText || !news::IsBlank(piece.text);
    });
    source.insert(source.end(), own_source.begin(), own_source.end());
    parts.push_back(std::move(part));
    return has_text || is_blank;
  }

  static std::string Joined(std::vector<Part> parts) {
    std::stable_sort(parts.begin(), parts.end(),
                     [](const Part& a, const Part& b) { return a.order < b.order; });
    std::vector<Piece> pieces;
    for (const Part& part : parts)
      pieces.insert(pieces.end(), part.target.begin(), part.target.end());
    return RenderTagged(pieces);
  }

  const JobFile& job_;
  ReturnedSegments returned_;
  std::string_view prefix_;
};

}  // namespace

std::string WriteXliff(const JobFile& job) {
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<xliff xmlns=\"{}\" version=\"2.1\" srcLang=\"{}\" trgLang=\"{}\" xml:space=\"preserve\">\n"
      "  <file id=\"{}\" original=\"{}\" canResegment=\"no\">\n"
      "    <notes>\n      <note id=\"job\" category=\"job\">{}</note>\n{}    </notes>\n",
      kXliffNamespace, EscapeXml(job.source_language.text()), EscapeXml(job.target_language.text()),
      StampOf(job), EscapeXml(job.version), EscapeXml(job.job), NotesOf(job.notes, "    "));
  for (const JobFileSegment& segment : job.segments) xml += UnitOf(segment);
  return xml + "  </file>\n</xliff>\n";
}

absl::StatusOr<std::vector<JobFileSegment>> ReadXliff(std::string_view bytes, const JobFile& job) {
  const auto document = ReadXml(bytes, {.bytes_max = kJobFileBytesMax, .doctype_file = {}});
  if (!document.ok()) return document.status();
  return XliffReader(job).Read(**document);
}

absl::StatusOr<StatedJob> ReadXliffJob(std::string_view bytes) {
  ASSIGN_OR_RETURN(const auto document,
                   ReadXml(bytes, {.bytes_max = kJobFileBytesMax, .doctype_file = {}}));
  const pugi::xml_node root = document->document_element();
  RETURN_IF_ERROR(CheckRoot(root));
  ASSIGN_OR_RETURN(const pugi::xml_node file, FileIn(root));
  StatedJob stated;
  stated.stamp = AttributeOf(file, "id");
  RETURN_IF_ERROR(SetJob(AttributeOf(file, "original"), AttributeOf(root, "srcLang"),
                         AttributeOf(root, "trgLang"), stated.job));
  const std::string_view prefix = PrefixOf(root);
  const absl::Status read = ForEachUnit(file, prefix, [&](const pugi::xml_node& unit) {
    std::vector<Piece> source;
    for (const pugi::xml_node& part : unit.children()) {
      for (const pugi::xml_node& child : part.children()) {
        if (!IsXliff(child, "source", prefix)) continue;
        RETURN_IF_ERROR(ReadXliffCodes(child, source));
      }
    }
    stated.job.segments.push_back({.place = std::string(AttributeOf(unit, "id")),
                                   .source = RenderTagged(source),
                                   .target = {}});
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return stated;
}

}  // namespace telex::translation
