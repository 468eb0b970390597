#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// Where and with what a store was measured: processor, the library that runs each kind of operation,
/// variables that steer them, compiler, revision, precisions native or emulated, data and checksums. Keys are
/// shown as they are, in sorted order ("BLAS", "data MNIST", "processor" ...).
using Environment = std::map<std::string, std::string>;

/// The names of those facts that more than one part of the code refers to.
namespace facts {
inline constexpr const char* blas = "BLAS";
inline constexpr const char* blas_threads = "BLAS threads";
inline constexpr const char* build_type = "build type";
inline constexpr const char* c_library = "C library";
inline constexpr const char* compiler = "compiler";
inline constexpr const char* denormals_are_zero = "denormals-are-zero";
inline constexpr const char* cuda = "CUDA";
inline constexpr const char* cuda_determinism = "CUDA determinism";
inline constexpr const char* device = "device";
inline constexpr const char* flush_to_zero = "flush-to-zero";
inline constexpr const char* gpu = "GPU";
inline constexpr const char* kernel = "kernel";
inline constexpr const char* libtorch = "LibTorch";
inline constexpr const char* mpfr = "MPFR";
inline constexpr const char* onednn = "oneDNN";
inline constexpr const char* other_operations = "all other operations";
inline constexpr const char* processor = "processor";
inline constexpr const char* processor_caches = "processor caches";
inline constexpr const char* processor_cores = "processor cores";
inline constexpr const char* processor_instruction_sets = "processor instruction sets";
inline constexpr const char* relu0_revision = "relu0 revision";
inline constexpr const char* relu0_version = "relu0";
inline constexpr const char* rounding = "rounding";
/// Prefixes of the names of facts of which there are several.
inline constexpr std::string_view data_prefix = "data ";
inline constexpr std::string_view precision_prefix = "precision ";
inline constexpr std::string_view variable_prefix = "variable ";
/// What a store says about its own history. "continued 1", "continued 2" …: in what a later environment
/// differed from the first, which is in no fact that bits depend on, or in facts that the first did not
/// record.
inline constexpr std::string_view continued_prefix = "continued ";
/// "not used: BLAS": a fact on which bits can depend, but on which none of the store's depend, since what it
/// is about computed none of them.
inline constexpr std::string_view unused_prefix = "not used: ";
/// The facts that became known only when the store was continued, separated by "; ": nobody knows whether its
/// first measurements share them.
inline constexpr const char* recorded_later = "not recorded at first";
/// There where the results may have decided how many draws the store has, and of which measurements: by which
/// command at first. It stays for good, since what is valid for a number that was fixed beforehand is not
/// valid for such a store, however it is continued.
inline constexpr const char* draws_by_results = "number of networks decided by results";
/// "2/8": the store holds this part of a run's draws only (`relu0 run --shard`), until it is merged.
inline constexpr const char* shard = "shard";
}  // namespace facts

/// The one place that says on which facts a measurement's bits can depend: measurements of environments that
/// differ in one of them must not be mixed, nor their bits be held against each other. These are all facts
/// but
/// - the number of cores: a draw's operations run on one thread;
/// - the version of MPFR: its results are rounded correctly in every version;
/// - relu0's revision: most change no bits, and its version does count;
/// - facts about what was not used;
/// - what a store says about its own history, and about the part of a run that it holds.
bool decides_bits(std::string_view fact);

/// The facts on which bits depend in which two environments differ, or may; each list sorted.
struct EnvironmentDifference {
  std::vector<std::string> differing;     ///< both record it, with different values
  std::vector<std::string> unrecorded_a;  ///< the first does not record it for all of its measurements
  std::vector<std::string> unrecorded_b;  ///< the second does not
  /// True when the environments are known to be the same.
  [[nodiscard]] bool none() const;
};

/// The value of a fact, and that of the kernel where it is not recorded. Throws std::out_of_range for others.
const std::string& value_of(const Environment& environment, const std::string& fact);

/// `expected` are the facts that relu0 records today: one that both lack is unrecorded in both. A data set
/// that only one of them has is no difference, and neither is a fact about what one of them did not use. The
/// kernel of an environment that does not record it is the native one: there was no other.
EnvironmentDifference difference(const Environment& a, const Environment& b,
                                 const std::vector<std::string>& expected);

}  // namespace relu0
