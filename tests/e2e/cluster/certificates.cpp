#include "tests/e2e/cluster/certificates.hpp"

#include <stdexcept>

#include "tests/e2e/service.hpp"
#include "tests/support/process.hpp"

namespace parseflow::e2e {

certificates::certificates(const std::vector<std::string>& nodes) {
  make(nodes);
}

void certificates::add(const std::string& node) {
  make({node});
}

void certificates::make(const std::vector<std::string>& nodes) {
  std::vector<std::string> words{"--out", folder_.path().string()};
  words.insert(words.end(), nodes.begin(), nodes.end());
  process script{PARSEFLOW_MAKE_CERTIFICATES, words};
  if (script.wait(timeout) != 0)
    throw std::runtime_error(script.standard_error());
}

std::vector<std::string> certificates::arguments(const std::string& node) const {
  return {"--cluster.certificate=" + certificate(node).string(), "--cluster.key=" + key(node).string(),
          "--cluster.authority=" + authority().string()};
}

} // namespace parseflow::e2e
