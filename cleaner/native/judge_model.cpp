#include "judge_model.hpp"

#include <stdexcept>
#include <utility>

#include "reuse.hpp"

namespace cleaner::judge {

Model::Model(Alphabet alphabet, LinearScores<1> scores, LinearScores<2> naming, Forest forest,
             const std::vector<std::string>& columns)
    : alphabet_(std::move(alphabet)),
      scores_(std::move(scores)),
      naming_(std::move(naming)),
      forest_(std::move(forest)),
      columns_(columns.size()) {
    if (columns_ != forest_.columns()) {
        throw std::invalid_argument("the forest is for another number of columns");
    }
    for (const std::string& name : scores_.names()) {
        by_score_.push_back({company_of(name), {}});
    }
    for (std::size_t i = 0; i < columns_; ++i) {
        place(columns[i], i);
    }
}

// Notes where the trees want a column.
void Model::place(std::string_view column, std::size_t place) {
    for (std::size_t i = 0; i < by_score_.size(); ++i) {
        const std::string_view name = scores_.names()[i];
        if (column.substr(0, name.size()) != name) {
            continue;
        }
        if (const AroundMember member = find_context_column(column.substr(name.size()), by_score_[i].company)) {
            by_score_[i].places.add(member, place);
            return;
        }
    }
    LineColumn found;
    if (!find_line_column(column, found)) {
        throw std::invalid_argument("the core does not know the column " + std::string(column));
    }
    if (found.by == 0) {
        line_places_.add(found.member, place);
    } else {
        nearby_columns_.push_back({found, place});
    }
}

void Model::read(const std::vector<Source>& sources, const Units& units, std::int64_t* scores, std::int32_t* rows) {
    std::size_t first = 0;
    for (const Source& source : sources) {
        read_document(source, units, first, rows + first * columns_);
        forest_.score(rows + first * columns_, source.units, scores + first);
        first += source.units;
    }
}

void Model::read_document(const Source& source, const Units& units, std::size_t first, std::int32_t* rows) {
    if (source.units == 0) {
        return;
    }
    lines_.clear();
    forget(unit_scores_);
    for (std::size_t i = first; i < first + source.units; ++i) {
        read_unit(source.text, static_cast<std::size_t>(units.starts[i]), static_cast<std::size_t>(units.ends[i]));
        Line& line = lines_.back();
        line.gap = clipped(units.gaps[i]);
        line.unit_index = clipped(units.indexes[i]);
        line.unit_left = clipped(units.lefts[i]);
        for (std::size_t claim = 0; claim < kClaims; ++claim) {
            line.*claim_member(claim) = clipped(units.claims[i * kClaims + claim]);
        }
    }
    lines_.finish(title_of(source));
    write_lines(rows);
    write_around(rows);
}

void Model::read_unit(const Text& text, std::size_t start, std::size_t end) {
    KnownUnits::Unit unit;
    if (known_.find(text, start, end, unit)) {
        lines_.add(unit.shape, unit.tokens, unit.count);
        unit_scores_.push_back(unit.scores);
        return;
    }
    const std::size_t before = lines_.tokens().size();
    unit_scores_.push_back(read_unknown(text, start, end));
    known_.keep({lines_.tokens().data() + before, lines_.tokens().size() - before, lines_.back(), unit_scores_.back()});
}

UnitScores Model::read_unknown(const Text& text, std::size_t start, std::size_t end) {
    std::vector<Token>& tokens = lines_.tokens();
    const std::size_t before = tokens.size();
    UnitScores scores{};
    alphabet_.read(text, start, end, letters_);
    grams_.read(letters_, tokens);
    scores_.score(grams_, tokens.data() + before, tokens.size() - before, scores.data());
    lines_.add(letters_, before);
    return scores;
}

const std::vector<Token>& Model::title_of(const Source& source) {
    title_.clear();
    if (source.title) {
        alphabet_.read(*source.title, 0, source.title->length, letters_);
        grams_.read(letters_, title_);
    }
    return title_;
}

void Model::write_lines(std::int32_t* rows) const {
    const auto count = static_cast<std::ptrdiff_t>(lines_.size());
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        std::int32_t* row = rows + static_cast<std::size_t>(i) * columns_;
        line_places_.write(lines_[static_cast<std::size_t>(i)], row);
        for (const PlacedLineColumn& wanted : nearby_columns_) {
            const std::ptrdiff_t there = i - wanted.column.by;
            const bool inside = there >= 0 && there < count;
            row[wanted.place] =
                inside ? lines_[static_cast<std::size_t>(there)].*wanted.column.member : wanted.column.outside;
        }
    }
}

void Model::write_around(std::int32_t* rows) {
    for (std::size_t i = 0; i < by_score_.size(); ++i) {
        context_.write(unit_scores_, i, by_score_[i].company, by_score_[i].places, rows, columns_);
    }
}

const std::string& Model::name(const Text& unit) {
    std::vector<Token>& tokens = title_;
    tokens.clear();
    alphabet_.read(unit, 0, unit.length, letters_);
    grams_.read(letters_, tokens);
    std::vector<std::int64_t> scores(naming_.names().size());
    naming_.score(grams_, tokens.data(), tokens.size(), scores.data());
    std::size_t best = 0;
    for (std::size_t i = 1; i < scores.size(); ++i) {
        // Of equal scores the last name's in the alphabet wins.
        if (scores[i] > scores[best] || (scores[i] == scores[best] && naming_.names()[i] > naming_.names()[best])) {
            best = i;
        }
    }
    return naming_.names()[best];
}

}  // namespace cleaner::judge
