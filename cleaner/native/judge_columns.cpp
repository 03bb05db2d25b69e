#include "judge_columns.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "reuse.hpp"
#include "judge_places.hpp"

namespace cleaner::judge {

namespace {

// A line of so many words, or half as many with a final mark, looks like running text.
constexpr std::int64_t kProseWords = 24;
constexpr std::uint16_t kLongWord = 4;
constexpr std::uint16_t kShortWord = 3;
// Blank lines above a line count up to this: MOST_GAP in units.py.
constexpr std::int32_t kMostGap = 9;
// The distance to a line of some kind where there is none: FAR in stack.py.
constexpr std::int32_t kFar = 99;
// A claim is sure from this on, per thousand: SURE in view.py.
constexpr std::int64_t kSure = 800;

struct NamedMember {
    std::string_view name;
    Member member;
};

constexpr NamedMember kMembers[] = {
    {"characters", &Line::characters},
    {"words", &Line::words},
    {"word_length", &Line::word_length},
    {"upper", &Line::upper},
    {"upper_words", &Line::upper_words},
    {"unspaced", &Line::unspaced},
    {"caseless", &Line::caseless},
    {"letters", &Line::letters},
    {"short_words", &Line::short_words},
    {"first", &Line::first},
    {"second", &Line::second},
    {"last", &Line::last},
    {"final", &Line::final},
    {"prose", &Line::prose},
    {"finals", &Line::finals},
    {"commas", &Line::commas},
    {"questions", &Line::questions},
    {"exclamations", &Line::exclamations},
    {"colons", &Line::colons},
    {"quotes", &Line::quotes},
    {"brackets", &Line::brackets},
    {"bars", &Line::bars},
    {"dashs", &Line::dashs},
    {"moneys", &Line::moneys},
    {"ats", &Line::ats},
    {"bullets", &Line::bullets},
    {"symbols", &Line::symbols},
    {"ellipsiss", &Line::ellipsiss},
    {"copyrights", &Line::copyrights},
    {"digits", &Line::digits},
    {"lines", &Line::lines},
    {"document_words", &Line::document_words},
    {"document_prose", &Line::document_prose},
    {"document_prose_share", &Line::document_prose_share},
    {"from_start", &Line::from_start},
    {"from_end", &Line::from_end},
    {"place", &Line::place},
    {"words_before", &Line::words_before},
    {"words_after", &Line::words_after},
    {"prose_before", &Line::prose_before},
    {"prose_after", &Line::prose_after},
    {"prose_words_after", &Line::prose_words_after},
    {"since_prose", &Line::since_prose},
    {"until_prose", &Line::until_prose},
    {"run", &Line::run},
    {"in_run", &Line::in_run},
    {"gap", &Line::gap},
    {"unit_index", &Line::unit_index},
    {"unit_left", &Line::unit_left},
    {"shared", &Line::shared},
    {"shared_prose", &Line::shared_prose},
    {"names", &Line::names},
    {"names_shared", &Line::names_shared},
    {"names_shared_prose", &Line::names_shared_prose},
    {"longs", &Line::longs},
    {"in_title", &Line::in_title},
    {"title_words", &Line::title_words},
    {"times", &Line::times},
    {"again", &Line::again},
    {"claim_rule", &Line::claim_rule},
    {"claim_run", &Line::claim_run},
    {"claim_company", &Line::claim_company},
    {"claim_other", &Line::claim_other},
    {"claim_count", &Line::claim_count},
    {"claim_kept", &Line::claim_kept},
    {"claim_part", &Line::claim_part},
    {"claim_part_share", &Line::claim_part_share},
    {"claim_guard", &Line::claim_guard},
    {"claim_category", &Line::claim_category},
    {"claim_sure_before", &Line::claim_sure_before},
    {"claim_sure_after", &Line::claim_sure_after},
    {"claim_since_sure", &Line::claim_since_sure},
    {"claim_until_sure", &Line::claim_until_sure},
};

constexpr std::array<Member, kClaims> kClaimMembers = {
    &Line::claim_rule, &Line::claim_run,  &Line::claim_company,    &Line::claim_other, &Line::claim_count,
    &Line::claim_kept, &Line::claim_part, &Line::claim_part_share, &Line::claim_guard, &Line::claim_category,
};

// The columns that are seen of lines nearby, and from how far.
struct Nearby {
    std::string_view name;
    std::ptrdiff_t farthest;
};
constexpr Nearby kNearby[] = {
    {"words", 3}, {"final", 1}, {"first", 1}, {"last", 1}, {"digits", 1}, {"upper_words", 1}, {"prose", 3},
};

std::int32_t per_thousand(std::int64_t part, std::int64_t whole) {
    return clipped(part * 1000 / std::max<std::int64_t>(whole, 1));
}

// The same of what there may be none of.
std::int32_t share_of(std::int32_t part, std::int32_t whole) { return whole > 0 ? part * 1000 / whole : -1; }

bool ends_sentence(std::int32_t last, std::int32_t finals) {
    return last == kFinal || last == kQuestion || last == kExclamation ||
           ((last == kQuote || last == kBracket) && finals > 0);
}

bool find_member(std::string_view name, Member& member) {
    const auto* found = std::find_if(std::begin(kMembers), std::end(kMembers),
                                     [&](const NamedMember& some) { return some.name == name; });
    if (found == std::end(kMembers)) {
        return false;
    }
    member = found->member;
    return true;
}

constexpr std::size_t kHalf = 16;
using Bytes [[gnu::vector_size(kHalf)]] = std::uint8_t;

static_assert(kKinds <= 2 * kHalf);

// For each kind, a one in its place.
constexpr auto kOnes = [] {
    std::array<std::array<std::uint8_t, 2 * kHalf>, kKinds> ones{};
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
        ones[kind][kind] = 1;
    }
    return ones;
}();

Bytes bytes_at(const std::uint8_t* from) {
    Bytes result;
    std::memcpy(&result, from, sizeof(result));
    return result;
}

std::array<std::int32_t, kKinds> counts_of(const Letters& letters) {
    // A byte a kind, all counted at a time: of a table of counters, one would wait for itself where a kind comes again.
    constexpr std::size_t kMostInByte = 255;
    std::array<std::int32_t, kKinds> result{};
    for (std::size_t i = 1; i <= letters.size;) {
        Bytes first{}, second{};
        for (const std::size_t end = std::min(i + kMostInByte, letters.size + 1); i < end; ++i) {
            const std::uint8_t* const one = kOnes[letters.letters[i].kind].data();
            first += bytes_at(one);
            second += bytes_at(one + kHalf);
        }
        for (std::size_t kind = 0; kind < kKinds; ++kind) {
            result[kind] += kind < kHalf ? first[kind] : second[kind - kHalf];
        }
    }
    return result;
}

void count_marks(const std::array<std::int32_t, kKinds>& counts, Line& line) {
    line.finals = counts[kFinal];
    line.commas = counts[kComma];
    line.questions = counts[kQuestion];
    line.exclamations = counts[kExclamation];
    line.colons = counts[kColon];
    line.quotes = counts[kQuote];
    line.brackets = counts[kBracket];
    line.bars = counts[kBar];
    line.dashs = counts[kDash];
    line.moneys = counts[kMoney];
    line.ats = counts[kAt];
    line.bullets = counts[kBullet];
    line.symbols = counts[kSymbol];
    line.ellipsiss = counts[kEllipsis];
    line.copyrights = counts[kCopyright];
    line.digits = counts[kDigit];
}

void count_words_of(const Token* tokens, std::size_t count, Line& line) {
    std::int32_t singles = 0, upper = 0, brief = 0;
    for (std::size_t i = 0; i < count; ++i) {
        singles += tokens[i].single;
        upper += tokens[i].upper;
        brief += tokens[i].length <= kShortWord;
    }
    line.words = static_cast<std::int32_t>(count) - singles + singles / 2;
    line.upper_words = per_thousand(upper, line.words);
    line.short_words = per_thousand(brief, line.words);
}

// For each line, how many lines above the last one stands that has a flag, and below the next one.
template <class Flag>
void distances(std::vector<Line>& lines, Flag flag, Member since, Member until) {
    const auto count = static_cast<std::ptrdiff_t>(lines.size());
    const auto walk = [&](std::ptrdiff_t from, std::ptrdiff_t step, Member member) {
        std::int32_t distance = kFar;
        for (std::ptrdiff_t i = from; i >= 0 && i < count; i += step) {
            lines[i].*member = distance;
            if (flag(lines[i])) {
                distance = 1;
            } else if (distance < kFar - 1) {
                ++distance;
            }
        }
    };
    walk(0, 1, since);
    walk(count - 1, -1, until);
}

}  // namespace

