#include "analysis/machine/processor.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

/// True for the flags in /proc/cpuinfo that numerical libraries have kernels for.
bool is_vector_instruction_set(std::string_view flag) {
#if defined(__aarch64__)
  constexpr std::array<std::string_view, 3> prefixes{"asimd", "sve", "sme"};
  constexpr std::array<std::string_view, 2> names{"bf16", "i8mm"};
#else
  constexpr std::array<std::string_view, 3> prefixes{"sse", "avx", "amx"};
  constexpr std::array<std::string_view, 4> names{"fma", "f16c", "ssse3", "pni"};
#endif
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

/// The first word of a file; empty where there is none.
std::string first_word(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

/// As Linux tells of the first core. (sysconf takes the L3 cache of some processors for ten times as large.)
std::string caches() {
  const std::filesystem::path folder = "/sys/devices/system/cpu/cpu0/cache";
  std::string text;
  for (int index = 0;; ++index) {
    const std::filesystem::path cache = folder / fmt::format("index{}", index);
    const std::string level = first_word(cache / "level");
    if (level.empty()) {
      return text.empty() ? unknown : text;
    }
    if (first_word(cache / "type") != "Instruction") {
      text += fmt::format("{}L{} {}", text.empty() ? "" : ", ", level, first_word(cache / "size"));
    }
  }
}

}  // namespace

ProcessorInfo processor_info() {
  return {.model = cpuinfo({"model name"}),
          .cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency())),
          .instruction_sets = instruction_sets(),
          .caches = caches()};
}

std::string gpu_models() {
  std::multiset<std::string> models;
  std::error_code absent;
  for (const auto& gpu : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", absent)) {
    std::ifstream information(gpu.path() / "information");
    for (std::string line; std::getline(information, line);) {
      const std::size_t model = line.find_first_not_of(" \t", line.find(':') + 1);
      if (line.starts_with("Model:") && model != std::string::npos) {
        models.insert(line.substr(model));
      }
    }
  }
  return models.empty() ? unknown : fmt::format("{}", fmt::join(models, ", "));
}

}  // namespace relu0
