// Code points of Python strings, and Python's own answers about characters.

#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace cleaner {

// The code points of a stretch of a string, in which it lies; lone surrogates as they are.
inline std::u32string code_points(PyObject* text, std::size_t start, std::size_t end) {
    const void* data = PyUnicode_DATA(text);
    const auto copied = [&](const auto* from) { return std::u32string(from + start, from + end); };
    switch (PyUnicode_KIND(text)) {
        case PyUnicode_1BYTE_KIND:
            return copied(static_cast<const Py_UCS1*>(data));
        case PyUnicode_2BYTE_KIND:
            return copied(static_cast<const Py_UCS2*>(data));
        default:
            return copied(static_cast<const Py_UCS4*>(data));
    }
}

// Every code point of a string.
inline std::u32string code_points(PyObject* text) {
    return code_points(text, 0, static_cast<std::size_t>(PyUnicode_GET_LENGTH(text)));
}

// The first place from `at` on, below `size`, of a character that is wanted; `size` if there is none. Several
// characters are looked at together, so it is fast where few are wanted.
template <typename Wanted>
std::size_t find_wanted(const char32_t* text, std::size_t at, std::size_t size, Wanted wanted) {
    constexpr std::size_t kTogether = 16;
    if (at < size && wanted(text[at])) return at;  // where many are wanted
    for (; at + kTogether <= size; at += kTogether) {
        std::uint32_t any = 0;
        for (std::size_t i = 0; i < kTogether; ++i) any |= static_cast<std::uint32_t>(wanted(text[at + i]));
        if (any != 0) break;
    }
    while (at < size && !wanted(text[at])) ++at;
    return at;
}

inline bool is_ascii(char32_t c) { return c < 128; }
inline bool is_space(char32_t c) { return Py_UNICODE_ISSPACE(static_cast<Py_UCS4>(c)) != 0; }
inline bool is_decimal(char32_t c) { return Py_UNICODE_ISDECIMAL(static_cast<Py_UCS4>(c)) != 0; }
inline bool is_alnum(char32_t c) { return Py_UNICODE_ISALNUM(static_cast<Py_UCS4>(c)) != 0; }
inline char32_t to_lower(char32_t c) { return Py_UNICODE_TOLOWER(static_cast<Py_UCS4>(c)); }

}  // namespace cleaner
