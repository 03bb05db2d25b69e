#include "segment.hpp"

#include <algorithm>

#include "text.hpp"

namespace cleaner {
namespace {

constexpr char32_t kByteOrderMark = 0xFEFF;
constexpr std::size_t kAbbreviationWindow = 24;
constexpr std::ptrdiff_t kOpeningWindow = 8;
constexpr std::ptrdiff_t kFinalWindow = 12;
constexpr std::size_t kLongestQuote = 160;
constexpr std::size_t kProseWords = 24;
constexpr std::size_t kProseWordsWithFinalMark = 10;
constexpr std::u32string_view kMarks = U".!?…。！？｡؟۔।";
constexpr std::u32string_view kWideMarks = U"。！？｡";
constexpr std::u32string_view kClosers = U"\"'”’»)]}」』）›";
constexpr std::u32string_view kFinalClosers = U"\"'”’»)]」』）›*";
constexpr std::u32string_view kOpeners = U"\"'“‘„«¿¡([—–-";
constexpr std::u32string_view kBeforeAbbreviation = U"([\"“'‘„/-";
constexpr std::u32string_view kBullets = U"-–—*•·▪●◦‣►▶»>+✓✔☑→";

bool among(std::u32string_view characters, char32_t c) { return characters.find(c) != std::u32string_view::npos; }

bool is_mark(char32_t c) { return c < 128 ? c == U'.' || c == U'!' || c == U'?' : c >= 0x600 && among(kMarks, c); }

bool is_unspaced(char32_t c) {
    return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) ||
           (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF);
}

// What \w is without digits and the underscore.
bool is_letter(char32_t c) { return is_alnum(c) && !is_decimal(c); }

const char32_t* skip_spaces(const char32_t* at, const char32_t* end) {
    while (at < end && is_space(*at)) ++at;
    return at;
}

// Where the blanks behind the end of a sentence end; nothing if what ends at `at` with a mark is no sentence.
const char32_t* after_sentence(const char32_t* at, const char32_t* end) {
    const char32_t* closed = at;
    while (closed < end && among(kClosers, *closed)) ++closed;
    if (end - closed >= 2 && (*closed == U' ' || *closed == 0xA0 || *closed == 0x202F) && closed[1] == U'»') {
        const char32_t* next = skip_spaces(closed + 2, end);
        if (next > closed + 2 && next < end) return next;
    }
    const char32_t* next = skip_spaces(closed, end);
    if (next > closed && next < end) return next;
    const bool wide = closed == at && at < end && among(kWideMarks, at[-1]) && !is_space(*at);
    return wide ? at : nullptr;
}

bool starts_with(const char32_t* at, const char32_t* end, std::u32string_view what) {
    return static_cast<std::size_t>(end - at) >= what.size() && std::u32string_view(at, what.size()) == what;
}

// Whether what begins here can open a sentence.
bool opens(const char32_t* at, const char32_t* end) {
    if (end - at > kOpeningWindow) end = at + kOpeningWindow;
    while (at < end && among(kOpeners, *at)) ++at;
    at = skip_spaces(at, end);
    if (at == end) return false;
    if (*at == U'@' || *at == U'#') return true;
    if (*at >= U'a' && *at <= U'z') return starts_with(at, end, U"http:") || starts_with(at, end, U"https:");
    return is_alnum(*at);
}

bool is_bulleted(const char32_t* at, const char32_t* end) {
    at = skip_spaces(at, end);
    if (at == end) return false;
    if (among(kBullets, *at)) {
        ++at;
    } else {
        const char32_t* number = at;
        while (at < end && at - number < 3 && is_decimal(*at)) ++at;
        if (at == number || at == end || (*at != U'.' && *at != U')')) return false;
        ++at;
    }
    return at == end || is_space(*at);
}

bool is_final(const char32_t* begin, const char32_t* end) {
    if (end - begin > kFinalWindow) begin = end - kFinalWindow;
    while (end > begin && is_space(end[-1])) --end;
    while (end > begin && among(kFinalClosers, end[-1])) --end;
    return end > begin && is_mark(end[-1]);
}

// Whether a line is short and holds a mark of prices or tickers; a row of a table does not count.
bool is_quoting(const char32_t* begin, const char32_t* end) {
    begin = skip_spaces(begin, end);
    while (end > begin && is_space(end[-1])) --end;
    if (static_cast<std::size_t>(end - begin) > kLongestQuote || *begin == U'|') return false;
    return std::any_of(begin, end, [](char32_t c) { return c == U':' || c == U'$' || c == U'%'; });
}

}  // namespace

