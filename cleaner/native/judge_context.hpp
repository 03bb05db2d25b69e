// What the lines around one say: neighbours' scores, sums over a few lines, stretches, the rest of the document. As
// cleaner/learned/context.py.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "judge_linear.hpp"
#include "judge_places.hpp"

namespace cleaner::judge {

// The columns of a line about one linear score.
struct Around {
    std::int32_t score;
    std::int32_t above1, below1, above2, below2, above3, below3;  // scores so many lines from here
    std::int32_t sum_above2, sum_below2, sum_above4, sum_below4, sum_above8, sum_below8;  // of so many lines
    std::int32_t rest, before, mean;
    std::int32_t least_below, most_below, most_above;
    std::int32_t run1000, cut1000, run2000, cut2000, run3000, cut3000;
};

using AroundMember = std::int32_t Around::*;

// The kinds of scores: the main one has every column, the others fewer.
enum class Company { kWide, kNarrow, kNarrowWithRegions };

// The kind of the score of a name.
Company company_of(std::string_view score);

// Finds a column by what follows the score's name in its name; null if there is none for such scores.
AroundMember find_context_column(std::string_view suffix, Company company);

// Computes everything around the scores of one kind.
class Context {
  public:
    // Writes the columns about the lines' scores of a number into their rows, of `columns` entries.
    void write(const std::vector<UnitScores>& lines, std::size_t number, Company company, const Places<Around>& places,
               std::int32_t* rows, std::size_t columns);

  private:
    static constexpr std::size_t kBars = 3;

    // What is known of the lines below one, and of itself, for one bar.
    struct Below {
        std::int64_t highest, lowest;
    };

    void sum_up(const std::vector<UnitScores>& lines, std::size_t number);
    bool are_small(std::size_t count) const;
    template <bool AreSmall>
    void write_rows(std::size_t count, Company company, const Places<Around>& places, std::int32_t* rows,
                    std::size_t columns);
    template <bool AreSmall>
    void write_near(std::size_t i, std::size_t count, bool wide, Around& line) const;
    template <bool AreSmall>
    void write_regions(std::size_t i, std::array<Below, kBars>& below, Around& line) const;

    std::vector<std::int64_t> scores_;
    std::vector<std::int64_t> sums_;  // of the scores above each line, and of all
    std::vector<std::int64_t> most_above_;
    std::vector<std::array<std::int64_t, kBars>> lowest_above_;  // of the sums with each bar
    std::int64_t most_ = 0;                                      // the largest score, without its sign
};

}  // namespace cleaner::judge
