// Gradient-boosted trees over integer columns, as cleaner/learned/forest.py.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cleaner::judge {

// The arrays of a model's forest, borrowed.
struct ForestArrays {
    const std::int32_t* roots;
    std::size_t trees;
    const std::int16_t* columns;
    const std::int32_t* thresholds;
    const std::int32_t* left;
    const std::int32_t* values;
    std::size_t nodes;
    int depth;
};

// After so many trees, a row whose score is at most `hopeless` is given up.
struct Stage {
    std::size_t trees;
    std::int64_t hopeless;
};

class Forest {
  public:
    // `kind_of` tells the kind of each column of rows, a number below `kinds`. Throws std::invalid_argument if these
    // are no trees, or larger than any that training gives.
    Forest(const ForestArrays& arrays, std::vector<Stage> stages, const std::vector<std::uint32_t>& kind_of,
           std::size_t kinds);

    std::size_t columns() const { return columns_; }
    std::size_t kinds() const { return kinds_; }

    // Writes the score of each of some rows, in thousandths of a logit; that of the first trees if they give it up.
    void score(const std::int32_t* rows, std::size_t count, std::int64_t* scores) const;

    // Writes how far each kind of column moved each row's score, in thousandths of a logit.
    void share(const std::int32_t* rows, std::size_t count, std::int64_t* shares) const;

  private:
    // A row goes on at `step` nodes from here, or at the one behind that if its column is above the threshold. The
    // step of a leaf is none, and nothing is above its threshold. Columns and thresholds are raised by 2^31 and are
    // compared without sign: so a comparison's carry goes right into the sum, and nothing branches.
    struct Node {
        std::uint32_t threshold;
        std::uint16_t column;
        std::uint16_t step;
    };
    // A row goes through so many trees side by side, so that none waits for another.
    static constexpr std::size_t kAbreast = 8;

    void add_node(const ForestArrays& arrays, std::size_t i);
    void add_shares(std::size_t node, std::uint32_t kind, std::vector<int>& levels);
    std::vector<std::uint32_t> raised(const std::int32_t* rows, std::size_t count) const;
    template <class Take>
    void walk(const std::uint32_t* row, std::size_t first, std::size_t end, Take take) const;
    void add_sums(const std::vector<std::uint32_t>& raised, const std::vector<std::size_t>& numbers, std::size_t first,
                  std::size_t end, std::int64_t* scores) const;

    std::size_t columns_;
    std::size_t kinds_;
    std::vector<std::uint32_t> roots_;
    std::vector<Node> nodes_;
    std::vector<std::int32_t> values_;  // of each node, its mean output in thousandths of a logit
    std::vector<std::int32_t> shares_;  // of each node, how far each kind moves a row on the way from the root to it
    std::vector<Stage> stages_;
    int depth_;
};

}  // namespace cleaner::judge
