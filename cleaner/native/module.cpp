// The module that Python imports: one line a part.

#include <pybind11/pybind11.h>

void add_judge(pybind11::module_ &module);

PYBIND11_MODULE(_native, module) {
    module.doc() = "The parts of Cleaner that look at every character, compiled.";
    add_judge(module);
}
