#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

namespace relu0::counting {

/// The elements of a tensor for each index of one of its dimensions: what is summed up where a product or a
/// mean keeps only that dimension. 1 where there are none.
inline std::int64_t elements_per_index(const at::Tensor& tensor, std::int64_t dimension) {
  const std::int64_t indices = tensor.size(dimension);
  return indices == 0 ? 1 : std::max<std::int64_t>(tensor.numel() / indices, 1);
}

/// The longest sum in an operator where its arguments tell that and the sizes of its results do not: matrix
/// products and convolutions, normalisations, softmax, losses, and what takes elements without adding any up.
/// In backward passes the longest of the sums for its several gradients. Absent for other operators.
inline std::optional<std::int64_t> longest_sum(std::string_view name,
                                               std::span<const c10::IValue> arguments) {
  const auto tensor = [&](std::size_t i) { return arguments[i].toTensor(); };
  const auto integer = [&](std::size_t i) { return arguments[i].toInt(); };
  if (name == "aten::mm" || name == "aten::bmm") {
    return tensor(0).size(-1);
  }
  if (name == "aten::addmm" || name == "aten::baddbmm") {
    return tensor(1).size(-1) + 1;
  }
  // A convolution's weight is outputs × inputs per group × taps, a transposed one's inputs × outputs per
  // group × taps.
  if (name == "aten::convolution" || name == "aten::_convolution") {
    // Input, weight, bias, stride, padding, dilation, transposed, output padding, groups.
    const bool is_transposed = arguments[6].toBool();
    return 1 +
           (is_transposed ? elements_per_index(tensor(1), 1) / integer(8) : elements_per_index(tensor(1), 0));
  }
  if (name == "aten::convolution_backward") {
    // The same behind the result's gradient; over samples and places for weight and bias, over channels and
    // taps for the input.
    const bool is_transposed = arguments[7].toBool();
    return std::max(elements_per_index(tensor(0), 1), is_transposed
                                                          ? elements_per_index(tensor(2), 0)
                                                          : elements_per_index(tensor(2), 1) / integer(9));
  }
  if (name == "aten::native_batch_norm" || name == "aten::native_batch_norm_backward") {
    return elements_per_index(tensor(0), 1);
  }
  if (name == "aten::native_layer_norm" || name == "aten::native_layer_norm_backward") {
    // Over what is normalised, and backward over the rest for the weight.
    const bool is_backward = name == "aten::native_layer_norm_backward";
    std::int64_t normalised = 1;
    for (const std::int64_t size : arguments[is_backward ? 2 : 1].toDimVector()) {
      normalised *= size;
    }
    const std::int64_t rest = normalised == 0 ? 1 : tensor(0).numel() / normalised;
    return is_backward ? std::max(normalised, rest) : normalised;
  }
  if (name == "aten::native_group_norm" || name == "aten::native_group_norm_backward") {
    const bool is_backward = name == "aten::native_group_norm_backward";
    const std::size_t sizes = is_backward ? 5 : 3;  // samples, channels, places, groups
    const std::int64_t places = integer(sizes + 2);
    const std::int64_t of_group = integer(sizes + 1) / std::max<std::int64_t>(integer(sizes + 3), 1) * places;
    return is_backward ? std::max(of_group, integer(sizes) * places) : of_group;
  }
  if (name == "aten::_softmax" || name == "aten::_log_softmax") {
    return tensor(0).dim() == 0 ? 1 : tensor(0).size(integer(1));
  }
  if (name == "aten::_softmax_backward_data" || name == "aten::_log_softmax_backward_data") {
    return tensor(0).dim() == 0 ? 1 : tensor(0).size(integer(2));
  }
  // One index may be that of every sample.
  if (name == "aten::nll_loss_forward" || name == "aten::nll_loss2d_forward" ||
      name == "aten::embedding_dense_backward") {
    return std::max<std::int64_t>(tensor(1).numel(), 1);
  }
  constexpr std::array<std::string_view, 11> taking{"aten::embedding",
                                                    "aten::gather",
                                                    "aten::index",
                                                    "aten::index_select",
                                                    "aten::masked_select",
                                                    "aten::max",
                                                    "aten::max_pool1d",
                                                    "aten::max_pool2d",
                                                    "aten::max_pool2d_with_indices",
                                                    "aten::max_pool3d",
                                                    "aten::min"};
  if (std::find(taking.begin(), taking.end(), name) != taking.end()) {
    return 1;
  }
  return std::nullopt;
}

}  // namespace relu0::counting
