// What the lines around one say: neighbours' scores, sums over a few lines, stretches, the rest of the document. As
// cleaner/learned/context.py.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cleaner::judge {

// The columns of a line about one linear score.
struct Around {
    std::int64_t score;
    std::int64_t above1, below1, above2, below2, above3, below3;  // scores so many lines from here
    std::int64_t sum_above2, sum_below2, sum_above4, sum_below4, sum_above8, sum_below8;  // of so many lines
    std::int64_t rest, before, mean;
    std::int64_t least_below, most_below, most_above;
    std::int64_t run1000, cut1000, run2000, cut2000, run3000, cut3000;
};

using AroundMember = std::int64_t Around::*;

// The kinds of scores: the main one has every column, the others fewer.
enum class Company { kWide, kNarrow, kNarrowWithRegions };

// The kind of the score of a name.
Company company_of(std::string_view score);

// Finds a column by what follows the score's name in its name; null if there is none for such scores.
AroundMember find_context_column(std::string_view suffix, Company company);

// Fills in everything around the scores of one document's lines, which stand in their `score`.
class Context {
  public:
    void fill(std::vector<Around> &lines, Company company);

  private:
    void sums(std::vector<Around> &lines, bool wide);
    void extremes(std::vector<Around> &lines);
    void regions(std::vector<Around> &lines, std::int64_t bar, AroundMember run, AroundMember cut);

    std::vector<std::int64_t> sums_;  // of the scores above each line, and of all
    std::vector<std::int64_t> lowest_above_;
};

}  // namespace cleaner::judge
