#include "analysis/torchscript/module_state.hpp"

#include "analysis/torch/same_bits.hpp"

#include <mutex>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/equal.h>
#include <torch/csrc/jit/api/module.h>

namespace relu0 {

namespace {

bool same_tensor(const at::Tensor& a, const at::Tensor& b) {
  if (!a.defined() || !b.defined()) {
    return a.defined() == b.defined();
  }
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() && same_bits(a, b);
}

bool same_value(const c10::IValue& a, const c10::IValue& b) {
  if (a.isTensor() && b.isTensor()) {
    return same_tensor(a.toTensor(), b.toTensor());
  }
  if (a.isTensorList() && b.isTensorList()) {
    const auto x = a.toTensorVector();
    const auto y = b.toTensorVector();
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_tensor);
  }
  return a.isObject() || b.isObject() || a == b;
}

c10::IValue copy_of(const c10::IValue& value) {
  if (value.isTensor()) {
    return value.toTensor().defined() ? c10::IValue(value.toTensor().detach().clone()) : value;
  }
  return value.deepcopy();
}

/// Every attribute that is neither a parameter nor a submodule, as (name, the module that has it, its slot).
template <typename Visitor>
void for_each_state(const torch::jit::Module& module, const std::string& prefix, Visitor&& visit) {
  const auto& type = module.type();
  for (std::size_t slot = 0; slot < type->numAttributes(); ++slot) {
    const std::string name = prefix + type->getAttributeName(slot);
    const c10::IValue value = module._ivalue()->getSlot(slot);
    if (value.isModule()) {
      for_each_state(value.toModule(), name + ".", visit);
    } else if (!type->is_parameter(slot)) {
      visit(name, module._ivalue(), slot);
    }
  }
}

}  // namespace

ModuleState::ModuleState(const torch::jit::Module& module) {
  for_each_state(module, "", [this](const std::string& name, const auto& object, std::size_t slot) {
    values_.emplace_back(name, copy_of(object->getSlot(slot)));
  });
}

std::vector<std::string> ModuleState::changed(const torch::jit::Module& module) const {
  std::vector<std::string> result;
  std::size_t i = 0;
  for_each_state(module, "", [&](const std::string& name, const auto& object, std::size_t slot) {
    if (!same_value(values_.at(i++).second, object->getSlot(slot))) {
      result.push_back(name);
    }
  });
  return result;
}

void ModuleState::restore(const torch::jit::Module& module) const {
  std::size_t i = 0;
  for_each_state(module, "", [&](const std::string& /*name*/, const auto& object, std::size_t slot) {
    const c10::IValue& kept = values_.at(i++).second;
    const c10::IValue now = object->getSlot(slot);
    const bool in_place = kept.isTensor() && now.isTensor() && kept.toTensor().defined() &&
                          now.toTensor().defined() && kept.toTensor().sizes() == now.toTensor().sizes() &&
                          kept.toTensor().scalar_type() == now.toTensor().scalar_type() &&
                          !now.toTensor().grad_fn();
    if (in_place) {
      // Other modules may share the tensor.
      if (!same_tensor(kept.toTensor(), now.toTensor())) {
        const at::AutoDispatchBelowADInplaceOrView no_gradient;
        now.toTensor().copy_(kept.toTensor());
      }
    } else if (!same_value(kept, now) ||
               (now.isTensor() && now.toTensor().defined() && now.toTensor().grad_fn())) {
      object->setSlot(slot, copy_of(kept));
    }
  });
}

ParametersKept::ParametersKept(const std::vector<NamedTensor>& parameters) {
  for (const NamedTensor& parameter : parameters) {
    const at::Tensor data = parameter.tensor.variable_data();
    parameters_.push_back({parameter.name, data, data.clone()});
  }
}

ParametersKept::~ParametersKept() {
  for (const Kept& kept : parameters_) {
    kept.parameter.copy_(kept.value);
  }
}

std::vector<std::string> ParametersKept::changed() const {
  std::vector<std::string> names;
  for (const Kept& kept : parameters_) {
    if (!same_bits(kept.parameter, kept.value)) {
      names.push_back(kept.name);
    }
  }
  return names;
}

namespace {

at::Tensor generator_state() { return at::detail::getDefaultCPUGenerator().get_state(); }

template <typename Change>
void change_generator(Change&& change) {
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  const std::lock_guard lock(generator.mutex());
  change(generator);
}

}  // namespace

RandomState::RandomState(std::uint64_t seed) {
  change_generator([this, seed](at::Generator& generator) {
    before_ = generator.get_state();
    generator.set_current_seed(seed);
    seeded_ = generator.get_state();
  });
}

RandomState::~RandomState() {
  change_generator([this](at::Generator& generator) { generator.set_state(before_); });
}

bool RandomState::used() const { return !same_bits(generator_state(), seeded_); }

}  // namespace relu0
