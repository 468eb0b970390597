#include "analysis/torchscript/script_model.hpp"

#include "analysis/autograd/tensor_text.hpp"
#include "analysis/torchscript/archive/archive_check.hpp"
#include "analysis/torchscript/archive/memory_archive.hpp"
#include "analysis/torchscript/kinks/graph_kinks.hpp"
#include "analysis/torchscript/script_instance.hpp"
#include "analysis/torchscript/working_type.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <iterator>
#include <regex>

#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

namespace relu0 {

namespace {

/// The remedy for a model that a newer PyTorch saved.
constexpr const char* newer_libtorch =
    "use a relu0 that is built with the LibTorch of the PyTorch that saved the model, or a newer one";

/// What of a message of TorchScript's loader a user can act on.
[[noreturn]] void throw_load_error(const std::filesystem::path& path, const std::string& message) {
  static const std::regex unknown_operator(R"(Unknown builtin op: ([A-Za-z0-9_]+::[A-Za-z0-9_.]+))");
  std::smatch match;
  if (std::regex_search(message, match, unknown_operator)) {
    std::string name = match[1];
    name.erase(name.find_last_not_of('.') + 1);
    if (name.starts_with("aten::") || name.starts_with("prim::")) {
      throw InputError(fmt::format("{}: the model calls the operator {}, which LibTorch {} does not have: {}",
                                   path.string(), name, TORCH_VERSION, newer_libtorch));
    }
    throw InputError(fmt::format(
        "{}: the model calls the operator {}, which is not part of LibTorch: load the library that has it "
        "with --load-library FILE.so",
        path.string(), name));
  }
  // The operator's variants follow, each in a line that begins with its name.
  const std::size_t refused = message.find("Arguments for call are not valid");
  if (const std::size_t variant = message.find("aten::", refused);
      refused != std::string::npos && variant != std::string::npos) {
    const std::string operator_name = message.substr(variant, message.find_first_of("(.", variant) - variant);
    throw InputError(
        fmt::format("{}: the model calls the operator {} with arguments that LibTorch {} does not know: {}",
                    path.string(), operator_name, TORCH_VERSION, newer_libtorch));
  }
  const std::string first = message.substr(0, message.find("\nException raised from"));
  throw InputError(fmt::format("{}: TorchScript cannot load the model: {}", path.string(), first));
}

torch::jit::Module load(const std::filesystem::path& path, const std::shared_ptr<const std::string>& bytes) {
  try {
    return torch::jit::load(std::make_shared<MemoryArchive>(bytes), c10::Device(c10::kCPU));
  } catch (const c10::Error& error) {
    throw_load_error(path, error.what_without_backtrace());
  } catch (const InputError&) {
    throw;
  } catch (const std::exception& error) {
    throw_load_error(path, error.what());
  }
}

ModelTensor described(const std::string& name, const at::Tensor& tensor) {
  return {.name = name,
          .shape = tensor.sizes().vec(),
          .type = autograd::type_name(tensor.scalar_type()),
          .requires_grad = tensor.requires_grad()};
}

/// Submodules of these kinds compute something else in training mode.
std::vector<std::string> modules_in_training(const torch::jit::Module& module) {
  static const std::regex depends(R"(BatchNorm|InstanceNorm|Dropout|RReLU)");
  std::vector<std::string> result;
  for (const auto& child : module.named_modules()) {
    const auto name = child.value.type()->name();
    if (name && std::regex_search(name->name(), depends) && child.value.hasattr("training") &&
        child.value.is_training()) {
      result.push_back(child.name);
    }
  }
  return result;
}

}  // namespace

ScriptModel::ScriptModel(const std::filesystem::path& path)
    : RunnableModel(path), bytes_(read_archive(path)) {
  check_archive(path_, bytes_);
  const torch::jit::Module module = load(path_, bytes_);
  if (!module.find_method("forward")) {
    throw InputError(fmt::format("{}: the model has no method forward()", path_.string()));
  }
  info_.format = "TorchScript";
  info_.has_optimising_executor = true;
  const auto& arguments = module.get_method("forward").function().getSchema().arguments();
  std::transform(arguments.begin() + 1, arguments.end(), std::back_inserter(info_.arguments),
                 [](const c10::Argument& argument) { return argument.name(); });
  for (const auto& parameter : module.named_parameters()) {
    info_.parameters.push_back(described(parameter.name, parameter.value));
  }
  for (const auto& buffer : module.named_buffers()) {
    info_.buffers.push_back(described(buffer.name, buffer.value));
  }
  info_.in_training = modules_in_training(module);
  const GraphKinks graph = kinks_of_graph(module);
  info_.kinks = graph.kinks;
  info_.uncontrolled = graph.uncontrolled;
  info_.interface_calls = graph.interface_calls;
}

torch::jit::Module ScriptModel::instance(at::ScalarType type) const {
  torch::jit::Module module = load(path_, bytes_);
  for (const auto& attribute : module.named_attributes()) {
    if (!attribute.value.isTensor()) {
      continue;
    }
    at::Tensor tensor = attribute.value.toTensor();
    if (tensor.defined() && tensor.is_floating_point() && tensor.scalar_type() != type) {
      tensor.set_data(tensor.detach().to(type));
    }
  }
  if (type == at::kDouble) {
    widen_to_binary64(module);
  }
  return module;
}

std::unique_ptr<RunnableInstance> ScriptModel::prepare(at::ScalarType type) const {
  return script_instance(instance(type));
}

void load_operator_library(const std::filesystem::path& path) {
  // The operators register themselves and stay registered, so the library is never closed.
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    throw InputError(fmt::format("{}: the library cannot be loaded: {}", path.string(), dlerror()));
  }
}

}  // namespace relu0
