#include "matcher.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <memory>

#include "asking.hpp"
#include "text.hpp"

namespace py = pybind11;

namespace cleaner {

Matcher::Matcher(Literals literals, std::vector<Pattern> patterns, std::vector<Expression> expressions,
                 Conditions conditions, std::vector<std::int32_t> always, Folder& folder, const Sentences& sentences)
    : literals_(std::move(literals)),
      patterns_(std::move(patterns)),
      expressions_(std::move(expressions)),
      conditions_(std::move(conditions)),
      always_(std::move(always)),
      folder_(folder),
      sentences_(sentences),
      found_in_(patterns_.size(), 0) {
    for (const Pattern& pattern : patterns_) by_sentence_.push_back(pattern.by_sentence);
}

// Makes those of the patterns found that are wanted the candidates.
template <typename Wanted>
void Matcher::choose(Wanted&& wanted) {
    candidates_.clear();
    for (const auto hit : hits_) {
        if (wanted(patterns_[hit])) candidates_.push_back(hit);
    }
}

Observation Matcher::observe(const std::u32string& text) {
    Observation seen;
    seen.lines = split_lines(text);
    seen.words.reserve(seen.lines.size());
    seen.flags.reserve(seen.lines.size());
    for (std::size_t number = 0; number < seen.lines.size(); ++number) {
        const Range span = seen.lines[number].span;
        const Looked& line = look(std::u32string_view(text).substr(span.start, span.size()));
        seen.words.push_back(line.words);
        seen.flags.push_back(line.flags);
        if (!line.patterns.empty()) seen.matches.push_back({number, span, line.patterns});
        for (const auto& [part, patterns] : line.parts) seen.parts.push_back({number, part, patterns});
    }
    return seen;
}

const Looked& Matcher::look(std::u32string_view line) {
    const char32_t* begin = line.data();
    const char32_t* end = begin + line.size();
    if (line.size() > kMaxUnit) return long_line_ = looked_at(begin, end);
    if (const Looked* known = memory_.find(line)) return *known;
    return memory_.add(line, looked_at(begin, end));
}

Looked Matcher::looked_at(const char32_t* begin, const char32_t* end) {
    Looked line;
    const std::size_t words = count_words(begin, end);
    line.words = static_cast<std::uint32_t>(words);
    line.flags = line_flags(begin, end, words);
    if (line.flags & kBlank) return line;
    scan(begin, end);
    choose([&](const Pattern& pattern) { return !pattern.by_sentence && pattern.fits(words); });
    const auto too_short = [&](const Hit& hit) { return words < patterns_[hit.pattern].least_words; };
    sentence_hits_.erase(std::remove_if(sentence_hits_.begin(), sentence_hits_.end(), too_short), sentence_hits_.end());
    if (static_cast<std::size_t>(end - begin) > kMaxUnit) {
        if (!sentence_hits_.empty() || !candidates_.empty()) line.flags |= kTooLong;
        candidates_.clear();
    }
    line.patterns = confirmed(begin, end);
    if (!sentence_hits_.empty()) find_parts(begin, end, line);
    return line;
}

// The sentences of a line that was scanned, as far as patterns match them.
void Matcher::find_parts(const char32_t* begin, const char32_t* end, Looked& line) {
    std::stable_sort(sentence_hits_.begin(), sentence_hits_.end(),
                     [](const Hit& a, const Hit& b) { return a.offset < b.offset; });
    auto hit = sentence_hits_.cbegin();
    for (const Range& span : sentences_.of(begin, end)) {
        candidates_.clear();
        for (; hit != sentence_hits_.cend() && hit->offset < span.end; ++hit) candidates_.push_back(hit->pattern);
        if (candidates_.empty() || span.size() > kMaxUnit) continue;
        const std::size_t words = count_words(begin + span.start, begin + span.end);
        const auto misfit = [&](std::int32_t pattern) { return !patterns_[pattern].fits(words); };
        candidates_.erase(std::remove_if(candidates_.begin(), candidates_.end(), misfit), candidates_.end());
        auto found = confirmed(begin + span.start, begin + span.end);
        if (!found.empty()) line.parts.emplace_back(span, std::move(found));
    }
}

std::vector<std::int32_t> Matcher::match(const char32_t* begin, const char32_t* end) {
    if (static_cast<std::size_t>(end - begin) > kMaxUnit) return {};
    scan(begin, end);
    const std::size_t words = count_words(begin, end);
    choose([&](const Pattern& pattern) { return pattern.fits(words); });
    return confirmed(begin, end);
}

std::vector<Match> Matcher::match_sentences(const char32_t* begin, const char32_t* end, std::size_t words) {
    std::vector<Match> found;
    for (const Range& span : sentences_.of(begin, end)) {
        std::vector<std::int32_t> patterns;
        if (span.size() <= kMaxUnit) {
            const std::size_t own = count_words(begin + span.start, begin + span.end);
            scan(begin + span.start, begin + span.end);
            choose([&](const Pattern& pattern) {
                return pattern.fits(own) && (pattern.by_sentence || pattern.fits(words));
            });
            patterns = confirmed(begin + span.start, begin + span.end);
        }
        found.push_back({0, span, std::move(patterns)});
    }
    return found;
}

// Every pattern of which a literal is in the unit; those for sentences with each place, since they may match in many.
void Matcher::scan(const char32_t* begin, const char32_t* end) {
    if (++scans_ == 0) {
        std::fill(found_in_.begin(), found_in_.end(), 0);
        scans_ = 1;
    }
    hits_.assign(always_.begin(), always_.end());
    sentence_hits_.clear();
    literals_.scan(form_.of(folder_, begin, end), [&](std::size_t place, std::int32_t pattern) {
        if (by_sentence_[pattern]) sentence_hits_.push_back({pattern, form_.origin(place)});
        if (found_in_[pattern] == scans_) return;
        found_in_[pattern] = scans_;
        hits_.push_back(pattern);
    });
}

// Those of the candidates that match, each once, rising.
std::vector<std::int32_t> Matcher::confirmed(const char32_t* begin, const char32_t* end) {
    std::vector<std::int32_t> found;
    if (candidates_.empty()) return found;
    std::sort(candidates_.begin(), candidates_.end());
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    leave_possible(begin, end);
    if (candidates_.empty()) return found;
    folder_.squeeze(begin, end, squeezed_);
    const std::u32string_view whole = squeezed_;
    const std::u32string_view core = core_of(whole);
    for (const auto number : candidates_) {
        const std::u32string_view text = patterns_[number].on_core ? core : whole;
        if (expressions_[number].search(text.data(), text.data() + text.size())) found.push_back(number);
    }
    return found;
}

// Drops the candidates that cannot match, as far as that is seen without searching.
void Matcher::leave_possible(const char32_t* begin, const char32_t* end) {
    const Beginnings::First first = first_of_core(begin, end);
    bool noted = false;
    const auto impossible = [&](std::int32_t number) {
        if (!patterns_[number].beginnings.allow(first)) return true;
        if (!conditions_.any(number)) return false;
        if (!noted) traits_.note(folder_, begin, end);
        noted = true;
        return !conditions_.allow(number, traits_);
    };
    candidates_.erase(std::remove_if(candidates_.begin(), candidates_.end(), impossible), candidates_.end());
}

// The first characters of a unit's core, as far as they are among the unit's own first ones.
Beginnings::First Matcher::first_of_core(const char32_t* begin, const char32_t* end) {
    constexpr std::ptrdiff_t kLookedAt = 16;
    Beginnings::First first{};
    std::size_t count = 0;
    BlankRuns runs;
    folder_.fold(begin, begin + std::min(end - begin, kLookedAt), [&](char32_t c, std::uint32_t) {
        if (!runs.keeps(c) || count == first.size() || (count == 0 && !is_alnum(c))) return;
        first[count++] = scanned_letter(c);
    });
    return first;
}

namespace {

using Bytes = py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>;
using Numbers = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;
using Matched = std::vector<std::tuple<std::size_t, std::size_t, std::size_t, std::vector<std::int32_t>>>;

Matched for_python(const std::vector<Match>& matches) {
    Matched result;
    for (const Match& one : matches) result.emplace_back(one.line, one.span.start, one.span.end, one.patterns);
    return result;
}

// A column of offsets, one for each line.
template <typename Offset>
auto offsets_of(Offset offset) {
    return [offset](const Observation& seen) {
        std::vector<std::size_t> offsets(seen.lines.size());
        std::transform(seen.lines.begin(), seen.lines.end(), offsets.begin(), offset);
        return offsets;
    };
}

// What Python holds: the matcher with what it borrows.
class Bound {
  public:
    // `literals` are joined by line feeds, each has so many of the `owners` as `counts` says; `limits` has four
    // columns: the least and the most words, whether the pattern is for sentences, whether for the core of a unit;
    // `choices` and `ways` as cleaner/matching/conditions.py has them.
    Bound(const Bytes& literals, const Numbers& counts, const Numbers& owners, const Numbers& limits,
          const Numbers& always, const Numbers& beginnings, const Numbers& choices, const Numbers& ways,
          const Numbers& programs, py::function fold, const std::vector<std::u32string>& abbreviations)
        : folder_(asking(std::move(fold))), sentences_(abbreviations) {
        auto words = std::make_shared<expression::Words>(programs.data(), programs.data() + programs.size());
        auto found = expressions(std::move(words));
        if (limits.ndim() != 2 || limits.shape(1) != 4 || static_cast<std::size_t>(limits.shape(0)) != found.size()) {
            throw std::invalid_argument("there are not as many limits as programs");
        }
        const auto count = static_cast<std::int32_t>(found.size());
        std::vector<Pattern> patterns;
        std::vector<Expression> all;
        for (std::int32_t i = 0; i < count; ++i) {
            if (!found[i]) throw std::invalid_argument("a program is missing");
            patterns.push_back({static_cast<std::uint32_t>(limits.at(i, 0)),
                                static_cast<std::uint32_t>(limits.at(i, 1)),
                                limits.at(i, 2) != 0,
                                limits.at(i, 3) != 0,
                                {}});
            all.push_back(std::move(*found[i]));
        }
        add_beginnings(beginnings, patterns);
        const std::vector<std::int32_t> everywhere(always.data(), always.data() + always.size());
        check_below(count, everywhere);
        matcher_ =
            std::make_unique<Matcher>(literals_of(literals, counts, owners, count), std::move(patterns), std::move(all),
                                      conditions_of(choices, ways, count), everywhere, folder_, sentences_);
    }

