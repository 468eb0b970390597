#include "analysis/torchscript/import/operators/operators.hpp"

#include <array>

namespace relu0::script_import {

namespace {

std::vector<ScriptValue> after_input(ScriptCall& call, Operation operation) {
  return {NodeValue{call.append(std::move(operation), {call.node("self")})}};
}

std::vector<ScriptValue> import_relu(ScriptCall& call) { return after_input(call, Relu{}); }

std::vector<ScriptValue> import_relu6(ScriptCall& call) { return after_input(call, relu6()); }

std::vector<ScriptValue> import_hardtanh(ScriptCall& call) {
  return after_input(call, hardtanh(call.number("min_val"), call.number("max_val")));
}

std::vector<ScriptValue> import_clamp(ScriptCall& call) {
  Clamp clamp;
  if (call.has("min")) {
    clamp.lower = call.number("min");
  }
  if (call.has("max")) {
    clamp.upper = call.number("max");
  }
  return after_input(call, clamp);
}

/// Only max(x, 0), which is a ReLU; other thresholds jump.
std::vector<ScriptValue> import_threshold(ScriptCall& call) {
  if (call.number("threshold") != 0 || call.number("value") != 0) {
    ScriptCall::refuse("only a threshold at 0 with the value 0, which is a ReLU, is imported");
  }
  return after_input(call, Relu{});
}

std::vector<ScriptValue> import_leaky_relu(ScriptCall& call) {
  return after_input(call, LeakyRelu{.slope = call.number("negative_slope")});
}

std::vector<ScriptValue> import_abs(ScriptCall& call) { return after_input(call, Absolute{}); }

/// Only of rows, as the network's softmax.
void require_rows(const ScriptCall& call) {
  const at::Tensor x = call.tensor("self");
  if (x.dim() != 2 || ScriptCall::dimension(x, call.integer("dim")) != 1) {
    ScriptCall::refuse("a softmax is imported over the rows of a matrix only");
  }
}

std::vector<ScriptValue> import_softmax(ScriptCall& call) {
  require_rows(call);
  return after_input(call, Softmax{});
}

std::vector<ScriptValue> import_log_softmax(ScriptCall& call) {
  require_rows(call);
  return after_input(call, LogSoftmax{});
}

}  // namespace

std::span<const ImportedOperator> activation_operators() {
  static constexpr std::array<ImportedOperator, 13> operators{{{"aten::relu", import_relu},
                                                               {"aten::relu6", import_relu6},
                                                               {"aten::hardtanh", import_hardtanh},
                                                               {"aten::clamp", import_clamp},
                                                               {"aten::clip", import_clamp},
                                                               {"aten::clamp_min", import_clamp},
                                                               {"aten::clamp_max", import_clamp},
                                                               {"aten::threshold", import_threshold},
                                                               {"aten::leaky_relu", import_leaky_relu},
                                                               {"aten::abs", import_abs},
                                                               {"aten::absolute", import_abs},
                                                               {"aten::softmax", import_softmax},
                                                               {"aten::log_softmax", import_log_softmax}}};
  return operators;
}

}  // namespace relu0::script_import
