// What is known by 64-bit keys: a hash table with open addressing, whose memory is used again and again.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "reuse.hpp"

namespace cleaner {

// Entries by 64-bit keys. `Entry` is a plain struct; `clear_if(true)` makes it a new one.
template <class Entry>
class Tally {
  public:
    // Forgets everything, and makes room for `most` different keys.
    void clear(std::size_t most) {
        std::size_t bits = 4;
        while ((std::size_t{1} << bits) < 2 * most) {
            ++bits;
        }
        const std::size_t size = std::size_t{1} << bits;
        if (size > slots_.size() || slots_.size() > kKept || round_ == kLastRound) {
            forget(slots_);
            slots_.resize(size);
            round_ = 0;
        }
        ++round_;
        mask_ = size - 1;
        shift_ = 64 - bits;
    }

    // The slot of a key, made if there is none. At most as many keys as room was made for.
    std::uint32_t slot_of(std::uint64_t key) {
        std::size_t place = place_of(key);
        while (true) {
            Slot& slot = slots_[place];
            const bool fresh = slot.round != round_;
            if (fresh | (slot.key == key)) {
                // Written in any case: whether a key is new cannot be foreseen, so a branch would cost more.
                slot.key = key;
                slot.round = round_;
                slot.entry.clear_if(fresh);
                return static_cast<std::uint32_t>(place);
            }
            place = (place + 1) & mask_;
        }
    }

    // Fetches the memory of a key that will be asked for soon.
    void prepare(std::uint64_t key) const { __builtin_prefetch(&slots_[place_of(key)]); }

    // The entry of a key, or null.
    Entry* at(std::uint64_t key) {
        Slot& slot = slots_[find(key)];
        return slot.round == round_ ? &slot.entry : nullptr;
    }

    Entry& operator[](std::uint32_t slot) { return slots_[slot].entry; }
    const Entry& operator[](std::uint32_t slot) const { return slots_[slot].entry; }

  private:
    struct Slot {
        std::uint64_t key = 0;
        std::uint32_t round = 0;  // the clearing that the slot was filled after; others count as empty
        Entry entry{};
    };

    static constexpr std::uint32_t kLastRound = std::numeric_limits<std::uint32_t>::max();

    std::size_t place_of(std::uint64_t key) const { return static_cast<std::size_t>((key * factor_) >> shift_); }

    std::size_t find(std::uint64_t key) const {
        std::size_t place = place_of(key);
        while (slots_[place].round == round_ && slots_[place].key != key) {
            place = (place + 1) & mask_;
        }
        return place;
    }

    std::vector<Slot> slots_;
    std::uint32_t round_ = 0;
    std::size_t mask_ = 0;
    std::size_t shift_ = 0;
    // By chance, so that nobody can write words that all want the same slot; results do not depend on it.
    std::uint64_t factor_ = std::uint64_t{std::random_device{}()} << 32 | std::random_device{}() | 1;
};

// An entry for what is kept elsewhere: its number there, from 1 on.
struct Numbered {
    std::uint32_t number = 0;

    void clear_if(bool fresh) { number = fresh ? 0 : number; }
};

// A key for some bytes. Others may have the same one, so whoever looks them up compares them as well.
inline std::uint64_t key_of(const void* data, std::size_t size, std::uint64_t kind = 0) {
    constexpr std::uint64_t kFactor = 0x9FB21C651E98DF25;
    const auto* bytes = static_cast<const unsigned char*>(data);
    std::uint64_t key = size * 4 + kind, word = 0;
    for (; size >= sizeof(word); size -= sizeof(word), bytes += sizeof(word)) {
        std::memcpy(&word, bytes, sizeof(word));
        key = (key ^ word) * kFactor;
        key ^= key >> 32;
    }
    word = 0;
    if (size > 0) {
        std::memcpy(&word, bytes, size);
    }
    key = (key ^ word) * kFactor;
    return key ^ (key >> 32);
}

}  // namespace cleaner
