#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/runnable_model.hpp"
#include "fixtures/models/imported_model.hpp"

#include <memory>
#include <vector>

namespace relu0 {

/// Which tensors of a model's file its network reads as parameters.
struct FileParameters {
  /// How a parameter of the network stands for one of the file.
  struct Use {
    std::size_t tensor;  ///< in `tensors`
    bool exchanged;      ///< reads it as a matrix with rows and columns exchanged
  };
  struct Tensor {
    std::string name;       ///< as the file calls it
    std::size_t parameter;  ///< the parameter of the network whose shape and values it has
  };
  std::vector<Tensor> tensors;
  std::vector<Use> uses;  ///< one per Network::parameters()
};

/// A tensor that several nodes read stands here once. The file's name alone does not tell, since a constant
/// may be cast on its way to a node: the values must be the same too, and where they are not the node's
/// tensor is called "NAME in NODE.weight".
FileParameters file_parameters(const ImportedModel& imported);

/// A model that was imported as a network, run node by node by LibTorch's own differentiable operators, with
/// its weights as leaves of autograd's graph: what by_autograd() of each operation
/// (analysis/torch/operations) gives with PyTorch's choices at kinks. An operator's place is its node in the
/// file.
///
/// Parameters are called as in the file (ImportedTensor::source). One that several nodes read is one leaf, so
/// that its gradient is the sum of theirs. The network's loss, and what makes rows of the output before it,
/// is not run: the runner takes its loss of the output.
class NetworkModel : public RunnableModel {
 public:
  /// `path`: of the file, for messages and places.
  NetworkModel(std::filesystem::path path, ImportedModel imported);

  [[nodiscard]] std::unique_ptr<RunnableInstance> prepare(at::ScalarType type) const override;

 private:
  std::shared_ptr<const ImportedModel> imported_;
  FileParameters parameters_;
};

}  // namespace relu0
