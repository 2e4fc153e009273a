#include "net/client/skyvern_signature.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <rapidcheck.h>

namespace jobraker::net {
namespace {

const std::string body = R"({"run_id":"tsk_1","status":"completed"})";
const std::string good = "7b05c26db962e054bbce1fd3afcc6399a3e6482d6c1de96ac943dd5ed7df2666";

/// The same by another library.
std::string sign(const std::string& key, const std::string& text) {
  unsigned char mac[32];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  std::string out;
  for (unsigned char byte : mac) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

TEST(SkyvernSignature, TheFactSheetsVector) {
  EXPECT_EQ(body.size(), 39u);
  EXPECT_TRUE(verify_skyvern_signature(body, good, {"k1"}));
  EXPECT_FALSE(verify_skyvern_signature(body, good, {"k2"}));
  EXPECT_FALSE(verify_skyvern_signature(body + "\n", good, {"k1"}));
}

TEST(SkyvernSignature, AnyOfTheKeysAndEitherCase) {
  EXPECT_TRUE(verify_skyvern_signature(body, good, {"k0", "k1"}));
  EXPECT_TRUE(verify_skyvern_signature(body, good, {"k1", "k0"}));
  auto upper = good;
  std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
  EXPECT_TRUE(verify_skyvern_signature(body, upper, {"k1"}));
}

TEST(SkyvernSignature, WithoutAKeyNothingIsSigned) {
  EXPECT_FALSE(verify_skyvern_signature(body, good, {}));
  EXPECT_FALSE(verify_skyvern_signature(body, sign("", body), {""}));
  EXPECT_FALSE(verify_skyvern_signature(body, sign("", body), {"", "k1"}));
}

TEST(SkyvernSignature, OtherFormsAreRefused) {
  for (const auto& header : std::vector<std::string>{
         "", "v0=" + good, "sha256=" + good, good + "0", good.substr(1), good + good,
         " " + good.substr(1), good.substr(0, 63) + "g", std::string(64, ' '), std::string(64, '0'),
         std::string(64, '\0'), good.substr(0, 62) + ": "})
    EXPECT_FALSE(verify_skyvern_signature(body, header, {"k1"})) << header;
}

TEST(SkyvernSignature, AgreesWithAnotherLibraryAndSeesEveryChange) {
  EXPECT_TRUE(rc::check([](const std::string& text, std::string key, std::string other) {
    RC_PRE(!key.empty());
    const auto signature = sign(key, text);
    RC_ASSERT(verify_skyvern_signature(text, signature, {key}));
    if (!other.empty() && other != key)
      RC_ASSERT(!verify_skyvern_signature(text, sign(other, text), {key}) ||
                sign(other, text) == signature);
    auto changed = text;
    changed.push_back('x');
    RC_ASSERT(!verify_skyvern_signature(changed, signature, {key}));
    auto wrong = signature;
    const auto at = *rc::gen::inRange<std::size_t>(0, wrong.size());
    wrong[at] = wrong[at] == '0' ? '1' : '0';
    RC_ASSERT(!verify_skyvern_signature(text, wrong, {key}));
  }));
}

TEST(SkyvernSignature, LongKeysAreKeysToo) {
  const std::string key(300, 'k');
  EXPECT_TRUE(verify_skyvern_signature(body, sign(key, body), {key}));
}

}  // namespace
}  // namespace jobraker::net
