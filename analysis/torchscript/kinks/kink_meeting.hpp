#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/kink_recorder.hpp"
#include "analysis/torchscript/kinks/operator_kinds.hpp"

#include <ATen/core/dispatch/Dispatcher.h>

namespace relu0 {

/// One kink that a call of an operator may meet, its site, and how a choice there acts on the gradients of
/// the operator's arguments.
struct KinkMeeting {
  std::shared_ptr<SiteRecord> record;
  /// Puts the choice into `gradients` (one for each argument of the operator, undefined where none is
  /// needed), which are LibTorch's own. `gradient`: that of the first result, which hits the kink where the
  /// record's mask says.
  std::function<void(const at::Tensor& gradient, std::vector<at::Tensor>& gradients)> apply{};
};

/// A call of an operator with kinks.
struct KinkedCall {
  const KinkedOperator& op;
  c10::OperatorHandle handle;
  std::string name;  ///< "aten::relu_"
  OperatorArguments arguments;
  bool needs_gradient;

  [[nodiscard]] const at::Tensor& x() const { return arguments[0].toTensor(); }
};

/// The kinks that lie in the arguments, counted before the operator runs (it may work in place): of
/// KinkFamily::points and pairs.
std::vector<KinkMeeting> meetings_before(const KinkedCall& call, KinkRecorder& recorder);

/// The sites of kinks that show in the result, of KinkFamily::pool and reduction, before they are counted.
std::vector<KinkMeeting> meetings_of_result(const KinkedCall& call, KinkRecorder& recorder);
/// Counts them, once the operator has run.
void count_in_result(const KinkedCall& call, const at::Tensor& result, const KinkRecorder& recorder,
                     KinkMeeting& meeting);

/// Puts the choices of the backward pass into the gradients of the operator's arguments, and takes down the
/// gradient that came to its first result (undefined: none did). `gradients`: LibTorch's own.
void apply_choices(const std::vector<KinkMeeting>& meetings, const at::Tensor& gradient,
                   std::vector<at::Tensor>& gradients);

}  // namespace relu0
