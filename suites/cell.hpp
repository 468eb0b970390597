#pragma once
#include "analysis/sweep.hpp"
#include "fixtures/mlp.hpp"
#include "fixtures/precision.hpp"

#include <cstdint>
#include <string>

namespace relu0 {

/// What is the same for every cell of a run.
struct RunSettings {
  std::uint64_t seed = 1;        ///< b: draw i is initialised from seed b + i
  std::string data;              ///< name of the data set and what identifies its content
  std::int64_t images = 60'000;  ///< the first so many images of the data set
  double s_a = 0;                ///< the two values of ReLU'(0) compared
  double s_b = 1;
  Device device = Device::cpu;
  Protocol protocol = Protocol::fast;
};

/// One setting in which networks are drawn and swept over the data.
struct Cell {
  Mlp mlp;
  Precision precision = Precision::fp32;
  std::int64_t batch_size = 256;
  Extent extent = Extent::until_impacted;
  bool magnitude = false;
};

/// The canonical text that identifies a cell's measurements in a store: a JSON object of all that they depend
/// on besides the draw and the environment.
std::string key(const Cell& cell, const RunSettings& settings);

/// "mlp-3x256, fp32, batch 256": for progress lines and error messages.
std::string describe(const Cell& cell);

/// Relative cost of sweeping one draw: multiply-adds of a forward pass over all images, fp64 counted twice.
double cost(const Cell& cell, std::int64_t images);

/// The options of the sweep that measures a cell.
SweepOptions sweep_options(const Cell& cell, const RunSettings& settings);

}  // namespace relu0
