// From a text to its lines and sentences, as offsets; the rules are those of segment.py and view.py.

#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

namespace cleaner {

// What a line is by its text alone, as bits; facts.py says what they mean.
enum LineFlag : std::uint8_t {
    kBlank = 1,
    kBullet = 2,
    kFinal = 4,
    kTooLong = 8,
    kProse = 16,
    kQuoting = 32,
};

struct Range {
    std::size_t start;
    std::size_t end;

    std::size_t size() const { return end - start; }
};

// A line without its ending, and where the ending ends.
struct LineRange {
    Range span;
    std::size_t end;
};

std::vector<LineRange> split_lines(const std::u32string& text);

// Words between blanks; in scripts written without spaces two characters count as one.
std::size_t count_words(const char32_t* begin, const char32_t* end);

// The flags of a line of so many words, all but kTooLong.
std::uint8_t line_flags(const char32_t* begin, const char32_t* end, std::size_t words);

// Cuts lines into sentences.
class Sentences {
  public:
    explicit Sentences(const std::vector<std::u32string>& abbreviations);

    // The sentences of one line, in offsets into it: together they cover it, each with the blanks that follow it.
    std::vector<Range> of(const char32_t* begin, const char32_t* end) const;

  private:
    bool is_abbreviated(const char32_t* begin, const char32_t* end) const;

    std::unordered_set<std::u32string> abbreviations_;
};

}  // namespace cleaner
