#include "analysis/torchscript/import/operators/operators.hpp"

#include <array>

namespace relu0::script_import {

namespace {

/// Without a stride the windows lie side by side.
Window window_of(const ScriptCall& call) {
  const std::array<std::int64_t, 2> kernel = call.pair("kernel_size");
  const bool has_stride = !call.integers("stride").empty();
  return {.kernel = kernel,
          .stride = has_stride ? call.pair("stride") : kernel,
          .padding = call.pair("padding"),
          .dilation = {1, 1},
          .padding_end = {},
          .ceil = call.boolean("ceil_mode")};
}

std::vector<ScriptValue> import_max_pool(ScriptCall& call) {
  Window window = window_of(call);
  window.dilation = call.pair("dilation");
  return {NodeValue{call.append(MaxPool{window}, {call.node("self")})}};
}

std::vector<ScriptValue> import_average_pool(ScriptCall& call) {
  if (call.has("divisor_override")) {
    ScriptCall::refuse("an average over another number than the window's places is not imported");
  }
  const AveragePool pool{.window = window_of(call), .count_padding = call.boolean("count_include_pad")};
  return {NodeValue{call.append(pool, {call.node("self")})}};
}

std::vector<ScriptValue> import_adaptive_pool(ScriptCall& call) {
  const std::array<std::int64_t, 2> size = call.pair("output_size");
  return {
      NodeValue{call.append(AdaptiveAveragePool{.height = size[0], .width = size[1]}, {call.node("self")})}};
}

/// Over height and width of images.
std::vector<ScriptValue> import_mean(ScriptCall& call) {
  const at::Tensor x = call.tensor("self");
  std::vector<std::int64_t> dimensions = call.has("dim") ? call.integers("dim") : std::vector<std::int64_t>{};
  for (std::int64_t& dimension : dimensions) {
    dimension = static_cast<std::int64_t>(ScriptCall::dimension(x, dimension));
  }
  if (x.dim() != 4 || call.has("dtype") ||
      (dimensions != std::vector<std::int64_t>{2, 3} && dimensions != std::vector<std::int64_t>{3, 2})) {
    ScriptCall::refuse("a mean is imported over the height and width of images only");
  }
  const std::size_t pooled = call.append(AdaptiveAveragePool{.height = 1, .width = 1}, {call.node("self")});
  return {NodeValue{call.boolean("keepdim") ? pooled : call.append(Flatten{}, {pooled})}};
}

}  // namespace

std::span<const ImportedOperator> pooling_operators() {
  static constexpr std::array<ImportedOperator, 5> operators{
      {{"aten::max_pool2d", import_max_pool},
       {"aten::max_pool2d_with_indices", import_max_pool},
       {"aten::avg_pool2d", import_average_pool},
       {"aten::adaptive_avg_pool2d", import_adaptive_pool},
       {"aten::mean", import_mean}}};
  return operators;
}

}  // namespace relu0::script_import
