// Linear scores over hashed n-grams: `Weights.scores` in cleaner/learned/weights.py.

#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "judge_grams.hpp"

namespace cleaner::judge {

// The arrays of a model's weights, borrowed: for each of `rows` buckets a weight a score, and squares for all buckets.
struct Weights {
    std::vector<std::string> names;
    const std::int8_t *table;
    std::size_t rows;
    const double *scales;
    const double *biases;
    const std::uint8_t *squares;
};

// Up to 8 * Words - 1 scores. A bucket's weights and the square of its rarity stand side by side in `Words` words, so
// that one look at memory brings all of them, and eight bytes are added up at a time.
template <std::size_t Words>
class LinearScores {
  public:
    static constexpr std::size_t kMost = 8 * Words - 1;

    // Throws std::invalid_argument if there are more scores than kMost, or numbers out of all proportion.
    explicit LinearScores(const Weights &weights)
        : names_(weights.names), factors_(weights.names.size()), rows_(kBuckets * Words) {
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
        for (std::size_t i = 0; i < weights.rows; ++i) {
            const Row row = row_of(weights.table + i * count, count);
            for (std::size_t bucket = i * share; bucket < (i + 1) * share; ++bucket) {
                std::copy(row.begin(), row.end(), rows_.begin() + static_cast<std::ptrdiff_t>(bucket * Words));
                put(rows_.data() + bucket * Words, kMost, weights.squares[bucket]);
            }
        }
    }

    const std::vector<std::string> &names() const { return names_; }

    // Writes the scores of a line with these buckets, in thousandths of a logit, in the order of the names.
    void score(const Buckets &buckets, std::int64_t *scores) const {
        std::int64_t sums[8 * Words] = {};
        for (std::size_t start = 0; start < buckets.size; start += kAtATime) {
            add(buckets.numbers.data() + start, std::min(kAtATime, buckets.size - start), sums);
        }
        const double length = std::sqrt(static_cast<double>(std::max<std::int64_t>(sums[kMost], 1)));
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const std::int64_t sum = sums[i] - kShift * static_cast<std::int64_t>(buckets.size);
            const double value = static_cast<double>(sum) * factors_[i].scale / length + factors_[i].bias;
            scores[i] = static_cast<std::int64_t>(std::nearbyint(value));
        }
    }

  private:
    struct Factor {
        double scale, bias;
    };
    // Weights are stored from 0 to 255, so that sums need no sign.
    static constexpr int kShift = 128;
    // So many bytes fit into a sum of two bytes.
    static constexpr std::size_t kAtATime = 256;
    static constexpr std::uint64_t kEvenBytes = 0x00FF00FF00FF00FF;

    using Row = std::array<std::uint64_t, Words>;

    static Row row_of(const std::int8_t *weights, std::size_t count) {
        Row row{};
        for (std::size_t i = 0; i < count; ++i) {
            put(row.data(), i, static_cast<std::uint8_t>(weights[i] + kShift));
        }
        return row;
    }

    static void put(std::uint64_t *row, std::size_t place, std::uint8_t byte) {
        row[place / 8] |= std::uint64_t{byte} << (8 * (place % 8));
    }

    // Adds up to kAtATime buckets to the sums: four bytes of each word at a time, in lanes of two bytes.
    void add(const std::uint32_t *buckets, std::size_t count, std::int64_t *sums) const {
        std::uint64_t even[Words] = {}, odd[Words] = {};
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t *row = rows_.data() + buckets[i] * Words;
            for (std::size_t word = 0; word < Words; ++word) {
                even[word] += row[word] & kEvenBytes;
                odd[word] += (row[word] >> 8) & kEvenBytes;
            }
        }
        for (std::size_t word = 0; word < Words; ++word) {
            for (std::size_t lane = 0; lane < 4; ++lane) {
                sums[8 * word + 2 * lane] += static_cast<std::int64_t>(even[word] >> (16 * lane) & 0xFFFF);
                sums[8 * word + 2 * lane + 1] += static_cast<std::int64_t>(odd[word] >> (16 * lane) & 0xFFFF);
            }
        }
    }

    std::vector<std::string> names_;
    std::vector<Factor> factors_;
    std::vector<std::uint64_t> rows_;
};

}  // namespace cleaner::judge
