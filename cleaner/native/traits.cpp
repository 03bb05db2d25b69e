#include "traits.hpp"

#include <algorithm>
#include <stdexcept>

namespace cleaner {
namespace {

// Letters and digits of ASCII in small letters, a blank for the others.
constexpr std::array<std::uint8_t, 128> kPlain = [] {
    std::array<std::uint8_t, 128> result{};
    for (std::size_t c = 0; c < result.size(); ++c) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool large = c >= 'A' && c <= 'Z';
        result[c] = static_cast<std::uint8_t>(kept ? c : large ? c + 32 : ' ');
    }
    return result;
}();

}  // namespace

void Traits::note(Folder& folder, const char32_t* begin, const char32_t* end) {
    if (++now_ == 0) {
        marks_.fill(0);
        now_ = 1;
    }
    std::uint32_t row = (' ' << 8) | ' ';
    const auto come = [&](std::uint32_t plain) {
        row = ((row << 8) | plain) & 0xFFFFFF;
        marks_[slot_of_row(row)] = now_;
    };
    BlankRuns runs;  // the one at the end, which is no part of the unit, only adds a trait
    folder.fold(begin, end, [&](char32_t c, std::uint32_t) {
        if (!runs.keeps(c)) return;
        const bool ascii = c < kCharacters;
        marks_[kRows + (ascii ? c : 0)] = now_;
        come(ascii ? kPlain[c] : ' ');
    });
    come(' ');
    marks_[kRows] = now_;
}

void Conditions::add_choice(const Choice& choice, bool begins_condition) {
    const auto next = static_cast<std::uint32_t>(choices_.size());
    if (begins_condition || conditions_.empty()) conditions_.push_back({next, next});
    choices_.push_back(choice);
    ++conditions_.back().last;
}

void Conditions::add_condition(std::size_t pattern, std::size_t condition, bool begins_way) {
    if (condition >= conditions_.size()) throw std::invalid_argument("there is no such condition");
    Stretch& own = of_pattern_.at(pattern);
    if (begins_way) {
        const auto next = static_cast<std::uint32_t>(ways_.size());
        if (own.first == own.last) own = {next, next};
        if (own.last != next) throw std::invalid_argument("the ways to match a pattern are apart");
        ++own.last;
        const auto none = static_cast<std::uint32_t>(of_way_.size());
        ways_.push_back({none, none});
    }
    if (ways_.empty() || own.last != ways_.size()) throw std::invalid_argument("the conditions of a way are apart");
    of_way_.push_back(static_cast<std::uint32_t>(condition));
    ++ways_.back().last;
}

bool Conditions::allow(std::size_t pattern, const Traits& traits) const {
    const Stretch& own = of_pattern_[pattern];
    return std::any_of(ways_.begin() + own.first, ways_.begin() + own.last,
                       [&](const Stretch& way) { return passable(way, traits); });
}

bool Conditions::passable(const Stretch& way, const Traits& traits) const {
    return std::all_of(of_way_.begin() + way.first, of_way_.begin() + way.last,
                       [&](std::uint32_t condition) { return holds(conditions_[condition], traits); });
}

bool Conditions::holds(const Stretch& condition, const Traits& traits) const {
    return std::any_of(choices_.begin() + condition.first, choices_.begin() + condition.last, [&](const Choice& one) {
        return std::all_of(one.begin(), one.end(), [&](Traits::Slot slot) { return traits.has(slot); });
    });
}

}  // namespace cleaner
