#include "suites/measurements/base/against_reference.hpp"

#include <variant>

namespace relu0 {

reference::CertifyOptions certify_options(const RunSettings& settings, int threads) {
  reference::CertifyOptions options;
  options.backprop.bits = settings.reference_bits;
  options.backprop.product.threads = threads;
  options.max_bits = settings.max_reference_bits;
  return options;
}

void identify_reference_bits(const RunSettings& settings, nlohmann::json& identity) {
  identity["reference_bits"] = {settings.reference_bits, settings.max_reference_bits};
  // Older stores hold what two runs agreed on, or what balls proved ("balls") without the 2-norm of
  // distances: narrower balls decide with fewer bits, so that their draws are not the same measurement.
  identity["proof"] = "balls and 2-norms";
}

bool is_small(const NetworkChoice& network) {
  const auto* convolutional = std::get_if<ConvolutionalNetwork>(&network);
  return convolutional == nullptr || convolutional->architecture == Architecture::lenet5;
}

void fields(Fields& f, ZeroCounts& counts) {
  f("structural", counts.structural);
  f("exact", counts.exact);
  f("rounding", counts.rounding);
  f("undecided", counts.undecided);
}

}  // namespace relu0
