// Whether an expression matches anywhere in a short text: the question that is asked of each candidate.
//
// An expression costs next to nothing until it is first searched for; its states are made then, and kept. Not safe to
// be used by several threads at once, nor are two expressions, which share a bound on memory: hold Python's lock.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "expression_program.hpp"
#include "expression_states.hpp"

namespace cleaner {

class Expression {
  public:
    static constexpr std::size_t kMostBytes = std::size_t{2} << 20;

    // `program` as cleaner/matching/program.py makes it; `most_bytes` is what the states may take.
    explicit Expression(expression::Program program, std::size_t most_bytes = kMostBytes);

    // Whether a text matches. Characters are code points, in Latin-1, UCS-2 or UCS-4 as Python keeps strings.
    template <typename Character>
    bool search(const Character* begin, const Character* end) {
        if (!states_) warm_up();
        return states_->search(begin, end);
    }

    // Bytes of the states there are, and instructions followed so far.
    std::size_t bytes() const { return states_ ? states_->bytes() : 0; }
    std::uint64_t work() const { return states_ ? states_->work() : 0; }

  private:
    void warm_up();

    std::unique_ptr<const expression::Program> program_;  // stays where it is when an expression is moved
    std::size_t most_bytes_;
    std::unique_ptr<expression::States> states_;
};

// The expressions of many programs that stand in one piece, as `dump` of cleaner/matching/program.py makes it; nothing
// where one is missing. Throws std::invalid_argument if the piece is damaged.
std::vector<std::unique_ptr<Expression>> expressions(std::shared_ptr<const expression::Words> words);

}  // namespace cleaner
