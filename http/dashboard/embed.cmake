# Writes the page's files into one C++ source:
#   cmake -D OUTPUT=FILE -D PAGE=FOLDER -D "MODULES=a.js|b.js" -D UPLOT=FOLDER -P embed.cmake

set(body "")
set(rows "")
set(index 0)

function(embed path type file)
  file(READ "${file}" hex HEX)
  file(SHA256 "${file}" hash)
  string(SUBSTRING "${hash}" 0 16 tag)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  set(body "${body}constexpr unsigned char bytes_${index}[] = {\n${hex}};\n" PARENT_SCOPE)
  set(rows "${rows}  asset{\"${path}\", \"${type}\", text(bytes_${index}), R\"(\"${tag}\")\"},\n" PARENT_SCOPE)
  math(EXPR next "${index} + 1")
  set(index ${next} PARENT_SCOPE)
endfunction()

embed(/dashboard "text/html; charset=utf-8" "${PAGE}/index.html")
string(REPLACE "|" ";" MODULES "${MODULES}")
foreach(module IN LISTS MODULES)
  embed(/dashboard/${module} "text/javascript; charset=utf-8" "${PAGE}/${module}")
endforeach()
embed(/dashboard/style.css "text/css; charset=utf-8" "${PAGE}/style.css")
embed(/dashboard/icon.svg "image/svg+xml" "${PAGE}/icon.svg")
embed(/dashboard/uplot.js "text/javascript; charset=utf-8" "${UPLOT}/uPlot.iife.min.js")
embed(/dashboard/uplot.css "text/css; charset=utf-8" "${UPLOT}/uPlot.min.css")

file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
// The dashboard's files as bytes. Made by http/dashboard/embed.cmake.
#include "http/dashboard/assets.hpp"

#include <array>

namespace parseflow::http {

namespace {

@body@
template <std::size_t Size>
std::string_view text(const unsigned char (&bytes)[Size]) {
  return {reinterpret_cast<const char*>(bytes), Size};
}

} // namespace

std::span<const asset> assets() {
  static const std::array<asset, @index@> all{{
@rows@  }};
  return all;
}

} // namespace parseflow::http
]])
