// Has Python fold characters.

#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include "fold.hpp"
#include "text.hpp"

namespace cleaner {

// `fold` is Python's function from a string to its folded form.
inline Folder::Ask asking(pybind11::function fold) {
    return [fold = std::move(fold)](char32_t c) {
        const auto character =
            pybind11::reinterpret_steal<pybind11::object>(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, &c, 1));
        return code_points(pybind11::str(fold(character)).ptr());
    };
}

}  // namespace cleaner
