#pragma once
#include <string_view>
#include <vector>

namespace relu0::kernels {

/// For which instructions the portable kernels' inner loops are compiled. Results have the same bits with
/// each; they differ in speed.
enum class InstructionSet {
  baseline,  ///< what every processor of the target has; a fused multiply-add is std::fma's there
  avx2,      ///< AVX2 and FMA
  avx512,    ///< AVX-512 F, DQ and VL
};

/// "baseline", "AVX2" or "AVX-512".
std::string_view name(InstructionSet set);

/// What this processor has, from the baseline to the best.
const std::vector<InstructionSet>& available_instruction_sets();
/// The last of them.
InstructionSet best_instruction_set();

/// How a kernel is run; the result does not depend on it.
struct Execution {
  InstructionSet instruction_set = best_instruction_set();
  int threads = 1;  ///< at least 1
};

}  // namespace relu0::kernels
