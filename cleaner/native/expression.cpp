#include "expression.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace py = pybind11;

namespace cleaner {

Expression::Expression(expression::Program program, std::size_t most_bytes)
    : program_(std::make_unique<const expression::Program>(std::move(program))), most_bytes_(most_bytes) {}

void Expression::warm_up() { states_ = std::make_unique<expression::States>(*program_, most_bytes_); }

std::vector<std::unique_ptr<Expression>> expressions(std::shared_ptr<const expression::Words> words) {
    const auto number = words->empty() ? -1 : words->front();
    if (number < 0 || static_cast<std::size_t>(number) >= words->size()) {
        throw std::invalid_argument("the programs are cut off: translate the expressions again");
    }
    const auto first = static_cast<std::size_t>(number) + 1;
    std::vector<std::unique_ptr<Expression>> all(static_cast<std::size_t>(number));
    std::size_t begin = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto end = static_cast<std::size_t>((*words)[i + 1]);
        if (end < begin || end > words->size() - first) throw std::invalid_argument("the programs overlap");
        if (end > begin) {
            all[i] = std::make_unique<Expression>(expression::Program(words, first + begin, end - begin));
        }
        begin = end;
    }
    return all;
}

namespace {

std::shared_ptr<const expression::Words> words_of(const py::bytes& data) {
    char* bytes = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(data.ptr(), &bytes, &size) != 0) throw py::error_already_set();
    if (size % 4 != 0) throw std::invalid_argument("a program is made of 32-bit integers: translate it again");
    auto words = std::make_shared<expression::Words>(static_cast<std::size_t>(size) / 4);
    if (size != 0) std::memcpy(words->data(), bytes, static_cast<std::size_t>(size));
    return words;
}

std::unique_ptr<Expression> expression_of(const py::bytes& data, std::size_t most_bytes) {
    auto words = words_of(data);
    const std::size_t size = words->size();
    return std::make_unique<Expression>(expression::Program(std::move(words), 0, size), most_bytes);
}

template <typename Character>
bool search_as(Expression& expression, const void* data, Py_ssize_t length) {
    const auto* begin = static_cast<const Character*>(data);
    return expression.search(begin, begin + length);
}

bool search(Expression& expression, const py::str& text) {
    const void* data = PyUnicode_DATA(text.ptr());
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text.ptr());
    switch (PyUnicode_KIND(text.ptr())) {
        case PyUnicode_1BYTE_KIND:
            return search_as<std::uint8_t>(expression, data, length);
        case PyUnicode_2BYTE_KIND:
            return search_as<std::uint16_t>(expression, data, length);
        default:
            return search_as<std::uint32_t>(expression, data, length);
    }
}

}  // namespace

void add_expression(py::module_& module) {
    py::class_<Expression>(module, "Expression", "An expression, to be searched for in short texts.")
        .def(py::init(&expression_of), py::arg("program"), py::arg("most_bytes") = Expression::kMostBytes)
        .def("search", &search, py::arg("text"), "Whether the expression matches anywhere in a text.")
        .def_property_readonly("memory", &Expression::bytes, "Bytes that its states take.")
        .def_property_readonly("work", &Expression::work, "Instructions that were followed so far.");
    module.def(
        "expressions", [](const py::bytes& programs) { return expressions(words_of(programs)); }, py::arg("programs"),
        "The expressions of programs that `dump` has put together.");
}

}  // namespace cleaner