    Observation observe(const py::str& text) {
        const auto points = known(text);
        return matcher_->observe(points);
    }

    std::vector<std::int32_t> match(const py::str& text) {
        const auto unit = known(text);
        return matcher_->match(unit.data(), unit.data() + unit.size());
    }

    Matched match_sentences(const py::str& text, std::size_t words) {
        const auto line = known(text);
        return for_python(matcher_->match_sentences(line.data(), line.data() + line.size(), words));
    }

  private:
    // The code points of a text, all of which the folder knows: from here on Python is not asked, so no other thread
    // can come in between.
    std::u32string known(const py::str& text) {
        auto points = code_points(text.ptr());
        folder_.learn(points);
        return points;
    }

    static void check_below(std::int32_t count, const std::vector<std::int32_t>& numbers) {
        const auto inside = [count](std::int32_t number) { return number >= 0 && number < count; };
        if (!std::all_of(numbers.begin(), numbers.end(), inside))
            throw std::invalid_argument("there is no such pattern");
    }

    // Rows of a pattern's number and the code points that its matches may begin with.
    static void add_beginnings(const Numbers& beginnings, std::vector<Pattern>& patterns) {
        if (beginnings.ndim() != 2 || beginnings.shape(1) != 1 + Beginnings::kCharacters) {
            throw std::invalid_argument("a beginning has a pattern and three characters");
        }
        for (py::ssize_t row = 0; row < beginnings.shape(0); ++row) {
            const std::int32_t* one = beginnings.data(row, 0);
            check_below(static_cast<std::int32_t>(patterns.size()), {one[0]});
            Beginnings::First first{};
            for (std::size_t i = 0; i < first.size(); ++i) first[i] = scanned_letter(static_cast<char32_t>(one[i + 1]));
            patterns[static_cast<std::size_t>(one[0])].beginnings.add(first);
        }
    }

