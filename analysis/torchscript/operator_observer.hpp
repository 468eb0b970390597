#pragma once
// Private to analysis: includes LibTorch.
#include <functional>

#include <ATen/record_function.h>

namespace relu0 {

/// Is told of each operator that LibTorch runs: of those that the model or autograd calls, and of those that
/// these call in turn, which start and end in between.
class OperatorObserver {
 public:
  OperatorObserver() = default;
  OperatorObserver(const OperatorObserver&) = delete;
  OperatorObserver& operator=(const OperatorObserver&) = delete;
  virtual ~OperatorObserver() = default;

  /// Before it runs: `call` has its arguments, which are the last ones of call.inputs(). LibTorch only logs
  /// what these two functions throw.
  virtual void starts(const at::RecordFunction& call) = 0;
  /// After it ran: `call` has its results, the last ones of call.outputs().
  virtual void ended(const at::RecordFunction& call) = 0;
};

/// Runs `pass` and tells the observer of every operator that LibTorch runs for the calling thread. Not for
/// use within itself.
void observe_operators(OperatorObserver& observer, const std::function<void()>& pass);

}  // namespace relu0
