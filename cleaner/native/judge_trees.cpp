#include "judge_trees.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace cleaner::judge {

namespace {

constexpr std::int32_t kNeverRight = std::numeric_limits<std::int32_t>::max();

std::uint32_t raised_value(std::int32_t value) { return static_cast<std::uint32_t>(value) + (std::uint32_t{1} << 31); }

// Larger numbers than any that training gives, and small enough that sums along a path stay in 32 bits.
constexpr int kDeepest = 64;
constexpr std::int32_t kMostValue = 1 << 20;

void check(bool good) {
    if (!good) {
        throw std::invalid_argument("the forest has nodes that the core cannot walk through");
    }
}

}  // namespace

Forest::Forest(const ForestArrays& arrays, std::vector<Stage> stages, const std::vector<std::uint32_t>& kind_of,
               std::size_t kinds)
    : columns_(kind_of.size()),
      kinds_(kinds),
      roots_(arrays.roots, arrays.roots + arrays.trees),
      values_(arrays.values, arrays.values + arrays.nodes),
      shares_(arrays.nodes * kinds),
      stages_(std::move(stages)),
      depth_(arrays.depth) {
    check(std::all_of(kind_of.begin(), kind_of.end(), [&](std::uint32_t kind) { return kind < kinds_; }));
    check(depth_ >= 0 && depth_ <= kDeepest);
    std::vector<int> levels(arrays.nodes);  // of those that are children; of roots it is 0
    for (std::size_t i = 0; i < arrays.nodes; ++i) {
        add_node(arrays, i);
        if (nodes_[i].step > 0) {
            add_shares(i, kind_of[nodes_[i].column], levels);
        }
    }
    const auto is_root = [&](std::uint32_t root) { return root < arrays.nodes && levels[root] == 0; };
    check(std::all_of(roots_.begin(), roots_.end(), is_root));
    std::size_t done = 0;
    for (const Stage& stage : stages_) {
        check(stage.trees >= done);
        done = stage.trees;
    }
}

void Forest::add_node(const ForestArrays& arrays, std::size_t i) {
    const std::int64_t step = arrays.left[i] - static_cast<std::int64_t>(i);
    check(step >= 0 && step <= std::numeric_limits<std::uint16_t>::max());
    const bool is_leaf = step == 0;
    check(is_leaf ? arrays.thresholds[i] == kNeverRight : i + static_cast<std::size_t>(step) + 1 < arrays.nodes);
    check(arrays.columns[i] >= 0 && static_cast<std::size_t>(arrays.columns[i]) < columns_);
    check(arrays.values[i] >= -kMostValue && arrays.values[i] <= kMostValue);
    nodes_.push_back({raised_value(arrays.thresholds[i]), static_cast<std::uint16_t>(arrays.columns[i]),
                      static_cast<std::uint16_t>(step)});
}

// Notes the way to a node's children. Parents stand before them, so the way to the node itself is known.
void Forest::add_shares(std::size_t node, std::uint32_t kind, std::vector<int>& levels) {
    const std::size_t left = node + nodes_[node].step;
    for (const std::size_t child : {left, left + 1}) {
        check(levels[child] == 0 && levels[node] < depth_);
        levels[child] = levels[node] + 1;
        std::copy_n(shares_.data() + node * kinds_, kinds_, shares_.data() + child * kinds_);
        shares_[child * kinds_ + kind] += values_[child] - values_[node];
    }
}

void Forest::score(const std::int32_t* rows, std::size_t count, std::int64_t* scores) const {
    const std::vector<std::uint32_t> some = raised(rows, count);
    std::vector<std::size_t> open(count);
    std::iota(open.begin(), open.end(), 0);
    std::fill_n(scores, count, 0);
    std::size_t done = 0;
    for (const Stage& stage : stages_) {
        const std::size_t end = std::min(stage.trees, roots_.size());
        add_sums(some, open, done, end, scores);
        const auto hopeless = [&](std::size_t number) { return scores[number] <= stage.hopeless; };
        open.erase(std::remove_if(open.begin(), open.end(), hopeless), open.end());
        done = end;
    }
    add_sums(some, open, done, roots_.size(), scores);
}

void Forest::share(const std::int32_t* rows, std::size_t count, std::int64_t* shares) const {
    const std::vector<std::uint32_t> some = raised(rows, count);
    std::fill_n(shares, count * kinds_, 0);
    for (std::size_t number = 0; number < count; ++number) {
        std::int64_t* const sums = shares + number * kinds_;
        walk(some.data() + number * columns_, 0, roots_.size(), [&](std::size_t leaf) {
            for (std::size_t kind = 0; kind < kinds_; ++kind) {
                sums[kind] += shares_[leaf * kinds_ + kind];
            }
        });
    }
}

std::vector<std::uint32_t> Forest::raised(const std::int32_t* rows, std::size_t count) const {
    std::vector<std::uint32_t> result(count * columns_);
    std::transform(rows, rows + result.size(), result.begin(), raised_value);
    return result;
}

// Calls `take(leaf)` for the leaf that a row comes to in each of some trees.
template <class Take>
void Forest::walk(const std::uint32_t* row, std::size_t first, std::size_t end, Take take) const {
    const Node* const nodes = nodes_.data();
    for (std::size_t tree = first; tree < end; tree += kAbreast) {
        const std::size_t count = std::min(kAbreast, end - tree);
        std::array<std::size_t, kAbreast> at;
        for (std::size_t i = 0; i < kAbreast; ++i) {  // where trees run out, the last one goes along once more
            at[i] = roots_[tree + std::min(i, count - 1)];
        }
        for (int level = 0; level < depth_; ++level) {
            for (std::size_t i = 0; i < kAbreast; ++i) {
                const Node& here = nodes[at[i]];
                at[i] += here.step + std::size_t{row[here.column] > here.threshold};
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            take(at[i]);
        }
    }
}

// Adds what some trees say of the rows with these numbers to their scores.
void Forest::add_sums(const std::vector<std::uint32_t>& raised, const std::vector<std::size_t>& numbers,
                      std::size_t first, std::size_t end, std::int64_t* scores) const {
    for (const std::size_t number : numbers) {
        std::int64_t sum = 0;
        walk(raised.data() + number * columns_, first, end, [&](std::size_t leaf) { sum += values_[leaf]; });
        scores[number] += sum;
    }
}

}  // namespace cleaner::judge
