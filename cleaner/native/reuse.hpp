// Memory that is used again for the next document, unless the last one was huge.

#pragma once

#include <cstddef>
#include <vector>

namespace cleaner {

// So many entries are kept from document to document; more are given back.
constexpr std::size_t kKept = 1 << 16;

template <class T>
void forget(std::vector<T>& entries) {
    entries.clear();
    if (entries.capacity() > kKept) {
        entries.shrink_to_fit();
    }
}

}  // namespace cleaner
