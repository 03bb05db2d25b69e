// The learned model for Python: arrays are checked here, and nothing behind relies on Python's good will.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "judge_model.hpp"

namespace py = pybind11;

namespace cleaner::judge {

namespace {

template <class T>
using Array = py::array_t<T, py::array::c_style | py::array::forcecast>;

// Names, table, scales, biases and squares of `Weights` in weights.py.
using WeightsOfPython =
    std::tuple<std::vector<std::string>, Array<std::int8_t>, Array<double>, Array<double>, Array<std::uint8_t>>;
// Roots, columns, thresholds, left, values and depth of `Forest` in forest.py.
using ForestOfPython = std::tuple<Array<std::int32_t>, Array<std::int16_t>, Array<std::int32_t>, Array<std::int32_t>,
                                  Array<std::int32_t>, int>;

template <class T>
void check_size(const Array<T>& array, std::size_t size, const char* name) {
    if (array.ndim() != 1 || static_cast<std::size_t>(array.size()) != size) {
        throw py::value_error(std::string(name) + " is no row of " + std::to_string(size) + " numbers");
    }
}

template <class T>
void check_rows(const Array<T>& array, std::size_t columns, const char* name) {
    if (array.ndim() != 2 || static_cast<std::size_t>(array.shape(1)) != columns) {
        throw py::value_error(std::string(name) + " has no rows of " + std::to_string(columns) + " columns");
    }
}

Text text_of(py::handle string, const char* name) {
    if (!PyUnicode_Check(string.ptr())) {
        throw py::value_error(std::string(name) + " holds something that is no string");
    }
    return {static_cast<int>(PyUnicode_KIND(string.ptr())), PyUnicode_DATA(string.ptr()),
            static_cast<std::size_t>(PyUnicode_GET_LENGTH(string.ptr()))};
}

Alphabet alphabet_of(const Array<std::uint16_t>& folded, const Array<std::uint8_t>& kinds) {
    check_size(folded, kPlane, "folded");
    check_size(kinds, kPlane, "kinds");
    return {folded.data(), kinds.data()};
}

template <std::size_t Words>
LinearScores<Words> linear_scores_of(const WeightsOfPython& weights) {
    const auto& [names, table, scales, biases, squares] = weights;
    check_rows(table, names.size(), "the table of weights");
    check_size(scales, names.size(), "scales");
    check_size(biases, names.size(), "biases");
    check_size(squares, kBuckets, "squares");
    const auto rows = static_cast<std::size_t>(table.shape(0));
    return LinearScores<Words>({names, table.data(), rows, scales.data(), biases.data(), squares.data()});
}

Forest forest_of(const ForestOfPython& forest, const std::vector<std::pair<std::size_t, std::int64_t>>& stages,
                 const std::vector<std::uint32_t>& kind_of, std::size_t kinds) {
    const auto& [roots, node_columns, thresholds, left, values, depth] = forest;
    const auto nodes = static_cast<std::size_t>(node_columns.size());
    check_size(roots, static_cast<std::size_t>(roots.size()), "roots");
    check_size(node_columns, nodes, "the columns of nodes");
    check_size(thresholds, nodes, "thresholds");
    check_size(left, nodes, "left");
    check_size(values, nodes, "values");
    std::vector<Stage> some;
    for (const auto& [trees, hopeless] : stages) {
        some.push_back({trees, hopeless});
    }
    return Forest({roots.data(), static_cast<std::size_t>(roots.size()), node_columns.data(), thresholds.data(),
                   left.data(), values.data(), nodes, depth},
                  std::move(some), kind_of, kinds);
}

std::unique_ptr<Model> model_of(const Array<std::uint16_t>& folded, const Array<std::uint8_t>& kinds,
                                const WeightsOfPython& weights, const WeightsOfPython& naming,
                                const ForestOfPython& forest,
                                const std::vector<std::pair<std::size_t, std::int64_t>>& stages,
                                const std::vector<std::string>& columns, const std::vector<std::uint32_t>& kind_of,
                                std::size_t evidence_kinds) {
    return std::make_unique<Model>(alphabet_of(folded, kinds), linear_scores_of<1>(weights),
                                   linear_scores_of<2>(naming), forest_of(forest, stages, kind_of, evidence_kinds),
                                   columns);
}

std::vector<Source> sources_of(const py::list& texts, const py::list& titles, const Array<std::int64_t>& sizes) {
    check_size(sizes, texts.size(), "sizes");
    if (titles.size() != texts.size()) {
        throw py::value_error("there are not as many titles as texts");
    }
    std::vector<Source> sources;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::int64_t size = sizes.data()[i];
        if (size < 0) {
            throw py::value_error("a document has less than no units");
        }
        Source source{text_of(texts[i], "texts"), std::nullopt, static_cast<std::size_t>(size)};
        if (!titles[i].is_none()) {
            source.title = text_of(titles[i], "titles");
        }
        sources.push_back(source);
    }
    return sources;
}

// Checks that the units are as many as documents say, and lie in their texts.
void check_units(const std::vector<Source>& sources, const Array<std::int64_t>& starts,
                 const Array<std::int64_t>& ends) {
    const auto count = static_cast<std::size_t>(starts.size());
    std::size_t unit = 0;
    for (const Source& source : sources) {
        if (source.units > count - unit) {
            throw py::value_error("there are fewer units than sizes add up to");
        }
        const auto length = static_cast<std::int64_t>(source.text.length);
        for (const std::size_t end = unit + source.units; unit < end; ++unit) {
            const std::int64_t from = starts.data()[unit], to = ends.data()[unit];
            if (from < 0 || from > to || to > length) {
                throw py::value_error("unit " + std::to_string(unit) + " does not lie in its text");
            }
        }
    }
    if (unit != count) {
        throw py::value_error("there are more units than sizes add up to");
    }
}

py::tuple read_units(Model& model, const py::list& texts, const py::list& titles, const Array<std::int64_t>& sizes,
                     const Array<std::int64_t>& starts, const Array<std::int64_t>& ends,
                     const Array<std::int64_t>& gaps, const Array<std::int64_t>& indexes,
                     const Array<std::int64_t>& lefts, const Array<std::int64_t>& claims) {
    const std::vector<Source> sources = sources_of(texts, titles, sizes);
    const auto count = static_cast<std::size_t>(starts.size());
    check_size(starts, count, "starts");
    check_size(ends, count, "ends");
    check_size(gaps, count, "gaps");
    check_size(indexes, count, "indexes");
    check_size(lefts, count, "lefts");
    check_rows(claims, kClaims, "claims");
    if (static_cast<std::size_t>(claims.shape(0)) != count) {
        throw py::value_error("there are not as many rows of claims as units");
    }
    check_units(sources, starts, ends);
    Array<std::int64_t> scores(static_cast<py::ssize_t>(count));
    Array<std::int32_t> rows({count, model.forest().columns()});
    const Units units{starts.data(), ends.data(), gaps.data(), indexes.data(), lefts.data(), claims.data()};
    model.read(sources, units, scores.mutable_data(), rows.mutable_data());
    return py::make_tuple(std::move(scores), std::move(rows));
}

Array<std::int64_t> shares_of(const Model& model, const Array<std::int32_t>& rows) {
    const Forest& forest = model.forest();
    check_rows(rows, forest.columns(), "rows");
    const auto count = static_cast<std::size_t>(rows.shape(0));
    Array<std::int64_t> result({count, forest.kinds()});
    forest.share(rows.data(), count, result.mutable_data());
    return result;
}

std::vector<std::string> names_of(Model& model, const py::list& texts) {
    std::vector<std::string> names;
    for (const py::handle text : texts) {
        names.push_back(model.name(text_of(text, "texts")));
    }
    return names;
}

}  // namespace

}  // namespace cleaner::judge

namespace cleaner {

void add_judge(py::module_& module) {
    using namespace judge;
    // Memory for one document at a time belongs to the model: Python's lock keeps calls apart.
    py::class_<Model>(module, "Judge", "The learned model: the scores of units, and what they come from.")
        .def(py::init(&model_of), py::kw_only(), py::arg("folded"), py::arg("kinds"), py::arg("weights"),
             py::arg("naming"), py::arg("forest"), py::arg("stages"), py::arg("columns"), py::arg("kind_of"),
             py::arg("evidence_kinds"))
        .def("read", &read_units, py::kw_only(), py::arg("texts"), py::arg("titles"), py::arg("sizes"),
             py::arg("starts"), py::arg("ends"), py::arg("gaps"), py::arg("indexes"), py::arg("lefts"),
             py::arg("claims"), "The score of every unit in thousandths of a logit, and the rows of columns.")
        .def("shares", &shares_of, py::arg("rows"), "How far each kind of evidence moved the scores of some rows.")
        .def("named", &names_of, py::arg("texts"), "The categories that the words of some units speak for.");
}

}  // namespace cleaner
