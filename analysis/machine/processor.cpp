#include "analysis/machine/processor.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace relu0 {

namespace {

constexpr const char* unknown = "unknown";

/// The value of the first line "name : value" of /proc/cpuinfo whose name is one of these.
std::string cpuinfo(std::initializer_list<std::string_view> names) {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line)) {
    const std::size_t colon = line.find(": ");
    const bool wanted = std::any_of(names.begin(), names.end(),
                                    [&](std::string_view name) { return line.starts_with(name); });
    if (wanted && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return unknown;
}

/// Of x86-64 ("flags") or AArch64 ("Features"): those that numerical libraries have kernels for.
bool is_vector_instruction_set(std::string_view flag) {
  constexpr std::array<std::string_view, 6> prefixes{"sse", "avx", "amx", "asimd", "sve", "sme"};
  constexpr std::array<std::string_view, 6> names{"fma", "f16c", "ssse3", "pni", "bf16", "i8mm"};
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return flag.starts_with(prefix); }) ||
         std::find(names.begin(), names.end(), flag) != names.end();
}

std::string instruction_sets() {
  std::istringstream flags(cpuinfo({"flags", "Features"}));
  std::set<std::string> found;
  for (std::string flag; flags >> flag;) {
    if (is_vector_instruction_set(flag)) {
      found.insert(flag);
    }
  }
  return found.empty() ? unknown : fmt::format("{}", fmt::join(found, " "));
}

std::string caches() {
  constexpr std::array<std::pair<const char*, int>, 3> levels{
      {{"L1d", _SC_LEVEL1_DCACHE_SIZE}, {"L2", _SC_LEVEL2_CACHE_SIZE}, {"L3", _SC_LEVEL3_CACHE_SIZE}}};
  constexpr long kibibyte = 1024;
  std::string text;
  for (const auto& [level, name] : levels) {
    if (const long size = sysconf(name); size > 0) {
      text += fmt::format("{}{} {} KiB", text.empty() ? "" : ", ", level, size / kibibyte);
    }
  }
  return text.empty() ? unknown : text;
}

}  // namespace

ProcessorInfo processor_info() {
  return {.model = cpuinfo({"model name"}),
          .cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency())),
          .instruction_sets = instruction_sets(),
          .caches = caches()};
}

}  // namespace relu0
