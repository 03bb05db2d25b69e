// What Python asks about single texts.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "asking.hpp"
#include "fold.hpp"
#include "literals.hpp"
#include "segment.hpp"
#include "text.hpp"

namespace py = pybind11;

namespace cleaner {
namespace {

std::vector<std::pair<std::size_t, std::size_t>> sentences_of(const Sentences& sentences, const py::str& text) {
    const auto line = code_points(text.ptr());
    std::vector<std::pair<std::size_t, std::size_t>> result;
    for (const Range& span : sentences.of(line.data(), line.data() + line.size())) {
        result.emplace_back(span.start, span.end);
    }
    return result;
}

py::object squeezed(Folder& folder, const py::str& text) {
    const auto points = code_points(text.ptr());
    folder.learn(points);
    std::u32string result;
    folder.squeeze(points.data(), points.data() + points.size(), result);
    return py::reinterpret_steal<py::object>(
        PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, result.data(), static_cast<Py_ssize_t>(result.size())));
}

// How often each of some literals is in a text.
std::vector<std::int64_t> counts_of(const std::vector<std::string>& literals, std::string text) {
    std::vector<std::int32_t> numbers(literals.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    std::vector<Literals::Owned> owned;
    for (std::size_t i = 0; i < literals.size(); ++i) owned.push_back({literals[i], &numbers[i], &numbers[i] + 1});
    std::vector<std::int64_t> counts(literals.size());
    const std::size_t size = text.size();
    text.append(Literals::kPadding, '\0');
    const auto count = [&](std::size_t, std::int32_t number) { ++counts[static_cast<std::size_t>(number)]; };
    Literals(std::move(owned)).scan(std::string_view(text).substr(0, size), count);
    return counts;
}

}  // namespace

void add_texts(py::module_& module) {
    py::class_<Sentences>(module, "Sentences")
        .def(py::init<const std::vector<std::u32string>&>(), py::arg("abbreviations"))
        .def("of", &sentences_of, py::arg("line"));
    py::class_<Folder>(module, "Folder")
        .def(py::init([](py::function fold) { return std::make_unique<Folder>(asking(std::move(fold))); }),
             py::arg("fold"))
        .def("squeeze", &squeezed, py::arg("text"));
    module.def("count_literals", &counts_of, py::arg("literals"), py::arg("text"));
}

}  // namespace cleaner
