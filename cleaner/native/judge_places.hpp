// From a struct to a row of columns: where its members go, and the range that columns are held in.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace cleaner::judge {

// Columns are held between these.
constexpr std::int64_t kFarthest = std::int64_t{1} << 30;

inline std::int32_t clipped(std::int64_t value) {
    return static_cast<std::int32_t>(std::clamp(value, -kFarthest, kFarthest));
}

// The place of a member among those of a struct that holds nothing but columns.
template <class Struct>
std::size_t number_of(std::int32_t Struct::* member) {
    const Struct some{};
    const auto* const start = reinterpret_cast<const char*>(&some);
    return static_cast<std::size_t>(reinterpret_cast<const char*>(&(some.*member)) - start) / sizeof(std::int32_t);
}

// Where some members go. Those that stand side by side in the row as well are copied as one stretch.
template <class Struct>
class Places {
  public:
    // Notes where a member goes; to be called in the order of the row.
    void add(std::int32_t Struct::* member, std::size_t to) {
        const std::size_t from = number_of(member);
        if (!stretches_.empty()) {
            Stretch& last = stretches_.back();
            if (from == last.from + last.size && to == last.to + last.size) {
                ++last.size;
                return;
            }
        }
        stretches_.push_back({from, to, 1});
    }

    void write(const Struct& columns, std::int32_t* row) const {
        const auto* const from = reinterpret_cast<const char*>(&columns);
        for (const Stretch& some : stretches_) {
            for (std::size_t i = 0; i < some.size; ++i) {  // too few for a call to be worth it
                std::memcpy(row + some.to + i, from + (some.from + i) * sizeof(*row), sizeof(*row));
            }
        }
    }

  private:
    struct Stretch {
        std::size_t from, to, size;
    };

    std::vector<Stretch> stretches_;
};

}  // namespace cleaner::judge
