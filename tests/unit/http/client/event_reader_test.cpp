// Server-sent events out of bytes that are cut anywhere.
#include "http/client/event_reader.hpp"

#include <doctest/doctest.h>

namespace event_reader_test {

using namespace parseflow::http;

TEST_CASE("event reader: events are read, however their bytes are cut") {
  const std::string stream = "retry: 2000\n\n"
                             ":\n\n"
                             "id: 1\ndata: {\"a\":1}\n\n"
                             "event: skipped\r\ndata: x\r\ndata:y\r\n\r\n"
                             "data\n\n"
                             "id: 2\n\n"
                             "data: last\n\ndata: cut";
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    event_reader reader;
    std::string found;
    const auto take = [&](const server_event& event) {
      found += event.name + "|" + event.data + "|" + event.id + "\n";
    };
    for (std::size_t at = 0; at < stream.size(); at += size)
      reader.feed(std::string_view{stream}.substr(at, size), take);
    REQUIRE(found == "message|{\"a\":1}|1\nskipped|x\ny|1\nmessage||1\nmessage|last|2\n");
    reader.cut();
    reader.feed("data: next\n\n", take);
    REQUIRE(found.ends_with("message|next|2\n"));
  }
}

} // namespace event_reader_test
