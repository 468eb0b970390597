#pragma once
#include "analysis/impact/sweep.hpp"
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/torch/engine_fault.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/progress_line.hpp"
#include "suites/run/shards/shard.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// How many networks are drawn in each setting, and how far long measurements go. `paper` is the paper's:
/// 1,000 (and fewer where networks go through the reference, which the paper has not). `quick` is small and
/// honest: enough for the main claims to be decided, wide intervals for the rest, and no network at all where
/// so few would decide nothing and cost much: these findings are not run, and say what measures them. Each
/// kind of measurement says what its numbers are.
enum class RunScale { quick, paper };

/// "quick" or "paper".
std::string_view name(RunScale scale);
/// The inverse of name(). Throws InputError listing the names.
RunScale parse_run_scale(std::string_view text);

/// What is the same for every measurement of a run. Its defaults are those of `relu0 run`.
struct RunSettings {
  RunScale scale = RunScale::quick;
  std::optional<std::int64_t> networks{};       ///< overrides the scale's number of draws at 16 and 32 bits
  std::optional<std::int64_t> fp64_networks{};  ///< overrides it at 64 bits
  /// Overrides after how many mini-batches a stream ends, and how many kernels and kinks are looked at on.
  std::optional<std::int64_t> minibatches{};
  std::uint64_t seed = 1;  ///< b: draw i is initialised from seed b + i
  double s_a = 0;          ///< the two values of ReLU'(0) compared
  double s_b = 1;
  Device device = Device::cpu;
  /// What computes linear layers and convolutions, where a setting does not choose its own.
  KernelChoice kernel = usual_kernel(Device::cpu);
  EngineFault fault = EngineFault::none;  ///< of sweeps, streams and divergences; no command sets one
  Protocol protocol = Protocol::fast;
  int reference_bits = 128;              ///< of the reference's first run
  int max_reference_bits = 512;          ///< to which the reference may raise its bits by itself
  std::optional<std::int64_t> images{};  ///< of each data set only the first so many; absent: all
  std::optional<Shard> shard{};          ///< the part of the run's draws that is made; absent: all
  std::optional<std::int64_t> epochs{};  ///< overrides how many epochs networks are trained for
  /// Trainings of the user's own, each as parse_own_training() reads it; where there are any, the run makes
  /// these and nothing else.
  std::vector<std::string> trainings{};
  /// Among how many candidates each training to the end searches its learning rate; absent: it has the
  /// published one.
  std::optional<std::int64_t> rate_candidates{};
  /// Whether measurements that are only_on_request() are made: they were asked for.
  bool on_request = true;
  std::map<DataName, DataFacts> data{};  ///< the data sets that were opened for the run

  /// @name What does not change a result
  /// @{
  std::filesystem::path
      checkpoints{};  ///< the folder in which long draws keep where they are; empty: they don't
  /// Told where a long draw is, by the thread that makes it. Absent: nobody is.
  std::function<void(const DrawPlace&)> tell{};
  /// " --data DIR" and the like, which a command that a report recommends needs for the same images; empty:
  /// they are embedded ones.
  std::string data_options{};
  /// @}

  /// Whether kernels that a setting fixes are measured beside the run's: where the run is on the CPU and
  /// chooses no kernel. One through a kernel of its choice stays that.
  [[nodiscard]] bool measures_other_kernels() const;

  /// Images used of a data set that was opened. Throws std::out_of_range for another one.
  [[nodiscard]] std::int64_t images_of(DataName name) const;
  /// The same of its test images.
  [[nodiscard]] std::int64_t test_images_of(DataName name) const;
};

}  // namespace relu0
