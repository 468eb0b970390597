#include "analysis/torchscript/import/pass_import.hpp"

#include "analysis/autograd/operator_observer.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torchscript/import/operators/operators.hpp"
#include "analysis/torchscript/kinks/source_place.hpp"
#include "analysis/zeros/observed_zeros.hpp"
#include "fixtures/add_once.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

namespace relu0 {

namespace script_import {
namespace {

/// All tensors in a value and the lists and tuples in it.
void collect(const c10::IValue& value, std::vector<at::Tensor>& tensors) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) {
      tensors.push_back(value.toTensor());
    }
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef()) {
      collect(element, tensors);
    }
  } else if (value.isTuple()) {
    for (const c10::IValue& element : value.toTupleRef().elements()) {
      collect(element, tensors);
    }
  }
}

template <typename Values>
std::vector<at::Tensor> tensors_in(const Values& values) {
  std::vector<at::Tensor> result;
  for (const c10::IValue& value : values) {
    collect(value, result);
  }
  return result;
}

/// A call that the model or the loss made, while it runs.
struct OpenCall {
  c10::FunctionSchema schema;
  std::vector<c10::IValue> arguments;
  OperatorPlace place;
  std::optional<ReluZeros> zeros{};  ///< of the first argument, before it is written into
};

class PassImport final : public OperatorObserver {
 public:
  PassImport(const RunnableInstance& instance, std::span<const c10::IValue> inputs)
      : draft_(shape_of_input(inputs)) {
    for (const NamedTensor& parameter : instance.parameters()) {
      values_.set(parameter.tensor, WeightValue{parameter.name});
    }
    for (const NamedTensor& buffer : instance.buffers()) {
      values_.set(buffer.tensor, WeightValue{buffer.name});
    }
    const at::Tensor x = input(inputs);
    values_.set(x, NodeValue{0});
    result_.inputs = to_doubles(x);
    result_.samples = x.size(0);
  }

  void starts(const at::RecordFunction& call) override {
    if (depth_++ > 0) {
      return;
    }
    keep_error([&] {
      const auto schema = call.operator_schema();
      if (!schema) {
        return;
      }
      const auto arguments = observing::arguments_of(call);
      open_.emplace(OpenCall{*schema, {arguments.begin(), arguments.end()}, {}});
      const std::string name = functional_name(schema->name());
      if (!is_relevant(*open_)) {
        open_.reset();
        return;
      }
      open_->place = current_place(schema->name());
      // A kink at 0 is in all of these, whatever else there is.
      const auto* kinked = kinked_operator(name);
      const bool at_point =
          name == "aten::relu6" || (kinked != nullptr && kinked->family == KinkFamily::points);
      if (at_point && open_->arguments.front().isTensor()) {
        open_->zeros = observe_zeros(0, name, open_->arguments.front().toTensor());
      }
    });
  }

  void ended(const at::RecordFunction& call) override {
    if (depth_ == 1 && open_) {
      const auto results = observing::results_of(call);
      keep_error([&] { import(*open_, {results.begin(), results.end()}); });
      open_.reset();
    }
    // Only now: the import itself calls operators of LibTorch, which are told of too.
    depth_ -= depth_ > 0 ? 1 : 0;
  }

  ImportedPass finish(const std::string& name, const at::Tensor& loss) && {
    if (error_) {
      std::rethrow_exception(error_);
    }
    if (!result_.gaps.empty()) {
      return std::move(result_);
    }
    const ScriptValue* known = values_.find(loss);
    const auto* end = known == nullptr ? nullptr : std::get_if<LossValue>(known);
    if (end == nullptr) {
      result_.gaps.push_back({{"loss", "", "loss"},
                              "the model's own loss is neither a mean cross-entropy, a negative "
                              "log-likelihood nor a mean squared error"});
      return std::move(result_);
    }
    result_.labels = end->labels;
    result_.targets = end->targets;
    std::map<std::size_t, std::size_t> places;
    try {
      result_.model = std::move(draft_).finish(name, end->node, places);
    } catch (const InputError& error) {
      result_.gaps.push_back({{"loss", "", "loss"}, error.what()});
      return std::move(result_);
    }
    for (ReluZeros& zeros : zeros_) {
      if (const auto place = places.find(zeros.node); place != places.end()) {
        zeros.node = place->second;
        zeros.name = result_.model->network.nodes()[zeros.node].name;
        result_.zeros.push_back(std::move(zeros));
      }
    }
    return std::move(result_);
  }

