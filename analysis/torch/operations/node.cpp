#include "analysis/torch/operations/node.hpp"

#include "analysis/torch/operations/all.hpp"

#include <stdexcept>
#include <type_traits>
#include <variant>

#include <ATen/ops/empty.h>

namespace relu0::operations {

at::Tensor OutputBuffer::take(at::IntArrayRef shape, const at::TensorOptions& options) {
  const auto rest = shape.slice(1);
  if (!memory_.defined() || memory_.size(0) < shape[0] || memory_.sizes().slice(1) != rest) {
    memory_ = at::empty(shape, options);
  }
  return memory_.narrow(0, 0, shape[0]);
}

bool has_own_kernel(const Node& node, const Arithmetic& arithmetic) {
  return arithmetic.kernel().family != KernelFamily::native &&
         (std::holds_alternative<Linear>(node.operation) ||
          std::holds_alternative<Convolution>(node.operation));
}

void count_hits(const at::Tensor& mask, KinkHits& hits) {
  const at::Tensor counts = mask.flatten(1).sum(1).cpu();
  const auto* count = counts.data_ptr<std::int64_t>();
  hits.per_sample.resize(static_cast<std::size_t>(mask.size(0)));
  hits.total = 0;
  for (std::size_t i = 0; i < hits.per_sample.size(); ++i) {
    hits.per_sample[i] = static_cast<std::uint32_t>(count[i]);
    hits.total += count[i];
  }
}

at::Tensor hits_at_point(const at::Tensor& x, const Arithmetic& arithmetic, const KinkPlace& place) {
  return x.eq(arithmetic.rounded(place.point.value()));
}

void count_point_hits(const at::Tensor& x, const Arithmetic& arithmetic, std::span<KinkHits> hits) {
  for (KinkHits& of_kink : hits) {
    count_hits(hits_at_point(x, arithmetic, of_kink.place), of_kink);
  }
}

namespace {

/// Calls `function` with the node's operation, all of whose LibTorch part must be there.
template <typename Function>
decltype(auto) with_libtorch_part(const Node& node, const Function& function) {
  return visit_computed([&function]<WithLibtorchPart Described>(
                            const Described& operation) -> decltype(auto) { return function(operation); },
                        node.operation);
}

}  // namespace

NodeResult forward(const Node& node, const NodeCall& call, NodeMemory& memory) {
  return with_libtorch_part(node, [&](const auto& operation) { return forward(operation, call, memory); });
}

std::vector<at::Tensor> input_gradients(const Node& node, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return with_libtorch_part(
      node, [&](const auto& operation) { return input_gradients(operation, call, gradients); });
}

void parameter_gradient(const Node& node, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which) {
  with_libtorch_part(node, [&](const auto& operation) {
    if constexpr (std::decay_t<decltype(operation)>::traits.has_parameters) {
      parameter_gradient(operation, call, gradients, which);
    } else {
      throw std::logic_error("an operation without parameters has no gradient of one");
    }
  });
}

at::Tensor by_autograd(const Node& node, const AutogradCall& call) {
  return with_libtorch_part(node, [&](const auto& operation) { return by_autograd(operation, call); });
}

at::Tensor kink_hits(const Node& node, const KinkPlace& place, const NodeCall& call) {
  return with_libtorch_part(node, [&](const auto& operation) -> at::Tensor {
    if constexpr (std::decay_t<decltype(operation)>::traits.has_kinks) {
      return kink_hits(operation, place, call);
    } else {
      throw std::logic_error("an operation without kinks has no hits of one");
    }
  });
}

}  // namespace relu0::operations
