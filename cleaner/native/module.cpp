// The module that Python imports: one line a part.

#include <pybind11/pybind11.h>

namespace cleaner {

void add_expression(pybind11::module_& module);
void add_judge(pybind11::module_& module);
void add_matcher(pybind11::module_& module);
void add_texts(pybind11::module_& module);
void add_units(pybind11::module_& module);

}  // namespace cleaner

PYBIND11_MODULE(_native, module) {
    module.doc() = "The parts of Cleaner that look at every character, compiled.";
    cleaner::add_expression(module);
    cleaner::add_judge(module);
    cleaner::add_matcher(module);
    cleaner::add_texts(module);
    cleaner::add_units(module);
}
