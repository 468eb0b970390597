#include "suites/tests/analysis/torchscript/script_models.hpp"

#include "analysis/torchscript/script_loss.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

namespace relu0::test {

std::filesystem::path empty_folder(const std::string& name) {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::string test = info == nullptr ? "shared" : std::string(info->test_suite_name()) + "." + info->name();
  std::replace(test.begin(), test.end(), '/', '.');
  // Another process may run the same test at the same time.
  static const TemporaryFolder root;
  const std::filesystem::path folder = root.path() / test / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

torch::jit::Module module_of(const std::string& body, const std::vector<double>& c) {
  torch::jit::Module module("model");
  module.register_parameter("b", at::zeros_like(vector_of(c)).neg().set_requires_grad(true),
                            /*is_buffer=*/false);
  module.register_buffer("c", vector_of(c));
  module.define("def forward(self, x):\n" + body);
  return module;
}

ScriptModel saved(const torch::jit::Module& module) {
  const std::filesystem::path file = empty_folder("saved") / "model.pt";
  module.save(file);
  return ScriptModel(file);
}

at::Tensor vector_of(const std::vector<double>& values) { return at::tensor(values).to(at::kFloat); }

std::vector<double> values_of(const at::Tensor& tensor) {
  const at::Tensor doubles = tensor.to(at::kDouble).contiguous();
  return {doubles.data_ptr<double>(), doubles.data_ptr<double>() + doubles.numel()};
}

ScriptResult run(const ScriptModel& model, const at::Tensor& x, const ScriptChoices& choices,
                 ScriptSettings settings) {
  ScriptRunner runner(model, settings);
  return runner.run({.inputs = {x}}, choices);
}

std::vector<at::Tensor> plain_gradients(const ScriptModel& model, const ScriptBatch& batch, ScriptLoss loss,
                                        at::ScalarType type) {
  torch::jit::Module module = model.instance(type);
  const torch::jit::GraphOptimizerEnabledGuard plain(false);
  std::vector<c10::IValue> inputs;
  for (const c10::IValue& input : batch.inputs) {
    inputs.emplace_back(input.toTensor().is_floating_point() ? input.toTensor().to(type) : input.toTensor());
  }
  std::vector<at::Tensor> parameters;
  for (const at::Tensor& parameter : module.parameters()) {
    if (parameter.requires_grad()) {
      parameters.push_back(parameter);
    }
  }
  const at::Tensor value = loss_of(output_tensor(module.forward(inputs), {}), batch.target, loss);
  return torch::autograd::grad({value}, parameters, {}, /*retain_graph=*/{}, false, /*allow_unused=*/true);
}

}  // namespace relu0::test
