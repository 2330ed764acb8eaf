#include "ingestion/formats/page/story.h"

#include <fmt/format.h>

#include <algorithm>

#include "ingestion/formats/page/facts.h"
#include "ingestion/formats/page/words.h"

namespace telex::ingestion::page {
namespace {

constexpr std::size_t kHeadWindow = 60;  // lines above the body in which the headline is looked for
constexpr std::size_t kSectionWindow = 6;  // lines above the headline
constexpr std::size_t kDateAbove =
    5;  // lines above the headline in which a date is still the story's
constexpr std::size_t kTailWindow = 12;  // lines below the body that may speak of the story
constexpr int kHeadlineScoreMin = 2;
constexpr int kBodyLettersMin = 40;
constexpr int kLeftOutLettersMin = 400;  // of prose below the body that a warning is worth
constexpr int kDeckWordsMin = 5;         // shorter lines between headline and body are labels

bool IsFact(const Line& line) {
  return line.kind == LineKind::kDate || line.kind == LineKind::kTime ||
         line.kind == LineKind::kByline || line.kind == LineKind::kViews;
}

// A line that could name a section: a few words, no sentence.
bool IsSectionLike(const Line& line) {
  return line.kind == LineKind::kText && line.shape.letters > 1 && line.shape.words <= 3 &&
         line.shape.digits == 0 && line.text.size() <= 80 && !line.shape.ends_sentence &&
         line.shape.last != ':' && line.shape.last != ',';
}

bool NamesSection(const Line& line) {
  return IsSectionLike(line) && (line.shape.all_caps || IsPhrase(Phrase::kSection, line.key));
}

class Finder {
 public:
  Finder(const std::vector<Line>& lines, const Block& block) : lines_(lines), block_(block) {}

  std::variant<Story, MissingPart> Find() {
    first_prose_ = FirstProse();
    if (first_prose_ == block_.end) return MissingPart::kBody;
    const std::optional<std::size_t> headline = FindHeadline();
    if (!headline.has_value())
      return OpensLikeAHeadline() ? MissingPart::kShorterHeadline : MissingPart::kHeadline;
    story_.headline = *headline;
    if (first_prose_ <= *headline) first_prose_ = *headline + 1;
    body_end_ = FindBodyEnd();
    FindSection();
    FindByline();
    FindDates();
    FindCredit();
    FindViews();
    GatherBody();
    WarnOfTextLeftOut();
    int letters = 0;
    for (const std::size_t i : story_.body) letters += lines_[i].shape.letters;
    if (letters < kBodyLettersMin) return MissingPart::kBody;
    return std::move(story_);
  }

 private:
  const Line* At(std::size_t i) const { return i < lines_.size() ? &lines_[i] : nullptr; }

  // The first paragraph of the body; any sentence when there is no paragraph.
  std::size_t FirstProse() const {
    for (const int wanted : {2, 1}) {
      for (std::size_t i = block_.first; i < block_.end; ++i) {
        if (lines_[i].kind == LineKind::kText && lines_[i].prose >= wanted) return i;
      }
    }
    return block_.end;
  }

  // --- the headline ---------------------------------------------------------------------------

  // How many short lines stand together around `i`: three and more are a menu.
  int MenuRun(std::size_t i) const {
    int run = 0;
    for (std::size_t k = i + 1; k-- > 0 && run < 3 && IsSectionLike(lines_[k]);) {
      ++run;
      if (lines_[k].after_blank) break;
    }
    for (std::size_t k = i + 1;
         k < lines_.size() && run < 3 && IsSectionLike(lines_[k]) && !lines_[k].after_blank; ++k) {
      ++run;
    }
    return run;
  }