bool find_line_column(std::string_view name, LineColumn& column) {
    if (name == "gap_after") {
        column = {&Line::gap, -1, kMostGap};
        return true;
    }
    const std::size_t mark = name.find_first_of("+-");
    if (mark == std::string_view::npos) {
        column = {};
        return find_member(name, column.member);
    }
    const std::string_view base = name.substr(0, mark), distance = name.substr(mark + 1);
    for (const Nearby& nearby : kNearby) {
        if (nearby.name == base && distance.size() == 1 && distance[0] > '0' && distance[0] <= '0' + nearby.farthest) {
            const std::ptrdiff_t by = distance[0] - '0';
            column = {nullptr, name[mark] == '-' ? by : -by, -1};
            return find_member(base, column.member);
        }
    }
    return false;
}

Member claim_member(std::size_t number) { return kClaimMembers[number]; }

void Lines::clear() {
    forget(lines_);
    forget(tokens_);
    forget(ends_);
}

void Lines::add(const Letters& letters, std::size_t first_token) {
    Line& line = lines_.emplace_back();
    ends_.push_back(tokens_.size());
    const auto counts = counts_of(letters);
    const std::int32_t some = counts[kLower] + counts[kUpper] + counts[kLetter] + counts[kSingle];
    count_marks(counts, line);
    count_words_of(tokens_.data() + first_token, tokens_.size() - first_token, line);
    line.characters = static_cast<std::int32_t>(letters.size);
    line.word_length = per_thousand(some, line.words);
    line.upper = per_thousand(counts[kUpper], some);
    line.unspaced = per_thousand(counts[kSingle], line.characters);
    line.caseless = per_thousand(counts[kLetter], line.characters);
    line.letters = per_thousand(some, line.characters);
    line.first = letters.letters[1].kind;
    line.second = letters.letters[std::min<std::size_t>(2, letters.size + 1)].kind;
    line.last = letters.letters[letters.size].kind;
    line.final = ends_sentence(line.last, counts[kFinal]);
    line.prose = line.words >= kProseWords || (line.final && line.words * 2 >= kProseWords);
}

