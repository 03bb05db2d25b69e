// The module that Python imports: one line a part.

#include <pybind11/pybind11.h>

namespace cleaner {
void add_expression(pybind11::module_& module);
}

PYBIND11_MODULE(_native, module) {
    module.doc() = "The parts of Cleaner that look at every character, compiled.";
    cleaner::add_expression(module);
}
