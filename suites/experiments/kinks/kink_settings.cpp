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

/// At quick scale. The headlines are on LeNet-5, at fp16 and fp32; one network shows how often others meet
/// their kinks.
std::int64_t networks_of(const Setting& setting) {
  const bool is_lenet = std::holds_alternative<ConvolutionalNetwork>(setting.network);
  return is_lenet && (setting.precision == Precision::fp16 || setting.precision == Precision::fp32) ? 3 : 1;
}

/// At 16 bits a mini-batch often meets kinks, and behind max-pools each does, so that it takes backward
/// passes; elsewhere a forward pass shows that there are none.
std::int64_t minibatches_of(const Setting& setting) {
  if (std::holds_alternative<ConvolutionalNetwork>(setting.network)) {
    return storage_bits(setting.precision) == 16 ? 8 : 4;
  }
  switch (storage_bits(setting.precision)) {
    case 16:
      return 24;
    case 32:
      return 80;
    default:
      return 40;
  }
}

}  // namespace

std::vector<KinkSurvey> all() {
  std::vector<KinkSurvey> result;
  for (const Precision precision : all_precisions) {
    for (const Setting& setting : settings_at(precision)) {
      KinkSurvey& survey = result.emplace_back(setting);
      survey.images = minibatches_of(setting) * setting.batch_size;
      survey.networks = networks_of(setting);
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
