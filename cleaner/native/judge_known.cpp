#include "judge_known.hpp"

#include <algorithm>

namespace cleaner::judge {

bool KnownUnits::find(const Text& text, std::size_t start, std::size_t end, Unit& unit) {
    width_ = text.width;
    const auto width = static_cast<std::size_t>(width_);
    sought_ = static_cast<const unsigned char*>(text.data) + start * width;
    bytes_ = (end - start) * width;
    key_ = key_of(sought_, bytes_, static_cast<std::uint64_t>(width_));
    const Numbered* entry = units_.empty() ? nullptr : by_key_.at(key_);
    if (!entry) {
        return false;
    }
    const Kept& kept = units_[entry->number - 1];
    if (kept.width != width_ || kept.bytes != bytes_ ||
        !std::equal(sought_, sought_ + bytes_, texts_.data() + kept.text)) {
        return false;
    }
    unit = {tokens_.data() + kept.tokens, kept.count, kept.shape, kept.scores};
    return true;
}

void KnownUnits::keep(const Unit& unit) {
    if (bytes_ > kMostBytes / 64) {  // it would push out too many others
        return;
    }
    if (units_.empty() || is_full(unit.count)) {
        forget_all();
    }
    Numbered& entry = by_key_[by_key_.slot_of(key_)];
    if (entry.number != 0) {
        return;
    }
    units_.push_back({texts_.size(), bytes_, tokens_.size(), unit.count, width_, unit.shape, unit.scores});
    texts_.insert(texts_.end(), sought_, sought_ + bytes_);
    tokens_.insert(tokens_.end(), unit.tokens, unit.tokens + unit.count);
    entry.number = static_cast<std::uint32_t>(units_.size());
}

bool KnownUnits::is_full(std::size_t tokens) const {
    return texts_.size() + bytes_ > kMostBytes || tokens_.size() + tokens > kMostTokens || units_.size() == kMostUnits;
}

void KnownUnits::forget_all() {
    texts_.clear();
    tokens_.clear();
    units_.clear();
    by_key_.clear(kMostUnits);
}

}  // namespace cleaner::judge
