#include <random>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "net/http/text.hpp"
#include "net/ws/deflate.hpp"
#include "tests/net/ws_fixture.hpp"

namespace jobraker::net {
namespace {

using Kind = WsEvent::Kind;

/// Everything a reader makes of these bytes, given in pieces of `piece`.
std::vector<WsEvent> events_of(const std::string& bytes, std::size_t piece, bool deflate = false,
                               std::size_t message_max = 1 << 20) {
  FrameReader reader{message_max, deflate};
  std::vector<WsEvent> out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto view = std::string_view{bytes}.substr(at, piece);
    while (auto event = reader.next(view))
      out.push_back(std::move(*event));
    EXPECT_TRUE(view.empty());
  }
  return out;
}

/// The code of the fault these bytes are, however they are cut; 0 when there is none.
std::uint16_t fault_of(const std::string& bytes, std::size_t message_max = 1 << 20) {
  std::uint16_t code = 0;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
    const auto events = events_of(bytes, piece, false, message_max);
    const std::uint16_t now =
      !events.empty() && events.back().kind == Kind::fault ? events.back().code : 0;
    if (piece != 1)
      EXPECT_EQ(now, code);
    code = now;
  }
  return code;
}

TEST(WsFrames, ReadsEveryFormOfLength) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 200000u}) {
    const std::string text(size, 'x');
    const auto events = events_of(client_frame(Opcode::text, text), 1000);
    ASSERT_EQ(events.size(), 1u) << size;
    EXPECT_EQ(events[0].kind, Kind::text);
    EXPECT_EQ(events[0].payload, text);
  }
}

TEST(WsFrames, FaultsHaveTheirCodes) {
  const auto text = [](std::string_view payload, bool final = true) {
    return client_frame(Opcode::text, payload, final);
  };
  const auto more = [](std::string_view payload, bool final = true) {
    return client_frame(Opcode::continuation, payload, final);
  };
  const auto altered = [&](std::size_t at, int with, std::string bytes) {
    bytes[at] = static_cast<char>(bytes[at] ^ with);
    return bytes;
  };
  std::string unmasked;
  append_frame_header(unmasked, Opcode::text, 2);
  unmasked += "hi";
  const std::string longer_than_needed{"\x81\xfe\x00\x02\x00\x00\x00\x00hi", 10};
  const std::string eight_for_two{"\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x00", 14};
  const std::string negative{"\x81\xff\x80\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00", 14};
  const std::pair<std::string, int> cases[] = {
    {text("fine"), 0},
    {text("a", false) + more("b"), 0},
    {text("a", false) + client_frame(Opcode::ping, "p") + more("b"), 0},
    {unmasked, 1002},
    {altered(0, 0x40, text("x")), 1002},
    {altered(0, 0x20, text("x")), 1002},
    {altered(0, 0x10, text("x")), 1002},
    {altered(0, 0x02, text("x")), 1002},  // opcode 3
    {client_frame(static_cast<Opcode>(11), ""), 1002},
    {client_frame(Opcode::ping, std::string(126, 'x')), 1002},
    {client_frame(Opcode::ping, "x", false), 1002},
    {more("x"), 1002},
    {text("a", false) + text("b"), 1002},
    {text("a", false) + more("b") + more("c"), 1002},
    {longer_than_needed, 1002},
    {eight_for_two, 1002},
    {negative, 1002},
    {client_frame(Opcode::binary, "x"), 1003},
    {client_frame(Opcode::binary, "x", false), 1003},
    {text("\xc3\x28"), 1007},
    {text("\xed\xa0\x80"), 1007},
    {text("\xc3", false) + more("\xa4"), 0},  // one character, two frames
    {text("\xc3", false) + more("x"), 1007},
    {client_frame(Opcode::close, "x"), 1002},
    {client_close(999), 1002},
    {client_close(1005), 1002},
    {client_close(1006), 1002},
    {client_close(1015), 1002},
    {client_close(2000), 1002},
    {client_close(5000), 1002},
    {client_close(1000, "\xff"), 1007},
    {client_close(1000, "bye"), 0},
    {client_close(3000), 0},
    {client_close(4999), 0},
    {client_frame(Opcode::close, ""), 0},
  };
  for (std::size_t i = 0; i < std::size(cases); ++i)
    EXPECT_EQ(fault_of(cases[i].first), cases[i].second) << "case " << i;
}

