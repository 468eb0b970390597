#include "analysis/training/evaluation.hpp"

#include "analysis/torch/batch_tensors.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// The place of the largest of `count` values, a NaN being larger than any number.
template <typename Real>
std::int64_t largest(const Real* values, std::int64_t count) {
  std::int64_t best = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    if (std::isnan(values[i])) {
      return i;
    }
    best = values[i] > values[best] ? i : best;
  }
  return best;
}

template <typename Real>
std::int64_t count_correct_of(const at::Tensor& logits, const at::Tensor& labels) {
  const std::int64_t classes = logits.size(1);
  const auto* values = logits.data_ptr<Real>();
  const auto* label = labels.data_ptr<std::int64_t>();
  std::int64_t correct = 0;
  for (std::int64_t row = 0; row < logits.size(0); ++row) {
    correct += largest(values + row * classes, classes) == label[row] ? 1 : 0;
  }
  return correct;
}

const Network& with_loss(const Network& network) {
  if (!network.has_loss()) {
    throw InputError(fmt::format("network '{}' has no loss: it cannot be trained", network.name()));
  }
  return network;
}

}  // namespace

std::int64_t count_correct(const at::Tensor& logits, const at::Tensor& labels) {
  const at::Tensor here = labels.cpu();
  const at::Tensor rows = logits.cpu().contiguous();
  return rows.scalar_type() == at::kDouble ? count_correct_of<double>(rows, here)
                                           : count_correct_of<float>(rows.to(at::kFloat), here);
}

Network evaluation_form(const Network& network) {
  std::vector<Node> nodes = with_loss(network).nodes();
  for (Node& node : nodes) {
    if (auto* norm = std::get_if<BatchNorm>(&node.operation)) {
      norm->statistics = BatchStatistics::running;
    } else if (auto* dropout = std::get_if<Dropout>(&node.operation)) {
      dropout->mode = DropoutMode::evaluation;
    }
  }
  return {network.name(), std::move(nodes)};
}

Evaluation::Evaluation(const Network& network, const Arithmetic& arithmetic, const BatchSource& batches)
    : network_(evaluation_form(network)),
      arithmetic_(arithmetic),
      batches_(&batches),
      forward_(network_, arithmetic, OfInput::skipped, {}) {}

Score Evaluation::operator()(Weights trained, const RunningStatistics& running) {
  // The buffers of batch-norms that are evaluated by fixed statistics in training too stay as they were set.
  std::vector<TensorValues> fixed = std::exchange(trained.buffers, {});
  auto next_fixed = fixed.begin();
  for (const TensorSpec& spec : network_.buffers()) {
    const auto found = running.nodes.find(spec.node);
    if (found == running.nodes.end()) {
      trained.buffers.push_back(std::move(*next_fixed++));
      continue;
    }
    const bool is_mean = spec.name.ends_with(".running_mean");
    trained.buffers.push_back(
        {spec.name, spec.shape, to_values(is_mean ? found->second.mean : found->second.variance)});
  }
  forward_.set_weights({network_, trained, arithmetic_});
  Score score;
  BatchStream stream(*batches_, {});
  for (std::int64_t i = 0; i < batches_->batches(); ++i) {
    const BatchTensors batch = to_tensors(stream.next(), network_, arithmetic_);
    forward_.run(batch.inputs);
    forward_.complete(batch.labels);
    const std::int64_t images = batch.labels.size(0);
    score.loss += forward_.outputs().back().item<double>() * static_cast<double>(images);
    score.correct += count_correct(forward_.input_of(network_.nodes().size() - 1), batch.labels);
    score.images += images;
  }
  score.loss /= static_cast<double>(score.images);
  return score;
}

}  // namespace relu0
