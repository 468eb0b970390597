#include "analysis/machine/onednn.hpp"

#include "analysis/machine/process_symbol.hpp"

#include <string_view>

#include <ATen/Context.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

/// How dnnl_version_t begins in every release of oneDNN since 0.20.
struct Version {
  int major;
  int minor;
  int patch;
};

std::string version() {
  auto* get = process_symbol<const Version*()>("dnnl_version");
  if (get == nullptr) {
    return {};
  }
  const Version& version = *get();
  return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
}

std::string instruction_set() {
  auto* effective = process_symbol<int()>("dnnl_get_effective_cpu_isa");
  if (effective == nullptr) {
    return {};
  }
  const int code = effective();
  auto* to_text = process_symbol<const char*(int)>("dnnl_cpu_isa2str");
  if (to_text == nullptr) {
    return fmt::format("code {}", code);
  }
  const std::string_view text = to_text(code);
  constexpr std::string_view prefix = "cpu_isa_";
  return std::string(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

}  // namespace

OneDnnInfo onednn_info() {
  OneDnnInfo info{.built_in = at::Context::hasMKLDNN(),
                  .enabled = at::globalContext().userEnabledMkldnn(),
                  .version = {},
                  .instruction_set = {}};
  if (info.built_in) {
    info.version = version();
    info.instruction_set = instruction_set();
  }
  return info;
}

}  // namespace relu0
