#include "judge_context.hpp"

#include <algorithm>

#include "reuse.hpp"

namespace cleaner::judge {

namespace {

// The score of lines that the document does not have.
constexpr std::int64_t kOutside = -9000;
// A line counts as boilerplate from minus the bar on.
constexpr std::array<std::int64_t, 3> kBarValues = {1000, 2000, 3000};
constexpr std::string_view kMain = "text";
constexpr std::string_view kOptional = "optional";

struct NamedMember {
    std::string_view suffix;
    AroundMember member;
};

// For every score.
constexpr NamedMember kNarrowColumns[] = {
    {"", &Around::score},
    {"-1", &Around::above1},
    {"+1", &Around::below1},
    {"above4", &Around::sum_above4},
    {"below4", &Around::sum_below4},
    {"rest", &Around::rest},
    {"before", &Around::before},
};
// For the main score.
constexpr NamedMember kWideColumns[] = {
    {"-2", &Around::above2},
    {"+2", &Around::below2},
    {"-3", &Around::above3},
    {"+3", &Around::below3},
    {"above2", &Around::sum_above2},
    {"below2", &Around::sum_below2},
    {"above8", &Around::sum_above8},
    {"below8", &Around::sum_below8},
    {"mean", &Around::mean},
    {"least_below", &Around::least_below},
    {"most_below", &Around::most_below},
    {"most_above", &Around::most_above},
};
// For the scores of what comes in stretches.
constexpr NamedMember kRegionColumns[] = {
    {"run1000", &Around::run1000}, {"run2000", &Around::run2000}, {"run3000", &Around::run3000},
    {"cut1000", &Around::cut1000}, {"cut2000", &Around::cut2000}, {"cut3000", &Around::cut3000},
};

template <std::size_t Count>
AroundMember find(const NamedMember (&columns)[Count], std::string_view suffix) {
    for (const NamedMember& some : columns) {
        if (some.suffix == suffix) {
            return some.member;
        }
    }
    return nullptr;
}

// The mean of scores, rounded down as Python's division does; of none it is their sum.
std::int64_t mean(std::int64_t sum, std::size_t count) {
    const auto by = static_cast<std::int64_t>(std::max<std::size_t>(count, 1));
    return sum / by - (sum % by < 0);
}

}  // namespace

Company company_of(std::string_view score) {
    if (score == kMain) {
        return Company::kWide;
    }
    return score == kOptional ? Company::kNarrow : Company::kNarrowWithRegions;
}

AroundMember find_context_column(std::string_view suffix, Company company) {
    AroundMember found = find(kNarrowColumns, suffix);
    if (!found && company == Company::kWide) {
        found = find(kWideColumns, suffix);
    }
    if (!found && company != Company::kNarrow) {
        found = find(kRegionColumns, suffix);
    }
    return found;
}

void Context::write(const std::vector<UnitScores>& lines, std::size_t number, Company company,
                    const Places<Around>& places, std::int32_t* rows, std::size_t columns) {
    const std::size_t count = lines.size();
    sum_up(lines, number);
    if (are_small(count)) {
        write_rows<true>(count, company, places, rows, columns);
    } else {
        write_rows<false>(count, company, places, rows, columns);
    }
}

// Collects what is known of the lines above each.
void Context::sum_up(const std::vector<UnitScores>& lines, std::size_t number) {
    const std::size_t count = lines.size();
    forget(scores_);
    forget(sums_);
    forget(most_above_);
    forget(lowest_above_);
    scores_.resize(count);
    sums_.resize(count + 1);
    most_above_.resize(count);
    lowest_above_.resize(count);
    std::int64_t sum = 0, most = kOutside;
    std::array<std::int64_t, kBars> lowest{};
    most_ = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t score = scores_[i] = lines[i][number];
        for (std::size_t bar = 0; bar < kBars; ++bar) {
            lowest[bar] = std::min(lowest[bar], sum + static_cast<std::int64_t>(i) * kBarValues[bar]);
        }
        lowest_above_[i] = lowest;
        most_above_[i] = most;
        most = i == 0 ? score : std::max(most, score);
        most_ = std::max(most_, score < 0 ? -score : score);
        sums_[i] = sum;
        sum += score;
    }
    sums_[count] = sum;
}

