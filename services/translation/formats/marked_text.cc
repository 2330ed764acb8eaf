#include "translation/formats/marked_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "news/utf8.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/text/ascii.h"

namespace telex::translation {
namespace {

constexpr std::string_view kMarkBegin = "[[";
constexpr std::string_view kMarkEnd = "]]";
constexpr std::string_view kJobLine = "#job ";
constexpr std::string_view kVersionLine = "#version ";
constexpr std::string_view kFromLine = "#from ";
constexpr std::string_view kStampLine = "#stamp ";
constexpr std::string_view kNote = "#~ ";
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

template <typename Use>
void ForEachLineOf(std::string_view text, Use use) {
  while (true) {
    const std::size_t end = text.find('\n');
    use(text.substr(0, end));
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

void AppendCommented(std::string_view begin, std::string_view text, std::string& out) {
  ForEachLineOf(text, [&](std::string_view line) { out += fmt::format("{}{}\n", begin, line); });
}

// The place that a line marks; empty when it is no mark.
std::string_view PlaceOf(std::string_view line) {
  const std::string_view mark = text::TrimAscii(line);
  if (!mark.starts_with(kMarkBegin) || !mark.ends_with(kMarkEnd) ||
      mark.size() <= kMarkBegin.size() + kMarkEnd.size()) {
    return {};
  }
  return mark.substr(kMarkBegin.size(), mark.size() - kMarkBegin.size() - kMarkEnd.size());
}

// Without the byte order mark.
absl::StatusOr<std::string_view> TextOf(std::string_view bytes) {
  if (bytes.size() > kJobFileBytesMax) {
    return errors::FieldError("file", errors::kDocumentTooLarge,
                              fmt::format("at most {} bytes are read", kJobFileBytesMax));
  }
  if (!news::IsUtf8(bytes))
    return errors::FieldError("file", errors::kNotUtf8, "the text is read as UTF-8 alone");
  if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
  return bytes;
}

absl::Status NoStamp() {
  return errors::FieldError("version", errors::kFieldRequired,
                            "the line #stamp is missing: no file of a translation");
}

void AppendEscaped(std::string_view text, std::string& out) {
  ForEachLineOf(text, [&](std::string_view line) {
    if (line.starts_with('#') || line.starts_with('\\') || line.starts_with(kMarkBegin))
      out += '\\';
    out += fmt::format("{}\n", line);
  });
}

class MarkedTextReader {
 public:
  explicit MarkedTextReader(const JobFile& job) : job_(job), returned_(job) {}

  absl::StatusOr<std::vector<JobFileSegment>> Read(std::string_view text) {
    absl::Status status;
    ForEachLineOf(text, [&](std::string_view line) {
      ++line_;
      while (line.ends_with('\r')) line.remove_suffix(1);
      if (status.ok()) status = TakeLine(line);
    });
    RETURN_IF_ERROR(status);
    RETURN_IF_ERROR(TakeSegment());
    if (!has_stamp_) return NoStamp();
    return std::move(returned_).Finish();
  }

 private:
  absl::Status Refuse(std::string_view why) const {
    return errors::FieldError("file", errors::kFieldInvalid,
                              fmt::format("line {}: {}", line_, why));
  }

  absl::Status TakeLine(std::string_view line) {
    if (line.starts_with(kStampLine)) {
      has_stamp_ = true;
      line.remove_prefix(kStampLine.size());
      return CheckStamp(job_, text::TrimAscii(line));
    }
    if (line.starts_with('#')) return absl::OkStatus();
    if (line.starts_with(kMarkBegin)) {
      const std::string_view place = PlaceOf(line);
      if (place.empty()) return Refuse("a mark is [[place]]; as text it begins with \\[[");
      RETURN_IF_ERROR(TakeSegment());
      place_ = place;
      place_line_ = line_;
      return absl::OkStatus();
    }
    if (line.starts_with('\\')) line.remove_prefix(1);
    if (!place_) {
      if (text::TrimAscii(line).empty()) return absl::OkStatus();
      return Refuse("text before the first mark [[place]]");
    }
    target_ += fmt::format("{}\n", line);
    return absl::OkStatus();
  }

  // What stands behind the last mark.
  absl::Status TakeSegment() {
    if (!place_) return absl::OkStatus();
    std::string_view target = target_;
    while (target.ends_with('\n')) target.remove_suffix(1);
    while (target.starts_with('\n')) target.remove_prefix(1);
    const absl::Status status = returned_.Take(*place_, target, SegmentState::kTranslated,
                                               fmt::format("line {}", place_line_));
    place_.reset();
    target_.clear();
    return status;
  }

  const JobFile& job_;
  ReturnedSegments returned_;
  std::size_t line_ = 0;
  bool has_stamp_ = false;
  std::optional<std::string> place_;
  std::size_t place_line_ = 0;
  std::string target_;
};

// What a text says of its job: its first lines, and the first lines behind each mark.
class StatedJobReader {
 public:
  absl::StatusOr<StatedJob> Read(std::string_view text) {
    ForEachLineOf(text, [&](std::string_view line) {
      while (line.ends_with('\r')) line.remove_suffix(1);
      if (line.starts_with(kMarkBegin)) {
        Open(PlaceOf(line));
      } else if (stated_.job.segments.empty()) {
        TakeHead(line);
      } else {
        TakeSource(line);
      }
    });
    if (stated_.stamp.empty()) return NoStamp();
    const std::size_t language = job_.rfind('.');
    RETURN_IF_ERROR(SetJob(version_, from_,
                           language == job_.npos ? "" : std::string_view(job_).substr(language + 1),
                           stated_.job));
    return std::move(stated_);
  }

 private:
  void TakeHead(std::string_view line) {
    for (const auto& [begin, value] :
         {std::pair(kJobLine, &job_), std::pair(kVersionLine, &version_),
          std::pair(kFromLine, &from_), std::pair(kStampLine, &stated_.stamp)}) {
      if (line.starts_with(begin)) *value = text::TrimAscii(line.substr(begin.size()));
    }
  }

  void Open(std::string_view place) {
    stated_.job.segments.push_back({.place = std::string(place), .source = {}, .target = {}});
    lines_ = 0;
    in_source_ = true;
  }

  void TakeSource(std::string_view line) {
    in_source_ = in_source_ && (line == "#" || line.starts_with("# "));
    if (!in_source_) return;
    std::string& source = stated_.job.segments.back().source;
    if (lines_++ > 0) source += '\n';
    if (line.size() > 2) source += line.substr(2);
  }

  StatedJob stated_;
  std::string job_;
  std::string version_;
  std::string from_;
  int lines_ = 0;
  bool in_source_ = false;
};

}  // namespace

std::string WriteMarkedText(const JobFile& job) {
  std::string text = fmt::format(
      "{}{}\n{}{}\n{}{}\n{}{}\n#\n"
      "# Write the translation, in {}, of each source below it; lines that begin with # are no "
      "part "
      "of it.\n"
      "# Keep tags such as <1>…</1> and <2/>; write &amp; for &, &lt; for <, and \\ before a line "
      "that begins with #, [[ or \\.\n",
      kJobLine, job.job, kVersionLine, job.version, kFromLine, job.source_language.text(),
      kStampLine, StampOf(job), job.target_language.text());
  for (const std::string& note : job.notes) AppendCommented("# ", note, text);
  for (const JobFileSegment& segment : job.segments) {
    text += fmt::format("\n{}{}{}\n", kMarkBegin, segment.place, kMarkEnd);
    AppendCommented("# ", segment.source, text);
    for (const std::string& note : segment.notes) AppendCommented(kNote, note, text);
    AppendEscaped(segment.target, text);
  }
  return text;
}

absl::StatusOr<std::vector<JobFileSegment>> ReadMarkedText(std::string_view bytes,
                                                           const JobFile& job) {
  ASSIGN_OR_RETURN(const std::string_view text, TextOf(bytes));
  return MarkedTextReader(job).Read(text);
}

absl::StatusOr<StatedJob> ReadMarkedJob(std::string_view bytes) {
  ASSIGN_OR_RETURN(const std::string_view text, TextOf(bytes));
  return StatedJobReader().Read(text);
}

}  // namespace telex::translation