TEST(WsFrames, AMessageOfExactlyTheLimitIsTaken) {
  const auto at = [](std::size_t size) {
    return fault_of(client_frame(Opcode::text, std::string(size, 'x')), 1000);
  };
  EXPECT_EQ(at(1000), 0);
  EXPECT_EQ(at(1001), 1009);
  const auto parts = [](std::size_t second) {
    return client_frame(Opcode::text, std::string(600, 'x'), false) +
           client_frame(Opcode::continuation, std::string(second, 'x'));
  };
  EXPECT_EQ(fault_of(parts(400), 1000), 0);
  EXPECT_EQ(fault_of(parts(401), 1000), 1009);
  // Refused by what it claims: the bytes need not come.
  EXPECT_EQ(fault_of({"\x81\xff\x00\x00\x00\x00\x7f\xff\xff\xff\x00\x00\x00\x00", 14}, 1000), 1009);
}

TEST(WsFrames, ShortFragmentsAreChargedEach) {
  std::string bytes = client_frame(Opcode::text, "a", false);
  for (int i = 0; i < 8; ++i)
    bytes += client_frame(Opcode::continuation, "", false);
  bytes += client_frame(Opcode::continuation, "z") + client_frame(Opcode::text, "one");
  bytes += client_frame(Opcode::text, std::string(5000, 'x'), false) +
           client_frame(Opcode::continuation, std::string(5000, 'x'));
  const auto events = events_of(bytes, bytes.size());
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].cost, 10u);
  EXPECT_EQ(events[1].cost, 1u);
  EXPECT_EQ(events[2].cost, 1u);
}

TEST(WsFrames, NothingIsReadBehindACloseOrAFault) {
  const auto closed = events_of(client_close(1001, "away") + client_frame(Opcode::text, "x"), 1);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].kind, Kind::close);
  EXPECT_EQ(closed[0].code, 1001);
  EXPECT_EQ(closed[0].payload, "away");
  const auto empty = events_of(client_frame(Opcode::close, ""), 1);
  ASSERT_EQ(empty.size(), 1u);
  EXPECT_EQ(empty[0].code, 1005);
  const auto broken =
    events_of(client_frame(Opcode::binary, "x") + client_frame(Opcode::text, "x"), 1);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0].code, 1003);
}

TEST(WsFrames, AReasonIsCutBetweenCharacters) {
  std::string out;
  std::string reason(122, 'x');
  reason += "\xc3\xa4";  // the 123rd byte would be half a character
  append_close(out, 4000, reason);
  EXPECT_EQ(out.size(), 2u + 2u + 122u);
  EXPECT_TRUE(is_utf8(std::string_view{out}.substr(4)));
  out.clear();
  append_close(out, 1005, "not shown");
  EXPECT_EQ(out, (std::string{"\x88\x00", 2}));
}

/// Messages in random fragments, pings between them, cut anywhere: what was sent comes out.
RC_GTEST_PROP(WsFrames, HowItIsCutDoesNotMatter, (std::uint32_t seed)) {
  std::mt19937 random{seed};
  const auto below = [&](std::size_t n) { return std::size_t{random()} % n; };
  std::vector<std::string> messages;
  std::string bytes;
  std::size_t pings = 0;
  for (std::size_t i = 0, count = 1 + below(6); i < count; ++i) {
    std::string text;
    for (std::size_t n = below(10) == 0 ? below(70000) : below(300); text.size() < n;)
      text += below(3) == 0 ? "\xe2\x82\xac" : "abc";
    messages.push_back(text);
    const bool compressed = below(2) == 0;
    std::string wire = compressed ? deflate_message(text) : text;
    bool first = true;
    std::string_view rest = wire;
    do {
      const bool final = below(3) == 0 || rest.empty();
      const auto part = final ? rest : rest.substr(0, below(rest.size() + 1));
      bytes +=
        client_frame(first ? Opcode::text : Opcode::continuation, part, final, compressed && first);
      rest.remove_prefix(part.size());
      first = false;
      if (below(4) == 0) {
        bytes += client_frame(Opcode::ping, "still there?");
        ++pings;
      }
      if (final)
        break;
    } while (true);
  }
  FrameReader reader{1 << 20, true};
  std::vector<std::string> got;
  std::size_t got_pings = 0;
  for (std::string_view rest = bytes; !rest.empty();) {
    auto piece = rest.substr(0, 1 + below(5000));
    rest.remove_prefix(piece.size());
    while (auto event = reader.next(piece)) {
      if (event->kind == Kind::ping)
        ++got_pings;
      else
        got.push_back(std::move(event->payload));
    }
  }
  RC_ASSERT(got == messages);
  RC_ASSERT(got_pings == pings);
}

