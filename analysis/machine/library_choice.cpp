#include "analysis/machine/library_choice.hpp"

#include "analysis/machine/blas.hpp"
#include "analysis/machine/libtorch_info.hpp"
#include "analysis/machine/onednn.hpp"
#include "analysis/machine/processor.hpp"
#include "analysis/machine/threads.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <ATen/Context.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

constexpr int most_threads = 64;

/// A detail with a value, "onednn=AVX2", and the variable that makes the choice.
struct Detail {
  std::string_view word;
  std::string LibraryChoice::*value;
  const char* variable;
};

constexpr std::array details{Detail{"onednn", &LibraryChoice::onednn, "DNNL_MAX_CPU_ISA"},
                             Detail{"openblas", &LibraryChoice::openblas, "OPENBLAS_CORETYPE"},
                             Detail{"libtorch", &LibraryChoice::libtorch, "ATEN_CPU_CAPABILITY"}};

[[noreturn]] void refuse(std::string_view text) {
  throw InputError(
      fmt::format("'{}' is no choice of libraries: join by '+' some of im2col, onednn=INSTRUCTION_SET, "
                  "openblas=CORE_TYPE, libtorch=CAPABILITY, threads=1 … {}, each once",
                  text, most_threads));
}

int parse_threads(std::string_view text, std::string_view whole) {
  int threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error != std::errc() || end != text.data() + text.size() || threads < 1 || threads > most_threads) {
    refuse(whole);
  }
  return threads;
}

/// What a library can be told to compute for, and what the processor must have for it.
struct Target {
  std::string_view name;
  std::vector<std::string_view> instruction_sets;
};

std::vector<LibraryChoice> choices(const std::vector<Target>& targets, std::string LibraryChoice::*value) {
  const std::string sets = fmt::format(" {} ", processor_info().instruction_sets);
  std::vector<LibraryChoice> result;
  for (const Target& target : targets) {
    if (std::all_of(
            target.instruction_sets.begin(), target.instruction_sets.end(),
            [&](std::string_view set) { return sets.find(fmt::format(" {} ", set)) != std::string::npos; })) {
      LibraryChoice choice;
      choice.*value = target.name;
      result.push_back(choice);
    }
  }
  return result;
}

}  // namespace

std::string name(const LibraryChoice& choice) {
  std::vector<std::string> words;
  if (choice.im2col) {
    words.emplace_back("im2col");
  }
  for (const Detail& detail : details) {
    if (const std::string& value = choice.*detail.value; !value.empty()) {
      words.push_back(fmt::format("{}={}", detail.word, value));
    }
  }
  if (choice.threads != 1) {
    words.push_back(fmt::format("threads={}", choice.threads));
  }
  return fmt::format("{}", fmt::join(words, "+"));
}

LibraryChoice parse_library_choice(std::string_view text) {
  LibraryChoice choice;
  for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view value = word.substr(std::min(equals + 1, word.size()));
    const auto detail = std::find_if(details.begin(), details.end(), [&](const Detail& known) {
      return known.word == word.substr(0, equals);
    });
    if (detail != details.end() && !value.empty() && (choice.*detail->value).empty()) {
      choice.*detail->value = value;
    } else if (word == "im2col" && !choice.im2col) {
      choice.im2col = true;
    } else if (word.substr(0, equals) == "threads" && choice.threads == 1) {
      choice.threads = parse_threads(value, text);
    } else {
      refuse(text);
    }
  }
  return choice;
}

std::map<std::string, std::string> variables_of(const LibraryChoice& choice) {
  std::map<std::string, std::string> result;
  for (const Detail& detail : details) {
    if (const std::string& value = choice.*detail.value; !value.empty()) {
      result[detail.variable] = value;
    }
  }
  return result;
}

void apply_in_process(const LibraryChoice& choice) {
  if (choice.im2col) {
    at::globalContext().setUserEnabledMkldnn(false);
  }
  compute_draws_with(choice.threads);
}

std::string libraries_in_force() {
  const OneDnnInfo onednn = onednn_info();
  const std::string convolutions =
      !onednn.built_in || !onednn.enabled
          ? "no oneDNN"
          : fmt::format(
                "oneDNN {} up to {}", onednn.version.empty() ? "of unknown version" : onednn.version,
                onednn.instruction_set.empty() ? "an unknown instruction set" : onednn.instruction_set);
  return fmt::format("{}; {}; LibTorch's own kernels for {}", convolutions, blas_info().library,
                     libtorch_info().cpu_capability);
}

std::vector<LibraryChoice> onednn_choices() {
  static const std::vector<LibraryChoice> result =
      onednn_info().built_in ? choices({{"SSE41", {"sse4_1"}},
                                        {"AVX", {"avx"}},
                                        {"AVX2", {"avx2", "fma"}},
                                        {"AVX512_CORE", {"avx512f", "avx512dq", "avx512bw", "avx512vl"}}},
                                       &LibraryChoice::onednn)
                             : std::vector<LibraryChoice>{};
  return result;
}

std::vector<LibraryChoice> openblas_choices() {
  static const std::vector<LibraryChoice> result = [] {
    const std::string library = blas_info().library;
    if (library.find("OpenBLAS") == std::string::npos || library.find("DYNAMIC_ARCH") == std::string::npos) {
      return std::vector<LibraryChoice>{};
    }
    return choices({{"Nehalem", {"sse4_1", "sse4_2"}},
                    {"Sandybridge", {"avx"}},
                    {"Haswell", {"avx2", "fma"}},
                    {"Zen", {"avx2", "fma"}},
                    {"SkylakeX", {"avx512f", "avx512dq", "avx512bw", "avx512vl"}}},
                   &LibraryChoice::openblas);
  }();
  return result;
}

}  // namespace relu0
