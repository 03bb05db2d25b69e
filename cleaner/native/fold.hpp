// Folding (fold.py), a character at a time: Python is asked once about each character that turns up.
//
// A unit as patterns see it, and as it is scanned for their literals (plan.scan_form).

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cleaner {

class Folder {
  public:
    // Gives the folded form of a character; see asking.hpp.
    using Ask = std::function<std::u32string(char32_t)>;

    explicit Folder(Ask ask) : ask_(std::move(ask)), pages_(kPages) {}

    // Calls `take(character, offset)` for every character of the folded text, `offset` being that of its source.
    template <typename Take>
    void fold(const char32_t* begin, const char32_t* end, Take&& take) {
        for (const char32_t* at = begin; at < end; ++at) {
            const auto offset = static_cast<std::uint32_t>(at - begin);
            if (*at < 128) {
                take(*at, offset);
                continue;
            }
            char32_t single;
            for (const char32_t c : folded(*at, single)) take(c, offset);
        }
    }

    // Has Python asked about every character of a text; from then on it is not asked about them again.
    void learn(const std::u32string& text);

    // A text as patterns see it: folded, every run of blanks as one space, none at the ends.
    void squeeze(const char32_t* begin, const char32_t* end, std::u32string& into);

  private:
    static constexpr std::size_t kPages = 0x1100;
    // What stands for one character is that character; anything else is kept apart, from here on up.
    static constexpr char32_t kApart = 0x110000;
    static constexpr char32_t kUnknown = 0xFFFFFFFF;
    using Page = std::array<char32_t, 256>;

    // What a character that was learnt is folded to.
    std::u32string_view folded(char32_t c, char32_t& single) const {
        const char32_t known = (*pages_[c >> 8])[c & 255];
        if (known >= kApart) return apart_[known - kApart];
        single = known;
        return {&single, 1};
    }
    char32_t asked(char32_t c);

    Ask ask_;
    std::vector<std::unique_ptr<Page>> pages_;
    std::deque<std::u32string> apart_;
};

// The blanks that patterns see as a space; the wider ones are folded to a space.
inline bool is_blank(char32_t c) {
    return c == U' ' || c == U'\t' || c == U'\f' || c == U'\v' || (c >= 0x1C && c <= 0x1F);
}

// Makes one space of every run of blanks, and nothing of the one at the beginning.
class BlankRuns {
  public:
    // Whether a character stays; a blank that does has become a space.
    bool keeps(char32_t& c) {
        const bool after_blank = blank_;
        blank_ = is_blank(c);
        if (!blank_) return true;
        c = U' ';
        return !after_blank;
    }

    // What stays without being asked about is no blank.
    void end() { blank_ = false; }

  private:
    bool blank_ = true;
};

// The part of a squeezed text without the bullets, emoji and punctuation around it.
std::u32string_view core_of(std::u32string_view squeezed);

}  // namespace cleaner
