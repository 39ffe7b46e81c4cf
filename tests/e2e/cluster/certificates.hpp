// The certificates with which nodes identify themselves.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace parseflow::e2e {

/// An authority and certificates signed by it, made by deploy/make-certificates.sh.
class certificates {
public:
  /// Makes a certificate for each node, given as `NODE` or `NODE=NAME,…`. Throws std::runtime_error with the
  /// script's output if it fails.
  explicit certificates(const std::vector<std::string>& nodes);

  /// Makes a certificate of the same authority for one more node, unless it has one.
  void add(const std::string& node);

  /// The settings for the node.
  std::vector<std::string> arguments(const std::string& node) const;
  std::filesystem::path certificate(const std::string& node) const {
    return folder_.path() / node / "node.crt";
  }
  std::filesystem::path key(const std::string& node) const { return folder_.path() / node / "node.key"; }
  /// The folder of all the files.
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path authority() const { return folder_ / "authority.crt"; }

private:
  void make(const std::vector<std::string>& nodes);

  temp_dir folder_;
};

} // namespace parseflow::e2e
