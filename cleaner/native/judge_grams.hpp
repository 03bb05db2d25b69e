// The n-grams of a line as numbers: its words, and the buckets that hashed words, word pairs, word triples and n-grams
// of characters fall into. As cleaner/learned/grams.py; all of it is arithmetic modulo 2^64.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "judge_letters.hpp"

namespace cleaner::judge {

// N-grams fall into so many buckets, as a power of two: BITS in table.py.
constexpr int kBits = 18;
constexpr std::size_t kBuckets = std::size_t{1} << kBits;

// A word: the hash of its folded form, its length in characters, whether it begins in upper case, and whether it is one
// character of a script without spaces.
struct Token {
    std::uint64_t hash;
    std::uint32_t slot;  // for those who count words: where this one is counted
    std::uint16_t length;
    bool upper;
    bool single;
};

// The buckets of a line, each as often as an n-gram falls into it.
struct Buckets {
    // N-grams of characters in three sizes; words, pairs and triples; the first and the last word.
    std::array<std::uint32_t, 6 * (kLongestLine + 2) + 2> numbers;
    std::size_t size = 0;
};

// Reads one line at a time. The hash of a stretch is the sum of its characters times the powers of a base, made from
// sums over the line (Karp and Rabin), so that it does not depend on where the stretch stands.
class Grams {
  public:
    Grams();

    // Takes a line in; its words are put behind those in `tokens`.
    void read(const Letters &line, std::vector<Token> &tokens);

    // Replaces `buckets` by those of the line that was read last, whose words are `count` from `tokens` on.
    void buckets(const Token *tokens, std::size_t count, Buckets &buckets) const;

  private:
    static constexpr std::size_t kMost = kLongestLine + 3;  // both breaks, and the sum of all
    using Row = std::array<std::uint64_t, kMost>;

    struct Word {
        std::uint16_t start, end;
    };

    std::size_t find_words(const Letters &line);
    std::uint64_t stretch(std::size_t start, std::size_t end) const {
        return (sums_[end] - sums_[start]) * inverses_[start];
    }

    Row powers_, inverses_;
    std::array<Row, 3> character_factors_;  // the inverses times the factor of each size of n-gram
    Row sums_;
    std::array<Word, kMost> words_;
    std::size_t size_ = 0;  // of the line, both breaks included
};

}  // namespace cleaner::judge
