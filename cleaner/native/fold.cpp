#include "fold.hpp"

#include "text.hpp"

namespace cleaner {

void Folder::squeeze(const char32_t* begin, const char32_t* end, std::u32string& into) {
    into.clear();
    BlankRuns runs;
    const auto put = [&](char32_t c, std::uint32_t) {
        if (runs.keeps(c)) into.push_back(c);
    };
    while (begin < end) {
        // Runs of plain characters, most of any text, are taken as they are.
        const char32_t* plain = begin;
        while (plain < end && *plain > U' ' && *plain < 128) ++plain;
        if (plain > begin) {
            into.append(begin, plain);
            runs.end();
        }
        const char32_t* other = plain;
        while (other < end && (*other <= U' ' || *other >= 128)) ++other;
        fold(plain, other, put);
        begin = other;
    }
    if (!into.empty() && into.back() == U' ') into.pop_back();
}

void Folder::learn(const std::u32string& text) {
    const auto next = [&](std::size_t at) {
        return find_wanted(text.data(), at, text.size(), [](char32_t c) { return c >= 128; });
    };
    for (std::size_t at = next(0); at < text.size(); at = next(at + 1)) {
        const char32_t c = text[at];
        auto& page = pages_[c >> 8];
        if (!page) {
            page = std::make_unique<Page>();
            page->fill(kUnknown);
        }
        if ((*page)[c & 255] != kUnknown) continue;
        const char32_t answer = asked(c);
        (*page)[c & 255] = answer;
    }
}

char32_t Folder::asked(char32_t c) {
    std::u32string folded = ask_(c);
    if (folded.size() == 1) return folded[0];
    apart_.push_back(std::move(folded));
    return kApart + static_cast<char32_t>(apart_.size() - 1);
}

std::u32string_view core_of(std::u32string_view squeezed) {
    std::size_t start = 0;
    std::size_t end = squeezed.size();
    while (start < end && !is_alnum(squeezed[start])) ++start;
    while (end > start && !is_alnum(squeezed[end - 1])) --end;
    return squeezed.substr(start, end - start);
}

}  // namespace cleaner
