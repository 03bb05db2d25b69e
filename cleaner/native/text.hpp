// Code points of Python strings, and Python's own answers about characters.

#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace cleaner {

// Every code point of a string; lone surrogates as they are.
inline std::u32string code_points(PyObject* text) {
    const auto size = static_cast<std::size_t>(PyUnicode_GET_LENGTH(text));
    std::u32string result(size, U'\0');
    const void* data = PyUnicode_DATA(text);
    switch (PyUnicode_KIND(text)) {
        case PyUnicode_1BYTE_KIND: {
            const auto* from = static_cast<const Py_UCS1*>(data);
            for (std::size_t i = 0; i < size; ++i) result[i] = from[i];
            break;
        }
        case PyUnicode_2BYTE_KIND: {
            const auto* from = static_cast<const Py_UCS2*>(data);
            for (std::size_t i = 0; i < size; ++i) result[i] = from[i];
            break;
        }
        default: {
            const auto* from = static_cast<const Py_UCS4*>(data);
            for (std::size_t i = 0; i < size; ++i) result[i] = from[i];
        }
    }
    return result;
}

inline bool is_ascii(char32_t c) { return c < 128; }
inline bool is_space(char32_t c) { return Py_UNICODE_ISSPACE(static_cast<Py_UCS4>(c)) != 0; }
inline bool is_decimal(char32_t c) { return Py_UNICODE_ISDECIMAL(static_cast<Py_UCS4>(c)) != 0; }
inline bool is_alnum(char32_t c) { return Py_UNICODE_ISALNUM(static_cast<Py_UCS4>(c)) != 0; }
inline char32_t to_lower(char32_t c) { return Py_UNICODE_TOLOWER(static_cast<Py_UCS4>(c)); }

}  // namespace cleaner
