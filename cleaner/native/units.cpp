// The units that the learned model judges: lines that are not blank, and the sentences of some. As `Units.of` in
// cleaner/learned/units.py.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "segment.hpp"
#include "text.hpp"

namespace py = pybind11;

namespace cleaner {
namespace {

// The columns of `Units`, in their order.
struct Unit {
    std::int64_t line, start, end, gap, index, of_line;
};
constexpr std::size_t kColumns = 6;

// Where the lines of a text lie, and which of them are blank.
struct LinesOfText {
    std::vector<std::int64_t> starts, ends;
    std::string flags;
};

void check(const LinesOfText& lines, std::int64_t length) {
    if (lines.ends.size() != lines.starts.size() || lines.flags.size() != lines.starts.size()) {
        throw py::value_error("there are not as many starts, ends and flags of lines");
    }
    for (std::size_t number = 0; number < lines.starts.size(); ++number) {
        const std::int64_t start = lines.starts[number], end = lines.ends[number];
        if (start < 0 || start > end || end > length) {
            throw py::value_error("line " + std::to_string(number) + " does not lie in its text");
        }
    }
}

std::vector<Range> sentences_of(const Sentences& sentences, const py::str& text, std::int64_t start, std::int64_t end) {
    const auto line = code_points(text.ptr(), static_cast<std::size_t>(start), static_cast<std::size_t>(end));
    return sentences.of(line.data(), line.data() + line.size());
}

py::array_t<std::int64_t> columns_of(const std::vector<Unit>& units) {
    py::array_t<std::int64_t> result({kColumns, units.size()});
    auto columns = result.mutable_unchecked<2>();
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto place = static_cast<py::ssize_t>(i);
        const Unit& unit = units[i];
        columns(0, place) = unit.line;
        columns(1, place) = unit.start;
        columns(2, place) = unit.end;
        columns(3, place) = unit.gap;
        columns(4, place) = unit.index;
        columns(5, place) = unit.of_line;
    }
    return result;
}

py::array_t<std::int64_t> units_of(const Sentences& sentences, const py::str& text, std::vector<std::int64_t> starts,
                                   std::vector<std::int64_t> ends, const py::bytes& flags,
                                   const std::vector<std::size_t>& cut, std::size_t most_sentences,
                                   std::int64_t most_gap) {
    const LinesOfText lines{std::move(starts), std::move(ends), flags};
    check(lines, PyUnicode_GET_LENGTH(text.ptr()));
    std::vector<Unit> units;
    units.reserve(lines.starts.size());
    std::int64_t gap = 0;
    auto next = cut.begin();
    for (std::size_t number = 0; number < lines.starts.size(); ++number) {
        const bool is_cut = next != cut.end() && *next == number;
        next += is_cut;
        if (static_cast<std::uint8_t>(lines.flags[number]) & kBlank) {
            gap = std::min(gap + 1, most_gap);
            continue;
        }
        const auto line = static_cast<std::int64_t>(number);
        const std::int64_t start = lines.starts[number], end = lines.ends[number];
        const auto spans = is_cut ? sentences_of(sentences, text, start, end) : std::vector<Range>{};
        if (spans.size() > 1 && spans.size() <= most_sentences) {
            std::int64_t index = 0;
            for (const Range& span : spans) {
                units.push_back({line, start + static_cast<std::int64_t>(span.start),
                                 start + static_cast<std::int64_t>(span.end), index == 0 ? gap : 0, index,
                                 static_cast<std::int64_t>(spans.size())});
                ++index;
            }
        } else {
            units.push_back({line, start, end, gap, 0, 1});
        }
        gap = 0;
    }
    if (next != cut.end()) {
        throw py::value_error("the lines to be cut are not in order, or there is no such line");
    }
    return columns_of(units);
}

}  // namespace

void add_units(py::module_& module) {
    module.def("units", &units_of, py::arg("sentences"), py::arg("text"), py::arg("starts"), py::arg("ends"),
               py::arg("flags"), py::arg("cut"), py::arg("most_sentences"), py::arg("most_gap"),
               "The units of a text: a row for each of their columns.");
}

}  // namespace cleaner
