#include "suites/commands/doctor_machine.hpp"

#include "analysis/kernels/instruction_set.hpp"
#include "analysis/machine/blas.hpp"
#include "analysis/machine/floating_point_state.hpp"
#include "analysis/machine/kernels.hpp"
#include "analysis/machine/libtorch_info.hpp"
#include "analysis/machine/onednn.hpp"
#include "analysis/machine/steering_variables.hpp"
#include "reference/arithmetic/mpfr_library.hpp"
#include "suites/run/environment_facts.hpp"

#include <fmt/format.h>

namespace relu0::commands {

namespace {

void print_processor(const Environment& machine) {
  fmt::print("Processor: {}, {} cores\n", machine.at(facts::processor), machine.at(facts::processor_cores));
  fmt::print("  instruction sets: {}\n", machine.at(facts::processor_instruction_sets));
  fmt::print("  caches: {}\n", machine.at(facts::processor_caches));
}

void print_libtorch(const LibTorchInfo& libtorch) {
  fmt::print("LibTorch {}: own kernels for {}, CUDA {}\n", libtorch.version, libtorch.cpu_capability,
             libtorch.cuda_available ? "available" : "not available");
  if (!libtorch.cuda_available) {
    advise("for native fp16, bf16 and tf32: a LibTorch for CUDA and an NVIDIA GPU (--device cuda)");
  }
}

void print_blas(const BlasInfo& blas) {
  fmt::print("BLAS: {}, {} thread(s); a run uses one per draw and draws side by side\n", blas.library,
             blas.threads);
  if (!blas.tuned) {
    advise("this BLAS is slow: apt-get install libopenblas-dev");
  }
}

void print_onednn(const Environment& machine) {
  fmt::print("oneDNN: {}\n", machine.at(facts::onednn));
  const OneDnnInfo onednn = onednn_info();
  if (onednn.built_in && !onednn.enabled) {
    advise("LibTorch's switch for oneDNN is off; convolutions run on im2col and BLAS, and meet other zeros");
  } else if (onednn.built_in && onednn.instruction_set.empty()) {
    advise(
        "this oneDNN does not say which instruction set it uses; go by the processor and the variables "
        "below");
  }
}

void print_kernels(const Environment& machine) {
  fmt::print("What computes on the CPU, tried out:\n");
  for (const KernelInUse& kernel : kernels_in_use()) {
    fmt::print("  {}: {}\n", kernel.operation, kernel.library);
  }
  fmt::print("  {}: {}\n", facts::other_operations, machine.at(facts::other_operations));
  fmt::print(
      "Portable kernels (relu0 run --kernel portable): compiled for {}; the same bits on every processor\n",
      kernels::name(kernels::best_instruction_set()));
}

void print_variables() {
  bool any = false;
  for (const SteeringVariable& variable : steering_variables()) {
    const std::string value = value_of(variable);
    if (value != absent_variable) {
      fmt::print("Variable set: {}={} (read by {})\n", variable.name, value, variable.steers);
      any = true;
    }
  }
  if (any) {
    advise(
        "such variables can change bits and the zeros that are met: unset them to measure what others "
        "measure, or "
        "keep a store for each setting");
  } else {
    fmt::print("Variables that change bits: none is set\n");
  }
}

void print_rounding() {
  const FloatingPointState state = floating_point_state();
  fmt::print("Floating point: {}\n", describe(state));
  if (state.flush_to_zero || state.denormals_are_zero) {
    advise(
        "numbers below the smallest normal one count as 0 here, so that more zeros are met than elsewhere. A "
        "library linked with -ffast-math sets this: look at LD_PRELOAD and at what is loaded");
  }
  if (state.rounding != "to nearest") {
    advise("relu0 does not run in this rounding mode: its bounds hold for rounding to nearest");
  }
}

void print_mpfr() {
  const reference::MpfrLibrary mpfr = reference::mpfr_library();
  fmt::print("MPFR {}: {}\n", mpfr.version, mpfr.thread_safe ? "thread-safe" : "not thread-safe");
  if (!mpfr.thread_safe) {
    advise("relu0 does not run with it: use an MPFR configured with --enable-thread-safe, as Debian's is");
  }
}

}  // namespace

void advise(const std::string& text) { fmt::print("  -> {}\n", text); }

void print_machine() {
  // First: what follows leaves BLAS with one thread.
  const BlasInfo blas = blas_info();
  const Environment machine = describe_machine(Device::cpu);
  print_processor(machine);
  print_libtorch(libtorch_info());
  print_blas(blas);
  print_onednn(machine);
  print_kernels(machine);
  print_variables();
  print_rounding();
  print_mpfr();
  fmt::print("C library: {}\n", machine.at(facts::c_library));
  for (const Precision precision : all_precisions) {
    fmt::print("{} on the CPU: {}\n", name(precision), precision_support(precision, Device::cpu));
  }
}

}  // namespace relu0::commands
