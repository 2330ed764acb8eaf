#include "telexctl/requests/glossary_file.h"

#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "news/utf8.h"
#include "platform/errors/errors.h"
#include "platform/text/ascii.h"

namespace telex::cli {
namespace {

using translation::v1::Glossary;
using translation::v1::GlossaryTerm;

constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr std::string_view kCase = "case";
constexpr std::size_t kColumns = 4;  // source, allowed, forbidden, flags

std::vector<std::string> Split(std::string_view text, char at) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), at);
}

// The parts between `|`; a backslash takes the meaning from what follows it.
std::vector<std::string> PartsOfCell(std::string_view cell) {
  std::vector<std::string> parts(1);
  for (std::size_t at = 0; at < cell.size(); ++at) {
    if (cell[at] == '\\' && at + 1 < cell.size()) {
      parts.back() += cell[++at];
    } else if (cell[at] == '|') {
      parts.emplace_back();
    } else {
      parts.back() += cell[at];
    }
  }
  for (std::string& part : parts) part = std::string(text::TrimAscii(part));
  return parts;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '|' || (c == '#' && escaped.empty())) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

class GlossaryReader {
 public:
  absl::StatusOr<Glossary> Read(std::string_view text) && {
    if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
    for (const std::string& line : Split(text, '\n')) {
      ++line_;
      const std::string_view trimmed = text::TrimAscii(line);
      if (!trimmed.empty() && trimmed.front() != '#') ReadTerm(line);
    }
    if (!faults_.ok()) return faults_;
    return std::move(glossary_);
  }

 private:
  void Fault(std::string_view what) {
    faults_ = errors::WithField(std::move(faults_), "glossary.terms", errors::kFieldInvalid,
                                fmt::format("line {}: {}", line_, what));
  }

  void ReadTargets(std::string_view cell, google::protobuf::RepeatedPtrField<std::string>& to) {
    if (text::TrimAscii(cell).empty()) return;
    for (std::string& part : PartsOfCell(cell)) {
      if (part.empty()) return Fault("nothing stands beside a |");
      to.Add(std::move(part));
    }
  }

  void ReadTerm(std::string_view line) {
    const std::vector<std::string> cells = Split(line, '\t');
    if (cells.size() > kColumns)
      return Fault("has more columns than source, allowed, forbidden and flags");
    const std::vector<std::string> source = PartsOfCell(cells[0]);
    if (source.size() != 1 || source.front().empty())
      return Fault("the first column is one term; \\| stands for a |");
    GlossaryTerm& term = *glossary_.add_terms();
    term.set_source(source.front());
    term.set_line(line_);
    if (cells.size() > 1) ReadTargets(cells[1], *term.mutable_allowed());
    if (cells.size() > 2) ReadTargets(cells[2], *term.mutable_forbidden());
    const std::string_view flags = cells.size() > 3 ? text::TrimAscii(cells[3]) : "";
    if (!flags.empty() && flags != kCase) Fault("the only flag is `case`: capitals matter");
    term.set_case_sensitive(flags == kCase);
  }

  Glossary glossary_;
  int line_ = 0;
  absl::Status faults_;
};

std::string CellOf(const google::protobuf::RepeatedPtrField<std::string>& targets) {
  std::string cell;
  for (const std::string& target : targets) cell += (cell.empty() ? "" : " | ") + Escaped(target);
  return cell;
}

}  // namespace

absl::StatusOr<Glossary> ReadGlossaryFile(std::string_view text) {
  if (text.size() > kGlossaryFileBytesMax) {
    return errors::FieldError("file", errors::kFieldTooLong,
                              fmt::format("at most {} bytes are read", kGlossaryFileBytesMax));
  }
  if (!news::IsUtf8(text)) return errors::FieldError("file", errors::kNotUtf8, "is no UTF-8");
  return GlossaryReader().Read(text);
}

std::string WriteGlossaryFile(const Glossary& glossary) {
  std::string text = "# source\tallowed | allowed\tforbidden | forbidden\tcase: capitals matter\n";
  for (const GlossaryTerm& term : glossary.terms()) {
    std::string line = fmt::format("{}\t{}\t{}\t{}", Escaped(term.source()), CellOf(term.allowed()),
                                   CellOf(term.forbidden()), term.case_sensitive() ? kCase : "");
    while (line.ends_with('\t')) line.pop_back();
    text += line + "\n";
  }
  return text;
}

}  // namespace telex::cli
