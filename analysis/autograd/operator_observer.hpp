#pragma once
#include "analysis/autograd/operator_inputs.hpp"

#include <functional>
#include <memory>

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

  /// Before it runs: `call` has its arguments, observing::arguments_of(call). LibTorch only logs what these
  /// two functions throw.
  virtual void starts(const at::RecordFunction& call) = 0;
  /// After it ran: `call` has its results, observing::results_of(call).
  virtual void ended(const at::RecordFunction& call) = 0;
};

namespace observing {

inline thread_local OperatorObserver* current_observer = nullptr;

inline std::unique_ptr<at::ObserverContext> tell_start(const at::RecordFunction& call) {
  if (current_observer != nullptr) {
    current_observer->starts(call);
  }
  return nullptr;
}

inline void tell_end(const at::RecordFunction& call, at::ObserverContext* /*context*/) {
  if (current_observer != nullptr) {
    current_observer->ended(call);
  }
}

}  // namespace observing

/// Runs `pass` and tells the observer of every operator that LibTorch runs for the calling thread. Not for
/// use within itself.
inline void observe_operators(OperatorObserver& observer, const std::function<void()>& pass) {
  struct Observing {
    explicit Observing(OperatorObserver& told)
        : handle(at::addThreadLocalCallback(
              at::RecordFunctionCallback(observing::tell_start, observing::tell_end)
                  .needsInputs(true)
                  .needsOutputs(true)
                  .scopes({at::RecordScope::FUNCTION}))) {
      observing::current_observer = &told;
    }
    ~Observing() {
      at::removeCallback(handle);
      observing::current_observer = nullptr;
    }
    Observing(const Observing&) = delete;
    Observing& operator=(const Observing&) = delete;
    Observing(Observing&&) = delete;
    Observing& operator=(Observing&&) = delete;

    at::CallbackHandle handle;
  } const observing(observer);
  pass();
}

}  // namespace relu0
