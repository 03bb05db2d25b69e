// A program: an expression as cleaner/matching/program.py translates it, read and checked.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace cleaner::expression {

// What programs are made of; many of them may stand in one piece of memory.
using Words = std::vector<std::int32_t>;

enum class Operation : std::int32_t { kMatch, kChars, kEither, kEdge, kUpTo };
enum class Edge : std::int32_t { kBegin, kEnd, kWord, kNotWord };

// One instruction, unpacked. `argument` is a set, an edge, or another instruction to go on with.
struct Packed {
    Operation operation;
    std::int32_t argument;
    std::int32_t next;
    std::int32_t count;
};

class Program {
  public:
    // Reads `size` words from `first` on. Throws std::invalid_argument if they are no program: whatever an index in a
    // program names is there then.
    Program(std::shared_ptr<const Words> words, std::size_t first, std::size_t size);

    std::int32_t instructions() const { return instructions_; }
    std::int32_t start() const { return start_; }
    std::int32_t cuts() const { return cuts_; }
    // The number of kinds of characters, at most 255.
    std::int32_t kinds() const { return kinds_; }

    Packed instruction(std::int32_t index) const;
    // Where the stretch begins that has the index, and the kind of its characters.
    std::int32_t cut(std::int32_t index) const { return at(cuts_at_ + index); }
    std::int32_t kind(std::int32_t index) const { return at(cuts_at_ + cuts_ + index); }
    // Whether characters of a kind are in a set; set 0 are the characters of words.
    bool has(std::int32_t set, std::int32_t kind) const {
        const auto bits = static_cast<std::uint32_t>(at(sets_at_ + set * words_of_set_ + kind / 32));
        return (bits >> (kind % 32) & 1U) != 0;
    }

  private:
    std::int32_t at(std::int32_t place) const { return (*words_)[first_ + static_cast<std::size_t>(place)]; }
    void read_sizes(std::size_t size);
    void check_instructions() const;
    void check_kinds() const;

    std::shared_ptr<const Words> words_;
    std::size_t first_;
    std::int32_t instructions_ = 0;
    std::int32_t start_ = 0;
    std::int32_t cuts_ = 0;
    std::int32_t kinds_ = 0;
    std::int32_t sets_ = 0;
    std::int32_t cuts_at_ = 0;
    std::int32_t sets_at_ = 0;
    std::int32_t words_of_set_ = 0;
};

}  // namespace cleaner::expression