  int HeadlineScore(std::size_t i, int text_lines_between) const {
    const Line& line = lines_[i];
    const TextShape& shape = line.shape;
    int score = shape.words >= 4 ? 4 : shape.words == 3 ? 2 : shape.words == 2 ? 0 : -4;
    if (shape.letters > kHeadlineLettersMax) score -= 12;
    if (shape.last == '.' || shape.last == 0x0589 || shape.last == ',' || shape.last == ':' ||
        shape.last == ';')
      score -= 3;
    const Line* next = At(i + 1);
    if (line.after_blank && (next == nullptr || next->after_blank || IsFact(*next))) score += 3;
    for (std::size_t k = i + 1; k <= i + 2 && k < lines_.size(); ++k) {
      if (IsFact(lines_[k])) {
        score += 4;
        break;
      }
    }
    for (std::size_t k = i; k-- > 0 && i - k <= 2;) {
      if (IsFact(lines_[k])) {
        score += 2;
        break;
      }
    }
    if (i > 0 && NamesSection(lines_[i - 1])) ++score;
    if (NamesSection(line) && shape.words <= 2) score -= 6;
    if (IsSectionLike(line) && MenuRun(i) >= 3) score -= 4;
    // The line above looks like a headline too, and nothing stands between: this one is its deck.
    if (i > 0 && lines_[i - 1].kind == LineKind::kText && lines_[i - 1].shape.words >= 4 &&
        lines_[i - 1].prose == 0)
      score -= 3;
    return score - std::min(text_lines_between, 6);
  }

  std::optional<std::size_t> FindHeadline() const {
    std::optional<std::size_t> best;
    int best_score = kHeadlineScoreMin - 1;
    int between = 0;
    for (std::size_t i = first_prose_; i-- > 0 && first_prose_ - i <= kHeadWindow;) {
      if (lines_[i].kind == LineKind::kEnds && best.has_value()) break;
      if (lines_[i].kind != LineKind::kText) continue;
      const int score = HeadlineScore(i, between++);
      if (score > best_score) {
        best = i;
        best_score = score;
      }
    }
    if (best.has_value()) return best;
    // Nothing above: the body's own first line may be a long headline or a question.
    if (OpensLikeAHeadline() && lines_[first_prose_].shape.letters <= kHeadlineLettersMax)
      return first_prose_;
    return std::nullopt;
  }

  // The body's first line stands apart and is no sentence, however long it is.
  bool OpensLikeAHeadline() const {
    const Line& first = lines_[first_prose_];
    const Line* next = At(first_prose_ + 1);
    const bool no_full_stop = first.shape.last != '.' && first.shape.last != 0x0589;
    return no_full_stop && next != nullptr &&
           (IsFact(*next) ||
            (next->after_blank && next->kind == LineKind::kText && next->prose > 0));
  }

  // --- where the body ends --------------------------------------------------------------------

  int ProseLines(std::size_t from, std::size_t to) const {
    int count = 0;
    for (std::size_t i = from; i < to; ++i)
      count += lines_[i].kind == LineKind::kText && lines_[i].prose == 2 ? 1 : 0;
    return count;
  }

  // Behind the last line that is part of the story: before a closing byline, and without the short
  // lines (a credit, the name of the next section) that follow the last sentence.
  std::size_t FindBodyEnd() {
    std::size_t end = block_.end;
    int prose_behind = 0;
    bool byline_on_top = false;
    for (std::size_t i = story_.headline + 1; i < first_prose_; ++i) {
      byline_on_top = byline_on_top || lines_[i].kind == LineKind::kByline;
    }
    for (std::size_t i = block_.end; i-- > first_prose_ + 1;) {
      if (lines_[i].kind == LineKind::kByline && prose_behind < 2 &&
          !(byline_on_top && lines_[i].bare_byline && prose_behind > 0)) {
        closing_byline_ = i;
        end = i;
        prose_behind = 0;
      }
      if (lines_[i].prose == 2) ++prose_behind;
    }
    while (end > first_prose_ && !ClosesStory(end - 1)) --end;
    return end;
  }

  static bool IsBullet(const Line& line) {
    static constexpr std::string_view kBullets[] = {"- ",      "* ",      "\u2022 ", "\u25AA ",
                                                    "\u25CF ", "\u25E6 ", "> "};
    return std::any_of(std::begin(kBullets), std::end(kBullets),
                       [&](std::string_view bullet) { return line.text.starts_with(bullet); });
  }

