// Units that were read before, with what does not depend on where they stand. A document is read again after something
// was removed from it, and most of its units are the same then.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "judge_columns.hpp"
#include "judge_grams.hpp"
#include "judge_letters.hpp"
#include "judge_linear.hpp"
#include "tally.hpp"

namespace cleaner::judge {

class KnownUnits {
  public:
    // What is known of a unit; its words lie in memory that the next `keep` may move.
    struct Unit {
        const Token* tokens;
        std::size_t count;
        Shape shape;
        UnitScores scores;
    };

    // Finds a stretch of a text; false if it is not known.
    bool find(const Text& text, std::size_t start, std::size_t end, Unit& unit);

    // Keeps the stretch that was not found by the last `find`. All others are forgotten if they take too much memory.
    void keep(const Unit& unit);

  private:
    // So many bytes of texts, so many words and so many units are kept: a few megabytes in all.
    static constexpr std::size_t kMostBytes = std::size_t{1} << 20;
    static constexpr std::size_t kMostTokens = std::size_t{1} << 17;
    static constexpr std::size_t kMostUnits = std::size_t{1} << 13;

    struct Kept {
        std::size_t text, bytes;
        std::size_t tokens, count;
        int width;
        Shape shape;
        UnitScores scores;
    };

    bool is_full(std::size_t tokens) const;
    void forget_all();

    std::vector<unsigned char> texts_;
    std::vector<Token> tokens_;
    std::vector<Kept> units_;
    Tally<Numbered> by_key_;
    // The stretch that was looked for last.
    const unsigned char* sought_ = nullptr;
    std::size_t bytes_ = 0;
    int width_ = 0;
    std::uint64_t key_ = 0;
};

}  // namespace cleaner::judge
