// A unit as it is scanned for literals (plan.padded): words and a few symbols in small letters, in UTF-8, with one
// space between them and at both ends, behind a mark for the beginning.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fold.hpp"
#include "literals.hpp"

namespace cleaner {

class ScanForm {
  public:
    // The form of a text, as long as it is not asked for another.
    std::string_view of(Folder& folder, const char32_t* begin, const char32_t* end);

    // The offset of the character of the source that a byte of the form comes from.
    std::uint32_t origin(std::size_t place) const { return origins_[place]; }

  private:
    enum class Last { kSpace, kAscii, kOther };

    void put(char32_t c, std::uint32_t offset);
    void space(std::uint32_t offset);
    void put_byte(unsigned char byte, std::uint32_t offset);
    void put_encoded(char32_t c, std::uint32_t offset);
    void opened();
    void grow();

    std::vector<char> bytes_;
    std::vector<std::uint32_t> origins_;
    std::size_t size_ = 0;
    Last last_ = Last::kSpace;
    // Behind the symbols that it begins with, a unit begins a second time.
    bool opening_ = true;
    bool symbols_ = false;
    std::size_t rest_ = 0;
};

// Small letters as literals have them: of the two small sigmas only one.
char32_t scanned_letter(char32_t c);

}  // namespace cleaner
