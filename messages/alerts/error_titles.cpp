// After the titles in Heroku's article about error codes, some in other words.
#include "messages/alerts/error_titles.hpp"

#include <algorithm>
#include <iterator>

namespace parseflow::alerts {

namespace {

struct titled_code {
  std::string_view code, title;
};

constexpr titled_code titles[] = {
    {"H10", "app crashed"},
    {"H11", "backlog too deep"},
    {"H12", "request timeout"},
    {"H13", "connection closed without response"},
    {"H14", "no web dynos running"},
    {"H15", "idle connection"},
    {"H16", "redirect to herokuapp.com"},
    {"H17", "poorly formatted HTTP response"},
    {"H18", "server broke off its answer"},
    {"H19", "connecting to the dyno timed out"},
    {"H20", "app boot timeout"},
    {"H21", "dyno refused the connection"},
    {"H22", "connection limit reached"},
    {"H23", "endpoint misconfigured"},
    {"H24", "forced close"},
    {"H25", "HTTP restriction"},
    {"H26", "request error"},
    {"H27", "client broke off its request"},
    {"H28", "client connection idle"},
    {"H31", "misdirected request"},
    {"H32", "TLS certificate mismatch"},
    {"H33", "HTTP/2 stream broken"},
    {"H34", "all dynos set aside"},
    {"H80", "maintenance mode"},
    {"H81", "blank app"},
    {"H82", "dyno hours used up"},
    {"H83", "planned service degradation"},
    {"H99", "platform error"},
    {"R10", "boot timeout"},
    {"R12", "exit timeout"},
    {"R13", "attach error"},
    {"R14", "memory quota exceeded"},
    {"R15", "memory quota vastly exceeded"},
    {"R16", "detached"},
    {"R17", "checksum error"},
    {"R99", "platform error"},
    {"L10", "drain too slow: lines dropped"},
    {"L11", "tail session too slow"},
    {"L12", "lines dropped before they were sent"},
    {"L13", "lines lost on their way"},
    {"L14", "certificate not valid"},
    {"L15", "tail unavailable"},
};

} // namespace

std::string_view error_title(std::string_view code) {
  const auto* const found = std::find_if(std::begin(titles), std::end(titles),
                                         [code](const titled_code& known) { return known.code == code; });
  return found == std::end(titles) ? std::string_view{} : found->title;
}

} // namespace parseflow::alerts
