// Linear scores over hashed n-grams: `Weights.scores` in cleaner/learned/weights.py.

#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "judge_grams.hpp"

namespace cleaner::judge {

// The arrays of a model's weights, borrowed: for each of `rows` buckets a weight a score, and squares for all buckets.
struct Weights {
    std::vector<std::string> names;
    const std::int8_t* table;
    std::size_t rows;
    const double* scales;
    const double* biases;
    const std::uint8_t* squares;
};

// Up to 8 * Words - 1 scores. A bucket's weights and the square of its rarity stand side by side in `Words` words, so
// that one look at memory brings all of them, and eight bytes are added up at a time.
template <std::size_t Words>
class LinearScores {
  public:
    static constexpr std::size_t kMost = 8 * Words - 1;

    // Throws std::invalid_argument if there are more scores than kMost, or numbers out of all proportion.
    explicit LinearScores(const Weights& weights)
        : names_(weights.names), factors_(weights.names.size()), rows_(kBuckets * kWidth) {
        const std::size_t count = names_.size();
        if (count == 0 || count > kMost || weights.rows == 0 || kBuckets % weights.rows != 0) {
            throw std::invalid_argument("the linear scores have a form that the core does not know");
        }
        for (std::size_t i = 0; i < count; ++i) {
            factors_[i] = {weights.scales[i], weights.biases[i]};
            // So large a number would not fit when scores are summed up; written so that NaN is refused.
            if (!(std::abs(factors_[i].scale) <= 1e4 && std::abs(factors_[i].bias) <= 1e8)) {
                throw std::invalid_argument("the linear scores have scales or biases that are too large");
            }
        }
        const std::size_t share = kBuckets / weights.rows;
        for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
            const std::int8_t* const some = weights.table + bucket / share * count;
            std::uint8_t* const row = rows_.data() + bucket * kWidth;
            std::transform(some, some + count, row,
                           [](std::int8_t weight) { return static_cast<std::uint8_t>(weight + kShift); });
            row[kMost] = weights.squares[bucket];
        }
    }

    const std::vector<std::string>& names() const { return names_; }

    // Writes the scores of the line that `grams` read last, in thousandths of a logit, in the order of the names; its
    // words are `count` from `tokens` on.
    void score(const Grams& grams, const Token* tokens, std::size_t count, std::int64_t* scores) const {
        Sums sums(rows_.data());
        grams.each_bucket(tokens, count, sums);
        const double length = std::sqrt(static_cast<double>(std::max<std::int64_t>(sums.total[kMost], 1)));
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const std::int64_t sum = sums.total[i] - kShift * sums.buckets;
            const double value = static_cast<double>(sum) * factors_[i].scale / length + factors_[i].bias;
            scores[i] = static_cast<std::int64_t>((value + kNoFractions) - kNoFractions);
        }
    }

  private:
    struct Factor {
        double scale, bias;
    };
    // Weights are stored from 0 to 255, so that sums need no sign.
    static constexpr int kShift = 128;
    // A row in bytes.
    static constexpr std::size_t kWidth = 8 * Words;

    // Numbers of this size have no fractions, so that adding it rounds, to the even one where two are as near; taking
    // it away again is exact. Scores are much smaller.
    static constexpr double kNoFractions = 1.5 * (std::uint64_t{1} << 52);

    // Adds up rows two at a time, their bytes in lanes of two, and those into the total before they are full.
    class Sums {
      public:
        explicit Sums(const std::uint8_t* rows) : rows_(rows) {}

        void take(std::uint32_t bucket) {
            for (std::size_t word = 0; word < Words; ++word) {
                add(word, Pair{word_of(bucket, word), 0});
            }
            ++buckets;
        }

        void take(std::uint32_t first, std::uint32_t second) {
            for (std::size_t word = 0; word < Words; ++word) {
                add(word, Pair{word_of(first, word), word_of(second, word)});
            }
            buckets += 2;
        }

        void rest() {
            for (std::size_t i = 0; i < kWidth; ++i) {
                const std::size_t word = i / 8, lane = i % 8 / 2;
                total[i] += i % 2 ? odd_[word][lane] + odd_[word][4 + lane] : even_[word][lane] + even_[word][4 + lane];
            }
            std::fill(std::begin(even_), std::end(even_), Lanes{});
            std::fill(std::begin(odd_), std::end(odd_), Lanes{});
        }

        std::int64_t total[kWidth] = {};
        std::int64_t buckets = 0;

      private:
        using Pair [[gnu::vector_size(16)]] = std::uint64_t;
        using Lanes [[gnu::vector_size(16)]] = std::uint16_t;
        static_assert(Grams::kMostAtOnce * 255 <= 0xFFFF);

        std::uint64_t word_of(std::uint32_t bucket, std::size_t word) const {
            std::uint64_t result;
            std::memcpy(&result, rows_ + bucket * kWidth + 8 * word, sizeof(result));
            return result;
        }

        void add(std::size_t word, Pair pair) {
            const auto lanes = reinterpret_cast<Lanes>(pair);
            even_[word] += lanes & 0xFF;
            odd_[word] += lanes >> 8;
        }

        const std::uint8_t* rows_;
        Lanes even_[Words] = {};
        Lanes odd_[Words] = {};
    };

    std::vector<std::string> names_;
    std::vector<Factor> factors_;
    std::vector<std::uint8_t> rows_;
};

// The scores of a unit, in the order of their names.
using UnitScores = std::array<std::int64_t, LinearScores<1>::kMost>;

}  // namespace cleaner::judge
