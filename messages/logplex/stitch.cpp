// Joins lines that were cut on their way.
#include "messages/logplex/stitch.hpp"

#include "messages/logplex/postgres_line.hpp"

namespace parseflow::logplex {

namespace {

// What an entry costs beside its texts.
constexpr std::size_t entry_bytes = 256;
constexpr std::size_t part_bytes = 96;

stitched_line alone(const line_piece& line) {
  return {line.at,
          std::string(line.drain),
          std::string(line.source),
          std::string(line.proc),
          std::string(line.text),
          1};
}

// The writer of a line. NUL stands in none of these, since all are words.
std::string key_of(const line_piece& line) {
  std::string key(line.drain);
  key.append(1, '\0').append(line.source).append(1, '\0').append(line.proc);
  return key;
}

} // namespace

void stitcher::add(const line_piece& line, std::vector<stitched_line>& done) {
  expire(line.at, done);
  postgres_line part;
  if (line.source == "app" && line.proc.starts_with("postgres.") && read_postgres_line(line.text, part)) {
    std::string key = key_of(line);
    key.append(1, '\0').append(part.database).append(1, '\0').append(std::to_string(part.line));
    // The first part keeps what stands before its text, since that is the head of the joined line.
    add_part(line, part.part, std::move(key), part.part == 1 ? line.text : part.text, done);
  } else {
    add_cut(line, done);
  }
  shrink(done);
}

void stitcher::add_cut(const line_piece& line, std::vector<stitched_line>& done) {
  const bool is_cut = line.text.size() == cut_bytes;
  if (!is_cut && waiting_.empty()) {
    done.push_back(alone(line));
    return;
  }
  std::string key = key_of(line);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    if (!is_cut) {
      done.push_back(alone(line));
      return;
    }
    const place p = keep(line, std::move(key));
    p->line.text = line.text;
    grow(p, line.text.size(), line.at);
    return;
  }
  const place p = found->second;
  if (p->line.text.size() + line.text.size() > limits_.max_line_bytes) {
    give(p, done);
    add_cut(line, done);
    return;
  }
  p->line.text += line.text;
  ++p->line.pieces;
  grow(p, line.text.size(), line.at);
  if (!is_cut)
    give(p, done);
}

void stitcher::add_part(const line_piece& line, std::uint64_t number, std::string key, std::string_view text,
                        std::vector<stitched_line>& done) {
  auto found = by_key_.find(key);
  // The same number again: another session counts from the start.
  if (found != by_key_.end() && (found->second->parts.contains(number) ||
                                 found->second->bytes + text.size() > limits_.max_line_bytes)) {
    give(found->second, done);
    found = by_key_.end();
  }
  const place p = found == by_key_.end() ? keep(line, std::move(key)) : found->second;
  p->parts.emplace(number, text);
  p->line.pieces = static_cast<std::uint32_t>(p->parts.size());
  grow(p, text.size() + part_bytes, line.at);
}

stitcher::place stitcher::keep(const line_piece& line, std::string key) {
  waiting_.emplace_back();
  const place p = std::prev(waiting_.end());
  p->line = alone({line.at, line.drain, line.source, line.proc, {}});
  p->key = std::move(key);
  by_key_.emplace(p->key, p);
  grow(p, entry_bytes + 3 * p->key.size(), line.at);
  return p;
}

void stitcher::grow(place p, std::size_t bytes, timestamp at) {
  p->bytes += bytes;
  held_bytes_ += bytes;
  p->last = at;
  waiting_.splice(waiting_.end(), waiting_, p);
}

void stitcher::give(place p, std::vector<stitched_line>& done) {
  bool is_first = true;
  for (const auto& [number, text] : p->parts) {
    if (!is_first)
      p->line.text += '\n';
    p->line.text += text;
    is_first = false;
  }
  done.push_back(std::move(p->line));
  held_bytes_ -= p->bytes;
  by_key_.erase(p->key);
  waiting_.erase(p);
}

void stitcher::shrink(std::vector<stitched_line>& done) {
  while (held_bytes_ > limits_.max_held_bytes)
    give(waiting_.begin(), done);
}

void stitcher::expire(timestamp now, std::vector<stitched_line>& done) {
  while (!waiting_.empty() && waiting_.front().last + limits_.max_gap < now)
    give(waiting_.begin(), done);
}

void stitcher::flush(std::vector<stitched_line>& done) {
  while (!waiting_.empty())
    give(waiting_.begin(), done);
}

} // namespace parseflow::logplex
