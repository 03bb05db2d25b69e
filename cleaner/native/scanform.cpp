#include "scanform.hpp"

#include <array>

#include "text.hpp"

namespace cleaner {
namespace {

constexpr unsigned char kStart = 1;  // plan.START
constexpr std::u32string_view kTelling = U"©€£¥";
// What one character adds at most: a space, four bytes, a space.
constexpr std::size_t kMostBytes = 6;

bool is_telling(char32_t c) { return kTelling.find(c) != std::u32string_view::npos; }

// ASCII as it is scanned: small letters and digits, anything else as a space.
constexpr std::array<unsigned char, 128> kScanned = [] {
    std::array<unsigned char, 128> result{};
    for (std::size_t c = 0; c < result.size(); ++c) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool large = c >= 'A' && c <= 'Z';
        result[c] = static_cast<unsigned char>(kept ? c : large ? c + 32 : ' ');
    }
    return result;
}();

}  // namespace

char32_t scanned_letter(char32_t c) {
    const char32_t lower = to_lower(c);
    return lower == U'ς' ? U'σ' : lower;
}

std::string_view ScanForm::of(Folder& folder, const char32_t* begin, const char32_t* end) {
    size_ = 0;
    last_ = Last::kSpace;
    opening_ = true;
    symbols_ = false;
    grow();
    put_byte(kStart, 0);
    put_byte(' ', 0);
    folder.fold(begin, end, [&](char32_t c, std::uint32_t offset) { put(c, offset); });
    space(end > begin ? static_cast<std::uint32_t>(end - begin - 1) : 0);
    if (symbols_ && !opening_) {
        const std::size_t first = size_;
        put_byte(kStart, origins_[rest_]);
        put_byte(' ', origins_[rest_]);
        for (std::size_t place = rest_; place < first; ++place) {
            if (size_ + kMostBytes > origins_.size()) grow();
            put_byte(static_cast<unsigned char>(bytes_[place]), origins_[place]);
        }
    }
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(size_), Literals::kPadding, '\0');
    return {bytes_.data(), size_};
}

inline void ScanForm::put(char32_t c, std::uint32_t offset) {
    if (size_ + kMostBytes > origins_.size()) grow();
    if (is_ascii(c)) {
        const unsigned char scanned = kScanned[c];
        if (last_ == Last::kAscii && scanned != ' ') return put_byte(scanned, offset);  // inside a word, as most are
        if (scanned == ' ') return space(offset);
        if (opening_) opened();
        if (last_ == Last::kOther) put_byte(' ', offset);
        put_byte(scanned, offset);
        last_ = Last::kAscii;
    } else if (is_alnum(c)) {
        if (opening_) opened();
        if (last_ == Last::kAscii) put_byte(' ', offset);  // the edge of a word for expressions as well
        put_encoded(scanned_letter(c), offset);
        last_ = Last::kOther;
    } else {
        space(offset);
        if (!is_telling(c)) return;
        symbols_ |= opening_;
        put_encoded(c, offset);
        put_byte(' ', offset);
    }
}

inline void ScanForm::space(std::uint32_t offset) {
    if (last_ == Last::kSpace) return;
    put_byte(' ', offset);
    last_ = Last::kSpace;
}

inline void ScanForm::put_byte(unsigned char byte, std::uint32_t offset) {
    bytes_[size_] = static_cast<char>(byte);
    origins_[size_] = offset;
    ++size_;
}

void ScanForm::put_encoded(char32_t c, std::uint32_t offset) {
    if (c < 0x800) {
        put_byte(static_cast<unsigned char>(0xC0 | (c >> 6)), offset);
    } else {
        if (c < 0x10000) {
            put_byte(static_cast<unsigned char>(0xE0 | (c >> 12)), offset);
        } else {
            put_byte(static_cast<unsigned char>(0xF0 | (c >> 18)), offset);
            put_byte(static_cast<unsigned char>(0x80 | ((c >> 12) & 63)), offset);
        }
        put_byte(static_cast<unsigned char>(0x80 | ((c >> 6) & 63)), offset);
    }
    put_byte(static_cast<unsigned char>(0x80 | (c & 63)), offset);
}

// The first character that is neither a blank nor a symbol has come.
void ScanForm::opened() {
    opening_ = false;
    rest_ = size_;
}

void ScanForm::grow() {
    const std::size_t room = 2 * size_ + 1024;
    origins_.resize(room);
    bytes_.resize(room + Literals::kPadding);
}

}  // namespace cleaner
