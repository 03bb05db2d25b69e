// Finds many literals in one pass over bytes.
//
// Literals are told apart by their first eight, four, three or two bytes, as many as they have. At every place of the
// text the bytes that follow are looked up in bitmaps that fit a cache (Bloom filters, 1970, with one hash, as Wu and
// Manber, 1994, look blocks up); the few places that pass go to a table of the literals that begin so. Nothing depends
// on the place before, so the processor looks at several places at a time, which it cannot in an automaton.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace cleaner {

class Literals {
  public:
    // What is scanned needs so many zero bytes behind it.
    static constexpr std::size_t kPadding = 16;

    // A literal of two bytes or more, without zero bytes, and the owners from `first` to `last`.
    struct Owned {
        std::string_view text;
        const std::int32_t* first;
        const std::int32_t* last;
    };

    // Throws std::invalid_argument for literals of another kind.
    explicit Literals(std::vector<Owned> literals);

    // Calls `take(last, owner)` for every owner of every literal wherever the text holds it, `last` being the place of
    // its last byte. The text is padded with `kPadding` zero bytes that do not belong to it.
    template <typename Take>
    void scan(std::string_view text, Take&& take) const {
        std::array<Passed, kStretch> passed;
        std::array<Sought, kStretch> sought;
        for (std::size_t first = 0; first < text.size(); first += kStretch) {
            const std::size_t count = pass(text.data() + first, std::min(kStretch, text.size() - first), passed);
            for (std::size_t tier = 0; tier < kTiers; ++tier) {
                const std::size_t found = seek(tier, text.data() + first, passed, count, sought);
                for (std::size_t i = 0; i < found; ++i) look_up(tiers_[tier], sought[i], text, first, take);
            }
        }
    }

  private:
    static constexpr std::size_t kTiers = 4;
    static constexpr std::size_t kStretch = 1024;
    static constexpr unsigned kGateBits = 13;
    static constexpr unsigned kShortBits = 16;

    // A place of a stretch, and the tiers that have literals that may begin there, as bits.
    struct Passed {
        std::uint16_t place;
        std::uint16_t tiers;
    };

    // A place of a stretch, with the key that is sought in a tier's table, and where to begin there.
    struct Sought {
        std::uint64_t key;
        std::uint32_t slot;
        std::uint32_t place;
    };

    // What may follow some first four bytes: in literals of eight bytes or more, two bits by a hash of the next four;
    // in those of six and seven one by the next two, and in those of four and five one by the next.
    struct Gate {
        std::uint64_t eight = 0;
        std::uint32_t six = 0;
        std::uint32_t four = 0;
    };

    // `next` are up to eight bytes behind the key, `mask` those that are there; the others start at `text`.
    struct Literal {
        std::uint64_t next;
        std::uint64_t mask;
        std::uint32_t text;
        std::uint32_t size;
        std::uint32_t owners;
        std::uint32_t count;
    };

    // A key with the literals that begin with it; a count of zero is an empty place.
    struct Entry {
        std::uint64_t key;
        std::uint32_t first;
        std::uint32_t count;
    };

    // The literals that are told apart by so many bytes.
    struct Tier {
        std::size_t width = 0;
        std::uint64_t mask = 0;
        unsigned shift = 0;
        std::vector<Entry> table;
    };

    template <typename Number>
    static Number load(const char* from) {
        Number value;
        std::memcpy(&value, from, sizeof value);
        return value;
    }

    static std::size_t gate_of(const char* at) { return load<std::uint32_t>(at) * 0x9E3779B1u >> (32 - kGateBits); }
    static std::uint64_t next_four(const char* at) {
        const std::uint32_t hash = load<std::uint32_t>(at + 4) * 0x85EBCA77u;
        return std::uint64_t{1} << (hash >> 26) | std::uint64_t{1} << (hash >> 20 & 63);
    }
    static unsigned next_two(const char* at) { return load<std::uint16_t>(at + 4) * 0x85EBCA77u >> 27; }
    static unsigned next_one(const char* at) { return static_cast<unsigned char>(at[4]) & 31u; }
    std::uint32_t first_three(const char* at) const {
        return (load<std::uint32_t>(at) & first_three_) * 0xC2B2AE3Du >> (32 - kShortBits);
    }

    static std::uint64_t mixed(std::uint64_t key) { return key * 0x9E3779B97F4A7C15u; }

    // Whether the text holds what a literal has behind its first bytes.
    bool holds_rest(const Literal& one, std::string_view text, std::size_t at, std::size_t first) const {
        return one.size <= text.size() - at &&
               std::memcmp(bytes_.data() + one.text + first, text.data() + at + first, one.size - first) == 0;
    }

    template <typename Take>
    void look_up(const Tier& tier, const Sought& sought, std::string_view text, std::size_t first, Take&& take) const {
        const std::size_t at = first + sought.place;
        for (std::size_t slot = sought.slot;; slot = (slot + 1) & (tier.table.size() - 1)) {
            const Entry& entry = tier.table[slot];
            if (entry.count == 0) return;
            if (entry.key != sought.key) continue;
            for (std::uint32_t i = entry.first; i < entry.first + entry.count; ++i) {
                const Literal& one = literals_[i];
                if (((load<std::uint64_t>(text.data() + at + tier.width) ^ one.next) & one.mask) != 0) continue;
                if (one.size > tier.width + sizeof one.next &&
                    !holds_rest(one, text, at, tier.width + sizeof one.next)) {
                    continue;
                }
                const std::size_t last = at + one.size - 1;
                for (std::uint32_t k = one.owners; k < one.owners + one.count; ++k) take(last, owners_[k]);
            }
            return;
        }
    }

    std::size_t pass(const char* text, std::size_t size, std::array<Passed, kStretch>& passed) const;
    std::size_t seek(std::size_t tier, const char* text, const std::array<Passed, kStretch>& passed, std::size_t count,
                     std::array<Sought, kStretch>& sought) const;
    void open_gates(std::string_view literal);
    void fill(Tier& tier, std::size_t width, const std::vector<Entry>& entries);

    std::uint32_t first_three_;  // masks three bytes of four, in the machine's order
    std::vector<Gate> gates_;
    std::vector<std::uint64_t> shorts_;  // a bit for the first three bytes of literals with no more

    std::array<Tier, kTiers> tiers_;
    std::vector<Literal> literals_;
    std::vector<std::int32_t> owners_;
    std::string bytes_;
};

}  // namespace cleaner