    // As `as_rows` of cleaner/matching/conditions.py makes them.
    static Conditions conditions_of(const Numbers& choices, const Numbers& ways, std::int32_t count) {
        const bool whole = choices.ndim() == 2 && choices.shape(1) == 1 + Conditions::kTraits;
        if (!whole || ways.ndim() != 2 || ways.shape(1) != 3) {
            throw std::invalid_argument("a choice has a condition and three traits, a way a pattern and a condition");
        }
        Conditions all(static_cast<std::size_t>(count));
        for (py::ssize_t row = 0; row < choices.shape(0); ++row) {
            const std::int32_t* one = choices.data(row, 0);
            Conditions::Choice choice{};
            for (std::size_t i = 0; i < choice.size(); ++i) {
                choice[i] = Traits::slot_of(static_cast<std::uint32_t>(one[i + 1]));
            }
            all.add_choice(choice, row == 0 || choices.at(row - 1, 0) != one[0]);
        }
        for (py::ssize_t row = 0; row < ways.shape(0); ++row) {
            const std::int32_t* one = ways.data(row, 0);
            check_below(count, {one[0]});
            all.add_condition(static_cast<std::size_t>(one[0]), static_cast<std::size_t>(one[2]),
                              row == 0 || ways.at(row - 1, 1) != one[1]);
        }
        return all;
    }