 private:
  static at::Tensor input(std::span<const c10::IValue> inputs) {
    std::vector<at::Tensor> real = tensors_in(inputs);
    std::erase_if(real, [](const at::Tensor& tensor) { return !tensor.is_floating_point(); });
    if (real.size() != 1 || real.front().dim() < 2) {
      throw InputError(fmt::format("the networks of relu0 take one tensor of samples; the model takes {}",
                                   real.size() == 1 ? "one without a dimension for them"
                                                    : fmt::format("{} of real numbers", real.size())));
    }
    return real.front();
  }
  static Shape shape_of_input(std::span<const c10::IValue> inputs) {
    const at::Tensor x = input(inputs);
    return {x.sizes().begin() + 1, x.sizes().end()};
  }

  /// LibTorch would only log it.
  template <typename Action>
  void keep_error(Action action) {
    if (error_) {
      return;
    }
    try {
      action();
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  [[nodiscard]] bool is_relevant(const OpenCall& call) const {
    const std::vector<at::Tensor> read = tensors_in(call.arguments);
    return std::any_of(read.begin(), read.end(),
                       [this](const at::Tensor& tensor) { return values_.find(tensor) != nullptr; });
  }

  template <typename Kind>
  [[nodiscard]] bool reads(const OpenCall& call) const {
    const std::vector<at::Tensor> read = tensors_in(call.arguments);
    return std::any_of(read.begin(), read.end(), [this](const at::Tensor& tensor) {
      const ScriptValue* known = values_.find(tensor);
      return known != nullptr && std::holds_alternative<Kind>(*known);
    });
  }

  void gap(const OpenCall& call, const std::string& why) { add_once(result_.gaps, {call.place, why}); }

  void import(OpenCall& call, const std::vector<c10::IValue>& returned) {
    const std::vector<at::Tensor> results = tensors_in(returned);
    const std::string name = functional_name(call.schema.name());
    std::vector<ScriptValue> made;
    if (reads_no_values(name)) {
      return;
    }
    LostValue rest;
    if (const auto* lost = lost_argument(call)) {
      if (lost->of_parameters && !reads<NodeValue>(call)) {
        rest = *lost;
      } else if (!lost->why.empty()) {
        gap(call, lost->why);
      }
    } else if (reads<LossValue>(call)) {
      made = import_after_loss(call, name);
    } else {
      made = import_known(call, name, results);
      if (made.empty() && !reads<NodeValue>(call)) {
        rest = {fmt::format("it takes what {} computes from parameters", call.schema.name()), true};
      }
    }
    note_writes(call);
    for (std::size_t i = 0; i < results.size(); ++i) {
      values_.set(results[i], i < made.size() ? made[i] : ScriptValue(rest));
    }
  }

  [[nodiscard]] const LostValue* lost_argument(const OpenCall& call) const {
    for (const at::Tensor& tensor : tensors_in(call.arguments)) {
      const ScriptValue* known = values_.find(tensor);
      const auto* lost = known == nullptr ? nullptr : std::get_if<LostValue>(known);
      if (lost != nullptr) {
        return lost;
      }
    }
    return nullptr;
  }

  /// What is written into is no longer what it was, and nor is what shares its memory.
  void note_writes(const OpenCall& call) {
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const c10::AliasInfo* alias = call.schema.arguments()[i].alias_info();
      if (alias != nullptr && alias->isWrite()) {
        for (const at::Tensor& tensor : tensors_in(std::vector{call.arguments[i]})) {
          values_.written(tensor);
        }
      }
    }
  }

  std::vector<ScriptValue> import_after_loss(const OpenCall& call, const std::string& name) {
    if (name == "aten::reshape" || name == "aten::view") {
      return {*values_.find(call.arguments.front().toTensor())};
    }
    gap(call, "it computes with a loss, after which the networks of relu0 have nothing");
    return {};
  }

  std::vector<ScriptValue> import_known(OpenCall& call, const std::string& name,
                                        const std::vector<at::Tensor>& results) {
    const bool of_batch = reads<NodeValue>(call);
    const ImportedOperator* known = find_operator(name);
    if (known == nullptr) {
      if (of_batch) {
        gap(call, "the networks of relu0 do not have it");
      }
      return {};
    }
    const OperatorArguments arguments(call.schema, call.arguments);
    const at::Tensor first = results.empty() ? at::Tensor() : results.front();
    ScriptCall script(name, call.place, arguments, values_, draft_, result_.samples, first);
    try {
      std::vector<ScriptValue> made = known->import(script);
      require_as_described(made, results);
      require_followed(call, results);
      note_zeros(call, made);
      return made;
    } catch (const NotImported& error) {
      if (of_batch) {
        gap(call, error.what());
      }
    } catch (const InputError& error) {
      gap(call, error.what());
    }
    return {};
  }

  /// That the network's description and LibTorch agree about the shapes.
  void require_as_described(const std::vector<ScriptValue>& made,
                            const std::vector<at::Tensor>& results) const {
    for (std::size_t i = 0; i < std::min(made.size(), results.size()); ++i) {
      const auto* node = std::get_if<NodeValue>(&made[i]);
      if (node == nullptr) {
        continue;
      }
      Shape expected = draft_.shape(node->node);
      expected.insert(expected.begin(), result_.samples);
      if (!std::equal(expected.begin(), expected.end(), results[i].sizes().begin(),
                      results[i].sizes().end())) {
        ScriptCall::refuse("its result has another shape than the networks of relu0 give it");
      }
    }
  }

  /// A part of a model under no_grad, or a detached value, ends the gradient; the network would not.
  void require_followed(const OpenCall& call, const std::vector<at::Tensor>& results) const {
    const std::vector<at::Tensor> read = tensors_in(call.arguments);
    const bool carries = std::any_of(read.begin(), read.end(),
                                     [](const at::Tensor& tensor) { return tensor.requires_grad(); });
    if (carries && std::none_of(results.begin(), results.end(),
                                [](const at::Tensor& tensor) { return tensor.requires_grad(); })) {
      ScriptCall::refuse("the gradient ends here (torch.no_grad() or detach())");
    }
  }

  void note_zeros(OpenCall& call, const std::vector<ScriptValue>& made) {
    const auto* node = made.empty() ? nullptr : std::get_if<NodeValue>(&made.front());
    if (node == nullptr || !call.zeros) {
      return;
    }
    const std::vector<KinkPlace> kinks = relu0::kinks(draft_.node(node->node).operation);
    if (std::any_of(kinks.begin(), kinks.end(), [](const KinkPlace& kink) { return kink.point == 0.0; })) {
      call.zeros->node = node->node;
      zeros_.push_back(std::move(*call.zeros));
    }
  }

  ScriptValues values_;
  NetworkDraft draft_;
  ImportedPass result_;
  std::vector<ReluZeros> zeros_;
  std::optional<OpenCall> open_;
  int depth_ = 0;
  std::exception_ptr error_;
};

}  // namespace
}  // namespace script_import

ImportedPass import_pass(const RunnableInstance& instance, std::span<const c10::IValue> inputs,
                         const std::string& name, const std::function<at::Tensor()>& pass) {
  std::optional<script_import::PassImport> import;
  try {
    import.emplace(instance, inputs);
  } catch (const InputError& error) {
    return {.model = {}, .gaps = {{{"forward", "", ""}, error.what()}}};
  }
  at::Tensor loss;
  observe_operators(*import, [&] { loss = pass(); });
  return std::move(*import).finish(name, loss);
}

}  // namespace relu0
