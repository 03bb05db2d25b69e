#include "expression_states.hpp"

#include <algorithm>

namespace cleaner::expression {

namespace {

constexpr std::int32_t kUnknown = -1;
constexpr std::int32_t kFailed = 0;          // the first row; the second stands for a match
constexpr std::uint64_t kMostForgotten = 2;  // in one search
constexpr std::size_t kMostBytesTogether = std::size_t{64} << 20;
constexpr std::size_t kBytesOfState = 64;  // beside its row: the entry among the states, and in the set of those known

// Numbers below a bound, of which each is in it once, in the order of their coming (Briggs and Torczon, 1993).
class SparseSet {
  public:
    void resize(std::size_t bound) {
        if (places_.size() < bound) places_.resize(bound);
    }
    void clear() { members.clear(); }
    bool insert(std::int32_t number) {
        auto& place = places_[static_cast<std::size_t>(number)];
        if (place < members.size() && members[place] == number) return false;
        place = static_cast<std::uint32_t>(members.size());
        members.push_back(number);
        return true;
    }

    std::vector<std::int32_t> members;

  private:
    std::vector<std::uint32_t> places_;
};

}  // namespace

// What one step works in; shared by all expressions of a thread, for it is empty between steps.
struct Scratch {
    SparseSet seen;
    SparseSet next;

    static Scratch& of(std::size_t instructions) {
        thread_local Scratch scratch;
        scratch.seen.resize(instructions);
        scratch.next.resize(instructions);
        return scratch;
    }
};

// All states there are, so that together they take a bounded amount of memory.
class Shelf {
  public:
    static std::shared_ptr<Shelf> only() {
        static const auto shelf = std::make_shared<Shelf>();
        return shelf;
    }
    void add(States* states) { all_.insert(states); }
    void remove(States* states) { all_.erase(states); }
    void shrink(std::size_t bytes) { bytes_ -= bytes; }
    // Counts memory; if it is too much, all but the one that asks forget their states.
    void grow(const States* asking, std::size_t bytes) {
        bytes_ += bytes;
        if (bytes_ <= kMostBytesTogether) return;
        for (States* states : all_) {
            if (states != asking) states->forget();
        }
    }

