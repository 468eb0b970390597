#pragma once
#include "analysis/gate/measured.hpp"
#include "analysis/gate/self_test/gradient_fault.hpp"
#include "fixtures/models/onnx/import_onnx.hpp"

#include <filesystem>
#include <memory>

namespace relu0::gate {

/// A model, its mini-batches, and what is to be measured, as a user names them.
struct GateRequest {
  std::filesystem::path model;  ///< TorchScript or ONNX: open_model() (analysis/models/open_model.hpp)
  /// BatchFiles::inputs (batches/batches.hpp), or a data set (batches/dataset_batches.hpp): "mnist:test:320".
  std::filesystem::path inputs;
  std::optional<std::filesystem::path> targets{};
  std::optional<std::filesystem::path> data{};  ///< where a data set's files are; absent: embedded images
  std::int64_t batch_size = 32;                 ///< of mini-batches that are cut
  std::optional<std::int64_t> mini_batches{};   ///< the first so many; absent: all
  std::optional<std::int64_t> mini_batch{};     ///< this one alone
  std::string loss = "cross-entropy";           ///< ScriptLoss: "cross-entropy", "nll", "mse" or "model"
  std::string with_respect_to = "parameters";   ///< or "inputs"
  std::optional<std::int64_t> output{};         ///< which element of a tuple that a TorchScript model returns
  OnnxOptions onnx{};                           ///< of an ONNX model; its `loss` comes from above
  std::vector<Precision> precisions{};
  std::vector<ValuePair> pairs{};  ///< empty: the usual ones of the kinks that the model has
  std::vector<LuckKind> luck{};
  bool errors = true;        ///< hold gradients against those at fp64
  std::uint64_t seed = 0;    ///< random numbers of every pass start from it
  bool probe_kinks = false;  ///< move inputs onto kinks that no mini-batch meets
  /// Gradients of the first so many mini-batches are held against the reference. Absent: of the first one,
  /// where that takes no more than some seconds.
  std::optional<std::int64_t> reference_mini_batches{};
  std::int64_t reference_samples = 4;              ///< of each of them, the first ones
  std::int64_t reference_gibibytes = 4;            ///< memory that the reference may take
  std::vector<std::filesystem::path> libraries{};  ///< that register operators; loading one runs its code
  std::optional<GradientFault> fault{};            ///< only the self-test puts one in
};

/// What a model is before it runs.
struct GateModelFacts {
  std::string importer;         ///< "ONNX operator set 13, LibTorch 1.13.1"
  std::int64_t parameters = 0;  ///< numbers, not tensors
  /// What identifies the model: its file's SHA-256 or, where weights lie in files beside it, that of the
  /// SHA-256s of all of them.
  std::string sha256;
  std::string inputs_sha256;       ///< the inputs' file's; of a data set, that of the images and labels taken
  std::int64_t copies = 0;         ///< mini-batches that are copies of others (count_copies())
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
  GateModel(GateModel&& other) noexcept;
  GateModel& operator=(GateModel&&) = delete;
  GateModel(const GateModel&) = delete;
  GateModel& operator=(const GateModel&) = delete;

  [[nodiscard]] const GateModelFacts& facts() const;
  [[nodiscard]] std::int64_t mini_batches() const;

  /// measure_model() (measure_model.hpp).
  [[nodiscard]] ModelResults measure(const MeasureProgress& progress) const;

  /// The bytes of a file of torch.save(), a list of the one mini-batch, which read_batches() takes.
  [[nodiscard]] std::string mini_batch_file(std::int64_t index) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace relu0::gate