void Lines::add(const Shape& shape, const Token* tokens, std::size_t count) {
    tokens_.insert(tokens_.end(), tokens, tokens + count);
    ends_.push_back(tokens_.size());
    static_cast<Shape&>(lines_.emplace_back()) = shape;
}

void Lines::finish(const std::vector<Token>& title) {
    place();
    place_runs();
    place_claims();
    count_words();
    find_title(title);
    fit();
    find_repeats();
}

void Lines::place() {
    std::int64_t words = 0, prose = 0, prose_words = 0;
    for (const Line& line : lines_) {
        words += line.words;
        prose += line.prose;
        prose_words += line.prose * line.words;
    }
    const auto count = static_cast<std::int64_t>(lines_.size());
    const std::int32_t prose_share = per_thousand(prose_words, words);
    std::int64_t number = 0, words_before = 0, prose_before = 0, prose_words_before = 0;
    for (Line& line : lines_) {
        line.lines = clipped(count);
        line.document_words = clipped(words);
        line.document_prose = clipped(prose);
        line.document_prose_share = prose_share;
        line.from_start = clipped(number);
        line.from_end = clipped(count - 1 - number);
        line.place = per_thousand(words_before, words);
        line.words_before = clipped(words_before);
        line.prose_before = clipped(prose_before);
        ++number;
        words_before += line.words;
        prose_before += line.prose;
        prose_words_before += line.prose * line.words;
        line.words_after = clipped(words - words_before);
        line.prose_after = clipped(prose - prose_before);
        line.prose_words_after = clipped(prose_words - prose_words_before);
    }
    distances(lines_, [](const Line& line) { return line.prose > 0; }, &Line::since_prose, &Line::until_prose);
}

// A run is of lines that are all prose, or none of them; those of prose have negative lengths.
void Lines::place_runs() {
    for (std::size_t start = 0, end = 0; start < lines_.size(); start = end) {
        while (end < lines_.size() && lines_[end].prose == lines_[start].prose) {
            ++end;
        }
        const std::int32_t length = clipped(static_cast<std::int64_t>(end - start));
        for (std::size_t i = start; i < end; ++i) {
            lines_[i].run = lines_[i].prose ? -length : length;
            lines_[i].in_run = clipped(static_cast<std::int64_t>(i - start));
        }
    }
}

