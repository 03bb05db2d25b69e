// What is known of lines that were looked at, for those that come again: in the next pass over their document, or on
// the next page of its site. Takes a bounded amount of memory; when it is full, all lines are forgotten.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segment.hpp"
#include "tally.hpp"

namespace cleaner {

// What is known of a line by its text: with the patterns that match it, and its sentences that patterns match.
struct Looked {
    std::uint32_t words = 0;
    std::uint8_t flags = 0;
    std::vector<std::int32_t> patterns;
    std::vector<std::pair<Range, std::vector<std::int32_t>>> parts;
};

class LineMemory {
  public:
    // So many characters, at four bytes each, and so many lines are remembered.
    static constexpr std::size_t kMostCharacters = std::size_t{1} << 20;
    static constexpr std::size_t kMostLines = std::size_t{1} << 13;

    // What is known of a line, or nothing; valid until the next line is added.
    const Looked* find(std::u32string_view line);
    // Remembers the line that the last `find` did not know, and that is no longer than a quarter of what there is room
    // for.
    const Looked& add(std::u32string_view line, Looked looked);

  private:
    struct Kept {
        std::size_t start;
        std::size_t size;
        Looked looked;
    };

    std::u32string characters_;
    std::vector<Kept> lines_;
    Tally<Numbered> by_key_;
    std::uint64_t key_ = 0;  // of the line that was looked for last
};

}  // namespace cleaner
