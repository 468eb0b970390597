#include "analysis/kernels/instruction_set.hpp"

#include <stdexcept>

namespace relu0::kernels {

std::string_view name(InstructionSet set) {
  switch (set) {
    case InstructionSet::baseline:
      return "baseline";
    case InstructionSet::avx2:
      return "AVX2";
    case InstructionSet::avx512:
      return "AVX-512";
  }
  throw std::logic_error("not an InstructionSet");
}

const std::vector<InstructionSet>& available_instruction_sets() {
  static const std::vector<InstructionSet> available = [] {
    std::vector<InstructionSet> sets{InstructionSet::baseline};
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      sets.push_back(InstructionSet::avx2);
      if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
          __builtin_cpu_supports("avx512vl")) {
        sets.push_back(InstructionSet::avx512);
      }
    }
#endif
    return sets;
  }();
  return available;
}

InstructionSet best_instruction_set() { return available_instruction_sets().back(); }

}  // namespace relu0::kernels
