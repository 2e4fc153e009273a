#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/http/forms.hpp"
#include "net/http/url.hpp"

namespace jobraker::net {
namespace {

TEST(HeaderValue, TakesParametersApart) {
  const auto value = parse_header_value(
    R"(Form-Data; NAME="a \"b\\ c"; filename=plain.txt;; filename*=UTF-8''%e2%82%ac.txt; x = y)");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->token, "form-data");
  EXPECT_EQ(find(value->parameters, "name"), "a \"b\\ c");
  EXPECT_EQ(find(value->parameters, "filename"), "€.txt");
  EXPECT_EQ(find(value->parameters, "x"), "y");
  EXPECT_EQ(find(parse_header_value(R"(a; f="C:\cv.pdf")")->parameters, "f"), "C:\\cv.pdf");
  EXPECT_EQ(find(parse_header_value("a; f*=iso-8859-1'en'%E9; f=x")->parameters, "f"), "é");
  EXPECT_EQ(find(parse_header_value("a; f=x; f*=utf-9''y")->parameters, "f"), "x");
}

TEST(HeaderValue, ThatIsBrokenIsRefused) {
  for (auto bad : {"", ";a=b", "form data", "a; b", "a; =c", R"(a; b="c)", R"(a; b="c"d)"})
    EXPECT_FALSE(parse_header_value(bad)) << bad;
}

TEST(Boundary, ComesFromTheContentType) {
  EXPECT_EQ(*multipart_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(*multipart_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\""), "a b:c");
  EXPECT_EQ(multipart_boundary("multipart/mixed; boundary=a").error().code,
            Errc::unsupported_media);
  EXPECT_EQ(multipart_boundary("").error().code, Errc::unsupported_media);
  for (auto bad : {"multipart/form-data",
                   "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a \"",
                   "multipart/form-data; boundary=\"a\x01\""})
    EXPECT_EQ(multipart_boundary(bad).error().code, Errc::malformed) << bad;
  EXPECT_FALSE(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'a')));
}

std::string part(std::string_view header, std::string_view data) {
  return "--b\r\nContent-Disposition: form-data; " + std::string{header} + "\r\n\r\n" +
         std::string{data} + "\r\n";
}

TEST(Multipart, SkipsPreambleAndEpilogueAndBlanksBehindTheBoundary) {
  const auto form =
    parse_multipart("to be ignored\r\n--bx no delimiter\r\n--b \t\r\n"
                    "content-disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\nmore",
                    "b");
  ASSERT_TRUE(form);
  ASSERT_EQ(form->size(), 1u);
  EXPECT_EQ(form->front().data, "1");
  EXPECT_EQ(form->front().filename, std::nullopt);
}

TEST(Multipart, KeepsEmptyPartsAndFileNames) {
  const auto form = parse_multipart(part("name=a", "") + part("name=\"f\"; filename=\"\"", "\r\n") +
                                      "--b\r\nContent-Disposition: form-data; name=c\r\n\r\n--b--",
                                    "b");
  ASSERT_TRUE(form);
  ASSERT_EQ(form->size(), 3u);
  EXPECT_EQ((*form)[0].data, "");
  EXPECT_EQ((*form)[1].filename, "");
  EXPECT_EQ((*form)[1].data, "\r\n");
  EXPECT_EQ((*form)[2].data, "");
  EXPECT_EQ(find(*form, "c"), &(*form)[2]);
  EXPECT_EQ(find(*form, "d"), nullptr);
}

TEST(Multipart, ErrorsNameTheirPlace) {
  const auto error = [](const std::string& body) {
    const auto form = parse_multipart(body, "b");
    return form ? std::string{"none"} : form.error().detail;
  };
  EXPECT_NE(error(part("name=a", "1")).find("final boundary is missing at byte 50"),
            std::string::npos)
    << error(part("name=a", "1"));
  EXPECT_NE(error("").find("at byte 0"), std::string::npos);
  EXPECT_NE(error("--b\r\nX: y\r\n\r\n1\r\n--b--").find("no Content-Disposition"),
            std::string::npos);
  EXPECT_NE(error("--b\nContent-Disposition: form-data; name=a\n\n1\n--b--").find("at byte 3"),
            std::string::npos);
  EXPECT_NE(error("--b\r\nContent-Disposition: form-data; name=a\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n!!\r\n--b--")
              .find("transfer encoding"),
            std::string::npos);
}

TEST(Multipart, UndoesTransferEncodings) {
  const auto decoded = [](std::string_view encoding, std::string_view data) {
    const auto form =
      parse_multipart("--b\r\nContent-Disposition: form-data; name=a\r\n"
                      "Content-Transfer-Encoding: " +
                        std::string{encoding} + "\r\n\r\n" + std::string{data} + "\r\n--b--",
                      "b");
    return form ? form->front().data : form.error().detail;
  };
  EXPECT_EQ(decoded("BASE64", "VGVzdA==\r\n"), "Test");
  EXPECT_EQ(decoded("base64", "VGVz"), "Tes");
  EXPECT_EQ(decoded("base64", "VGU="), "Te");
  EXPECT_EQ(decoded("quoted-printable", "a=3Db=\r\nc"), "a=bc");
  EXPECT_EQ(decoded("binary", "=3D"), "=3D");
}

TEST(Multipart, HoldsItsLimits) {
  FormLimits limits;
  limits.parts_max = 2;
  limits.part_max = 3;
  limits.part_header_max = 80;
  limits.name_max = 4;
  const auto code = [&](const std::string& body) {
    const auto form = parse_multipart(body + "--b--", "b", limits);
    return form ? Errc::internal : form.error().code;
  };
  EXPECT_EQ(code(part("name=a", "123") + part("name=b", "1")), Errc::internal);
  EXPECT_EQ(code(part("name=a", "1234")), Errc::too_large);
  EXPECT_EQ(code(part("name=a", "") + part("name=a", "") + part("name=a", "")), Errc::too_large);
  EXPECT_EQ(code(part("name=abcde", "")), Errc::too_large);
  EXPECT_EQ(code(part("name=a\r\nX: " + std::string(90, 'x'), "")), Errc::too_large);
}

TEST(Multipart, GivesBackWhatWasPutIn) {
  ASSERT_TRUE(rc::check([](const std::vector<std::string>& contents) {
    std::string body;
    for (const auto& content : contents) {
      RC_PRE(content.find("--b") == std::string::npos);
      body += part("name=x", content);
    }
    const auto form = parse_multipart(body + "--b--", "b");
    RC_ASSERT(form.has_value());
    RC_ASSERT(form->size() == contents.size());
    for (std::size_t i = 0; i < contents.size(); ++i)
      RC_ASSERT((*form)[i].data == contents[i]);
  }));
}

TEST(Multipart, SurvivesAnyBytes) {
  const auto pieces = rc::gen::container<std::vector<std::string>>(
    rc::gen::element<std::string>("--b", "\r\n", "--", "\r", "\n",
                                  "Content-Disposition: form-data; name=a", ":", "x", "\"", ";"));
  ASSERT_TRUE(rc::check([&] {
    std::string body;
    for (const auto& piece : *pieces)
      body += piece;
    const auto form = parse_multipart(body, "b");
    RC_ASSERT(form || form.error().code == Errc::malformed);
  }));
}

TEST(Urlencoded, GivesBackWhatWasPutIn) {
  ASSERT_TRUE(rc::check([](const std::vector<std::pair<std::string, std::string>>& fields) {
    Parameters given;
    for (const auto& [name, value] : fields) {
      if (name.find('\0') == std::string::npos && value.find('\0') == std::string::npos)
        given.emplace_back(name, value);
    }
    const auto read = parse_urlencoded(query_string(given));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == given);
  }));
}

TEST(Urlencoded, ErrorsNameTheirPlace) {
  EXPECT_NE(parse_urlencoded("a=1&b=x%2").error().detail.find("at byte 7"), std::string::npos);
  EXPECT_NE(parse_urlencoded("a%00=1").error().detail.find("at byte 1"), std::string::npos);
  FormLimits limits;
  limits.parts_max = 1;
  EXPECT_EQ(parse_urlencoded("a=1&b=2", limits).error().code, Errc::too_large);
}

TEST(Form, IsReadByItsContentType) {
  Request request;
  request.body = "resume_text=a+b";
  EXPECT_EQ(parse_form(request).error().code, Errc::unsupported_media);
  request.headers.add("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
  EXPECT_EQ(find(*parse_form(request), "resume_text")->data, "a b");
  request.headers.set("Content-Type", "multipart/form-data; boundary=b");
  request.body = part("name=f; filename=x", "1") + "--b--";
  EXPECT_EQ(find(*parse_form(request), "f")->filename, "x");
}

}  // namespace
}  // namespace jobraker::net
