// What a line looks like, where it stands, how it fits its document, and what is claimed about it: integer columns. As
// cleaner/learned/columns.py and evidence.py.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "judge_grams.hpp"
#include "judge_letters.hpp"
#include "tally.hpp"

namespace cleaner::judge {

// The columns of a line, without scores; each member has the name of its column. Shares are per thousand. Members in
// the order of a model's columns are copied side by side.
struct Shape {  // what it looks like, wherever it stands
    std::int32_t characters, words, word_length, upper, upper_words, unspaced, caseless, letters, short_words;
    std::int32_t first, second, last, final, prose;
    std::int32_t finals, commas, questions, exclamations, colons, quotes, brackets, bars, dashs, moneys, ats, bullets;
    std::int32_t symbols, ellipsiss, copyrights, digits;
};
struct Line : Shape {
    // Where it stands.
    std::int32_t lines, document_words, document_prose, document_prose_share, from_start, from_end, place;
    std::int32_t words_before, words_after, prose_before, prose_after, prose_words_after, since_prose, until_prose;
    std::int32_t run, in_run, gap, unit_index, unit_left;
    // How it fits its document.
    std::int32_t shared, shared_prose, names, names_shared, names_shared_prose, longs, in_title, title_words;
    std::int32_t times, again;
    // What rules and structure claim, and how far such claims are.
    std::int32_t claim_rule, claim_run, claim_company, claim_other, claim_count, claim_kept, claim_part;
    std::int32_t claim_part_share, claim_guard, claim_category;
    std::int32_t claim_sure_before, claim_sure_after, claim_since_sure, claim_until_sure;
};

using Member = std::int32_t Line::*;

// A column of the model: a member of the line, or of the one `by` lines above (below, if negative) with `outside` where
// the document has none.
struct LineColumn {
    Member member;
    std::ptrdiff_t by = 0;
    std::int32_t outside = 0;
};

// Finds a column by its name; false if there is none.
bool find_line_column(std::string_view name, LineColumn& column);

// The members that the claims about a line come for, in the order that Python gives them in.
constexpr std::size_t kClaims = 10;
Member claim_member(std::size_t number);

// The lines of one document that are not blank.
class Lines {
  public:
    void clear();

    // The words of all lines so far; those of a line are put here before it is added.
    std::vector<Token>& tokens() { return tokens_; }

    // Puts a line behind the others, with the words from number `first_token` on. Its gap, its place among units and
    // the claims about it are to be set by the caller.
    void add(const Letters& letters, std::size_t first_token);

    // Puts a line behind the others whose shape is known, and that has these words.
    void add(const Shape& shape, const Token* tokens, std::size_t count);

    // The line that was added last.
    Line& back() { return lines_.back(); }

    // Computes what depends on the whole document; `title` holds the words of its title.
    void finish(const std::vector<Token>& title);

    std::size_t size() const { return lines_.size(); }
    const Line& operator[](std::size_t number) const { return lines_[number]; }

  private:
    struct Word {
        // The lines that hold it, and 2^32 times those that are prose: one number, so that it is read as it was
        // written.
        std::uint64_t counts = 0;
        std::uint32_t last = 0;      // line that holds it, counted from 1
        std::uint32_t in_title = 0;  // whether the title holds it

        void clear_if(bool fresh) {
            counts = fresh ? 0 : counts;
            last = fresh ? 0 : last;
            in_title = fresh ? 0 : in_title;
        }
        std::uint32_t lines() const { return static_cast<std::uint32_t>(counts); }
        std::uint32_t prose_lines() const { return static_cast<std::uint32_t>(counts >> 32); }
    };
    struct Wording {
        std::size_t times = 0;

        void clear_if(bool fresh) { times = fresh ? 0 : times; }
    };

    void place();
    void place_runs();
    void place_claims();
    void fit();
    void count_words();
    void find_title(const std::vector<Token>& title);
    void find_repeats();

    std::vector<Line> lines_;
    std::vector<Token> tokens_;
    std::vector<std::size_t> ends_;  // of each line's words among the tokens
    Tally<Word> words_;
    Tally<Wording> wordings_;  // lines by their words in any order
    std::vector<std::uint32_t> wording_of_;
};

}  // namespace cleaner::judge