void Lines::place_claims() {
    const auto sure = [](const Line& line) {
        return std::max({line.claim_rule, line.claim_run, line.claim_other}) >= kSure;
    };
    std::int64_t total = 0, before = 0;
    for (const Line& line : lines_) {
        total += sure(line);
    }
    for (Line& line : lines_) {
        line.claim_sure_before = clipped(before);
        before += sure(line);
        line.claim_sure_after = clipped(total - before);
    }
    distances(lines_, sure, &Line::claim_since_sure, &Line::claim_until_sure);
}

void Lines::count_words() {
    constexpr std::size_t kAhead = 8;
    words_.clear(tokens_.size());
    std::size_t place = 0;
    for (std::size_t number = 0; number < lines_.size(); ++number) {
        const auto line = static_cast<std::uint32_t>(number + 1);
        const std::uint64_t one = 1 + (std::uint64_t{lines_[number].prose > 0} << 32);
        for (; place < ends_[number]; ++place) {
            words_.prepare(tokens_[std::min(place + kAhead, tokens_.size() - 1)].hash);
            tokens_[place].slot = words_.slot_of(tokens_[place].hash);
            Word& word = words_[tokens_[place].slot];
            const bool is_new = word.last != line;
            word.last = line;
            word.counts += is_new ? one : 0;
        }
    }
}

void Lines::find_title(const std::vector<Token>& title) {
    std::vector<std::uint64_t> words;
    words.reserve(title.size());
    for (const Token& token : title) {
        words.push_back(token.hash);
        if (Word* word = words_.at(token.hash)) {
            word->in_title = 1;
        }
    }
    std::sort(words.begin(), words.end());
    const std::int32_t different = clipped(std::unique(words.begin(), words.end()) - words.begin());
    for (Line& line : lines_) {
        line.title_words = different;
    }
}

void Lines::fit() {
    std::size_t place = 0;
    for (std::size_t number = 0; number < lines_.size(); ++number) {
        Line& line = lines_[number];
        const std::size_t start = place;
        std::int32_t longs = 0, shared = 0, shared_prose = 0, in_title = 0;
        std::int32_t names = 0, names_shared = 0, names_shared_prose = 0;
        for (; place < ends_[number]; ++place) {
            const Token& token = tokens_[place];
            const Word& word = words_[token.slot];
            const bool is_long = token.length >= kLongWord && !token.single;
            const bool is_name = token.upper && place > start;  // the first word of a line is in upper case anyway
            const bool elsewhere = word.lines() > 1;
            const bool elsewhere_prose = word.prose_lines() > static_cast<std::uint32_t>(line.prose);
            longs += is_long;
            shared += is_long && elsewhere;
            shared_prose += is_long && elsewhere_prose;
            in_title += is_long && word.in_title > 0;
            names += is_name;
            names_shared += is_name && elsewhere;
            names_shared_prose += is_name && elsewhere_prose;
        }
        line.longs = longs;
        line.names = names;
        line.shared = share_of(shared, longs);
        line.shared_prose = share_of(shared_prose, longs);
        line.in_title = share_of(in_title, longs);
        line.names_shared = share_of(names_shared, names);
        line.names_shared_prose = share_of(names_shared_prose, names);
    }
}

// A line stands there again if its words do, in any order.
void Lines::find_repeats() {
    wordings_.clear(lines_.size());
    forget(wording_of_);
    std::size_t place = 0;
    for (std::size_t number = 0; number < lines_.size(); ++number) {
        std::uint64_t sum = 0;
        for (; place < ends_[number]; ++place) {
            sum += tokens_[place].hash;
        }
        wording_of_.push_back(wordings_.slot_of(sum));
        lines_[number].again = wordings_[wording_of_.back()].times++ > 0;
    }
    for (std::size_t number = 0; number < lines_.size(); ++number) {
        const std::size_t times = wordings_[wording_of_[number]].times;
        lines_[number].times = lines_[number].words > 0 ? clipped(static_cast<std::int64_t>(times)) : 0;
    }
}

}  // namespace cleaner::judge
