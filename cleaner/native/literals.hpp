// Finds many literals in one pass over bytes.
//
// Literals are told apart by their first eight, four, three or two bytes, as many as they have. At every place of the text
// the bytes that follow are looked up in a bitmap that fits a cache (a Bloom filter, 1970, with one hash, as Wu and
// Manber, 1994, look blocks up); the few places that pass go to a table of the literals that begin so. Nothing depends
// on the place before, so the processor looks at several places at a time, which it cannot in an automaton.

#pragma once

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

    // Literals are byte strings of two bytes or more, without zero bytes; each has a list of owners. Throws
    // std::invalid_argument for others.
    Literals(const std::vector<std::string>& literals, const std::vector<std::vector<std::int32_t>>& owners);

    // Calls `take(last, owner)` for every owner of every literal wherever the text holds it, `last` being the place of
    // its last byte. The text is padded with `kPadding` zero bytes that do not belong to it.
    template <typename Take>
    void scan(std::string_view text, Take&& take) const {
        for (std::size_t at = 0; at < text.size(); ++at) {
            const std::uint64_t next = load(text.data() + at);
            for (const Tier& tier : tiers_) {
                const std::uint64_t key = next & tier.mask;
                const std::uint64_t hash = mixed(key);
                if (tier.may_hold(hash)) look_up(tier, key, hash, text, at, take);
            }
        }
    }

  private:
    static constexpr std::size_t kTiers = 4;

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
        unsigned bitmap_shift = 0;
        unsigned table_shift = 0;
        std::vector<std::uint64_t> bitmap;
        std::vector<Entry> table;

        bool may_hold(std::uint64_t hash) const {
            const std::uint64_t bit = hash >> bitmap_shift;
            return (bitmap[bit >> 6] >> (bit & 63)) & 1;
        }
    };

    static std::uint64_t load(const char* from) {
        std::uint64_t value;
        std::memcpy(&value, from, sizeof value);
        return value;
    }

    static std::uint64_t mixed(std::uint64_t key) { return key * 0x9E3779B97F4A7C15u; }

    // Whether the text holds what a literal has behind its first bytes.
    bool holds_rest(const Literal& one, std::string_view text, std::size_t at, std::size_t first) const {
        return one.size <= text.size() - at &&
               std::memcmp(bytes_.data() + one.text + first, text.data() + at + first, one.size - first) == 0;
    }

    template <typename Take>
    void look_up(const Tier& tier, std::uint64_t key, std::uint64_t hash, std::string_view text, std::size_t at,
                 Take&& take) const {
        for (std::size_t place = hash >> tier.table_shift;; place = (place + 1) & (tier.table.size() - 1)) {
            const Entry& entry = tier.table[place];
            if (entry.count == 0) return;
            if (entry.key != key) continue;
            for (std::uint32_t i = entry.first; i < entry.first + entry.count; ++i) {
                const Literal& one = literals_[i];
                if (((load(text.data() + at + tier.width) ^ one.next) & one.mask) != 0) continue;
                if (one.size > tier.width + sizeof one.next && !holds_rest(one, text, at, tier.width + sizeof one.next)) {
                    continue;
                }
                const std::size_t last = at + one.size - 1;
                for (std::uint32_t k = one.owners; k < one.owners + one.count; ++k) take(last, owners_[k]);
            }
            return;
        }
    }

    void fill(Tier& tier, std::size_t width, const std::vector<Entry>& entries);

    std::array<Tier, kTiers> tiers_;
    std::vector<Literal> literals_;
    std::vector<std::int32_t> owners_;
    std::string bytes_;
};

}  // namespace cleaner
