// Code points of Python strings, and Python's own answers about characters.

#pragma once

#include <Python.h>

#include <string>

namespace cleaner {

// The code points of a stretch of a string, in which it lies; lone surrogates as they are.
inline std::u32string code_points(PyObject* text, std::size_t start, std::size_t end) {
    const void* data = PyUnicode_DATA(text);
    const auto copied = [&](const auto* from) { return std::u32string(from + start, from + end); };
    switch (PyUnicode_KIND(text)) {
        case PyUnicode_1BYTE_KIND: return copied(static_cast<const Py_UCS1*>(data));
        case PyUnicode_2BYTE_KIND: return copied(static_cast<const Py_UCS2*>(data));
        default: return copied(static_cast<const Py_UCS4*>(data));
    }
}

// Every code point of a string.
inline std::u32string code_points(PyObject* text) {
    return code_points(text, 0, static_cast<std::size_t>(PyUnicode_GET_LENGTH(text)));
}

inline bool is_ascii(char32_t c) { return c < 128; }
inline bool is_space(char32_t c) { return Py_UNICODE_ISSPACE(static_cast<Py_UCS4>(c)) != 0; }
inline bool is_decimal(char32_t c) { return Py_UNICODE_ISDECIMAL(static_cast<Py_UCS4>(c)) != 0; }
inline bool is_alnum(char32_t c) { return Py_UNICODE_ISALNUM(static_cast<Py_UCS4>(c)) != 0; }
inline char32_t to_lower(char32_t c) { return Py_UNICODE_TOLOWER(static_cast<Py_UCS4>(c)); }

}  // namespace cleaner