    static Literals literals_of(const Bytes& joined, const Numbers& counts, const Numbers& owners, std::int32_t count) {
        std::vector<Literals::Owned> literals;
        const std::string_view all(reinterpret_cast<const char*>(joined.data()),
                                   static_cast<std::size_t>(joined.size()));
        const std::int32_t* first = owners.data();
        const std::int32_t* last = first + owners.size();
        const auto inside = [count](std::int32_t owner) { return owner >= 0 && owner < count; };
        if (!std::all_of(first, last, inside)) throw std::invalid_argument("there is no such pattern");
        const std::int32_t* own = counts.data();
        for (std::size_t start = 0; own != counts.data() + counts.size(); ++own) {
            if (*own < 0 || *own > last - first || start > all.size())
                throw std::invalid_argument("owners are missing");
            const std::size_t end = std::min(all.find('\n', start), all.size());
            literals.push_back({all.substr(start, end - start), first, first + *own});
            first += *own;
            start = end + 1;
        }
        return Literals(std::move(literals));
    }

    Folder folder_;
    Sentences sentences_;
    std::unique_ptr<Matcher> matcher_;
};

}  // namespace

void add_matcher(py::module_& module) {
    py::class_<Observation>(module, "Observation")
        .def_property_readonly("starts", offsets_of([](const LineRange& line) { return line.span.start; }))
        .def_property_readonly("ends", offsets_of([](const LineRange& line) { return line.span.end; }))
        .def_property_readonly("wholes", offsets_of([](const LineRange& line) { return line.end; }))
        .def_readonly("words", &Observation::words)
        .def_property_readonly("flags",
                               [](const Observation& seen) {
                                   return py::bytes(reinterpret_cast<const char*>(seen.flags.data()),
                                                    seen.flags.size());
                               })
        .def_property_readonly("matches", [](const Observation& seen) { return for_python(seen.matches); })
        .def_property_readonly("parts", [](const Observation& seen) { return for_python(seen.parts); });
    py::class_<Bound>(module, "Matcher")
        .def(py::init<const Bytes&, const Numbers&, const Numbers&, const Numbers&, const Numbers&, const Numbers&,
                      const Numbers&, const Numbers&, const Numbers&, py::function,
                      const std::vector<std::u32string>&>(),
             py::kw_only(), py::arg("literals"), py::arg("counts"), py::arg("owners"), py::arg("limits"),
             py::arg("always"), py::arg("beginnings"), py::arg("choices"), py::arg("ways"), py::arg("programs"),
             py::arg("fold"), py::arg("abbreviations"))
        .def("observe", &Bound::observe, py::arg("text"))
        .def("match", &Bound::match, py::arg("text"))
        .def("match_sentences", &Bound::match_sentences, py::arg("text"), py::arg("words"));
}

}  // namespace cleaner