  private:
    std::unordered_set<States*> all_;
    std::size_t bytes_ = 0;
};

std::size_t States::Hash::operator()(std::int32_t state) const {
    const State& one = states->states_[static_cast<std::size_t>(state)];
    std::uint64_t hash = static_cast<std::uint64_t>(one.before) + 1;
    for (std::uint32_t i = 0; i < one.size; ++i) {
        hash = (hash ^ static_cast<std::uint64_t>(states->kernels_[one.first + i])) * 0x9E3779B97F4A7C15U;
        hash ^= hash >> 29;
    }
    return static_cast<std::size_t>(hash);
}

bool States::Same::operator()(std::int32_t one, std::int32_t other) const {
    const State& a = states->states_[static_cast<std::size_t>(one)];
    const State& b = states->states_[static_cast<std::size_t>(other)];
    const auto* kernels = states->kernels_.data();
    return a.before == b.before &&
           std::equal(kernels + a.first, kernels + a.first + a.size, kernels + b.first, kernels + b.first + b.size);
}

States::States(const Program& program, std::size_t most_bytes)
    : columns_(program.kinds() + 1),
      end_(program.kinds()),
      program_(program),
      most_bytes_(std::min(most_bytes, kMostBytesTogether)),  // rows are numbered by 32 bits
      shelf_(Shelf::only()),
      known_(0, Hash{this}, Same{this}) {
    write_out();
    fill_kinds();
    find_anchor();
    shelf_->add(this);
}

States::~States() {
    forget();
    shelf_->remove(this);
}

void States::forget() {
    std::vector<std::int32_t>().swap(table_);
    std::vector<State>().swap(states_);
    std::vector<std::int32_t>().swap(kernels_);
    known_ = decltype(known_)(0, Hash{this}, Same{this});
    beginnings_ = {};
    shelf_->shrink(bytes_);
    bytes_ = 0;
    ++forgotten_;
}

// Unpacks the program; of each kUpTo it makes a row of kUpTo, which read one character or none.
void States::write_out() {
    const std::int32_t size = program_.instructions();
    instructions_.resize(static_cast<std::size_t>(size));
    for (std::int32_t index = 0; index < size; ++index) {
        const Packed packed = program_.instruction(index);
        instructions_[static_cast<std::size_t>(index)] = {packed.operation, packed.argument, packed.next};
        if (packed.operation == Operation::kUpTo) write_out_up_to(index, packed);
    }
}

void States::write_out_up_to(std::int32_t index, const Packed& packed) {
    // An optional character takes two instructions: one that reads and goes on, and one with the way around.
    std::int32_t shorter = packed.next;
    for (std::int32_t left = packed.count; left > 0; --left) {
        const auto read = static_cast<std::int32_t>(instructions_.size());
        instructions_.push_back({Operation::kChars, packed.argument, shorter});
        const Instruction either{Operation::kEither, read, packed.next};
        if (left == 1) {
            instructions_[static_cast<std::size_t>(index)] = either;
        } else {
            shorter = read + 1;
            instructions_.push_back(either);
        }
    }
}

void States::fill_kinds() {
    const auto low = static_cast<std::int32_t>(kLow);
    for (std::int32_t index = 0; index < program_.cuts() && program_.cut(index) < low; ++index) {
        const bool last = index + 1 == program_.cuts();
        const std::int32_t end = last ? low : std::min(low, program_.cut(index + 1));
        std::fill(kinds_.begin() + program_.cut(index), kinds_.begin() + end,
                  static_cast<std::uint8_t>(program_.kind(index)));
    }
}

// An expression is anchored if nothing can begin behind the first character, whatever stands around.
void States::find_anchor() {
    Scratch& scratch = Scratch::of(instructions_.size());
    scratch.seen.clear();
    scratch.seen.insert(program_.start());
    for (std::size_t i = 0; i < scratch.seen.members.size(); ++i) {
        const Instruction& one = instructions_[static_cast<std::size_t>(scratch.seen.members[i])];
        if (one.operation == Operation::kChars || one.operation == Operation::kMatch) {
            anchored_ = false;
            return;
        }
        const bool closed = one.operation == Operation::kEdge && static_cast<Edge>(one.argument) == Edge::kBegin;
        if (!closed) scratch.seen.insert(one.next);
        if (one.operation == Operation::kEither) scratch.seen.insert(one.argument);
    }
}

template <typename Character>
std::int32_t States::kind_of(Character character) {
    if (sizeof(Character) == 1 || character < kLow) return kinds_[static_cast<std::size_t>(character)];
    const auto code = static_cast<std::int32_t>(std::min<std::uint32_t>(character, 0x10FFFF));
    return stretch_first_ <= code && code <= stretch_last_ ? stretch_kind_ : kind_beyond(code);
}

std::int32_t States::kind_beyond(std::int32_t code) {
    std::int32_t index = 0;
    for (std::int32_t end = program_.cuts(); end - index > 1;) {
        const std::int32_t middle = index + (end - index) / 2;
        (program_.cut(middle) <= code ? index : end) = middle;
    }
    stretch_first_ = program_.cut(index);
    stretch_last_ = index + 1 == program_.cuts() ? 0x10FFFF : program_.cut(index + 1) - 1;
    stretch_kind_ = program_.kind(index);
    return stretch_kind_;
}

States::After States::after(std::int32_t kind) const {
    if (kind == end_) return After::kEnd;
    return program_.has(0, kind) ? After::kWord : After::kOther;
}

States::Before States::before(std::int32_t kind) const {
    return program_.has(0, kind) ? Before::kWord : Before::kOther;
}

bool States::holds(Edge edge, Before before, After after) {
    if (edge == Edge::kBegin) return before == Before::kNothing;
    if (edge == Edge::kEnd) return after == After::kEnd;
    return ((before == Before::kWord) != (after == After::kWord)) == (edge == Edge::kWord);
}

template <typename Character>
bool States::search(const Character* at, const Character* end) {
    if (table_.empty()) begin();
    const std::uint64_t forgotten = forgotten_;
    const std::int32_t* table = table_.data();
    const std::int32_t settled = columns_;  // rows that end a search, and those not known, are up to here
    std::int32_t row = 2 * columns_;
    for (; at != end; ++at) {
        const std::int32_t kind = kind_of(*at);
        const std::int32_t* column = table + kind;  // apart from the row, for which the processor has to wait
        std::int32_t next = column[row];
        if (next <= settled) {
            if (next == kUnknown) {
                next = follow(row, kind);
                table = table_.data();
            }
            if (next <= settled) return next != kFailed;
            if (forgotten_ - forgotten > kMostForgotten) return simulate(next, at + 1, end);
        }
        row = next;
    }
    const std::int32_t last = table[row + end_];
    return (last == kUnknown ? follow(row, end_) : last) != kFailed;
}

// Searches the rest of a text from a state on without keeping the states that come.
template <typename Character>
bool States::simulate(std::int32_t row, const Character* at, const Character* end) {
    const State state = states_[static_cast<std::size_t>(row / columns_)];
    std::vector<std::int32_t> next(kernels_.begin() + state.first, kernels_.begin() + state.first + state.size);
    Before before_this = state.before;
    Scratch& scratch = Scratch::of(instructions_.size());
    for (;; ++at) {
        const std::int32_t kind = at == end ? end_ : kind_of(*at);
        const Outcome outcome = step(next.data(), next.size(), before_this, kind, scratch);
        if (outcome != Outcome::kOpen) return outcome == Outcome::kMatched;
        next.swap(scratch.next.members);
        before_this = before(kind);
    }
}

// Fills one place of the table: the row that a character of this kind, or the end, leads to.
std::int32_t States::follow(std::int32_t row, std::int32_t kind) {
    Scratch& scratch = Scratch::of(instructions_.size());
    const State& state = states_[static_cast<std::size_t>(row / columns_)];
    const std::uint64_t forgotten = forgotten_;
    const Outcome outcome = step(kernels_.data() + state.first, state.size, state.before, kind, scratch);
    std::int32_t next = outcome == Outcome::kFailed ? kFailed : columns_;
    if (outcome == Outcome::kOpen) {
        auto& members = scratch.next.members;
        std::sort(members.begin(), members.end());
        next = row_of(members, before(kind));
    }
    if (forgotten_ == forgotten) table_[static_cast<std::size_t>(row + kind)] = next;
    return next;
}

// One character, or the end, further: what is next then is in `scratch.next`.
States::Outcome States::step(const std::int32_t* next, std::size_t size, Before before, std::int32_t kind,
                             Scratch& scratch) {
    const Beginning& begin = beginning(before, after(kind), scratch);
    scratch.seen.clear();
    scratch.next.clear();
    if (begin.matched) return Outcome::kMatched;
    for (std::size_t i = 0; i < size; ++i) scratch.seen.insert(next[i]);
    if (close(kind, before, after(kind), scratch)) return Outcome::kMatched;
    if (kind == end_) return Outcome::kFailed;
    work_ += begin.reads.size();
    for (const std::int32_t index : begin.reads) {
        const Instruction& one = instructions_[static_cast<std::size_t>(index)];
        if (program_.has(one.argument, kind)) scratch.next.insert(one.next);
    }
    return scratch.next.members.empty() && anchored_ ? Outcome::kFailed : Outcome::kOpen;
}

// Follows all instructions of `scratch.seen` to those that read a character, and reads it, unless `kind` is the end.
// Whether the expression's end was reached.
bool States::close(std::int32_t kind, Before before, After after, Scratch& scratch) {
    for (std::size_t i = 0; i < scratch.seen.members.size(); ++i) {
        const Instruction& one = instructions_[static_cast<std::size_t>(scratch.seen.members[i])];
        ++work_;
        if (one.operation == Operation::kMatch) return true;
        if (one.operation == Operation::kChars) {
            if (kind != end_ && program_.has(one.argument, kind)) scratch.next.insert(one.next);
            continue;
        }
        if (one.operation == Operation::kEdge && !holds(static_cast<Edge>(one.argument), before, after)) continue;
        if (one.operation == Operation::kEither) scratch.seen.insert(one.argument);
        scratch.seen.insert(one.next);
    }
    return false;
}

const States::Beginning& States::beginning(Before before, After after, Scratch& scratch) {
    Beginning& begin = beginnings_[static_cast<std::size_t>(before)][static_cast<std::size_t>(after)];
    if (begin.known) return begin;
    scratch.seen.clear();
    scratch.seen.insert(program_.start());
    begin.known = true;
    begin.matched = close(end_, before, after, scratch);
    for (const std::int32_t index : scratch.seen.members) {
        const bool reads = instructions_[static_cast<std::size_t>(index)].operation == Operation::kChars;
        if (reads) begin.reads.push_back(index);
    }
    begin.reads.shrink_to_fit();
    count(begin.reads.size() * sizeof(std::int32_t));
    return begin;
}

// The first three rows: no match can come, a match was found, the beginning of a text.
void States::begin() {
    states_.assign(2, State{0, 0, Before::kNothing});
    table_.assign(static_cast<std::size_t>(2 * columns_), kFailed);
    known_or_new({}, Before::kNothing);
}

// The row of a state; if memory is full, all others are forgotten before.
std::int32_t States::row_of(const std::vector<std::int32_t>& next, Before before) {
    if (bytes_ > most_bytes_) {
        forget();
        begin();
    }
    return known_or_new(next, before);
}

std::int32_t States::known_or_new(const std::vector<std::int32_t>& next, Before before) {
    const auto state = static_cast<std::int32_t>(states_.size());
    const auto first = static_cast<std::uint32_t>(kernels_.size());
    states_.push_back({first, static_cast<std::uint32_t>(next.size()), before});
    kernels_.insert(kernels_.end(), next.begin(), next.end());
    const auto [known, is_new] = known_.insert(state);
    if (!is_new) {
        states_.pop_back();
        kernels_.resize(first);
        return *known * columns_;
    }
    table_.resize(table_.size() + static_cast<std::size_t>(columns_), kUnknown);
    count(kBytesOfState + (static_cast<std::size_t>(columns_) + next.size()) * sizeof(std::int32_t));
    return state * columns_;
}

void States::count(std::size_t bytes) {
    bytes_ += bytes;
    shelf_->grow(this, bytes);
}

template bool States::search(const std::uint8_t*, const std::uint8_t*);
template bool States::search(const std::uint16_t*, const std::uint16_t*);
template bool States::search(const std::uint32_t*, const std::uint32_t*);
template bool States::search(const char32_t*, const char32_t*);

}  // namespace cleaner::expression
