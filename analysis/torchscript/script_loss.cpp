#include "analysis/torchscript/script_loss.hpp"

#include "analysis/torchscript/tensor_phrase.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/nll_loss_nd.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

std::string_view name(ScriptLoss loss) {
  switch (loss) {
    case ScriptLoss::cross_entropy:
      return "cross-entropy";
    case ScriptLoss::nll:
      return "nll";
    case ScriptLoss::mse:
      return "mse";
    case ScriptLoss::model:
      return "model";
  }
  throw std::logic_error("not a ScriptLoss");
}

ScriptLoss parse_script_loss(std::string_view text) {
  for (const ScriptLoss loss : all_script_losses) {
    if (text == name(loss)) {
      return loss;
    }
  }
  throw InputError(fmt::format("unknown loss '{}': use cross-entropy, nll, mse or model", text));
}

namespace {

/// The tensors among the elements of a tuple, list or dictionary of an output.
std::vector<at::Tensor> tensors_in(const c10::IValue& returned) {
  std::vector<at::Tensor> tensors;
  const auto add = [&tensors](const c10::IValue& element) {
    if (element.isTensor() && element.toTensor().defined()) {
      tensors.push_back(element.toTensor());
    }
  };
  if (returned.isTuple()) {
    for (const c10::IValue& element : returned.toTupleRef().elements()) {
      add(element);
    }
  } else if (returned.isList()) {
    for (const c10::IValue& element : returned.toListRef()) {
      add(element);
    }
  } else if (returned.isGenericDict()) {
    for (const auto& entry : returned.toGenericDict()) {
      add(entry.value());
    }
  }
  return tensors;
}

constexpr std::int64_t ignored_label = -100;  // LibTorch's default

/// Logits of n × classes × 1 × 1 with n labels as rows; others as they are.
at::Tensor rows_of(const at::Tensor& output, const at::Tensor& labels) {
  const bool is_rows =
      output.dim() > 2 && labels.dim() == 1 && output.numel() == output.size(0) * output.size(1);
  return is_rows ? output.flatten(1) : output;
}

void check_labels(const at::Tensor& output, const at::Tensor& target, std::string_view loss) {
  if (output.dim() < 2 || target.dim() != output.dim() - 1 || target.size(0) != output.size(0) ||
      target.sizes().slice(1) != output.sizes().slice(2)) {
    throw InputError(fmt::format(
        "the loss {} takes logits of n × classes and n labels; the model gives {} and the targets are {}",
        loss, tensor_phrase(output), tensor_phrase(target)));
  }
  const at::Tensor wrong = target.lt(0)
                               .logical_or(target.ge(output.size(1)))
                               .logical_and(target.ne(ignored_label))
                               .flatten()
                               .nonzero();
  if (wrong.numel() > 0) {
    const auto first = wrong[0].item<std::int64_t>();
    throw InputError(fmt::format(
        "the targets: label {} at place {} is out of range: the model has outputs for {}, 0 to {}",
        target.flatten()[first].item<std::int64_t>(), first, count_text(output.size(1), "class"),
        output.size(1) - 1));
  }
}

void check_same_shape(const at::Tensor& output, const at::Tensor& target, ScriptLoss loss) {
  if (output.sizes() != target.sizes()) {
    const bool takes_labels = loss == ScriptLoss::cross_entropy;
    const bool same_numbers = !takes_labels && output.numel() == target.numel();
    // No types of real numbers: the pass may have made others of those that the files hold.
    throw InputError(fmt::format(
        "the loss {} takes {}targets of the output's shape; the model gives {} and the targets are {} "
        "numbers of {}: {}",
        name(loss), takes_labels ? "labels, which are whole numbers, or " : "", extents_phrase(output),
        at::isIntegralType(target.scalar_type(), /*includeBool=*/true) ? "whole" : "real",
        extents_phrase(target),
        takes_labels   ? "save labels as int64"
        : same_numbers ? fmt::format("save them as targets.reshape({})", fmt::join(output.sizes(), ", "))
                       : "give targets of that shape, or another loss (--loss)"));
  }
}

}  // namespace

at::Tensor output_tensor(const c10::IValue& returned, const ScriptSettings& settings) {
  if (returned.isTensor()) {
    if (settings.output.value_or(0) > 0) {
      throw InputError(
          fmt::format("the model returns one tensor, so there is no output {}: leave --output-index away",
                      *settings.output));
    }
    return returned.toTensor();
  }
  const std::vector<at::Tensor> tensors = tensors_in(returned);
  if (tensors.empty()) {
    throw InputError(
        fmt::format("the model returns {}: it has to return a tensor, or a tuple, list or dictionary of them",
                    returned.tagKind()));
  }
  if (settings.output && *settings.output >= tensors.size()) {
    throw InputError(fmt::format("the model returns {}, so there is no output {}",
                                 count_text(tensors.size(), "tensor"), *settings.output));
  }
  if (!settings.output && tensors.size() > 1) {
    throw InputError(fmt::format("the model returns {} tensors: say which one is the output (0 to {})",
                                 tensors.size(), tensors.size() - 1));
  }
  return tensors[settings.output.value_or(0)];
}

at::Tensor loss_of(const at::Tensor& output, const at::Tensor& target, ScriptLoss loss) {
  if (!output.is_floating_point()) {
    throw InputError(
        fmt::format("the model's output is {}: a loss needs real numbers", tensor_phrase(output)));
  }
  if (loss == ScriptLoss::model) {
    if (output.numel() != 1) {
      throw InputError(
          fmt::format("the loss is said to be the model's own output, which is {} and not one number: choose "
                      "cross-entropy, nll or mse",
                      tensor_phrase(output)));
    }
    return output.reshape({});
  }
  if (!target.defined()) {
    throw InputError(fmt::format("the loss {} needs targets: give --targets, or --loss model", name(loss)));
  }
  const bool labels = at::isIntegralType(target.scalar_type(), /*includeBool=*/false);
  if (labels && loss != ScriptLoss::mse) {
    const at::Tensor logits = rows_of(output, target);
    check_labels(logits, target, name(loss));
    return loss == ScriptLoss::nll ? at::nll_loss_nd(logits, target.to(at::kLong))
                                   : at::cross_entropy_loss(logits, target.to(at::kLong));
  }
  if (loss == ScriptLoss::nll) {
    throw InputError(
        fmt::format("the loss nll takes labels, integers; the targets are {}", tensor_phrase(target)));
  }
  check_same_shape(output, target, loss);
  const at::Tensor wanted = target.to(output.scalar_type());
  return loss == ScriptLoss::mse ? at::mse_loss(output, wanted) : at::cross_entropy_loss(output, wanted);
}

std::int64_t targets_that_count(const at::Tensor& target, ScriptLoss loss) {
  return loss == ScriptLoss::cross_entropy || loss == ScriptLoss::nll
             ? target.ne(ignored_label).sum().item<std::int64_t>()
             : target.numel();
}

}  // namespace relu0
