// The learned model: from the units of documents to their columns and scores. As cleaner/learned/arithmetic.py does it
// with numpy, to the bit.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "judge_columns.hpp"
#include "judge_context.hpp"
#include "judge_grams.hpp"
#include "judge_known.hpp"
#include "judge_letters.hpp"
#include "judge_linear.hpp"
#include "judge_places.hpp"
#include "judge_trees.hpp"

namespace cleaner::judge {

// A document's text and title, and how many units it has.
struct Source {
    Text text;
    std::optional<Text> title;
    std::size_t units;
};

// What Python says of the units of several documents in a row, an entry a unit; kClaims of `claims`.
struct Units {
    const std::int64_t* starts;  // in the document's text, and the ends lie in it too
    const std::int64_t* ends;
    const std::int64_t* gaps;
    const std::int64_t* indexes;
    const std::int64_t* lefts;
    const std::int64_t* claims;
};

class Model {
  public:
    // `columns` are the names of the forest's columns. Throws std::invalid_argument if the core does not know one.
    Model(Alphabet alphabet, LinearScores<1> scores, LinearScores<2> naming, Forest forest,
          const std::vector<std::string>& columns);

    const Forest& forest() const { return forest_; }

    // Writes the score of each unit, in thousandths of a logit, and its row of columns.
    void read(const std::vector<Source>& sources, const Units& units, std::int64_t* scores, std::int32_t* rows);

    // The category that the words of a unit speak for.
    const std::string& name(const Text& unit);

  private:
    struct PlacedLineColumn {
        LineColumn column;
        std::size_t place;
    };
    struct Score {
        Company company;
        Places<Around> places;
    };

    void place(std::string_view column, std::size_t place);
    void read_document(const Source& source, const Units& units, std::size_t first, std::int32_t* rows);
    void read_unit(const Text& text, std::size_t start, std::size_t end);
    UnitScores read_unknown(const Text& text, std::size_t start, std::size_t end);
    const std::vector<Token>& title_of(const Source& source);
    void write_lines(std::int32_t* rows) const;
    void write_around(std::int32_t* rows);

    Alphabet alphabet_;
    LinearScores<1> scores_;
    LinearScores<2> naming_;
    Forest forest_;
    std::size_t columns_;
    Places<Line> line_places_;
    std::vector<PlacedLineColumn> nearby_columns_;  // of lines above and below
    std::vector<Score> by_score_;

    // What one document needs, kept for the next one's sake.
    Letters letters_;
    Grams grams_;
    Lines lines_;
    KnownUnits known_;
    std::vector<Token> title_;
    std::vector<UnitScores> unit_scores_;
    Context context_;
};

}  // namespace cleaner::judge
