#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/script_kinks.hpp"
#include "fixtures/network/shape.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/ivalue.h>

namespace relu0 {

/// A parameter or buffer of a model as its file holds it.
struct ModelTensor {
  std::string name;  ///< "layer1.0.weight"
  std::vector<std::int64_t> shape;
  std::string type;            ///< "float32", "float16" …
  bool requires_grad = false;  ///< false: frozen, gets no gradient
};

/// What a model is before it runs.
struct ModelInfo {
  std::string format;                  ///< "TorchScript", "ONNX operator set 13"
  std::vector<std::string> arguments;  ///< names of the inputs, in order
  std::vector<std::filesystem::path>
      weight_files{};  ///< from which weights were read beside the model's file
  /// The shape of one sample of the only input, where the file says it.
  std::optional<Shape> sample{};
  std::vector<ModelTensor> parameters;
  std::vector<ModelTensor> buffers;
  /// Operators of the graph that have a kink or are not known, each with its place, in the order of the
  /// graph; calls through an interface are only seen when they run.
  std::vector<OperatorPlace> kinks;
  std::vector<UncontrolledOperator> uncontrolled;
  /// Submodules in training mode whose results then depend on the mini-batch or on chance: batch-norm,
  /// dropout.
  std::vector<std::string> in_training;
  /// Submodules that are called through an interface, which the list of kinks can't look into.
  std::vector<std::string> interface_calls;
  /// Whether an executor may compile or fuse the model between two calls (ScriptExecutor::optimising).
  bool has_optimising_executor = false;
};

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

/// A copy of a model in one floating-point type, which ScriptRunner runs. Not for use by several threads at
/// once.
class RunnableInstance {
 public:
  RunnableInstance() = default;
  virtual ~RunnableInstance() = default;
  RunnableInstance(const RunnableInstance&) = delete;
  RunnableInstance& operator=(const RunnableInstance&) = delete;
  RunnableInstance(RunnableInstance&&) = delete;
  RunnableInstance& operator=(RunnableInstance&&) = delete;

  /// All parameters, frozen ones too. They are leaves of autograd's graph; one under several names is there
  /// for each.
  [[nodiscard]] virtual std::vector<NamedTensor> parameters() const = 0;
  [[nodiscard]] virtual std::vector<NamedTensor> buffers() const = 0;
  /// Everything that it holds: parameters, buffers and other attributes.
  [[nodiscard]] virtual std::vector<at::Tensor> tensors() const = 0;

  /// Throws InputError for inputs that forward() does not take, and says what it takes.
  virtual void check_inputs(const std::vector<c10::IValue>& inputs) const = 0;
  /// What the model returns, made by LibTorch's operators in the calling thread. Throws what these throw.
  virtual c10::IValue forward(const std::vector<c10::IValue>& inputs) = 0;

  /// @name What the model may change about itself while it runs: everything it holds but its parameters
  /// @{
  /// Takes down the state as it is now.
  virtual void keep_state() = 0;
  /// Names of what differs now from what was taken down, in some bit.
  [[nodiscard]] virtual std::vector<std::string> changed_state() const = 0;
  /// Puts back what was taken down.
  virtual void restore_state() = 0;
  /// @}
};

/// A model that was read from a file, whatever its format: what LibTorch's autograd can differentiate,
/// operator by operator, so that choices at kinks, emulated arithmetics and probes work in the same way for
/// all. A new format is a class derived from this one and a line in open_model()
/// (analysis/models/open_model.hpp).
class RunnableModel {
 public:
  RunnableModel(const RunnableModel&) = delete;
  RunnableModel& operator=(const RunnableModel&) = delete;
  virtual ~RunnableModel() = default;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const ModelInfo& info() const { return info_; }

  /// A copy of its own. All floating-point tensors are of `type` (at::kFloat or at::kDouble); half-precision
  /// values are exact in both.
  [[nodiscard]] virtual std::unique_ptr<RunnableInstance> prepare(at::ScalarType type) const = 0;

 protected:
  explicit RunnableModel(std::filesystem::path path) : path_(std::move(path)) {}
  RunnableModel(RunnableModel&&) = default;
  RunnableModel& operator=(RunnableModel&&) = default;

  std::filesystem::path path_;
  ModelInfo info_;
};

}  // namespace relu0
