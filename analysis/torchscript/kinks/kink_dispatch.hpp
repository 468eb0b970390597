#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/kink_recorder.hpp"

namespace relu0 {

/// While it lives, every operator that this thread calls above LibTorch's autograd passes through the
/// toolkit: operators with kinks are counted and get the chosen derivative, others run as they are.
///
/// This is done by a kernel for all operators at a dispatch key above autograd that nothing else uses, and
/// which only this object switches on, for its thread. Rewriting the graph would have to know every spelling,
/// every in-place variant, each submodule, interface call and branch, and what composite operators (losses,
/// relu6) are made of; what it overlooked would stay silent. At the key every operator is seen as it runs,
/// composites come apart into what autograd differentiates, and the forward pass is LibTorch's own kernels,
/// bit for bit. A kernel at the autograd key itself would change the operator for everybody in the process,
/// and lose the framework's own backward pass, which "native" needs.
///
/// The backward pass of a chosen derivative is LibTorch's own too: a hook behind its node replaces the
/// elements at the kink only, so that a choice changes nothing elsewhere. Choices are read when a backward
/// pass runs (KinkRecorder::begin_backward()), so that one forward pass serves all of them.
///
/// It does not see what an optimising executor of TorchScript fuses or differentiates itself:
/// KinkRecorder::follow() finds that out.
class KinkDispatch {
 public:
  /// The recorder outlives the object and the backward pass.
  explicit KinkDispatch(KinkRecorder& recorder);
  ~KinkDispatch();
  KinkDispatch(const KinkDispatch&) = delete;
  KinkDispatch& operator=(const KinkDispatch&) = delete;
  KinkDispatch(KinkDispatch&&) = delete;
  KinkDispatch& operator=(KinkDispatch&&) = delete;

 private:
  struct Guard;
  std::unique_ptr<Guard> guard_;
};

}  // namespace relu0
