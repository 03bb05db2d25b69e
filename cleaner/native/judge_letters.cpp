#include "judge_letters.hpp"

#include <Python.h>

#include <algorithm>
#include <stdexcept>
#include <type_traits>

namespace cleaner::judge {

namespace {

// Stands for every character outside the plane: emoji, mostly.
constexpr std::size_t kBeyond = 0x2603;

template <class Character>
std::size_t place_of(Character character) {
    if constexpr (sizeof(Character) > 2) {
        return character < kPlane ? character : kBeyond;
    } else {
        return character;
    }
}

// Writes letters one after the other, of blanks in a row only the first, and none at the beginning.
struct Squeezer {
    Letter* end;
    bool after_blank = true;

    void take(Letter letter) {
        // Always written, and kept by moving on: where words end cannot be foreseen, so a branch would cost more.
        *end = letter;
        const bool blank = letter.role == kParts;
        end += !(blank && after_blank);
        after_blank = blank;
    }
};

Role role_of(Kind kind) {
    switch (kind) {
        case kLower:
        case kUpper:
        case kLetter:
        case kMark:
        case kDigit:
            return kInWord;
        case kSingle:
            return kOwnWord;
        default:
            return kNoRole;
    }
}

}  // namespace

Alphabet::Alphabet(const std::uint16_t* folded, const std::uint8_t* kinds)
    : table_(kPlane), break_{folded['\n'], kBreak, kNoRole} {
    for (std::size_t code = 0; code < kPlane; ++code) {
        if (kinds[code] >= kKinds || (kinds[code] == kBreak) != (code == '\n')) {
            throw std::invalid_argument("the alphabet has classes of characters that the core does not know");
        }
        const auto kind = static_cast<Kind>(kinds[code]);
        table_[code] = {folded[code], kind, role_of(kind)};
    }
    const Letter space = {folded[' '], static_cast<Kind>(kinds[' ']), kParts};
    // No character outside the plane is a blank for Python.
    for (std::size_t code = 0; code < kPlane; ++code) {
        if (Py_UNICODE_ISSPACE(static_cast<Py_UCS4>(code))) {
            table_[code] = space;
        }
    }
}

void Alphabet::read(const Text& text, std::size_t start, std::size_t end, Letters& line) const {
    const std::size_t length = end - start;
    if (text.width == 1) {
        read_line(static_cast<const std::uint8_t*>(text.data) + start, length, line);
    } else if (text.width == 2) {
        read_line(static_cast<const std::uint16_t*>(text.data) + start, length, line);
    } else {
        read_line(static_cast<const std::uint32_t*>(text.data) + start, length, line);
    }
}

template <class Character>
void Alphabet::read_line(const Character* from, std::size_t length, Letters& line) const {
    if (length > kLongestLine || !read_even(from, length, line)) {
        read_uneven(from, length, line);
    }
    line.letters[0] = line.letters[line.size + 1] = break_;
}

// Reads a line that is short and has no blanks in a row, as most are: no letter depends on those before it then. False
// if there are blanks to be squeezed.
template <class Character>
bool Alphabet::read_even(const Character* from, std::size_t length, Letters& line) const {
    Letter* const first = line.letters.data() + 1;
    unsigned before = kParts, in_a_row = 0, any = 0;
    for (std::size_t i = 0; i < length; ++i) {
        const Letter letter = table_[place_of(from[i])];
        first[i] = letter;
        in_a_row |= letter.role & before;
        any |= letter.role;
        before = letter.role;
    }
    line.size = length - (length > 0 && before == kParts);
    line.has_own_words = (any & kOwnWord) != 0;
    return (in_a_row & kParts) == 0;
}

template <class Character>
void Alphabet::read_uneven(const Character* from, std::size_t length, Letters& line) const {
    Letter* const first = line.letters.data() + 1;
    Squeezer squeezer{first};
    const auto take = [&](const Character* some, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            squeezer.take(table_[place_of(some[i])]);
        }
    };
    if (length > kLongestUncut) {
        take(from, 2 * kLongestBeginning);
        squeezer.take(table_[' ']);
        take(from + length - 2 * kLongestEnd, 2 * kLongestEnd);
    } else {
        take(from, length);
    }
    std::size_t size = static_cast<std::size_t>(squeezer.end - first);
    size -= size > 0 && squeezer.after_blank;
    if (size > kLongestLine) {
        std::copy(first + size - kLongestEnd, first + size, first + kLongestBeginning);
        size = kLongestLine;
    }
    line.size = size;
    line.has_own_words = std::any_of(first, first + size, [](const Letter& letter) { return letter.role == kOwnWord; });
}

}  // namespace cleaner::judge
