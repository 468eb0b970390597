#include "suites/experiments/kinks/kink_settings.hpp"

#include <variant>

namespace relu0::kink_settings {

namespace {

constexpr std::array both{Biases::usual, Biases::none};

Setting setting_of(const NetworkChoice& network, Precision precision, std::int64_t batch_size) {
  Setting setting;
  setting.network = network;
  setting.precision = precision;
  setting.batch_size = batch_size;
  setting.data = datasets::mnist;
  return setting;
}

std::vector<Setting> settings_at(Precision precision) {
  std::vector<Setting> result;
  for (const Biases biases : both) {
    for (const Activation activation : all_activations) {
      result.push_back(setting_of(Mlp{.activation = activation, .biases = biases}, precision, 256));
    }
    result.push_back(setting_of(ConvolutionalNetwork{.architecture = Architecture::lenet5, .biases = biases},
                                precision, 64));
  }
  return result;
}

/// At 16 bits, and at every precision behind max-pools, each mini-batch meets kinks and takes backward
/// passes; elsewhere a forward pass shows that there are none.
std::int64_t images_of(const Setting& setting) {
  const bool has_max_pools = std::holds_alternative<ConvolutionalNetwork>(setting.network);
  return has_max_pools || storage_bits(setting.precision) == 16 ? 4 * setting.batch_size
                                                                : 16 * setting.batch_size;
}

}  // namespace

std::vector<KinkSurvey> all() {
  std::vector<KinkSurvey> result;
  for (const Precision precision : all_precisions) {
    for (const Setting& setting : settings_at(precision)) {
      result.emplace_back(setting).images = images_of(setting);
    }
  }
  return result;
}

bool has_biases(const NetworkChoice& network) {
  if (const auto* mlp = std::get_if<Mlp>(&network)) {
    return mlp->biases == Biases::usual;
  }
  const auto* convolutional = std::get_if<ConvolutionalNetwork>(&network);
  return convolutional == nullptr || convolutional->biases == Biases::usual;
}

}  // namespace relu0::kink_settings
