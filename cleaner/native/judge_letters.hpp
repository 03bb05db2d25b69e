// The learned model's view of characters: each folded and with its class, blanks squeezed, the middle of long lines
// left out. As cleaner/learned/alphabet.py and `shown` in grams.py.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cleaner::judge {

// The characters of a Python string, borrowed: `width` bytes each (1, 2 or 4).
struct Text {
    int width;
    const void* data;
    std::size_t length;
};

// The class of a character, as `Kind` in alphabet.py.
enum Kind : std::uint8_t {
    kOther,
    kLower,
    kUpper,
    kLetter,
    kSingle,
    kMark,
    kDigit,
    kBlank,
    kFinal,
    kComma,
    kQuestion,
    kExclamation,
    kColon,
    kQuote,
    kBracket,
    kBar,
    kDash,
    kMoney,
    kAt,
    kBullet,
    kSymbol,
    kEllipsis,
    kCopyright,
    kBreak,
    kKinds
};

// The code points that the tables of an alphabet cover.
constexpr std::size_t kPlane = 1 << 16;
// Of a longer line only so many characters of its beginning and end are looked at.
constexpr std::size_t kLongestBeginning = 700;
constexpr std::size_t kLongestEnd = 200;
constexpr std::size_t kLongestLine = kLongestBeginning + kLongestEnd;
// A line of more characters is cut before its blanks are squeezed.
constexpr std::size_t kLongestUncut = 4 * kLongestLine;

// What a character does to words: it is in one with others, is one by itself, or parts them for Python's str.split().
enum Role : std::uint8_t { kNoRole = 0, kInWord = 1, kOwnWord = 2, kParts = 4 };

// A character: folded, its class, and its role.
struct Letter {
    std::uint16_t folded;
    Kind kind;
    Role role;
};

// One line between two breaks: `letters[0]` and `letters[size + 1]` are the breaks.
struct Letters {
    std::array<Letter, kLongestUncut + 4> letters;
    std::size_t size = 0;
    bool has_own_words = false;  // whether any character of it is a word by itself
};

class Alphabet {
  public:
    // From the tables of a model, of kPlane entries each. Throws std::invalid_argument for classes that are none, and
    // where another character than the line feed is a break.
    Alphabet(const std::uint16_t* folded, const std::uint8_t* kinds);

    // Reads the characters from `start` up to `end`, which lie in the text.
    void read(const Text& text, std::size_t start, std::size_t end, Letters& line) const;

  private:
    template <class Character>
    void read_line(const Character* from, std::size_t length, Letters& line) const;
    template <class Character>
    bool read_even(const Character* from, std::size_t length, Letters& line) const;
    template <class Character>
    void read_uneven(const Character* from, std::size_t length, Letters& line) const;

    std::vector<Letter> table_;  // a line feed is a blank in it, as inside of a line
    Letter break_;
};

}  // namespace cleaner::judge
