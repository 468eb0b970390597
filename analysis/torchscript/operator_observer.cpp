#include "analysis/torchscript/operator_observer.hpp"

namespace relu0 {

namespace {

thread_local OperatorObserver* current_observer = nullptr;

std::unique_ptr<at::ObserverContext> tell_start(const at::RecordFunction& call) {
  if (current_observer != nullptr) {
    current_observer->starts(call);
  }
  return nullptr;
}

void tell_end(const at::RecordFunction& call, at::ObserverContext* /*context*/) {
  if (current_observer != nullptr) {
    current_observer->ended(call);
  }
}

}  // namespace

void observe_operators(OperatorObserver& observer, const std::function<void()>& pass) {
  struct Observing {
    explicit Observing(OperatorObserver& told)
        : handle(at::addThreadLocalCallback(at::RecordFunctionCallback(tell_start, tell_end)
                                                .needsInputs(true)
                                                .needsOutputs(true)
                                                .scopes({at::RecordScope::FUNCTION}))) {
      current_observer = &told;
    }
    ~Observing() {
      at::removeCallback(handle);
      current_observer = nullptr;
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
