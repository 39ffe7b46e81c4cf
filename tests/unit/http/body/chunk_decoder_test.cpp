// Chunks: what they hold, where they end, and what is not a chunk.
#include "http/body/chunk_decoder.hpp"

#include <doctest/doctest.h>

using parseflow::http::chunk_decoder;
using state = chunk_decoder::state;

namespace {

struct decoded {
  state end;
  std::string body;
  std::size_t used;
};

decoded decode(std::string_view arrived, std::uint64_t max_bytes = 1000) {
  chunk_decoder chunks{max_bytes};
  std::string body;
  const auto used = chunks.feed(arrived, body);
  return {chunks.now(), body, used};
}

} // namespace

TEST_CASE("chunks: hold the body, and what comes behind it is left") {
  const std::string sent = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  const auto read = decode(sent + "GET / HTTP/1.1\r\n");
  CHECK(read.end == state::complete);
  CHECK(read.body == "hello world");
  CHECK(read.used == sent.size());
  CHECK(decode("0\r\n\r\n").end == state::complete);
  CHECK(decode("0\r\n\r\n").body.empty());
}

TEST_CASE("chunks: may arrive cut at every byte") {
  const std::string_view sent = "3;a=b\r\n\r\n0\r\n0B\r\nhello world\r\n000\r\nA: b\r\nC: d\r\n\r\n";
  for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
    chunk_decoder chunks{1000};
    std::string body;
    CHECK(chunks.feed(sent.substr(0, cut), body) == cut);
    CHECK(chunks.now() == (cut < sent.size() ? state::reading : state::complete));
    CHECK(chunks.feed(sent.substr(cut), body) == sent.size() - cut);
    CHECK(chunks.now() == state::complete);
    CHECK(body == "\r\n0hello world");
  }
}

TEST_CASE("chunks: sizes in either case of letters, with zeros in front") {
  const auto body = std::string(171, 'x');
  for (const auto* size : {"ab", "AB", "aB", "00000000000000AB"})
    CHECK(decode(size + ("\r\n" + body) + "\r\n0\r\n\r\n").body == body);
}

TEST_CASE("chunks: extensions and a trailer are dropped") {
  const auto read = decode("5 ; a=\"b\"\t;c\r\nhello\r\n0;last\r\nX-Digest: 1\r\nY:\r\n\r\n");
  CHECK(read.end == state::complete);
  CHECK(read.body == "hello");
}

TEST_CASE("chunks: extensions and trailers without end are damage") {
  const std::string much(chunk_decoder::max_dropped_bytes + 1, 'x');
  CHECK(decode("5;" + much).end == state::damaged);
  CHECK(decode("0\r\n" + much).end == state::damaged);
  std::string many;
  for (int i = 0; i < 3000; ++i)
    many += "1;12345678\r\nx\r\n";
  CHECK(decode(many, 10'000).end == state::damaged);
}

TEST_CASE("chunks: what another reader may understand otherwise is damage") {
  for (const auto* sent : {"\r\n",
                           "x\r\n",
                           ";a\r\n",
                           "-5\r\nhello\r\n",
                           "+5\r\nhello\r\n",
                           "0x5\r\nhello\r\n",
                           " 5\r\nhello\r\n",
                           "5 \r\nhello\r\n",
                           "5\nhello\n0\n\n",
                           "5\r\rhello",
                           "5\r\nhello0\r\n\r\n",
                           "5\r\nhello\n0\r\n\r\n",
                           "5\r\nhello\r0\r\n\r\n",
                           "5\r\nhello!\r\n0\r\n\r\n",
                           "5;a\nb\r\nhello\r\n",
                           "5;a\x01\r\nhello\r\n",
                           "0\r\n\n",
                           "0\r\nA: b\n\r\n",
                           "0\r\nA: b\r\r\n",
                           "0\r\n\r\r",
                           "5,5\r\nhello\r\n",
                           "fffffffffffffffff\r\n",
                           "00000000000000005\r\nhello\r\n"})
    CHECK_MESSAGE(decode(sent).end == state::damaged, sent);
  CHECK(decode({"5\0\r\nhello\r\n", 13}).end == state::damaged);
}

TEST_CASE("chunks: the limit is taken, a byte more is too much, before it is read") {
  CHECK(decode("5\r\nhello\r\n0\r\n\r\n", 5).end == state::complete);
  const auto more = decode("3\r\nhel\r\n3\r\nlo!", 5);
  CHECK(more.end == state::too_large);
  CHECK(more.body == "hel");
  CHECK(decode("ffffffffffffffff\r\n").end == state::too_large);
  CHECK(decode("1\r\n", 0).end == state::too_large);
  CHECK(decode("0\r\n\r\n", 0).end == state::complete);
}

TEST_CASE("chunks: nothing is taken behind the end or behind damage") {
  chunk_decoder chunks{1000};
  std::string body;
  CHECK(chunks.feed("x", body) == 1);
  CHECK(chunks.feed("5\r\nhello\r\n0\r\n\r\n", body) == 0);
  CHECK(chunks.now() == state::damaged);
  CHECK(body.empty());
}
