#include "suites/run/environment_facts.hpp"

#include "analysis/machine/blas.hpp"
#include "analysis/machine/cuda_determinism.hpp"
#include "analysis/machine/floating_point_state.hpp"
#include "analysis/machine/kernels.hpp"
#include "analysis/machine/libtorch_info.hpp"
#include "analysis/machine/onednn.hpp"
#include "analysis/machine/processor.hpp"
#include "analysis/machine/steering_variables.hpp"
#include "reference/arithmetic/mpfr_library.hpp"
#include "suites/command_line/build_info.hpp"

#include <string>

#include <fmt/format.h>
#include <sys/cdefs.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

namespace relu0 {

namespace {

std::string onednn() {
  const OneDnnInfo info = onednn_info();
  if (!info.built_in) {
    return "not in this LibTorch";
  }
  return fmt::format(
      "{}, kernels {}{}", info.version.empty() ? "version unknown" : info.version,
      info.instruction_set.empty() ? "for an unknown instruction set" : "up to " + info.instruction_set,
      info.enabled ? "" : ", switched off in LibTorch");
}

/// Its exp, log and pow are not rounded correctly and may change between versions.
std::string c_library() {
#ifdef __GLIBC__
  return fmt::format("glibc {}", gnu_get_libc_version());
#else
  return "unknown";
#endif
}

}  // namespace

std::string precision_support(Precision precision, Device device) {
  if (is_cuda(device)) {
    return "native";
  }
  switch (precision) {
    case Precision::fp16:
      return "emulated: binary16 values, each operation in binary32 and rounded once";
    case Precision::bf16:
      return "emulated: bfloat16 values, each operation in binary32 and rounded once";
    case Precision::tf32:
      return "emulated: operands of matrix products rounded to 11 bits, products summed in binary32";
    case Precision::fp32:
    case Precision::fp64:
      return "native";
  }
  return "unknown";
}

int processor_cores() { return processor_info().cores; }

Environment rounding_facts() {
  const FloatingPointState state = floating_point_state();
  const auto on_or_off = [](bool on) { return on ? "on" : "off"; };
  return {{facts::rounding, state.rounding},
          {facts::flush_to_zero, on_or_off(state.flush_to_zero)},
          {facts::denormals_are_zero, on_or_off(state.denormals_are_zero)}};
}

Environment describe_machine(Device device) {
  const LibTorchInfo libtorch = libtorch_info();
  const ProcessorInfo processor = processor_info();
  Environment environment{
      {facts::processor, processor.model},
      {facts::processor_cores, std::to_string(processor.cores)},
      {facts::processor_caches, processor.caches},
      {facts::processor_instruction_sets, processor.instruction_sets},
      {facts::device, std::string(name(device))},
      {facts::blas, blas_info().library},
      {facts::blas_threads, "1 per draw; draws run side by side"},
      {facts::onednn, onednn()},
      {facts::libtorch, fmt::format("{}, own kernels for {}", libtorch.version, libtorch.cpu_capability)},
      {facts::other_operations, fmt::format("LibTorch's own kernels for {}", libtorch.cpu_capability)},
      {facts::c_library, c_library()},
      {facts::mpfr, reference::mpfr_library().version},
      {facts::compiler, build_info::compiler},
      {facts::build_type, build_info::build_type},
      {facts::relu0_version, build_info::version},
      {facts::relu0_revision, build_info::revision},
  };
  if (is_cuda(device)) {
    environment[facts::cuda_determinism] = describe_determinism(device);
    environment[facts::gpu] = gpu_models();
    environment[facts::cuda] = libtorch.cuda_libraries;
  }
  environment.merge(rounding_facts());
  for (const KernelInUse& kernel : kernels_in_use()) {
    environment[kernel.operation] = kernel.library;
  }
  for (const SteeringVariable& variable : steering_variables()) {
    environment[fmt::format("{}{}", facts::variable_prefix, variable.name)] = value_of(variable);
  }
  for (const Precision precision : all_precisions) {
    environment[fmt::format("{}{}", facts::precision_prefix, name(precision))] =
        precision_support(precision, device);
  }
  return environment;
}

namespace {

/// The facts on which bits depend only through the libraries of linear layers and convolutions.
std::vector<std::string> facts_about_product_libraries() {
  std::vector<std::string> names{facts::blas, facts::blas_threads, facts::onednn};
  for (const KernelInUse& kernel : kernels_in_use()) {
    names.push_back(kernel.operation);
  }
  for (const SteeringVariable& variable : steering_variables()) {
    if (variable.steers == "oneDNN" || variable.steers == "OpenBLAS") {
      names.push_back(fmt::format("{}{}", facts::variable_prefix, variable.name));
    }
  }
  // MKL computes exponentials and logarithms too, and chooses their code by the processor.
  if (blas_info().library.find("MKL") == std::string::npos) {
    names.insert(names.end(), {facts::processor, facts::processor_caches});
  }
  return names;
}

}  // namespace

Environment describe_environment(const DataSets& data, Device device, const KernelChoice& kernel,
                                 ProductLibraries libraries) {
  Environment environment = describe_machine(device);
  environment[facts::kernel] = name(kernel);
  for (const std::string& fact :
       libraries == ProductLibraries::used ? std::vector<std::string>{} : facts_about_product_libraries()) {
    auto entry = environment.extract(fact);
    entry.key() = std::string(facts::unused_prefix) + fact;
    environment.insert(std::move(entry));
  }
  for (const DataName data_name : data.names()) {
    environment[fmt::format("{}{}", facts::data_prefix, name(data_name))] =
        identify(data.images(data_name).facts());
  }
  return environment;
}

std::vector<std::string> recorded_facts() {
  std::vector<std::string> names;
  for (const auto& [fact, value] : describe_machine(Device::cpu)) {
    names.push_back(fact);
  }
  return names;
}

}  // namespace relu0
