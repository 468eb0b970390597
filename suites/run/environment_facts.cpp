#include "suites/run/environment_facts.hpp"

#include "analysis/machine/blas.hpp"
#include "analysis/machine/libtorch_info.hpp"
#include "suites/command_line/build_info.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr const char* revision_fact = "relu0 revision";
/// Begins the name of the fact about each data set.
constexpr std::string_view data_fact = "data ";

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line)) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown";
}

}  // namespace

std::string precision_support(Precision precision, Device device) {
  if (device == Device::cuda) {
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

int processor_cores() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

Environment describe_environment(const DataSets& data, Device device) {
  const LibTorchInfo libtorch = libtorch_info();
  Environment facts{
      {"processor", processor()},
      {"processor cores", std::to_string(processor_cores())},
      {"device", std::string(name(device))},
      {"BLAS", blas_info().library},
      {"BLAS threads", "1 per draw; draws run side by side"},
      {"LibTorch", fmt::format("{}, own kernels for {}", libtorch.version, libtorch.cpu_capability)},
      {"compiler", build_info::compiler},
      {"build type", build_info::build_type},
      {"relu0", build_info::version},
      {revision_fact, build_info::revision},
  };
  for (const DataName data_name : data.names()) {
    facts[fmt::format("{}{}", data_fact, name(data_name))] = identify(data.images(data_name).facts());
  }
  for (const Precision precision : all_precisions) {
    facts[fmt::format("precision {}", name(precision))] = precision_support(precision, device);
  }
  return facts;
}

std::vector<std::string> differing_facts(const Environment& a, const Environment& b) {
  std::vector<std::string> differing;
  const auto may_be_missing = [](const std::string& fact) { return fact.starts_with(data_fact); };
  for (const auto& [fact, value] : a) {
    const auto found = b.find(fact);
    const bool differs = found == b.end() ? !may_be_missing(fact) : found->second != value;
    if (fact != revision_fact && differs) {
      differing.push_back(fact);
    }
  }
  for (const auto& [fact, value] : b) {
    if (fact != revision_fact && !a.contains(fact) && !may_be_missing(fact)) {
      differing.push_back(fact);
    }
  }
  return differing;
}

}  // namespace relu0
