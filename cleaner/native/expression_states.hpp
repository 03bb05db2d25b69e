// The states of one expression, made when a text first leads to them: an automaton in which each character is one look
// into a table (Cox, 2010, "Regular Expression Matching in the Wild").
//
// A state is what came before (nothing, a character of a word, another) and the instructions that are next. What lies
// behind these is found when the next character, or the end, is known, so that no assertion has to wait. A match may
// begin anywhere: the instruction to start with is next in every state, and not written down.
//
// States take a bounded amount of memory. When it is full they are forgotten; a text that fills it again and again is
// searched to its end without keeping states, which is slower, and linear in the text still.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "expression_program.hpp"

namespace cleaner::expression {

class Shelf;
struct Scratch;

// Not safe to be used by several threads at once, nor are two instances: whoever calls holds Python's lock.
class States {
  public:
    // `program` has to live as long; `most_bytes` is what states may take.
    States(const Program& program, std::size_t most_bytes);
    ~States();
    States(const States&) = delete;
    States& operator=(const States&) = delete;

    // Whether a text holds a match.
    template <typename Character>
    bool search(const Character* at, const Character* end);

    // Gives the memory of all states back.
    void forget();

    std::size_t bytes() const { return bytes_; }
    // Instructions that were followed since the beginning; looks into the table are not counted.
    std::uint64_t work() const { return work_; }

  private:
    enum class Before : std::uint8_t { kNothing, kOther, kWord };
    enum class After : std::uint8_t { kEnd, kOther, kWord };
    enum class Outcome : std::uint8_t { kFailed, kMatched, kOpen };

    struct Instruction {
        Operation operation;
        std::int32_t argument;
        std::int32_t next;
    };
    // The instructions that are next are those of `kernels_` from `first` on.
    struct State {
        std::uint32_t first;
        std::uint32_t size;
        Before before;
    };
    // What the beginning of the expression leads to between two characters: sets to read, or a match at once.
    struct Beginning {
        bool known = false;
        bool matched = false;
        std::vector<std::int32_t> reads;
    };
    struct Hash {
        const States* states;
        std::size_t operator()(std::int32_t state) const;
    };
    struct Same {
        const States* states;
        bool operator()(std::int32_t one, std::int32_t other) const;
    };

    void write_out();
    void write_out_up_to(std::int32_t index, const Packed& packed);
    void fill_kinds();
    void find_anchor();

    template <typename Character>
    std::int32_t kind_of(Character character);
    std::int32_t kind_beyond(std::int32_t code);
    After after(std::int32_t kind) const;
    Before before(std::int32_t kind) const;
    static bool holds(Edge edge, Before before, After after);

    template <typename Character>
    bool simulate(std::int32_t row, const Character* at, const Character* end);
    std::int32_t follow(std::int32_t row, std::int32_t kind);
    Outcome step(const std::int32_t* next, std::size_t size, Before before, std::int32_t kind, Scratch& scratch);
    bool close(std::int32_t kind, Before before, After after, Scratch& scratch);
    const Beginning& beginning(Before before, After after, Scratch& scratch);

    void begin();
    std::int32_t row_of(const std::vector<std::int32_t>& next, Before before);
    std::int32_t known_or_new(const std::vector<std::int32_t>& next, Before before);
    void count(std::size_t bytes);

    static constexpr std::size_t kLow = 0x500;  // Latin, Greek and Cyrillic

    // First what each search reads, close together: most are short, and find all this out of the processor's cache.
    // For each state the table has a row with a column a kind, where the row of the state that follows begins.
    std::vector<std::int32_t> table_;
    const std::int32_t columns_;  // of a row in the table
    const std::int32_t end_;      // stands for the end among the kinds
    std::uint64_t forgotten_ = 0;
    std::array<std::uint8_t, kLow> kinds_{};

    const Program& program_;
    const std::size_t most_bytes_;
    const std::shared_ptr<Shelf> shelf_;
    std::vector<Instruction> instructions_;
    std::int32_t stretch_first_ = 0, stretch_last_ = -1, stretch_kind_ = 0;  // the last stretch beyond those
    bool anchored_ = true;

    std::vector<State> states_;
    std::vector<std::int32_t> kernels_;
    std::unordered_set<std::int32_t, Hash, Same> known_;
    std::array<std::array<Beginning, 3>, 3> beginnings_;
    std::size_t bytes_ = 0;
    std::uint64_t work_ = 0;
};

}  // namespace cleaner::expression
