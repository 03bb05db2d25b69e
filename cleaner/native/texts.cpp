// What Python asks about single texts.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <utility>

#include "fold.hpp"
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

}  // namespace

void add_texts(py::module_& module) {
    py::class_<Sentences>(module, "Sentences")
        .def(py::init<const std::vector<std::u32string>&>(), py::arg("abbreviations"))
        .def("of", &sentences_of, py::arg("line"));
    py::class_<Folder>(module, "Folder")
        .def(py::init<py::function>(), py::arg("fold"))
        .def("squeeze", &squeezed, py::arg("text"));
}

}  // namespace cleaner