// Whether no sum of the lines' scores leaves the range of columns, bars and distances from one included.
bool Context::are_small(std::size_t count) const {
    const auto most_each = kFarthest / 2 / static_cast<std::int64_t>(count + 1);
    return most_ <= most_each - 2 * kBarValues[kBars - 1];
}

// A value as a column; those of small scores are in its range.
template <bool AreSmall>
static std::int32_t column_of(std::int64_t value) {
    return AreSmall ? static_cast<std::int32_t>(value) : clipped(value);
}

template <bool AreSmall>
void Context::write_rows(std::size_t count, Company company, const Places<Around>& places, std::int32_t* rows,
                         std::size_t columns) {
    const bool wide = company == Company::kWide, regions = company != Company::kNarrow;
    const auto column = column_of<AreSmall>;
    Around line{};
    std::array<Below, kBars> below;
    for (std::size_t bar = 0; bar < kBars; ++bar) {
        const std::int64_t sum = sums_[count] + static_cast<std::int64_t>(count) * kBarValues[bar];
        below[bar] = {sum, sum};
    }
    std::int64_t most = kOutside, least = -kOutside;  // of the lines below
    line.mean = column(mean(sums_[count], count));
    for (std::size_t i = count; i-- > 0;) {
        write_near<AreSmall>(i, count, wide, line);
        if (wide) {
            const bool is_last = i + 1 == count;
            line.most_above = column(most_above_[i]);
            line.most_below = column(most);
            line.least_below = column(least);
            most = is_last ? scores_[i] : std::max(most, scores_[i]);
            least = is_last ? scores_[i] : std::min(least, scores_[i]);
        }
        if (regions) {
            write_regions<AreSmall>(i, below, line);
        }
        places.write(line, rows + i * columns);
    }
}

template <bool AreSmall>
void Context::write_near(std::size_t i, std::size_t count, bool wide, Around& line) const {
    const auto column = column_of<AreSmall>;
    const auto above = [&](std::size_t by) { return column(i >= by ? scores_[i - by] : kOutside); };
    const auto below = [&](std::size_t by) { return column(i + by < count ? scores_[i + by] : kOutside); };
    const auto sum_above = [&](std::size_t width) { return column(sums_[i] - sums_[i - std::min(i, width)]); };
    const auto sum_below = [&](std::size_t width) {
        return column(sums_[std::min(i + 1 + width, count)] - sums_[i + 1]);
    };
    line.score = column(scores_[i]);
    line.above1 = above(1);
    line.below1 = below(1);
    line.sum_above4 = sum_above(4);
    line.sum_below4 = sum_below(4);
    line.rest = column(mean(sums_[count] - sums_[i + 1], count - i - 1));
    line.before = column(mean(sums_[i], i));
    if (wide) {
        line.above2 = above(2);
        line.below2 = below(2);
        line.above3 = above(3);
        line.below3 = below(3);
        line.sum_above2 = sum_above(2);
        line.sum_below2 = sum_below(2);
        line.sum_above8 = sum_above(8);
        line.sum_below8 = sum_below(8);
    }
}

// The largest sum of any run of lines that holds the line, and how much more the lines below the best end of the
// article sum up to if it stands above the line than if it stands below; `regions` in context.py says more.
template <bool AreSmall>
void Context::write_regions(std::size_t i, std::array<Below, kBars>& below, Around& line) const {
    constexpr std::array<AroundMember, kBars> kRuns = {&Around::run1000, &Around::run2000, &Around::run3000};
    constexpr std::array<AroundMember, kBars> kCuts = {&Around::cut1000, &Around::cut2000, &Around::cut3000};
    for (std::size_t bar = 0; bar < kBars; ++bar) {
        const std::int64_t sum = sums_[i + 1] + static_cast<std::int64_t>(i + 1) * kBarValues[bar];
        below[bar].highest = std::max(below[bar].highest, sum);
        below[bar].lowest = std::min(below[bar].lowest, sum);
        line.*kRuns[bar] = column_of<AreSmall>(below[bar].highest - lowest_above_[i][bar]);
        line.*kCuts[bar] = column_of<AreSmall>(below[bar].lowest - lowest_above_[i][bar]);
    }
}

}  // namespace cleaner::judge
