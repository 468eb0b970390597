#include "analysis/torchscript/summed_terms.hpp"

#include "analysis/autograd/operation_count.hpp"
#include "analysis/torchscript/rounding_dispatch.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>

namespace relu0 {

namespace {

/// While this observer computes: its own operators are no part of the pass, and nothing is rounded to an
/// emulated arithmetic, in which sums of absolute values may overflow.
struct ComputedAside {
  at::AutoDispatchBelowADInplaceOrView no_gradients{};
  at::DisableRecordFunctionGuard unseen{};
  RoundingSuspended exact{};
};

bool is_real_tensor(const c10::IValue& value) {
  return value.isTensor() && value.toTensor().defined() && value.toTensor().is_floating_point();
}

/// The operator's results that are tensors; undefined ones where they are not.
std::vector<at::Tensor> tensors_of_results(const at::RecordFunction& call) {
  std::vector<at::Tensor> results;
  for (const c10::IValue& value : observing::results_of(call)) {
    results.push_back(value.isTensor() ? value.toTensor() : at::Tensor());
  }
  return results;
}

/// Runs the operator again on other arguments.
std::vector<c10::IValue> called(const at::RecordFunction& call, std::vector<c10::IValue> arguments) {
  const auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(
      call.operator_name()->name.c_str(), call.operator_name()->overload_name.c_str());
  handle.callBoxed(&arguments);
  return arguments;
}

/// The terms of the gradients of a normalisation's weight and bias. gradient, normalised: absolute values,
/// one for the other; dimensions: over which the two are summed up.
struct AffineTerms {
  at::Tensor weight;
  at::Tensor bias;
};
AffineTerms affine_terms(const at::Tensor& gradient, const at::Tensor& normalised,
                         const std::vector<std::int64_t>& dimensions) {
  const at::Tensor of_weight = gradient * normalised;
  return dimensions.empty() ? AffineTerms{of_weight, gradient}
                            : AffineTerms{of_weight.sum(dimensions), gradient.sum(dimensions)};
}

/// native_batch_norm_backward(gradient, input, weight, running_mean, running_var, mean, 1/deviation, train,
/// eps, mask)
AffineTerms batch_norm_terms(const std::vector<c10::IValue>& arguments) {
  const at::Tensor input = arguments[1].toTensor();
  const bool train = arguments[7].toBool();
  const at::Tensor mean = arguments[train ? 5 : 3].toTensor();
  const at::Tensor scale =
      train ? arguments[6].toTensor() : (arguments[4].toTensor() + arguments[8].toDouble()).rsqrt();
  std::vector<std::int64_t> of_channels(static_cast<std::size_t>(input.dim()), 1);
  of_channels[1] = input.size(1);
  std::vector<std::int64_t> others{0};
  for (std::int64_t dimension = 2; dimension < input.dim(); ++dimension) {
    others.push_back(dimension);
  }
  return affine_terms(arguments[0].toTensor().abs(),
                      (input - mean.view(of_channels)).abs() * scale.view(of_channels), others);
}

/// native_layer_norm_backward(gradient, input, normalized_shape, mean, 1/deviation, weight, bias, mask)
AffineTerms layer_norm_terms(const std::vector<c10::IValue>& arguments) {
  const at::Tensor input = arguments[1].toTensor();
  const std::int64_t leading = input.dim() - std::ssize(arguments[2].toIntVector());
  std::vector<std::int64_t> others;
  for (std::int64_t dimension = 0; dimension < leading; ++dimension) {
    others.push_back(dimension);
  }
  return affine_terms(arguments[0].toTensor().abs(),
                      (input - arguments[3].toTensor()).abs() * arguments[4].toTensor(), others);
}

/// native_group_norm_backward(gradient, input, mean, 1/deviation, weight, N, C, HxW, group, mask)
AffineTerms group_norm_terms(const std::vector<c10::IValue>& arguments) {
  const std::int64_t samples = arguments[5].toInt();
  const std::int64_t groups = arguments[8].toInt();
  const std::vector<std::int64_t> by_channel{samples, arguments[6].toInt(), arguments[7].toInt()};
  const at::Tensor input = arguments[1].toTensor().reshape({samples, groups, -1});
  const at::Tensor normalised = (input - arguments[2].toTensor().reshape({samples, groups, 1})).abs() *
                                arguments[3].toTensor().reshape({samples, groups, 1});
  return affine_terms(arguments[0].toTensor().reshape(by_channel).abs(), normalised.reshape(by_channel),
                      {0, 2});
}

}  // namespace

std::optional<SummedTerms::Rule> SummedTerms::rule_of(const c10::OperatorName& name) {
  static const std::map<std::string, Rule> rules{
      {"aten::mm", Rule::adds_up},
      {"aten::bmm", Rule::adds_up},
      {"aten::mv", Rule::adds_up},
      {"aten::dot", Rule::adds_up},
      {"aten::sum", Rule::adds_up},
      {"aten::mean", Rule::adds_up},
      {"aten::convolution_backward", Rule::adds_up},
      {"aten::embedding_dense_backward", Rule::adds_up},
      {"aten::alias", Rule::carries},
      {"aten::clone", Rule::carries},
      {"aten::contiguous", Rule::carries},
      {"aten::detach", Rule::carries},
      {"aten::div", Rule::carries},
      {"aten::mul", Rule::carries},
      {"aten::neg", Rule::carries},
      {"aten::permute", Rule::carries},
      {"aten::reshape", Rule::carries},
      {"aten::_reshape_alias", Rule::carries},
      {"aten::squeeze", Rule::carries},
      {"aten::t", Rule::carries},
      {"aten::_to_copy", Rule::carries},
      {"aten::transpose", Rule::carries},
      {"aten::unsqueeze", Rule::carries},
      {"aten::_unsafe_view", Rule::carries},
      {"aten::view", Rule::carries},
      {"aten::copy_", Rule::copies},
      {"aten::add", Rule::accumulates},
      {"aten::add_", Rule::accumulates},
      {"aten::sub", Rule::accumulates},
      {"aten::sub_", Rule::accumulates},
      {"aten::native_batch_norm_backward", Rule::batch_norm},
      {"aten::native_layer_norm_backward", Rule::layer_norm},
      {"aten::native_group_norm_backward", Rule::group_norm},
  };
  // Overloads that write into a given tensor ("out") are not what autograd calls.
  const auto found = name.overload_name.ends_with("out") ? rules.end() : rules.find(name.name);
  return found != rules.end() ? std::optional(found->second) : std::nullopt;
}

bool SummedTerms::is_asked_for(const at::Tensor& tensor) const {
  return tensor.defined() && tensor.is_floating_point() && elements_.contains(tensor.numel());
}

at::Tensor SummedTerms::of(const at::Tensor& gradient) const {
  if (!gradient.defined()) {
    return {};
  }
  const auto found = known_.find(gradient.unsafeGetTensorImpl());
  return found != known_.end() && !found->second.of.expired() ? found->second.terms : at::Tensor();
}

at::Tensor SummedTerms::terms_or_size(const at::Tensor& gradient) const {
  const at::Tensor terms = of(gradient);
  return terms.defined() ? terms : gradient.detach().abs();
}

void SummedTerms::set(const at::Tensor& gradient, at::Tensor terms) {
  // A weak pointer keeps the address from being used for another tensor.
  known_.insert_or_assign(gradient.unsafeGetTensorImpl(),
                          Known{Weak(gradient.getIntrusivePtr()), std::move(terms)});
}

void SummedTerms::forget(const at::Tensor& gradient) {
  if (gradient.defined()) {
    known_.erase(gradient.unsafeGetTensorImpl());
  }
}

void SummedTerms::starts(const at::RecordFunction& call) {
  Running& started = running_.emplace_back();
  if (within_rule_ > 0) {
    ++within_rule_;
    return;
  }
  const auto name = call.operator_name();
  started.rule = name ? rule_of(*name) : std::nullopt;
  if (!started.rule) {
    return;
  }
  within_rule_ = 1;
  const auto arguments = observing::arguments_of(call);
  started.arguments.assign(arguments.begin(), arguments.end());
  if (started.rule == Rule::accumulates && is_real_tensor(started.arguments.front()) &&
      is_asked_for(started.arguments.front().toTensor())) {
    const ComputedAside aside;
    started.first_terms = terms_or_size(started.arguments.front().toTensor());
  }
}

void SummedTerms::ended(const at::RecordFunction& call) {
  if (running_.empty()) {
    return;
  }
  const Running ended = std::move(running_.back());
  running_.pop_back();
  if (within_rule_ > 1) {
    --within_rule_;
    return;
  }
  within_rule_ = 0;
  const std::vector<at::Tensor> results = tensors_of_results(call);
  if (ended.rule) {
    const ComputedAside aside;
    apply(ended, call, results);
  } else if (const auto schema = call.operator_schema(); !schema || schema->is_mutable()) {
    std::for_each(results.begin(), results.end(), [this](const at::Tensor& result) { forget(result); });
  }
}

void SummedTerms::apply(const Running& ended, const at::RecordFunction& call,
                        const std::vector<at::Tensor>& results) {
  const std::vector<c10::IValue>& arguments = ended.arguments;
  if (results.empty() || std::none_of(results.begin(), results.end(),
                                      [this](const at::Tensor& result) { return is_asked_for(result); })) {
    std::for_each(results.begin(), results.end(), [this](const at::Tensor& result) { forget(result); });
    return;
  }
  const auto set_affine = [&](const AffineTerms& terms) {
    // The gradients of input, weight and bias.
    forget(results[0]);
    for (const auto& [result, of_result] : {std::pair{1, terms.weight}, std::pair{2, terms.bias}}) {
      if (results[result].defined()) {
        set(results[result], of_result.reshape(results[result].sizes()));
      }
    }
  };
  switch (*ended.rule) {
    case Rule::copies: {
      const at::Tensor terms = arguments[1].isTensor() ? of(arguments[1].toTensor()) : at::Tensor();
      if (terms.defined() && terms.sizes() == results[0].sizes()) {
        set(results[0], terms);
      } else {
        forget(results[0]);
      }
      return;
    }
    case Rule::accumulates: {
      const c10::IValue& other = arguments[1];
      if (ended.first_terms.defined() && is_real_tensor(other) &&
          other.toTensor().sizes() == ended.first_terms.sizes()) {
        set(results[0], ended.first_terms + terms_or_size(other.toTensor()));
      } else {
        forget(results[0]);
      }
      return;
    }
    case Rule::batch_norm:
      set_affine(batch_norm_terms(arguments));
      return;
    case Rule::layer_norm:
      set_affine(layer_norm_terms(arguments));
      return;
    case Rule::group_norm:
      set_affine(group_norm_terms(arguments));
      return;
    case Rule::adds_up:
    case Rule::carries:
      break;
  }
  // A sum of one term adds nothing up.
  const std::int64_t summands = counting::longest_sum(call.name(), arguments)
                                    .value_or(counting::reduction(call, counting::largest(arguments)));
  const bool sums = ended.rule == Rule::adds_up && summands > 1;
  bool any_known = false;
  std::vector<c10::IValue> sizes = arguments;
  for (c10::IValue& value : sizes) {
    if (is_real_tensor(value)) {
      any_known = any_known || of(value.toTensor()).defined();
      value = sums ? value.toTensor().detach().abs() : terms_or_size(value.toTensor());
    }
  }
  if (!sums && !any_known) {
    std::for_each(results.begin(), results.end(), [this](const at::Tensor& result) { forget(result); });
    return;
  }
  const std::vector<c10::IValue> terms = called(call, std::move(sizes));
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].defined() && is_real_tensor(terms[i])) {
      // A change of sign leaves the size as it is.
      set(results[i], terms[i].toTensor().abs());
    }
  }
}

}  // namespace relu0
