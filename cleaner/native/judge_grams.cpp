#include "judge_grams.hpp"

namespace cleaner::judge {

namespace {

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kMix = 0xD6E8FEB86659FD93;
constexpr std::uint64_t kWord = 0xA0761D6478BD642F;
constexpr std::uint64_t kSecond = 0xE7037ED1A0B428DB;
constexpr std::uint64_t kThird = 0x8EBC6AF09C88C6E3;
constexpr std::uint64_t kFirstOfLine = 0x589965CC75374CC3;
constexpr std::uint64_t kLastOfLine = 0x1D8E4E27C47D124F;
constexpr std::size_t kShortest = 3;  // n-grams of characters have 3, 4 and 5
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

std::uint32_t bucket(std::uint64_t hash) {
    return static_cast<std::uint32_t>(((hash ^ (hash >> 32)) * kMix) >> (64 - kBits));
}

std::uint64_t chained(std::uint64_t chain, std::uint64_t hash) { return (chain ^ (chain >> 31)) * kMix + hash; }

}  // namespace

Grams::Grams() : sums_{}, words_{} {
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

void Grams::read(const Letters &line, std::vector<Token> &tokens) {
    size_ = line.size + 2;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size_; ++i) {
        sums_[i] = sum;
        sum += line.letters[i].folded * powers_[i];
    }
    sums_[size_] = sum;
    const std::size_t count = find_words(line);
    tokens.resize(tokens.size() + count);
    Token *token = tokens.data() + tokens.size() - count;
    for (std::size_t i = 0; i < count; ++i, ++token) {
        const Word word = words_[i];
        const Letter first = line.letters[word.start];
        const std::uint64_t hash = stretch(word.start, word.end) * kWord;
        token->hash = hash ^ (hash >> 29);
        token->length = static_cast<std::uint16_t>(word.end - word.start);
        token->upper = first.kind == kUpper;
        token->single = first.kind == kSingle;
    }
}

// Notes where words begin and end, and says how many there are. Places are always written, and kept by moving on: what
// comes next cannot be foreseen, so a branch would cost more.
std::size_t Grams::find_words(const Letters &line) {
    std::size_t started = 0, ended = 0;
    unsigned before = kNoRole;
    for (std::size_t i = 0; i < line.size + 2; ++i) {  // the last is a break, so that each word that begins ends
        const unsigned role = line.letters[i].role;
        words_[ended].end = static_cast<std::uint16_t>(i);
        ended += (before & ~role & kInWord) != 0 || before == kOwnWord;
        words_[started].start = static_cast<std::uint16_t>(i);
        started += (role & ~before & kInWord) != 0 || role == kOwnWord;
        before = role;
    }
    return started;
}

void Grams::buckets(const Token *tokens, std::size_t count, Buckets &buckets) const {
    std::uint32_t *end = buckets.numbers.data();
    const auto add = [&](std::size_t start, std::size_t size) {
        *end++ = bucket((sums_[start + kShortest + size] - sums_[start]) * character_factors_[size][start]);
    };
    std::size_t start = 0;
    for (; start + kShortest + 2 <= size_; ++start) {
        add(start, 0);
        add(start, 1);
        add(start, 2);
    }
    for (; start + kShortest <= size_; ++start) {  // where only shorter ones fit
        for (std::size_t size = 0; start + kShortest + size <= size_; ++size) {
            add(start, size);
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        *end++ = bucket(tokens[i].hash * kMix);
    }
    for (std::size_t i = 0; i + 1 < count; ++i) {
        *end++ = bucket(chained(tokens[i].hash * kSecond, tokens[i + 1].hash) * kSecond);
    }
    for (std::size_t i = 0; i + 2 < count; ++i) {
        const std::uint64_t pair = chained(tokens[i].hash * kThird, tokens[i + 1].hash);
        *end++ = bucket(chained(pair, tokens[i + 2].hash) * kThird);
    }
    if (count > 0) {
        *end++ = bucket(tokens[0].hash * kFirstOfLine);
        *end++ = bucket(tokens[count - 1].hash * kLastOfLine);
    }
    buckets.size = static_cast<std::size_t>(end - buckets.numbers.data());
}

}  // namespace cleaner::judge
