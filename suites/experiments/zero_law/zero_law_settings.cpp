#include "suites/experiments/zero_law/zero_law_settings.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

namespace relu0::zero_law_settings {

namespace {

ZeroLaw on(const NetworkChoice& network, Precision precision, std::int64_t batch_size, DataName data,
           std::string_view kernel, std::int64_t images) {
  ZeroLaw measurement({.network = network,
                       .precision = precision,
                       .batch_size = batch_size,
                       .data = data,
                       .kernel = parse_kernel_choice(kernel)});
  measurement.images = images;
  return measurement;
}

/// A rate that is computed, not counted, is known to within some per cent from two mini-batches; networks
/// differ by more.
ZeroLaw for_rate(const Mlp& mlp) {
  ZeroLaw measurement = on(mlp, Precision::fp32, 256, datasets::mnist, "portable", 512);
  measurement.networks = 4;
  measurement.paper_networks = 100;
  return measurement;
}

/// Zeros become half as many with each bit.
std::int64_t images_at(int bits) { return bits <= 12 || bits > 24 ? 2'560 : 10'240; }

}  // namespace

std::vector<ZeroLaw> of_kernel(std::string_view kernel) {
  // Their many layers are the most costly: the kernel that the answer rests on gets more of them, and those
  // that it does not name none at quick scale.
  const std::int64_t convolutional = kernel == kernels.front() ? 2 : kernel == "portable:no-fma" ? 1 : 0;
  std::vector<ZeroLaw> result;
  for (const Precision precision : {Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32}) {
    ZeroLaw& mlp = result.emplace_back(on(Mlp{}, precision, 256, datasets::mnist, kernel, 10'240));
    // About the native kernel the law says nothing that could be judged.
    mlp.networks = kernel == "native" ? 1 : 3;
    result
        .emplace_back(
            on(ConvolutionalNetwork{Architecture::vgg11}, precision, 64, datasets::cifar10, kernel, 128))
        .networks = convolutional;
    result
        .emplace_back(
            on(ConvolutionalNetwork{Architecture::resnet18}, precision, 32, datasets::cifar10, kernel, 32))
        .networks = convolutional;
  }
  return result;
}

std::vector<ZeroLaw> of_bits() {
  std::vector<ZeroLaw> result;
  for (const int bits : {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 24, 28, 32, 36, 40}) {
    result
        .emplace_back(on(Mlp{}, Precision::fp64, 256, datasets::mnist, fmt::format("portable:bits={}", bits),
                         images_at(bits)))
        .networks = 1;  // the line through all of them has more
  }
  return result;
}

std::vector<ZeroLaw> of_depth() {
  std::vector<ZeroLaw> result;
  for (const std::int64_t layers : {1, 2, 3, 5, 6}) {
    result.push_back(for_rate({.hidden_layers = layers}));
  }
  return result;
}

std::vector<ZeroLaw> of_width() {
  std::vector<ZeroLaw> result;
  for (const std::int64_t width : {16, 64, 256, 512, 1024}) {
    result.push_back(for_rate({.width = width}));
  }
  return result;
}

std::vector<ZeroLaw> all() {
  std::vector<ZeroLaw> result;
  // Depth and width have the paper's network in common.
  std::set<std::string> described;
  const auto append = [&](const std::vector<ZeroLaw>& more) {
    std::copy_if(more.begin(), more.end(), std::back_inserter(result),
                 [&described](const ZeroLaw& one) { return described.insert(one.describe()).second; });
  };
  for (const std::string_view kernel : kernels) {
    append(of_kernel(kernel));
  }
  append(of_bits());
  append(of_depth());
  append(of_width());
  return result;
}

}  // namespace relu0::zero_law_settings
