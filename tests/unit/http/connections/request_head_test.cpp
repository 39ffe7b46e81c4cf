// Request heads: parameters, escapes and what the client accepts.
#include "http/connections/request_head.hpp"

#include <doctest/doctest.h>

namespace request_head_test {

using namespace parseflow::http;

TEST_CASE("request head: headers are found in any case of letters, the first one first") {
  request_head head;
  head.headers = {{"Accept", "a"}, {"ACCEPT", "b"}, {"Accep", "c"}};
  CHECK(head.value("accept") == "a");
  CHECK(head.count("Accept") == 2);
  CHECK(head.value("X") == "");
  CHECK_FALSE(head.has("X"));
}

TEST_CASE("request head: escapes are decoded, and what is none stays") {
  CHECK(decode_percents("/a%2fb%20c+d", false) == "/a/b c+d");
  CHECK(decode_percents("a+b%2B", true) == "a b+");
  CHECK(decode_percents("%", false) == "%");
  CHECK(decode_percents("%4", false) == "%4");
  CHECK(decode_percents("%4g%g4", false) == "%4g%g4");
  CHECK(decode_percents("%C3%BC", false) == "\xc3\xbc");
}

TEST_CASE("request head: parameters of a query") {
  CHECK(parameter_in("a=1&app=shop&app=other", "app") == "shop");
  CHECK(parameter_in("app", "app") == "");
  CHECK(parameter_in("a%70p=m%C3%BC+1", "app") == "m\xc3\xbc 1");
  CHECK(parameter_in("app=a=b", "app") == "a=b");
  CHECK_FALSE(parameter_in("", "app"));
  CHECK_FALSE(parameter_in("xapp=1&&", "app"));
  std::string_view query = "a=1&&%62=2";
  CHECK(take_parameter(query).value == "1");
  CHECK(take_parameter(query).name == "");
  CHECK(take_parameter(query).name == "b");
  CHECK(query.empty());
}

TEST_CASE("request head: gzip is taken where it is named with a weight above zero") {
  for (const auto* value :
       {"gzip", "GZIP", "br, gzip", "gzip;q=1.0, br", "deflate , gzip ; q=0.001", "gzip,br;q=0"})
    CHECK_MESSAGE(accepts_gzip(value), value);
  for (const auto* value : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "gzip2", "identity;gzip"})
    CHECK_MESSAGE(!accepts_gzip(value), value);
}

} // namespace request_head_test
