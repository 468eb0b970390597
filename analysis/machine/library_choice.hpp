#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// By which code, among what the machine offers, the libraries behind LibTorch compute. Most of them read
/// variables of their process's environment once, when they are loaded or first used, so that a process has
/// one such choice, made before it starts.
struct LibraryChoice {
  std::string onednn{};    ///< DNNL_MAX_CPU_ISA: "AVX2"; empty: as the environment has it
  std::string openblas{};  ///< OPENBLAS_CORETYPE: "Haswell"; empty: as the environment has it
  std::string libtorch{};  ///< ATEN_CPU_CAPABILITY, of LibTorch's own kernels: "default"; empty likewise
  bool im2col = false;     ///< convolutions by LibTorch's im2col and a product of BLAS, not by oneDNN
  int threads = 1;         ///< that compute one operation together

  bool operator==(const LibraryChoice&) const = default;
  /// Whether it is what a process has by itself.
  [[nodiscard]] bool is_usual() const { return *this == LibraryChoice{}; }
};

/// "onednn=AVX2", "im2col+openblas=Haswell", "threads=2": what is chosen, always in the same sequence; empty
/// for the usual choice.
std::string name(const LibraryChoice& choice);

/// The inverse of name(), details in any sequence. Throws InputError that lists the details for anything
/// else.
LibraryChoice parse_library_choice(std::string_view text);

/// The variables, and their values, that a process is started with to have the choice.
std::map<std::string, std::string> variables_of(const LibraryChoice& choice);

/// Makes the rest of the choice, which no variable makes, for this process: im2col and the number of threads.
void apply_in_process(const LibraryChoice& choice);

/// "oneDNN 2.6.3 up to avx2; OpenBLAS … for Haswell; LibTorch's own kernels for AVX2": what this process
/// computes with, as the libraries themselves say. A library may not follow its variable; this tells.
std::string libraries_in_force();

/// The instruction sets, from the smallest to the largest, that oneDNN can be limited to here: those that the
/// processor has. None where LibTorch has no oneDNN.
std::vector<LibraryChoice> onednn_choices();

/// The core types that OpenBLAS can be told to compute for here, from the oldest: those whose instruction
/// sets the processor has. None where LibTorch's products are not those of an OpenBLAS that can choose.
std::vector<LibraryChoice> openblas_choices();

}  // namespace relu0
