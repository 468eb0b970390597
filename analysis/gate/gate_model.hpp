#pragma once
#include "analysis/gate/measured.hpp"

#include <filesystem>
#include <memory>

namespace relu0::gate {

/// A model, its mini-batches, and what is to be measured, as a user names them.
struct GateRequest {
  std::filesystem::path model;   ///< TorchScript
  std::filesystem::path inputs;  ///< BatchFiles::inputs (batches/batches.hpp)
  std::optional<std::filesystem::path> targets{};
  std::int64_t batch_size = 32;                ///< of mini-batches that are cut
  std::optional<std::int64_t> mini_batches{};  ///< the first so many; absent: all
  std::optional<std::int64_t> mini_batch{};    ///< this one alone
  std::string loss = "cross-entropy";          ///< ScriptLoss: "cross-entropy", "nll", "mse" or "model"
  std::string with_respect_to = "parameters";  ///< or "inputs"
  std::optional<std::int64_t> output{};        ///< which element of a tuple that the model returns
  std::vector<Precision> precisions{};
  std::vector<ValuePair> pairs{};  ///< empty: the usual ones of the kinks that the model has
  std::vector<LuckKind> luck{};
  std::uint64_t seed = 0;    ///< random numbers of every pass start from it
  bool probe_kinks = false;  ///< move inputs onto kinks that no mini-batch meets
  /// Gradients of the first so many mini-batches are held against the reference. Absent: of the first one,
  /// where that takes no more than some seconds.
  std::optional<std::int64_t> reference_mini_batches{};
  std::int64_t reference_samples = 4;              ///< of each of them, the first ones
  std::int64_t reference_gibibytes = 4;            ///< memory that the reference may take
  std::vector<std::filesystem::path> libraries{};  ///< that register operators; loading one runs its code
};

/// What a model is before it runs.
struct GateModelFacts {
  std::string importer;            ///< "TorchScript, LibTorch 1.13.1"
  std::int64_t parameters = 0;     ///< numbers, not tensors
  std::vector<std::string> notes;  ///< what a reader has to know, a sentence each
  /// Operators of the graph that have a kink or are unknown, "aten::relu in features.1 (model.py:12:8)", in
  /// its order.
  std::vector<std::string> kinks;
  std::vector<std::string> uncontrolled;
};

/// A model and its mini-batches, read.
class GateModel {
 public:
  /// Throws InputError for a model or mini-batches that cannot be read, names that are unknown, and a
  /// mini-batch that is not there.
  explicit GateModel(GateRequest request);
  ~GateModel();
  GateModel(GateModel&&) noexcept;
  GateModel& operator=(GateModel&&) = delete;
  GateModel(const GateModel&) = delete;
  GateModel& operator=(const GateModel&) = delete;

  [[nodiscard]] const GateModelFacts& facts() const;
  [[nodiscard]] std::int64_t mini_batches() const;

  /// measure_model() (measure_model.hpp).
  [[nodiscard]] ModelResults measure(const MeasureProgress& progress) const;

  /// Writes mini-batches into a file of torch.save(), a list that read_batches() takes. Throws InputError
  /// where it cannot be written.
  void save_mini_batches(const std::vector<std::int64_t>& indices, const std::filesystem::path& file) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace relu0::gate
