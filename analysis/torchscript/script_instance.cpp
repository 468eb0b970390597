#include "analysis/torchscript/script_instance.hpp"

#include "analysis/torchscript/module_state.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"

#include <functional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/jit/api/module.h>

namespace relu0 {

namespace {

class ScriptInstance : public RunnableInstance {
 public:
  explicit ScriptInstance(torch::jit::Module module) : module_(std::move(module)), original_(module_) {}

  [[nodiscard]] std::vector<NamedTensor> parameters() const override {
    std::vector<NamedTensor> result;
    for (const auto& parameter : module_.named_parameters()) {
      result.push_back({parameter.name, parameter.value});
    }
    return result;
  }

  [[nodiscard]] std::vector<NamedTensor> buffers() const override {
    std::vector<NamedTensor> result;
    for (const auto& buffer : module_.named_buffers()) {
      result.push_back({buffer.name, buffer.value});
    }
    return result;
  }

  [[nodiscard]] std::vector<at::Tensor> tensors() const override {
    std::vector<at::Tensor> result;
    for (const auto& attribute : module_.named_attributes()) {
      if (attribute.value.isTensor() && attribute.value.toTensor().defined()) {
        result.push_back(attribute.value.toTensor());
      }
    }
    return result;
  }

  void check_inputs(const std::vector<c10::IValue>& inputs) const override {
    const c10::FunctionSchema& schema = module_.get_method("forward").function().getSchema();
    std::vector<c10::IValue> arguments{module_._ivalue()};
    arguments.insert(arguments.end(), inputs.begin(), inputs.end());
    try {
      schema.checkAndNormalizeInputs(arguments);
    } catch (const c10::Error& error) {
      std::vector<std::string> expected;
      for (std::size_t i = 1; i < schema.arguments().size(); ++i) {
        expected.push_back(fmt::format("{}: {}", schema.arguments()[i].name(),
                                       schema.arguments()[i].type()->annotation_str()));
      }
      throw InputError(fmt::format(
          "the model takes ({}), which {} not fit: {}", fmt::join(expected, ", "),
          count_text(inputs.size(), "input of the mini-batch does", "inputs of the mini-batch do"),
          std::string(error.what_without_backtrace())));
    }
  }

  c10::IValue forward(const std::vector<c10::IValue>& inputs) override {
    // Switches and the recorder are the thread's own, so forked parts stay in it.
    returned_ =
        module_.get_method("forward").run_async(inputs, {}, [](std::function<void()> part) { part(); });
    returned_->waitAndThrow();
    return returned_->value();
  }

  void keep_state() override { original_ = ModuleState(module_); }
  [[nodiscard]] std::vector<std::string> changed_state() const override { return original_.changed(module_); }
  void restore_state() override { original_.restore(module_); }

 private:
  torch::jit::Module module_;
  ModuleState original_;
  c10::intrusive_ptr<c10::ivalue::Future> returned_;
};

}  // namespace

std::unique_ptr<RunnableInstance> script_instance(torch::jit::Module module) {
  return std::make_unique<ScriptInstance>(std::move(module));
}

}  // namespace relu0
