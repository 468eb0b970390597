#include "suites/experiments/kernels/kernel_list.hpp"

#include <algorithm>
#include <variant>

namespace relu0::kernel_study {

namespace {

constexpr std::int64_t block_of_terms = 64;

/// What a network's layers are.
struct Layers {
  bool convolutions;
  bool bias_before_relu;
};

Layers layers_of(const NetworkChoice& network) {
  const auto* convolutional = std::get_if<ConvolutionalNetwork>(&network);
  return {.convolutions = convolutional != nullptr,
          .bias_before_relu = convolutional == nullptr || convolutional->architecture == Architecture::vgg11};
}

/// The choices that LibTorch's products and convolutions have here, besides the usual one.
std::vector<LibraryChoice> library_choices(const Layers& layers) {
  std::vector<LibraryChoice> result;
  const std::vector<LibraryChoice> cores = openblas_choices();
  if (layers.convolutions) {
    result = onednn_choices();
    if (!result.empty()) {
      result.push_back({.im2col = true});
    }
    for (LibraryChoice choice : cores) {
      choice.im2col = true;
      result.push_back(choice);
    }
  } else {
    result = cores;
  }
  return result;
}

std::vector<SummationOrder> orders(const Layers& layers) {
  std::vector<SummationOrder> result{{}, {.fma = false}, {.block = block_of_terms}};
  if (layers.bias_before_relu) {
    result.push_back({.bias = BiasPlace::first});
  }
  if (layers.convolutions) {
    result.push_back({.winograd = true});
  }
  return result;
}

}  // namespace

std::vector<ListedKernel> kernels_for(const NetworkChoice& network) {
  const Layers layers = layers_of(network);
  const KernelChoice native;
  const KernelChoice bias_last{.family = KernelFamily::bias_last};
  const std::vector<LibraryChoice> choices = library_choices(layers);
  std::vector<ListedKernel> result{{native}};
  for (const LibraryChoice& libraries : choices) {
    result.push_back({native, libraries});
  }
  result.push_back({native, {.libtorch = "default"}});
  result.push_back({native, {.threads = 2}});
  if (layers.bias_before_relu) {
    result.push_back({bias_last});
    for (const LibraryChoice& libraries : choices) {
      // One core type is enough for im2col here: the linear layers show the others.
      if (!libraries.im2col || libraries.openblas.empty()) {
        result.push_back({bias_last, libraries});
      }
    }
  }
  for (const SummationOrder& order : orders(layers)) {
    result.push_back({{.family = KernelFamily::portable, .order = order}});
  }
  return result;
}

}  // namespace relu0::kernel_study
