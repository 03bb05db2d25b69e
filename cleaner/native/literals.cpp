#include "literals.hpp"

#include <algorithm>
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

std::uint64_t mask_of(std::size_t size) {
    return packed(std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", std::min<std::size_t>(size, 8)));
}

unsigned log2_above(std::size_t value) {
    unsigned bits = 6;
    while ((std::size_t{1} << bits) < value) ++bits;
    return bits;
}

}  // namespace

Literals::Literals(std::vector<Owned> literals)
    : first_three_(load<std::uint32_t>("\xFF\xFF\xFF\0")),
      gates_(std::size_t{1} << kGateBits),
      shorts_((std::size_t{1} << kShortBits) / 64) {
    std::sort(literals.begin(), literals.end(), [](const Owned& a, const Owned& b) {
        return std::pair(tier_of(a.text.size()), a.text) < std::pair(tier_of(b.text.size()), b.text);
    });
    std::array<std::vector<Entry>, kTiers> entries;
    for (const auto& [text, first, last] : literals) {
        if (text.size() < kWidths.back() || text.find('\0') != std::string_view::npos) {
            throw std::invalid_argument("a literal has two bytes or more, and no zero byte");
        }
        open_gates(text);
        const std::size_t tier = tier_of(text.size());
        const std::uint64_t key = packed(text.substr(0, kWidths[tier]));
        const std::string_view next = text.substr(kWidths[tier]);
        auto& known = entries[tier];
        if (known.empty() || known.back().key != key) {
            known.push_back({key, static_cast<std::uint32_t>(literals_.size()), 0});
        }
        ++known.back().count;
        literals_.push_back({packed(next), mask_of(next.size()), static_cast<std::uint32_t>(bytes_.size()),
                             static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(owners_.size()),
                             static_cast<std::uint32_t>(last - first)});
        bytes_ += text;
        owners_.insert(owners_.end(), first, last);
    }
    for (std::size_t i = 0; i < kTiers; ++i) fill(tiers_[i], kWidths[i], entries[i]);
}

void Literals::open_gates(std::string_view literal) {
    std::array<char, kWidths[0]> first{};  // of a literal that may end sooner
    std::copy_n(literal.begin(), std::min(literal.size(), first.size()), first.begin());
    const char* at = first.data();
    const auto open = [&](std::uint32_t hash) { shorts_[hash >> 6] |= std::uint64_t{1} << (hash & 63); };
    if (literal.size() == 2) {
        for (int third = 0; third < 256; ++third) {
            first[2] = static_cast<char>(third);
            open(first_three(at));
        }
    } else if (literal.size() == 3) {
        open(first_three(at));
    } else if (literal.size() < kWidths[0]) {
        Gate& gate = gates_[gate_of(at)];
        if (literal.size() == 4) gate.four = ~std::uint32_t{0};
        if (literal.size() == 5) gate.four |= std::uint32_t{1} << next_one(at);
        if (literal.size() > 5) gate.six |= std::uint32_t{1} << next_two(at);
    } else {
        gates_[gate_of(at)].eight |= next_four(at);
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