std::vector<LineRange> split_lines(const std::u32string& text) {
    std::vector<LineRange> lines;
    const std::size_t size = text.size();
    std::size_t start = size > 0 && text[0] == kByteOrderMark ? 1 : 0;
    const auto next_end = [&](std::size_t at) {
        return find_wanted(text.data(), at, size, [](char32_t c) { return (c == U'\n') | (c == U'\r'); });
    };
    for (std::size_t at = next_end(start); at < size; at = next_end(at + 1)) {
        const std::size_t end = at;
        if (text[at] == U'\r' && at + 1 < size && text[at + 1] == U'\n') ++at;
        lines.push_back({{start, end}, at + 1});
        start = at + 1;
    }
    if (start < size) lines.push_back({{start, size}, size});
    return lines;
}

std::size_t count_words(const char32_t* begin, const char32_t* end) {
    std::size_t words = 0;
    std::size_t unspaced = 0;
    bool inside = false;
    for (const char32_t* at = begin; at < end; ++at) {
        const bool blank = is_space(*at);
        words += !blank && !inside;
        inside = !blank;
        unspaced += *at >= 0x0E00 && is_unspaced(*at);
    }
    return std::max(words, unspaced / 2);
}

std::uint8_t line_flags(const char32_t* begin, const char32_t* end, std::size_t words) {
    if (skip_spaces(begin, end) == end) return kBlank;
    std::uint8_t flags = 0;
    if (is_bulleted(begin, end)) flags |= kBullet;
    const bool final = is_final(begin, end);
    if (final) flags |= kFinal;
    if (words >= kProseWords || (final && words >= kProseWordsWithFinalMark)) flags |= kProse;
    if (is_quoting(begin, end)) flags |= kQuoting;
    return flags;
}

Sentences::Sentences(const std::vector<std::u32string>& abbreviations)
    : abbreviations_(abbreviations.begin(), abbreviations.end()) {}

std::vector<Range> Sentences::of(const char32_t* begin, const char32_t* end) const {
    std::vector<Range> found;
    const char32_t* start = begin;
    for (const char32_t* at = begin + 1; at <= end && begin < end;) {
        const char32_t* next = is_mark(at[-1]) ? after_sentence(at, end) : nullptr;
        if (next == nullptr) {
            ++at;
            continue;
        }
        const bool wide = among(kWideMarks, at[-1]);
        const bool ends = !(at[-1] == U'.' && is_abbreviated(start, at)) && (wide || opens(next, end));
        if (ends) {
            found.push_back({static_cast<std::size_t>(start - begin), static_cast<std::size_t>(next - begin)});
            start = next;
        }
        at = next > at ? next : at + 1;
    }
    if (start < end) found.push_back({static_cast<std::size_t>(start - begin), static_cast<std::size_t>(end - begin)});
    return found;
}

// Whether what stands before the period at the end, from the last blank or opening mark on, is a known abbreviation.
bool Sentences::is_abbreviated(const char32_t* begin, const char32_t* end) const {
    if (static_cast<std::size_t>(end - begin) > kAbbreviationWindow) begin = end - kAbbreviationWindow;
    const char32_t* last = end - 1;
    const char32_t* word = last;
    while (word > begin && !is_space(word[-1]) && !among(kBeforeAbbreviation, word[-1])) --word;
    const auto size = static_cast<std::size_t>(last - word);
    if (size == 0) return false;
    if (size <= 2 && is_decimal(word[0]) && is_decimal(word[size - 1])) return true;
    bool initials = size % 2 == 1;
    for (std::size_t i = 0; initials && i < size; ++i) initials = i % 2 == 1 ? word[i] == U'.' : is_letter(word[i]);
    return initials || abbreviations_.count(std::u32string(word, size)) > 0;
}

}  // namespace cleaner