RC_GTEST_PROP(WsFrames, AnyBytesEndInMessagesOrAFault, (std::string bytes)) {
  FrameReader reader{100, true};
  std::string_view rest = bytes;
  std::size_t events = 0;
  while (auto event = reader.next(rest)) {
    ++events;
    if (event->kind == Kind::text)
      RC_ASSERT(event->payload.size() <= 100u);
    if (event->kind == Kind::fault || event->kind == Kind::close)
      RC_ASSERT(reader.over());
  }
  RC_ASSERT(events <= bytes.size());
  RC_ASSERT(rest.empty());
}

TEST(WsDeflate, AgreesOnWhatItCanDo) {
  const std::string plain =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  const std::pair<std::string, std::string> cases[] = {
    {"permessage-deflate", plain},
    {"permessage-deflate; client_max_window_bits", plain},
    {"Permessage-Deflate; client_max_window_bits=12; server_no_context_takeover", plain},
    {"permessage-deflate; server_max_window_bits=15", plain + "; server_max_window_bits=15"},
    {"permessage-deflate; server_max_window_bits=\"15\"", plain + "; server_max_window_bits=15"},
    {"permessage-deflate; server_max_window_bits=10, permessage-deflate", plain},
    {"x-webkit-deflate-frame, permessage-deflate", plain},
    {"permessage-deflate; server_max_window_bits=10", ""},
    {"permessage-deflate; server_max_window_bits", ""},
    {"permessage-deflate; server_max_window_bits=16", ""},
    {"permessage-deflate; server_max_window_bits=x", ""},
    {"permessage-deflate; server_no_context_takeover=1", ""},
    {"permessage-deflate; client_max_window_bits; client_max_window_bits", ""},
    {"permessage-deflate; unheard_of", ""},
    {"x-webkit-deflate-frame", ""},
    {"", ""},
  };
  for (const auto& [offer, answer] : cases)
    EXPECT_EQ(agree_on_deflate(offer), answer) << offer;
}

RC_GTEST_PROP(WsDeflate, WhatGoesInComesOut, (std::uint32_t seed)) {
  std::mt19937 random{seed};
  std::string text(random() % 100000, ' ');
  const auto letters = 1 + random() % 200;
  for (auto& c : text)
    c = static_cast<char>(random() % letters);
  bool too_large = false;
  const auto back = inflate_message(deflate_message(text), text.size(), too_large);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == text);
  if (!text.empty()) {
    RC_ASSERT(!inflate_message(deflate_message(text), text.size() - 1, too_large));
    RC_ASSERT(too_large);
  }
}

TEST(WsDeflate, ABombAndRubbishAreFaults) {
  const auto bomb = deflate_message(std::string(20 << 20, 'x'));
  EXPECT_LT(bomb.size(), 100'000u);
  const auto events = events_of(client_frame(Opcode::text, bomb, true, true), 4096, true, 200'000);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::fault);
  EXPECT_EQ(events[0].code, 1009);
  const auto rubbish =
    events_of(client_frame(Opcode::text, "\xff\xff\xff\xff", true, true), 4096, true);
  ASSERT_EQ(rubbish.size(), 1u);
  EXPECT_EQ(rubbish[0].code, 1007);
  // The example of RFC 7692 §7.2.3.1, and §7.2.3.4 with its final block.
  bool too_large = false;
  EXPECT_EQ(inflate_message("\xf2\x48\xcd\xc9\xc9\x07" + std::string(1, '\0'), 100, too_large),
            "Hello");
  EXPECT_EQ(inflate_message("\xf3\x48\xcd\xc9\xc9\x07" + std::string(2, '\0'), 100, too_large),
            "Hello");
}

}  // namespace
}  // namespace jobraker::net
