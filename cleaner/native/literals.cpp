#include "literals.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace cleaner {
namespace {

constexpr std::array<std::size_t, 4> kWidths{8, 4, 3, 2};

std::size_t tier_of(std::size_t size) {
    std::size_t tier = 0;
    while (tier + 1 < kWidths.size() && size < kWidths[tier]) ++tier;
    return tier;
}

// Some bytes in the machine's order, the others zero.
std::uint64_t packed(std::string_view bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
    return value;
}

std::uint64_t mask_of(std::size_t size) { return packed(std::string(std::min<std::size_t>(size, 8), '\xFF')); }

unsigned log2_above(std::size_t value) {
    unsigned bits = 6;
    while ((std::size_t{1} << bits) < value) ++bits;
    return bits;
}

}  // namespace

Literals::Literals(const std::vector<std::string>& literals, const std::vector<std::vector<std::int32_t>>& owners)
    : first_three_(load<std::uint32_t>("\xFF\xFF\xFF\0")),
      gates_(std::size_t{1} << kGateBits),
      shorts_((std::size_t{1} << kShortBits) / 64) {
    if (literals.size() != owners.size()) throw std::invalid_argument("each literal needs its owners");
    std::vector<std::size_t> order(literals.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) {
        return std::pair(tier_of(literals[a].size()), std::string_view(literals[a])) <
               std::pair(tier_of(literals[b].size()), std::string_view(literals[b]));
    });
    std::array<std::vector<Entry>, kTiers> entries;
    for (const auto number : order) {
        const std::string& text = literals[number];
        if (text.size() < kWidths.back() || text.find('\0') != std::string::npos) {
            throw std::invalid_argument("a literal has two bytes or more, and no zero byte");
        }
        open_gates(text);
        const std::size_t tier = tier_of(text.size());
        const std::uint64_t key = packed(std::string_view(text).substr(0, kWidths[tier]));
        const std::string_view next = std::string_view(text).substr(kWidths[tier]);
        auto& known = entries[tier];
        if (known.empty() || known.back().key != key) {
            known.push_back({key, static_cast<std::uint32_t>(literals_.size()), 0});
        }
        ++known.back().count;
        literals_.push_back({packed(next), mask_of(next.size()), static_cast<std::uint32_t>(bytes_.size()),
                             static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(owners_.size()),
                             static_cast<std::uint32_t>(owners[number].size())});
        bytes_ += text;
        owners_.insert(owners_.end(), owners[number].begin(), owners[number].end());
    }
    for (std::size_t i = 0; i < kTiers; ++i) fill(tiers_[i], kWidths[i], entries[i]);
}

void Literals::open_gates(const std::string& literal) {
    const auto open = [&](std::uint32_t hash) { shorts_[hash >> 6] |= std::uint64_t{1} << (hash & 63); };
    if (literal.size() == 2) {
        for (int third = 0; third < 256; ++third) open(first_three((literal + static_cast<char>(third) + '\0').data()));
    } else if (literal.size() == 3) {
        open(first_three(literal.data()));
    } else if (literal.size() < kWidths[0]) {
        Gate& gate = gates_[gate_of(literal.data())];
        if (literal.size() == 4) gate.four = ~std::uint32_t{0};
        if (literal.size() == 5) gate.four |= std::uint32_t{1} << next_one(literal.data());
        if (literal.size() > 5) gate.six |= std::uint32_t{1} << next_two(literal.data());
    } else {
        gates_[gate_of(literal.data())].eight |= next_four(literal.data());
    }
}

// The places where a literal may begin. No branch depends on the text, so nothing is mispredicted.
std::size_t Literals::pass(const char* text, std::size_t size, std::array<Passed, kStretch>& passed) const {
    std::size_t count = 0;
    for (std::size_t place = 0; place < size; ++place) {
        const char* at = text + place;
        const Gate& gate = gates_[gate_of(at)];
        const std::uint32_t three = first_three(at);
        const std::uint64_t following = next_four(at);
        const unsigned eight = (gate.eight & following) == following;
        const unsigned four = (gate.four >> next_one(at) | gate.six >> next_two(at)) & 1u;
        const auto fewer = static_cast<unsigned>(shorts_[three >> 6] >> (three & 63)) & 1u;
        const unsigned tiers = eight | four << 1 | fewer << 2 | fewer << 3;
        passed[count] = {static_cast<std::uint16_t>(place), static_cast<std::uint16_t>(tiers)};
        count += tiers != 0;
    }
    return count;
}

// What to look up in a tier's table; the memory that this will need is asked for meanwhile.
std::size_t Literals::seek(std::size_t tier, const char* text, const std::array<Passed, kStretch>& passed,
                           std::size_t count, std::array<Sought, kStretch>& sought) const {
    const Tier& table = tiers_[tier];
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (((passed[i].tiers >> tier) & 1) == 0) continue;
        const std::uint64_t key = load<std::uint64_t>(text + passed[i].place) & table.mask;
        const std::uint64_t slot = mixed(key) >> table.shift;
        __builtin_prefetch(&table.table[slot]);
        sought[found++] = {key, static_cast<std::uint32_t>(slot), passed[i].place};
    }
    return found;
}

void Literals::fill(Tier& tier, std::size_t width, const std::vector<Entry>& entries) {
    tier.width = width;
    tier.mask = mask_of(width);
    const unsigned bits = log2_above(2 * entries.size());
    tier.shift = 64 - bits;
    tier.table.assign(std::size_t{1} << bits, {0, 0, 0});
    for (const Entry& entry : entries) {
        std::size_t place = mixed(entry.key) >> tier.shift;
        while (tier.table[place].count != 0) place = (place + 1) & (tier.table.size() - 1);
        tier.table[place] = entry;
    }
}

}  // namespace cleaner
