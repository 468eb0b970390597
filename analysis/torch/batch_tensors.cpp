#include "analysis/torch/batch_tensors.hpp"

#include "fixtures/error.hpp"

#include <algorithm>

#include <ATen/ops/from_blob.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

BatchTensors to_tensors(const Batch& batch, std::int64_t classes, const Arithmetic& arithmetic) {
  const std::int64_t elements = element_count(batch.image_shape);
  if (batch.size() == 0 || std::ssize(batch.inputs) != batch.size() * elements) {
    throw InputError(fmt::format("a batch of {} labels holds {} input values, not {}", batch.size(),
                                 batch.inputs.size(), batch.size() * elements));
  }
  const auto bad = std::find_if(batch.labels.begin(), batch.labels.end(),
                                [classes](std::int64_t label) { return label < 0 || label >= classes; });
  if (bad != batch.labels.end()) {
    throw InputError(fmt::format("label {} of the batch is {}, there are {} classes",
                                 bad - batch.labels.begin(), *bad, classes));
  }
  // from_blob takes mutable pointers but the copies that follow only read.
  at::Tensor inputs =
      at::from_blob(const_cast<float*>(batch.inputs.data()), {batch.size(), elements}, at::kFloat)
          .to(arithmetic.options(), /*non_blocking=*/false, /*copy=*/true);
  arithmetic.round_result(inputs);
  const at::Tensor labels =
      at::from_blob(const_cast<std::int64_t*>(batch.labels.data()), {batch.size()}, at::kLong)
          .to(arithmetic.options().dtype(at::kLong), /*non_blocking=*/false, /*copy=*/true);
  return {inputs, labels};
}

BatchTensors to_tensors(const Batch& batch, const Network& network, const Arithmetic& arithmetic) {
  const Shape& expected = network.output_shapes().front();
  if (batch.image_shape != expected) {
    throw InputError(fmt::format("network '{}' takes images of shape [{}], the batch holds [{}]",
                                 network.name(), fmt::join(expected, ","),
                                 fmt::join(batch.image_shape, ",")));
  }
  return to_tensors(batch, class_count(network), arithmetic);
}

}  // namespace relu0
