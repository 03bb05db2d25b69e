#include "linememory.hpp"

namespace cleaner {

const Looked* LineMemory::find(std::u32string_view line) {
    key_ = key_of(line.data(), line.size() * sizeof(char32_t));
    const Numbered* found = lines_.empty() ? nullptr : by_key_.at(key_);
    if (found == nullptr) return nullptr;
    const Kept& kept = lines_[found->number - 1];
    return std::u32string_view(characters_).substr(kept.start, kept.size) == line ? &kept.looked : nullptr;
}

const Looked& LineMemory::add(std::u32string_view line, Looked looked) {
    const bool full = characters_.size() + line.size() > kMostCharacters || lines_.size() == kMostLines;
    if (lines_.empty() || full) {
        characters_.clear();
        lines_.clear();
        by_key_.clear(kMostLines);
    }
    lines_.push_back({characters_.size(), line.size(), std::move(looked)});
    characters_.append(line);
    // Of two lines with one key the later is found again.
    by_key_[by_key_.slot_of(key_)].number = static_cast<std::uint32_t>(lines_.size());
    return lines_.back().looked;
}

}  // namespace cleaner
