#include <iconv.h>

#include <array>
#include <charconv>
#include <map>
#include <vector>

#include "tools/doctext/extract.hpp"

namespace jobraker::doctext {
namespace {

constexpr std::size_t depth_max = 500;

/// Destinations whose text is no text of the document. `\*` marks the others one may ignore.
constexpr std::string_view dead[] = {"fonttbl",     "colortbl",     "stylesheet",
                                     "info",        "pict",         "fldinst",
                                     "objdata",     "themedata",    "sp",
                                     "footnotesep", "nonshppict",   "bkmkstart",
                                     "bkmkend",     "xe",           "tc",
                                     "rxe",         "listtable",    "listoverridetable",
                                     "revtbl",      "rsidtbl",      "generator",
                                     "datastore",   "latentstyles", "filetbl",
                                     "template",    "mmathPr",      "colorschememapping",
                                     "pnseclvl",    "atnid",        "annotation",
                                     "atnauthor"};
/// Destinations that are marked `\*` and hold text all the same.
constexpr std::string_view alive[] = {"shpinst", "shptxt", "shprslt"};

struct Character {
  std::string_view word;
  std::string_view text;
};
constexpr Character characters[] = {{"par", "\n"},
                                    {"line", "\n"},
                                    {"sect", "\n"},
                                    {"page", "\n"},
                                    {"row", "\n"},
                                    {"tab", "\t"},
                                    {"cell", "\t"},
                                    {"nestcell", "\t"},
                                    {"nestrow", "\n"},
                                    {"emdash", "\xE2\x80\x94"},
                                    {"endash", "\xE2\x80\x93"},
                                    {"bullet", "\xE2\x80\xA2"},
                                    {"lquote", "\xE2\x80\x98"},
                                    {"rquote", "\xE2\x80\x99"},
                                    {"ldblquote", "\xE2\x80\x9C"},
                                    {"rdblquote", "\xE2\x80\x9D"},
                                    {"emspace", " "},
                                    {"enspace", " "},
                                    {"qmspace", " "}};

/// The code page of a font's character set (RTF 1.9.1, \fcharset).
int code_page_of(int charset) {
  switch (charset) {
  case 77:
    return 10000;
  case 128:
    return 932;
  case 129:
    return 949;
  case 134:
    return 936;
  case 136:
    return 950;
  case 161:
    return 1253;
  case 162:
    return 1254;
  case 163:
    return 1258;
  case 177:
    return 1255;
  case 178:
    return 1256;
  case 186:
    return 1257;
  case 204:
    return 1251;
  case 222:
    return 874;
  case 238:
    return 1250;
  case 2:
    return -1;  // symbols: code points of no language
  default:
    return 0;  // the document's own
  }
}

class RtfReader {
public:
  explicit RtfReader(std::string_view rtf) : rtf_(rtf) {}

  Extracted read() {
    while (at_ < rtf_.size() && !ended_) {
      char c = rtf_[at_++];
      if (c == '{') {
        flush();
        if (stack_.size() >= depth_max)
          return tl::unexpected(Exit::malformed);
        stack_.push_back(state_);
        state_.fresh = true;
      } else if (c == '}') {
        flush();
        if (stack_.empty())
          break;
        state_ = stack_.back();
        stack_.pop_back();
        ended_ = stack_.empty();
      } else if (c == '\\') {
        control();
      } else if (c != '\r' && c != '\n') {
        byte(c);
      }
    }
    flush();
    return std::move(out_);
  }

private:
  struct State {
    bool skip = false;     ///< inside a destination without text
    bool hidden = false;   ///< \v
    bool fonts = false;    ///< inside the font table
    bool fresh = false;    ///< nothing but { has been read of this group
    int unicode_skip = 1;  ///< \uc
    int font = 0;
  };

  void byte(char c) {
    state_.fresh = false;
    if (pending_skip_ > 0) {
      --pending_skip_;
      return;
    }
    high_ = 0;
    if (!state_.skip && !state_.hidden)
      bytes_.push_back(c);
  }
  void text(std::string_view text) {
    flush();
    if (!state_.skip && !state_.hidden)
      out_.append(text);
  }

  void control() {
    if (at_ >= rtf_.size())
      return;
    char c = rtf_[at_];
    if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
      ++at_;
      symbol(c);
      return;
    }
    auto begin = at_;
    while (at_ < rtf_.size() && (rtf_[at_] | 0x20) >= 'a' && (rtf_[at_] | 0x20) <= 'z')
      ++at_;
    auto word = rtf_.substr(begin, at_ - begin);
    int number = 1;
    bool has_number = false;
    auto [end, error] = std::from_chars(rtf_.data() + at_, rtf_.data() + rtf_.size(), number);
    if (error != std::errc::invalid_argument) {
      has_number = true;
      at_ = static_cast<std::size_t>(end - rtf_.data());
    }
    if (at_ < rtf_.size() && rtf_[at_] == ' ')
      ++at_;
    apply(word, number, has_number);
  }