  bool ClosesStory(std::size_t i) const {
    const Line& line = lines_[i];
    if (line.kind != LineKind::kText) return false;
    return line.prose > 0 || line.shape.ends_sentence || IsBullet(line);
  }

  // --- section --------------------------------------------------------------------------------

  void FindSection() {
    for (std::size_t i = first_prose_; i-- > 0 && first_prose_ - i <= kHeadWindow;) {
      if (lines_[i].kind == LineKind::kSection) {
        story_.section = lines_[i].value;
        return;
      }
    }
    std::size_t seen = 0;
    for (std::size_t i = story_.headline; i-- > 0 && seen < kSectionWindow; ++seen) {
      if (lines_[i].kind == LineKind::kEnds) break;
      if (NamesSection(lines_[i]) && MenuRun(i) < 3) {
        TakeSection(i);
        return;
      }
    }
    for (std::size_t i = story_.headline + 1; i < first_prose_; ++i) {
      if (NamesSection(lines_[i])) {
        TakeSection(i);
        return;
      }
    }
  }

  void TakeSection(std::size_t i) {
    story_.section = lines_[i].text;
    section_line_ = i;
  }

  // --- byline ---------------------------------------------------------------------------------

  void FindByline() {
    for (std::size_t i = story_.headline + 1; i < first_prose_; ++i) {
      if (lines_[i].kind == LineKind::kByline) {
        story_.byline = lines_[i].value;
        return;
      }
    }
    if (closing_byline_.has_value()) {
      story_.byline = lines_[*closing_byline_].value;
      return;
    }
    // A byline below what ends the body ("Views: 323", then "By …"), or right above the headline.
    for (std::size_t i = body_end_; i < std::min(body_end_ + kTailWindow, lines_.size()); ++i) {
      if (lines_[i].kind == LineKind::kEnds) break;
      if (lines_[i].kind == LineKind::kByline) {
        story_.byline = lines_[i].value;
        return;
      }
    }
    for (std::size_t i = story_.headline; i-- > 0 && story_.headline - i <= 3;) {
      if (lines_[i].kind == LineKind::kByline) {
        story_.byline = lines_[i].value;
        return;
      }
    }
    // A name alone beside the date.
    for (std::size_t i = story_.headline + 1; i < first_prose_; ++i) {
      const bool beside = IsDateLine(i - 1) || IsDateLine(i + 1);
      if (lines_[i].kind == LineKind::kText && beside && i != section_line_ &&
          !NamesSection(lines_[i]) && LooksLikeName(lines_[i].text)) {
        story_.byline = lines_[i].text;
        name_line_ = i;
        story_.warnings.push_back("the byline is a name beside the date that nothing marks as one");
        return;
      }
    }
  }

  bool IsDateLine(std::size_t i) const {
    return i < lines_.size() &&
           (lines_[i].kind == LineKind::kDate || lines_[i].kind == LineKind::kTime);
  }

  // --- dates ----------------------------------------------------------------------------------

  // The date of line `i`, with the time of the line beside it when it has none of its own.
  DateLine DateAt(std::size_t i) const {
    DateLine date = *lines_[i].date;
    if (date.has_time) return date;
    for (const std::size_t beside : {i + 1, i - 1}) {
      if (beside >= lines_.size() || lines_[beside].kind != LineKind::kTime) continue;
      const ClockTime& clock = *lines_[beside].time;
      date.time.civil += clock.hour * 3600 + clock.minute * 60 + clock.second;
      date.has_time = true;
      break;
    }
    return date;
  }

  void TakeDate(std::size_t i) {
    if (lines_[i].kind != LineKind::kDate) return;
    std::optional<DateLine>& slot = lines_[i].date->is_update ? story_.updated : story_.published;
    if (!slot.has_value()) slot = DateAt(i);
  }

