#include "tools/ctl/table.hpp"

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"

namespace jobraker::ctl {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto end = std::min(rest.find('\n'), rest.size());
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

Table any_table(std::size_t columns) {
  Table table;
  for (std::size_t i = 0; i < columns; ++i)
    table
      .column(clean(*wild_text()), *rc::gen::element(Align::left, Align::right),
              *rc::gen::arbitrary<bool>(), *rc::gen::element(Cut::end, Cut::middle))
      .least(*rc::gen::inRange<std::size_t>(0, 30))
      .spare(*rc::gen::inRange(0U, 4U));
  for (auto rows = *rc::gen::inRange(0, 6); rows > 0; --rows) {
    std::vector<Cell> cells;
    for (auto many = *rc::gen::inRange<std::size_t>(0, columns + 2); many > 0; --many)
      cells.push_back({*wild_text(), Style::bad});
    table.row(std::move(cells));
  }
  return table;
}

TEST(Table, NoLineIsWiderThanTheTerminal) {
  ASSERT_TRUE(rc::check([] {
    auto table = any_table(*rc::gen::inRange<std::size_t>(1, 7));
    Look look;
    look.columns = *rc::gen::inRange<std::size_t>(1, 90);
    auto lines = lines_of(table.text(look));
    RC_ASSERT(lines.size() <= table.rows() + 1);
    for (const auto& line : lines) {
      RC_ASSERT(width(line) <= look.columns);
      RC_ASSERT(!obeyed(line));
    }
  }));
}

TEST(Table, ColoursAreTheOnlySequencesAndChangeNoCharacter) {
  ASSERT_TRUE(rc::check([] {
    auto table = any_table(*rc::gen::inRange<std::size_t>(1, 5));
    Look plain;
    plain.columns = *rc::gen::inRange<std::size_t>(1, 90);
    auto coloured = plain;
    coloured.colour = true;
    auto text = table.text(coloured);
    RC_ASSERT(!obeyed(text, true));
    std::string without;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\x1b')
        i = text.find('m', i);
      else
        without += text[i];
    }
    // Blanks at the end of a line are all that colours may keep.
    auto expected = lines_of(table.text(plain));
    auto seen = lines_of(without);
    RC_ASSERT(seen.size() == expected.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
      while (seen[i].ends_with(' '))
        seen[i].pop_back();
      RC_ASSERT(seen[i] == expected[i]);
    }
  }));
}

TEST(Table, WithoutALimitNothingIsCut) {
  Table table;
  table.column("PATH", Align::left, true).column("N", Align::right);
  table.row({{std::string(300, 'x')}, {"7"}}).row({{"short"}, {"1234"}});
  auto lines = lines_of(table.text({}));
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[0], "PATH" + std::string(296 + 2 + 3, ' ') + "N");
  EXPECT_EQ(lines[1], std::string(300, 'x') + "     7");
  EXPECT_EQ(lines[2], "short" + std::string(295 + 2, ' ') + "1234");
}

TEST(Table, ColumnsThatShrinkGiveWayFirst) {
  Table table;
  table.column("PATH", Align::left, true, Cut::middle).column("STATE");
  table.row({{"/users/019a5b1e-7c00-7000-8000-000000000001"}, {"running"}});
  Look look;
  look.columns = 24;
  EXPECT_EQ(table.text(look), "PATH             STATE\n/users/…0000001  running\n");
  look.columns = 10;
  for (const auto& line : lines_of(table.text(look)))
    EXPECT_LE(width(line), 10U);
}

TEST(Table, WhatCanBeSparedGoesBeforeTheRestIsUnreadable) {
  Table table;
  table.column("PATH", Align::left, true).least(12).column("KIND").spare(1);
  table.column("MEM", Align::right).spare(2).column("STATE");
  table.row({{"/users/019a5b1e"}, {"user"}, {"55 KiB"}, {"running"}});
  auto at = [&](std::size_t columns) {
    Look look;
    look.columns = columns;
    return table.text(look);
  };
  EXPECT_EQ(at(38),
            "PATH             KIND     MEM  STATE\n/users/019a5b1e  user  55 KiB  running\n");
  EXPECT_EQ(at(35), "PATH          KIND     MEM  STATE\n/users/019a…  user  55 KiB  running\n");
  EXPECT_EQ(at(34), "PATH             KIND  STATE\n/users/019a5b1e  user  running\n");
  EXPECT_EQ(at(26), "PATH             STATE\n/users/019a5b1e  running\n");
  EXPECT_EQ(at(10), "PATH  STA…\n/us…  run…\n");
}

}  // namespace
}  // namespace jobraker::ctl
