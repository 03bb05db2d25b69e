// What is known of lines that were looked at, for those that come again: in the next pass over their document, or on the
// next page of its site. Takes a bounded amount of memory; when it is full, all lines are forgotten.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segment.hpp"

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
    // Characters of lines that are remembered, at four bytes each; a line costs some besides.
    static constexpr std::size_t kMost = std::size_t{1} << 20;

    LineMemory();

    // What is known of a line, or nothing; valid until the next line is added.
    const Looked* find(std::u32string_view line) const;
    // Remembers a line that is not known, and no longer than a quarter of what there is room for.
    const Looked& add(std::u32string_view line, Looked looked);

  private:
    struct Entry {
        std::uint64_t hash;
        std::size_t start;
        std::size_t size;
        Looked looked;
    };

    std::uint64_t hash_of(std::u32string_view line) const;
    // The place in the table of a line, or the empty one where it belongs.
    std::size_t place_of(std::u32string_view line, std::uint64_t hash) const;
    void forget();

    // So that nobody can write lines that all fall into one place.
    std::uint64_t seed_;
    std::u32string characters_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> table_;  // numbers of entries, from 1 on
};

}  // namespace cleaner
