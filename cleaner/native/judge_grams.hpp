// The n-grams of a line as numbers: its words, and the buckets that hashed words, word pairs, word triples and n-grams
// of characters fall into. As cleaner/learned/grams.py; all of it is arithmetic modulo 2^64.

#pragma once

#include <algorithm>
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

// Reads one line at a time. The hash of a stretch is the sum of its characters times the powers of a base, made from
// sums over the line (Karp and Rabin), so that it does not depend on where the stretch stands.
class Grams {
  public:
    Grams();

    // Takes a line in; its words are put behind those in `tokens`.
    void read(const Letters& line, std::vector<Token>& tokens);

    // Calls `sink.take` with the bucket of each n-gram of the line that was read last, or with two of them at a time,
    // and `sink.rest` after every kMostAtOnce at the latest; the line's words are `count` from `tokens` on. Buckets are
    // used as they are computed: the processor computes the next ones while it waits for the memory of those before.
    // All of it is to be inlined, so that the sink's sums stay in registers.
    template <class Sink>
    [[gnu::always_inline]] inline void each_bucket(const Token* tokens, std::size_t count, Sink& sink) const;

    static constexpr std::size_t kMostAtOnce = 256;

  private:
    static constexpr std::size_t kMost = kLongestLine + 3;  // both breaks, and the sum of all
    using Row = std::array<std::uint64_t, kMost>;

    std::size_t sum_and_find_words(const Letters& line);
    std::size_t sum_and_find_all_words(const Letters& line);
    template <class Sink>
    [[gnu::always_inline]] inline void each_of_characters(Sink& sink) const;
    template <class Sink>
    [[gnu::always_inline]] static inline void each_of_words(const Token* tokens, std::size_t count, Sink& sink);
    std::uint64_t stretch(std::size_t start, std::size_t end) const {
        return (sums_[end] - sums_[start]) * inverses_[start];
    }

    Row powers_, inverses_;
    static constexpr std::size_t kSizes = 3;     // of n-grams of characters
    std::array<Row, kSizes> character_factors_;  // the inverses times the factor of each size of n-gram
    Row sums_;
    std::array<std::uint16_t, 2 * kMost> edges_;  // of each word, where it begins and where it ends
    std::size_t size_ = 0;                        // of the line, both breaks included
};

namespace hashing {

constexpr std::uint64_t kMix = 0xD6E8FEB86659FD93;
constexpr std::uint64_t kWord = 0xA0761D6478BD642F;
constexpr std::uint64_t kSecond = 0xE7037ED1A0B428DB;
constexpr std::uint64_t kThird = 0x8EBC6AF09C88C6E3;
constexpr std::uint64_t kFirstOfLine = 0x589965CC75374CC3;
constexpr std::uint64_t kLastOfLine = 0x1D8E4E27C47D124F;
constexpr std::size_t kShortest = 3;  // n-grams of characters have 3, 4 and 5

inline std::uint32_t bucket(std::uint64_t hash) {
    return static_cast<std::uint32_t>(((hash ^ (hash >> 32)) * kMix) >> (64 - kBits));
}

inline std::uint64_t chained(std::uint64_t chain, std::uint64_t hash) { return (chain ^ (chain >> 31)) * kMix + hash; }

}  // namespace hashing

template <class Sink>
void Grams::each_bucket(const Token* tokens, std::size_t count, Sink& sink) const {
    each_of_characters(sink);
    each_of_words(tokens, count, sink);
}

template <class Sink>
void Grams::each_of_characters(Sink& sink) const {
    using namespace hashing;
    constexpr std::size_t kPlacesAtOnce = kMostAtOnce / 6 * 2;
    const auto at = [&](std::size_t start, std::size_t size) {
        return bucket((sums_[start + kShortest + size] - sums_[start]) * character_factors_[size][start]);
    };
    const std::size_t full = size_ > kShortest + 2 ? size_ - kShortest - 2 : 0;  // n-grams of all sizes begin before
    std::size_t start = 0;
    while (start < full) {
        for (const std::size_t end = std::min(start + kPlacesAtOnce, full); start < end; start += 2) {
            sink.take(at(start, 0), at(start, 1));
            sink.take(at(start, 2), at(start + 1, 0));
            sink.take(at(start + 1, 1), at(start + 1, 2));
        }
        sink.rest();
    }
    for (; start + kShortest <= size_; ++start) {  // where only shorter ones fit
        for (std::size_t size = 0; size < kSizes && start + kShortest + size <= size_; ++size) {
            sink.take(at(start, size));
        }
    }
    sink.rest();
}

template <class Sink>
void Grams::each_of_words(const Token* tokens, std::size_t count, Sink& sink) {
    using namespace hashing;
    constexpr std::size_t kWordsAtOnce = kMostAtOnce / 3;
    if (count == 0) {
        return;
    }
    const std::uint64_t last = tokens[count - 1].hash;
    sink.take(bucket(tokens[0].hash * kFirstOfLine), bucket(last * kLastOfLine));
    sink.take(bucket(last * kMix));
    if (count > 1) {
        const std::uint64_t before = tokens[count - 2].hash;
        sink.take(bucket(before * kMix), bucket(chained(before * kSecond, last) * kSecond));
    }
    sink.rest();
    for (std::size_t i = 0; i + 2 < count;) {
        for (const std::size_t end = std::min(i + kWordsAtOnce, count - 2); i < end; ++i) {
            const std::uint64_t hash = tokens[i].hash, next = tokens[i + 1].hash;
            const std::uint64_t pair = chained(hash * kThird, next);
            sink.take(bucket(hash * kMix), bucket(chained(hash * kSecond, next) * kSecond));
            sink.take(bucket(chained(pair, tokens[i + 2].hash) * kThird));
        }
        sink.rest();
    }
}

}  // namespace cleaner::judge