  void symbol(char c) {
    if (c == '\'') {
      int value = 0;
      auto hex = rtf_.substr(at_, 2);
      auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
      at_ += static_cast<std::size_t>(end - hex.data());
      if (error == std::errc{})
        byte(static_cast<char>(value));
    } else if (c == '*') {
      starred_ = true;
      return;
    } else if (c == '~') {
      text(" ");
    } else if (c == '_') {
      text("-");
    } else if (c == '\n' || c == '\r') {
      text("\n");
    } else if (c == '\\' || c == '{' || c == '}') {
      byte(c);
    }
    starred_ = false;
  }

  void apply(std::string_view word, int number, bool has_number) {
    bool fresh = state_.fresh;
    state_.fresh = false;
    bool starred = std::exchange(starred_, false);
    if (fresh || starred)
      destination(word, starred);
    if (word == "u") {
      unicode(number);
      return;
    }
    pending_skip_ = 0;
    if (word == "uc") {
      state_.unicode_skip = has_number && number >= 0 && number < 16 ? number : 1;
    } else if (word == "bin") {
      if (number > 0)
        at_ += std::min(static_cast<std::size_t>(number), rtf_.size() - at_);
    } else if (word == "ansicpg" && has_number) {
      code_page_ = number;
    } else if (word == "mac") {
      code_page_ = 10000;
    } else if (word == "pc") {
      code_page_ = 437;
    } else if (word == "f" && has_number) {
      flush();
      state_.font = number;
    } else if (word == "fcharset" && state_.fonts) {
      font_pages_[state_.font] = code_page_of(number);
    } else if (word == "plain") {
      state_.hidden = false;
    } else if (word == "v") {
      flush();
      state_.hidden = !has_number || number != 0;
    } else {
      for (const auto& known : characters)
        if (known.word == word)
          text(known.text);
    }
  }

  void destination(std::string_view word, bool starred) {
    if (word == "fonttbl")
      state_.fonts = true;
    for (auto name : dead)
      if (name == word)
        state_.skip = true;
    if (starred && !state_.skip) {
      state_.skip = true;
      for (auto name : alive)
        if (name == word)
          state_.skip = false;
    }
  }

  /// \u takes a signed 16-bit number; characters beyond come as two surrogates.
  void unicode(int number) {
    auto high = high_;
    flush();
    pending_skip_ = state_.unicode_skip;
    auto unit = static_cast<char32_t>(static_cast<unsigned>(number) & 0xFFFF);
    high_ = 0;
    if (state_.skip || state_.hidden)
      return;
    if (unit >= 0xD800 && unit < 0xDC00)
      high_ = unit;
    else if (unit >= 0xDC00 && unit < 0xE000 && high != 0)
      append_utf8(out_, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
    else if (unit >= 0xF020 && unit < 0xF100)
      out_.append(unit == 0xF0B7 || unit == 0xF0A7 ? "\xE2\x80\xA2" : " ");
    else
      append_utf8(out_, unit);
  }

  /// Bytes stand together until something else comes, so that two-byte code pages find their pairs.
  void flush() {
    if (bytes_.empty())
      return;
    auto found = font_pages_.find(state_.font);
    int page = found == font_pages_.end() || found->second == 0 ? code_page_ : found->second;
    if (page == -1) {
      for (char c : bytes_)
        out_.append(c == '\xB7' || c == '\xA7'             ? "\xE2\x80\xA2"
                    : static_cast<unsigned char>(c) < 0x80 ? std::string_view{&c, 1}
                                                           : std::string_view{" "});
    } else {
      convert(page);
    }
    bytes_.clear();
  }

  void convert(int page) {
    bool ascii = true;
    for (char c : bytes_)
      ascii = ascii && static_cast<unsigned char>(c) < 0x80;
    if (ascii) {
      out_.append(bytes_);
      return;
    }
    auto name = page == 10000   ? std::string{"MACINTOSH"}
                : page == 65001 ? "UTF-8"
                                : "CP" + std::to_string(page);
    auto converter = iconv_open("UTF-8", name.c_str());
    if (converter == reinterpret_cast<iconv_t>(-1))
      converter = iconv_open("UTF-8", "CP1252");
    if (converter == reinterpret_cast<iconv_t>(-1))
      return;
    char* in = bytes_.data();
    auto in_left = bytes_.size();
    std::array<char, 4096> buffer;
    while (in_left > 0) {
      char* to = buffer.data();
      auto to_left = buffer.size();
      auto n = iconv(converter, &in, &in_left, &to, &to_left);
      out_.append(buffer.data(), buffer.size() - to_left);
      if (n == static_cast<std::size_t>(-1) && to_left > 16) {
        ++in;
        --in_left;
        append_utf8(out_, 0xFFFD);
      }
    }
    iconv_close(converter);
  }

  std::string_view rtf_;
  std::size_t at_ = 0;
  std::string out_, bytes_;
  std::vector<State> stack_;
  State state_;
  std::map<int, int> font_pages_;
  int code_page_ = 1252;
  int pending_skip_ = 0;
  char32_t high_ = 0;
  bool starred_ = false;
  bool ended_ = false;
};

}  // namespace

Extracted rtf_text(std::string_view bytes) {
  if (!bytes.starts_with("{\\rtf"))
    return tl::unexpected(Exit::malformed);
  return RtfReader{bytes}.read();
}

}  // namespace jobraker::doctext
