#pragma once
#include "fixtures/network/weights.hpp"
#include "suites/measurements/cell.hpp"
#include "suites/run/data_sets.hpp"

#include <functional>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace relu0 {

/// What the cells of one group share while they are measured: their data, ready for a precision.
class GroupData {
 public:
  /// Of all cells that share_group() with this one. `data` outlives the object.
  GroupData(const Cell& cell, const RunSettings& settings, const DataSets& data);

  /// The images that the run uses.
  [[nodiscard]] const std::shared_ptr<const ImageSource>& images() const { return images_; }
  /// Of data held in memory.
  [[nodiscard]] const Dataset& dataset() const { return data_->of(name_); }
  /// Of sweeps only.
  [[nodiscard]] const SweepData& sweep_data() const { return *sweep_data_; }

 private:
  const DataSets* data_;
  DataName name_;
  std::shared_ptr<const ImageSource> images_;
  std::optional<SweepData> sweep_data_;
};

/// Whether two cells are the same kind of work on the same data at the same precision.
bool share_group(const Cell& a, const Cell& b);

/// How the threads of a run are used: so many draws side by side, each with so many threads.
struct Threads {
  int draws = 1;
  int per_draw = 1;
};

/// Draws side by side, but for the reference's backward passes, of which each has all threads: it computes
/// the same on any number, and two at a time would take twice the memory.
Threads split_threads(const Cell& cell, int threads);

/// Measures draws of a cell, one after the other on one thread: θ, and the seed that it was drawn from.
using Measurer = std::function<nlohmann::json(const Weights&, std::uint64_t seed)>;

/// All arguments outlive the result. threads: as split_threads() says, per draw.
Measurer make_measurer(const Cell& cell, const Network& network, const RunSettings& settings,
                       const GroupData& data, int threads);

}  // namespace relu0
