#include "expression_program.hpp"

#include <stdexcept>
#include <utility>

namespace cleaner::expression {

namespace {

constexpr std::int32_t kFormat = 1;  // FORMAT in cleaner/matching/program.py
constexpr std::int32_t kHeader = 6;
constexpr std::int32_t kMostInstructions = 10'000;  // written out
constexpr std::int32_t kMostKinds = 255;
constexpr std::int32_t kMostCuts = 0x110000;
constexpr std::int32_t kMostSets = 1 << 20;

void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

bool within(std::int32_t number, std::int32_t least, std::int32_t most) { return least <= number && number <= most; }

}  // namespace

Program::Program(std::shared_ptr<const Words> words, std::size_t first, std::size_t size)
    : words_(std::move(words)), first_(first) {
    require(first <= words_->size() && size <= words_->size() - first, "the program is cut off: translate it again");
    read_sizes(size);
    check_instructions();
    check_kinds();
}

Packed Program::instruction(std::int32_t index) const {
    const std::int32_t what = at(kHeader + 2 * index);
    const std::int32_t where = at(kHeader + 2 * index + 1);
    return {static_cast<Operation>(what & 7), what >> 3, where & 0xFFFF, where >> 16};
}

void Program::read_sizes(std::size_t size) {
    require(size >= kHeader && at(0) == kFormat, "no program of this version: translate the expression again");
    instructions_ = at(1), start_ = at(2), cuts_ = at(3), kinds_ = at(4), sets_ = at(5);
    require(within(instructions_, 1, kMostInstructions) && within(start_, 0, instructions_ - 1) &&
                within(cuts_, 1, kMostCuts) && within(kinds_, 1, kMostKinds) && within(sets_, 1, kMostSets),
            "the sizes in the program are wrong: translate the expression again");
    words_of_set_ = (kinds_ + 31) / 32;
    cuts_at_ = kHeader + 2 * instructions_;
    sets_at_ = cuts_at_ + 2 * cuts_;
    require(size == static_cast<std::size_t>(sets_at_ + sets_ * words_of_set_),
            "the program has another size than it says: translate the expression again");
}

void Program::check_instructions() const {
    std::int32_t written_out = 0;
    for (std::int32_t index = 0; index < instructions_; ++index) {
        const auto [operation, argument, next, count] = instruction(index);
        const bool reads = operation == Operation::kChars || operation == Operation::kUpTo;
        const std::int32_t arguments = reads ? sets_ : operation == Operation::kEdge ? 4 : instructions_;
        require(operation <= Operation::kUpTo && within(argument, 0, arguments - 1) && next < instructions_ &&
                    within(count, operation == Operation::kUpTo ? 1 : 0, kMostInstructions),
                "an instruction of the program names what is not there: translate the expression again");
        written_out += operation == Operation::kUpTo ? count : 1;
        require(written_out <= kMostInstructions, "the program is too long: leave the expression to RE2");
    }
}

void Program::check_kinds() const {
    for (std::int32_t index = 0; index < cuts_; ++index) {
        require(index == 0 ? cut(0) == 0 : cut(index - 1) < cut(index), "the cuts of the program do not rise");
        require(within(kind(index), 0, kinds_ - 1), "the program names a kind that is not there");
    }
}

}  // namespace cleaner::expression
