// From a text to the patterns that match its lines and their sentences: one pass for literals, then each candidate's
// expression.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expression.hpp"
#include "fold.hpp"
#include "linememory.hpp"
#include "literals.hpp"
#include "scanform.hpp"
#include "segment.hpp"
#include "traits.hpp"

namespace cleaner {

// Longer units are not matched.
constexpr std::size_t kMaxUnit = 4000;

// How something may begin: a Bloom filter over its first two or three characters, in small letters.
class Beginnings {
  public:
    static constexpr std::size_t kCharacters = 3;

    // Characters that something begins with; zero stands for those that are not known.
    using First = std::array<char32_t, kCharacters>;

    // Anything may come, until something is added; all that is added has characters in as many places.
    void add(const First& first) {
        any_ = false;
        for (std::size_t i = 0; i < kCharacters; ++i) looked_at_[i] = first[i] == 0 ? 0 : ~char32_t{0};
        set(hash(first));
    }

    // Whether what begins so may come; what is shorter than what was added cannot be told apart.
    bool allow(const First& first) const {
        if (any_) return true;
        const std::uint32_t bit = hash(first);
        const bool is_short = ((first[1] == 0) & (looked_at_[1] != 0)) | ((first[2] == 0) & (looked_at_[2] != 0));
        return is_short || ((bits_[bit >> 6] >> (bit & 63)) & 1) != 0;
    }

  private:
    std::uint32_t hash(const First& first) const {
        return (((first[0] & looked_at_[0]) * 0x9E3779B1u) ^ ((first[1] & looked_at_[1]) * 0x85EBCA77u) ^
                ((first[2] & looked_at_[2]) * 0xC2B2AE3Du)) >>
               24;
    }
    void set(std::uint32_t bit) { bits_[bit >> 6] |= std::uint64_t{1} << (bit & 63); }

    std::array<std::uint64_t, 4> bits_{};
    First looked_at_{};
    bool any_ = true;
};

// What has to be known of a pattern besides its literals and its expression.
struct Pattern {
    std::uint32_t least_words;
    std::uint32_t most_words;
    bool by_sentence;
    bool on_core;
    // How a core may begin that the pattern matches.
    Beginnings beginnings;

    bool fits(std::size_t words) const { return least_words <= words && words <= most_words; }
};

// A line, or a sentence of it (an offset into the text), with the patterns that match it, rising.
struct Match {
    std::size_t line;
    Range span;
    std::vector<std::int32_t> patterns;
};

// The lines of a text with what is known of each; matches of lines and of sentences in their order.
struct Observation {
    std::vector<LineRange> lines;
    std::vector<std::uint32_t> words;
    std::vector<std::uint8_t> flags;
    std::vector<Match> matches;
    std::vector<Match> parts;
};

// All patterns of a run. Works in memory of its own, so it serves one thread at a time.
class Matcher {
  public:
    Matcher(Literals literals, std::vector<Pattern> patterns, std::vector<Expression> expressions,
            Conditions conditions, std::vector<std::int32_t> always, Folder& folder, const Sentences& sentences);

    Observation observe(const std::u32string& text);

    // The patterns that match a unit as a whole, whether they are for sentences or not.
    std::vector<std::int32_t> match(const char32_t* begin, const char32_t* end);

    // Every sentence of a line with the patterns that match it: those for sentences, and those for lines that are for
    // lines of so many words as well.
    std::vector<Match> match_sentences(const char32_t* begin, const char32_t* end, std::size_t words);

  private:
    // A pattern of which a literal was found, and the offset in the unit where it was.
    struct Hit {
        std::int32_t pattern;
        std::uint32_t offset;
    };

    const Looked& look(std::u32string_view line);
    Looked looked_at(const char32_t* begin, const char32_t* end);
    void scan(const char32_t* begin, const char32_t* end);
    template <typename Wanted>
    void choose(Wanted&& wanted);
    void find_parts(const char32_t* begin, const char32_t* end, Looked& line);
    std::vector<std::int32_t> confirmed(const char32_t* begin, const char32_t* end);
    void leave_possible(const char32_t* begin, const char32_t* end);
    Beginnings::First first_of_core(const char32_t* begin, const char32_t* end);

    Literals literals_;
    std::vector<Pattern> patterns_;
    std::vector<Expression> expressions_;
    Conditions conditions_;
    std::vector<std::int32_t> always_;
    std::vector<char> by_sentence_;  // as the patterns say; asked for every hit, so they stand together
    Folder& folder_;
    const Sentences& sentences_;

    ScanForm form_;
    std::u32string squeezed_;
    Traits traits_;
    // The number of the last scan that found each pattern.
    std::vector<std::uint32_t> found_in_;
    std::uint32_t scans_ = 0;
    std::vector<std::int32_t> hits_;
    std::vector<Hit> sentence_hits_;
    std::vector<std::int32_t> candidates_;

    LineMemory memory_;
    Looked long_line_;  // the last one that was too long to be remembered
};

}  // namespace cleaner
