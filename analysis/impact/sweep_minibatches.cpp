#include "analysis/impact/sweep_minibatches.hpp"

#include "analysis/torch/batch_tensors.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"

#include <algorithm>

#include <ATen/ops/empty.h>
#include <fmt/format.h>

namespace relu0 {

SweepData::SweepData(const Dataset& dataset, std::int64_t images, Precision precision, Device device,
                     const KernelChoice& kernel)
    : implementation_(std::make_unique<Implementation>(
          Implementation{Arithmetic(precision, device, kernel), device, dataset.image_shape, {}, {}})) {
  const Arithmetic& arithmetic = implementation_->arithmetic;
  if (images < 1 || images > dataset.size()) {
    throw InputError(
        fmt::format("{} images asked for, data set '{}' holds {}", images, dataset.name, dataset.size()));
  }
  const std::int64_t elements = element_count(dataset.image_shape);
  implementation_->inputs = at::empty({images, elements}, arithmetic.options());
  implementation_->labels = at::empty({images}, arithmetic.options().dtype(at::kLong));
  // The images are converted in pieces, so that a binary32 copy of all of them never takes memory beside the
  // tensor.
  constexpr std::int64_t piece = 4096;
  for (std::int64_t first = 0; first < images; first += piece) {
    const std::int64_t count = std::min(piece, images - first);
    const BatchTensors tensors = to_tensors(make_batch(dataset, first, count), dataset.classes, arithmetic);
    implementation_->inputs.narrow(0, first, count).copy_(tensors.inputs);
    implementation_->labels.narrow(0, first, count).copy_(tensors.labels);
  }
}

SweepData::~SweepData() = default;
SweepData::SweepData(SweepData&&) noexcept = default;
SweepData& SweepData::operator=(SweepData&&) noexcept = default;

SweptMinibatches minibatches(const SweepData::Implementation& data, std::int64_t batch_size) {
  return [&data, batch_size, first = std::int64_t{0}]() mutable -> std::optional<SweptMinibatch> {
    const std::int64_t count = std::min(batch_size, data.inputs.size(0) - first);
    if (count == 0) {
      return std::nullopt;
    }
    SweptMinibatch result{data.inputs.narrow(0, first, count), data.labels.narrow(0, first, count), first};
    first += count;
    return result;
  };
}

SweptMinibatches minibatches(const SweepStream& stream, const Network& network, const Arithmetic& arithmetic,
                             std::uint64_t seed) {
  const auto source = std::make_shared<BatchStream>(*stream.source, BatchKey{.seed = seed});
  return
      [source, &network, arithmetic, left = stream.minibatches]() mutable -> std::optional<SweptMinibatch> {
        if (left == 0) {
          return std::nullopt;
        }
        --left;
        const BatchTensors tensors = to_tensors(source->next(), network, arithmetic);
        return SweptMinibatch{tensors.inputs, tensors.labels, std::nullopt};
      };
}

}  // namespace relu0
