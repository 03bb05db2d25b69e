#include "judge_context.hpp"

#include <algorithm>

#include "judge_memory.hpp"

namespace cleaner::judge {

namespace {

// The score of lines that the document does not have.
constexpr std::int64_t kOutside = -9000;
// A line counts as boilerplate from minus the bar on.
struct Bar {
    std::int64_t value;
    AroundMember run, cut;
};
constexpr Bar kBars[] = {
    {1000, &Around::run1000, &Around::cut1000},
    {2000, &Around::run2000, &Around::cut2000},
    {3000, &Around::run3000, &Around::cut3000},
};
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
    {"run1000", &Around::run1000},
    {"run2000", &Around::run2000},
    {"run3000", &Around::run3000},
    {"cut1000", &Around::cut1000},
    {"cut2000", &Around::cut2000},
    {"cut3000", &Around::cut3000},
};

template <std::size_t Count>
AroundMember find(const NamedMember (&columns)[Count], std::string_view suffix) {
    for (const NamedMember &some : columns) {
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

void Context::fill(std::vector<Around> &lines, Company company) {
    sums(lines, company == Company::kWide);
    if (company == Company::kWide) {
        extremes(lines);
    }
    if (company != Company::kNarrow) {
        for (const Bar &bar : kBars) {
            regions(lines, bar.value, bar.run, bar.cut);
        }
    }
}

void Context::sums(std::vector<Around> &lines, bool wide) {
    const std::size_t count = lines.size();
    forget(sums_);
    sums_.resize(count + 1);
    for (std::size_t i = 0; i < count; ++i) {
        sums_[i + 1] = sums_[i] + lines[i].score;
    }
    const auto above = [&](std::size_t i, std::size_t by) { return i >= by ? lines[i - by].score : kOutside; };
    const auto below = [&](std::size_t i, std::size_t by) { return i + by < count ? lines[i + by].score : kOutside; };
    const auto sum_above = [&](std::size_t i, std::size_t width) { return sums_[i] - sums_[i - std::min(i, width)]; };
    const auto sum_below = [&](std::size_t i, std::size_t width) {
        return sums_[std::min(i + 1 + width, count)] - sums_[i + 1];
    };
    const std::int64_t total = sums_[count];
    for (std::size_t i = 0; i < count; ++i) {
        Around &line = lines[i];
        line.above1 = above(i, 1);
        line.below1 = below(i, 1);
        line.sum_above4 = sum_above(i, 4);
        line.sum_below4 = sum_below(i, 4);
        line.rest = mean(total - sums_[i + 1], count - i - 1);
        line.before = mean(sums_[i], i);
        if (wide) {
            line.above2 = above(i, 2);
            line.below2 = below(i, 2);
            line.above3 = above(i, 3);
            line.below3 = below(i, 3);
            line.sum_above2 = sum_above(i, 2);
            line.sum_below2 = sum_below(i, 2);
            line.sum_above8 = sum_above(i, 8);
            line.sum_below8 = sum_below(i, 8);
            line.mean = mean(total, count);
        }
    }
}

void Context::extremes(std::vector<Around> &lines) {
    std::int64_t most = kOutside;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        lines[i].most_above = most;
        most = i == 0 ? lines[i].score : std::max(most, lines[i].score);
    }
    most = kOutside;
    std::int64_t least = -kOutside;
    for (std::size_t i = lines.size(); i-- > 0;) {
        lines[i].most_below = most;
        lines[i].least_below = least;
        const bool is_last = i + 1 == lines.size();
        most = is_last ? lines[i].score : std::max(most, lines[i].score);
        least = is_last ? lines[i].score : std::min(least, lines[i].score);
    }
}

// The largest sum of any run of lines that holds each line, and how much more the lines below the best end of the
// article sum up to if it stands above the line than if it stands below; `regions` in context.py says more.
void Context::regions(std::vector<Around> &lines, std::int64_t bar, AroundMember run, AroundMember cut) {
    const std::size_t count = lines.size();
    forget(lowest_above_);
    lowest_above_.resize(count);
    std::int64_t sum = 0, lowest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        lowest = std::min(lowest, sum);
        lowest_above_[i] = lowest;
        sum += lines[i].score + bar;
    }
    std::int64_t highest_below = sum, lowest_below = sum;
    for (std::size_t i = count; i-- > 0;) {  // `sum` goes down to that above the line
        highest_below = std::max(highest_below, sum);
        lowest_below = std::min(lowest_below, sum);
        sum -= lines[i].score + bar;
        lines[i].*run = highest_below - lowest_above_[i];
        lines[i].*cut = lowest_below - lowest_above_[i];
    }
}

}  // namespace cleaner::judge