  void FindDates() {
    for (std::size_t i = story_.headline + 1; i < first_prose_; ++i) TakeDate(i);
    for (std::size_t i = story_.headline; i-- > 0 && story_.headline - i <= kDateAbove;) {
      if (lines_[i].kind == LineKind::kEnds) break;
      TakeDate(i);
    }
    for (std::size_t i = body_end_; i < std::min(body_end_ + kTailWindow, lines_.size()); ++i) {
      if (lines_[i].kind == LineKind::kEnds) break;
      TakeDate(i);
    }
    if (!story_.published.has_value()) {
      story_.warnings.push_back("no date of publication was found");
      return;
    }
    if (!story_.published->has_time)
      story_.warnings.push_back("the date of publication has no time of the day");
    if (story_.published->ambiguous)
      story_.warnings.push_back("the date was read as day/month/year; it may be month/day/year");
  }

  // --- below the body -------------------------------------------------------------------------

  void FindCredit() {
    for (std::size_t i = body_end_; i < std::min(body_end_ + 4, lines_.size()); ++i) {
      const Line& line = lines_[i];
      if (line.kind == LineKind::kText && line.shape.words <= 4 &&
          line.text.find(' ') == std::string::npos && FindHost(line.text) == line.text) {
        story_.credit = line.text;
        return;
      }
    }
  }

  void FindViews() {
    const auto take = [this](std::size_t i) {
      if (lines_[i].kind != LineKind::kViews) return false;
      story_.printed_views = lines_[i].views;
      if (lines_[i].views_rounded)
        story_.warnings.push_back("the printed count of views is rounded");
      return true;
    };
    for (std::size_t i = body_end_; i < std::min(body_end_ + kTailWindow, lines_.size()); ++i) {
      if (lines_[i].kind == LineKind::kEnds) break;
      if (take(i)) return;
    }
    for (std::size_t i = story_.headline + 1; i < first_prose_; ++i) {
      if (take(i)) return;
    }
    for (std::size_t i = story_.headline; i-- > 0 && story_.headline - i <= kDateAbove;) {
      if (take(i)) return;
    }
  }

  void GatherBody() {
    const std::string& headline = lines_[story_.headline].key;
    for (std::size_t i = story_.headline + 1; i < body_end_; ++i) {
      const Line& line = lines_[i];
      // A date within the body heads a part of a chronicle; a byline there is a subhead that looks
      // like one.
      const bool part_of_body =
          i > first_prose_ && (line.kind == LineKind::kDate || line.kind == LineKind::kByline);
      if (line.kind != LineKind::kText && !part_of_body) continue;
      if (i == section_line_ || i == name_line_ || (!headline.empty() && line.key == headline))
        continue;
      const bool label = line.prose == 0 && line.shape.words < kDeckWordsMin;
      if (i < block_.first && label) continue;
      if (i < first_prose_ && NamesSection(line)) continue;
      story_.body.push_back(i);
    }
  }

  // Much prose below the body is most often another story; where it is not, a person should know.
  void WarnOfTextLeftOut() {
    int letters = 0;
    int paragraphs = 0;
    for (std::size_t i = block_.end; i < lines_.size(); ++i) {
      if (lines_[i].kind != LineKind::kText || lines_[i].prose < 2) continue;
      letters += lines_[i].shape.letters;
      ++paragraphs;
    }
    if (paragraphs < 3 || letters < kLeftOutLettersMin) return;
    story_.warnings.push_back(
        fmt::format("{} paragraphs below the line \"{}\" were left out", paragraphs,
                    lines_[block_.end].key.substr(0, lines_[block_.end].key.find(' ', 40))));
  }

  const std::vector<Line>& lines_;
  const Block& block_;
  Story story_;
  std::size_t first_prose_ = 0;
  std::size_t body_end_ = 0;
  std::optional<std::size_t> closing_byline_;
  std::optional<std::size_t> section_line_;
  std::optional<std::size_t> name_line_;
};

}  // namespace

std::variant<Story, MissingPart> FindStory(const std::vector<Line>& lines, const Block& block) {
  return Finder(lines, block).Find();
}

}  // namespace telex::ingestion::page
