#include "judge_grams.hpp"

namespace cleaner::judge {

namespace {

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;
constexpr std::array<std::uint64_t, 3> kCharacters = {0x2D358DCCAA6C78A5, 0x8BB84B93962EACC9, 0x4B33A62ED433D4A3};

// The number whose product with an odd one is 1 modulo 2^64, by Newton's method: each step doubles the right bits.
constexpr std::uint64_t inverse_of(std::uint64_t odd) {
    std::uint64_t result = odd;  // right in three bits
    for (int step = 0; step < 5; ++step) {
        result *= 2 - odd * result;
    }
    return result;
}
static_assert(inverse_of(kBase) * kBase == 1);

// The number of the lowest bit that is set; one is.
std::size_t lowest_bit(std::uint64_t bits) { return static_cast<std::size_t>(__builtin_ctzll(bits)); }

}  // namespace

Grams::Grams() : sums_{}, edges_{} {
    std::uint64_t power = 1, inverse = 1;
    for (std::size_t i = 0; i < kMost; ++i) {
        powers_[i] = power;
        inverses_[i] = inverse;
        for (std::size_t size = 0; size < kCharacters.size(); ++size) {
            character_factors_[size][i] = inverse * kCharacters[size];
        }
        power *= kBase;
        inverse *= inverse_of(kBase);
    }
}

void Grams::read(const Letters& line, std::vector<Token>& tokens) {
    size_ = line.size + 2;
    const std::size_t count = line.has_own_words ? sum_and_find_all_words(line) : sum_and_find_words(line);
    tokens.resize(tokens.size() + count);
    Token* token = tokens.data() + tokens.size() - count;
    for (std::size_t i = 0; i < count; ++i, ++token) {
        const std::size_t start = edges_[2 * i], end = edges_[2 * i + 1];
        const Letter first = line.letters[start];
        const std::uint64_t hash = stretch(start, end) * hashing::kWord;
        token->hash = hash ^ (hash >> 29);
        token->length = static_cast<std::uint16_t>(end - start);
        token->upper = first.kind == kUpper;
        token->single = first.kind == kSingle;
    }
}

// Sums up the line, notes where words begin and end, and says how many there are. A word that is of several characters
// begins and ends where letters of words and others meet; such places are found 64 at a time.
std::size_t Grams::sum_and_find_words(const Letters& line) {
    std::size_t count = 0;
    std::uint64_t sum = 0, before = 0;  // whether the last character was in a word
    for (std::size_t start = 0; start < size_; start += 64) {
        const std::size_t some = std::min<std::size_t>(size_ - start, 64);
        const Letter* const letters = line.letters.data() + start;
        const std::uint64_t* const powers = powers_.data() + start;
        std::uint64_t* const sums = sums_.data() + start;
        std::uint64_t in_word = 0;  // comes down from the highest bit
        for (std::size_t i = 0; i < some; ++i) {
            sums[i] = sum;
            sum += letters[i].folded * powers[i];
            in_word = in_word >> 1 | std::uint64_t{letters[i].role} << 63;
        }
        in_word >>= 64 - some;
        for (std::uint64_t edges = in_word ^ (in_word << 1 | before); edges != 0; edges &= edges - 1) {
            edges_[count++] = static_cast<std::uint16_t>(start + lowest_bit(edges));
        }
        before = in_word >> 63;
    }
    sums_[size_] = sum;
    return count / 2;  // the last character is a break, so that each word that begins ends
}

// The same where characters may be words by themselves. Places are always written, and kept by moving on: what comes
// next cannot be foreseen, so a branch would cost more.
std::size_t Grams::sum_and_find_all_words(const Letters& line) {
    std::uint64_t sum = 0;
    std::size_t started = 0, ended = 0;
    unsigned before = kNoRole;
    for (std::size_t i = 0; i < size_; ++i) {
        sums_[i] = sum;
        sum += line.letters[i].folded * powers_[i];
        const unsigned role = line.letters[i].role;
        edges_[2 * ended + 1] = static_cast<std::uint16_t>(i);
        ended += (before & ~role & kInWord) != 0 || before == kOwnWord;
        edges_[2 * started] = static_cast<std::uint16_t>(i);
        started += (role & ~before & kInWord) != 0 || role == kOwnWord;
        before = role;
    }
    sums_[size_] = sum;
    return started;
}

}  // namespace cleaner::judge
