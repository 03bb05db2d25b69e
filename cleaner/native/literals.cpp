#include "literals.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace cleaner {
namespace {

constexpr std::array<std::size_t, 4> kWidths{8, 4, 3, 2};
// Bits in a bitmap for each of its keys, so that one place in so many passes by chance.
constexpr std::size_t kBitsForKey = 16;

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

Literals::Literals(const std::vector<std::string>& literals, const std::vector<std::vector<std::int32_t>>& owners) {
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

void Literals::fill(Tier& tier, std::size_t width, const std::vector<Entry>& entries) {
    tier.width = width;
    tier.mask = mask_of(width);
    const unsigned bitmap_bits = log2_above(kBitsForKey * entries.size());
    const unsigned table_bits = log2_above(2 * entries.size());
    tier.bitmap_shift = 64 - bitmap_bits;
    tier.table_shift = 64 - table_bits;
    tier.bitmap.assign((std::size_t{1} << bitmap_bits) / 64, 0);
    tier.table.assign(std::size_t{1} << table_bits, {0, 0, 0});
    for (const Entry& entry : entries) {
        const std::uint64_t hash = mixed(entry.key);
        const std::uint64_t bit = hash >> tier.bitmap_shift;
        tier.bitmap[bit >> 6] |= std::uint64_t{1} << (bit & 63);
        std::size_t place = hash >> tier.table_shift;
        while (tier.table[place].count != 0) place = (place + 1) & (tier.table.size() - 1);
        tier.table[place] = entry;
    }
}

}  // namespace cleaner
