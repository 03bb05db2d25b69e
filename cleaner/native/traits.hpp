// What a unit must hold for patterns to match (cleaner/matching/conditions.py): asked before a search, which takes far
// longer.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fold.hpp"

namespace cleaner {

// The traits of a unit: its special characters, and what comes in it as three characters in a row. These are kept in
// fewer slots than there are rows, so a trait may seem to be there that is not, never the other way round.
class Traits {
  public:
    using Slot = std::uint16_t;

    // Notes the traits of a unit, as patterns see it, in place of those of the last one.
    void note(Folder& folder, const char32_t* begin, const char32_t* end);

    bool has(Slot slot) const { return marks_[slot] == now_; }

    // The slot of a trait, whose characters are the bytes of its code; 0 stands for a trait of every unit.
    static Slot slot_of(std::uint32_t code) {
        return static_cast<Slot>(code < kCharacters ? kRows + code : slot_of_row(code));
    }

  private:
    static constexpr int kBits = 12;
    static constexpr std::size_t kRows = std::size_t{1} << kBits;
    static constexpr std::size_t kCharacters = 128;

    static std::uint32_t slot_of_row(std::uint32_t row) { return (row * 0x9E3779B1u) >> (32 - kBits); }

    // Slots that hold the number of the last unit, so that nothing has to be cleared between units.
    std::array<std::uint8_t, kRows + kCharacters> marks_{};
    std::uint8_t now_ = 0;
};

// The ways in which patterns match, each with conditions. Of a condition one choice has to be in a unit, with all its
// traits.
class Conditions {
  public:
    static constexpr std::size_t kTraits = 3;
    using Choice = std::array<Traits::Slot, kTraits>;

    // For so many patterns.
    explicit Conditions(std::size_t patterns) : of_pattern_(patterns) {}

    // Adds a choice to the last condition, or begins one that has the next number.
    void add_choice(const Choice& choice, bool begins_condition);

    // Adds a condition to the last way, or begins one. The ways of a pattern come one after another. Throws
    // std::invalid_argument if they do not, or if there is no such condition.
    void add_condition(std::size_t pattern, std::size_t condition, bool begins_way);

    // Whether anything is known of a pattern.
    bool any(std::size_t pattern) const { return of_pattern_[pattern].first != of_pattern_[pattern].last; }

    // Whether a unit of these traits may match a pattern.
    bool allow(std::size_t pattern, const Traits& traits) const;

  private:
    struct Stretch {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };

    bool passable(const Stretch& way, const Traits& traits) const;
    bool holds(const Stretch& condition, const Traits& traits) const;

    std::vector<Choice> choices_;
    std::vector<Stretch> conditions_;    // stretches of choices
    std::vector<std::uint32_t> of_way_;  // numbers of conditions
    std::vector<Stretch> ways_;          // stretches of these
    std::vector<Stretch> of_pattern_;    // stretches of ways
};

}  // namespace cleaner
