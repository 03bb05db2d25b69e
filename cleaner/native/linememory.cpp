#include "linememory.hpp"

#include <cstring>
#include <random>

namespace cleaner {
namespace {

constexpr std::size_t kCostOfLine = 32;  // characters that a line costs beside its own
constexpr std::size_t kPlaces = 2 * LineMemory::kMost / kCostOfLine;
constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15u;

std::uint64_t load(const char32_t* from) {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

}  // namespace

LineMemory::LineMemory() : seed_(std::random_device{}()), table_(kPlaces, 0) {}

std::uint64_t LineMemory::hash_of(std::u32string_view line) const {
    std::uint64_t hash = seed_ ^ line.size();
    std::size_t at = 0;
    for (; at + 2 <= line.size(); at += 2) {
        hash = (hash ^ load(line.data() + at)) * kOdd;
        hash ^= hash >> 32;
    }
    if (at < line.size()) hash = (hash ^ line[at]) * kOdd;
    return hash ^ hash >> 29;
}

std::size_t LineMemory::place_of(std::u32string_view line, std::uint64_t hash) const {
    std::size_t place = hash & (table_.size() - 1);
    for (; table_[place] != 0; place = (place + 1) & (table_.size() - 1)) {
        const Entry& entry = entries_[table_[place] - 1];
        if (entry.hash == hash && std::u32string_view(characters_).substr(entry.start, entry.size) == line) break;
    }
    return place;
}

const Looked* LineMemory::find(std::u32string_view line) const {
    const std::uint32_t number = table_[place_of(line, hash_of(line))];
    return number == 0 ? nullptr : &entries_[number - 1].looked;
}

const Looked& LineMemory::add(std::u32string_view line, Looked looked) {
    if (characters_.size() + line.size() + kCostOfLine * (entries_.size() + 1) > kMost) forget();
    const std::uint64_t hash = hash_of(line);
    const std::size_t place = place_of(line, hash);
    entries_.push_back({hash, characters_.size(), line.size(), std::move(looked)});
    characters_.append(line);
    table_[place] = static_cast<std::uint32_t>(entries_.size());
    return entries_.back().looked;
}

void LineMemory::forget() {
    characters_.clear();
    entries_.clear();
    table_.assign(kPlaces, 0);
}

}  // namespace cleaner
