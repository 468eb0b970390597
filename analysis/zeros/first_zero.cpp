#include "analysis/zeros/first_zero.hpp"

#include "analysis/training/stepwise_training.hpp"
#include "analysis/zeros/observed_zeros.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

/// The node of the first ReLU.
std::size_t first_relu(const Network& network) {
  constexpr std::size_t images = 0;
  if (const std::vector<std::size_t> relus = network.nodes_with(Kink::relu); !relus.empty()) {
    const std::size_t relu = relus.front();
    const Node& before = network.nodes()[network.nodes()[relu].inputs.front()];
    const auto* linear = std::get_if<Linear>(&before.operation);
    if (linear != nullptr && linear->bias && before.inputs.front() == images) {
      return relu;
    }
  }
  throw InputError(fmt::format(
      "network '{}': its first ReLU does not follow a linear layer with bias that takes the images",
      network.name()));
}

/// The neuron's weights and bias.
std::vector<double> parameters_of(const std::vector<at::Tensor>& parameters, std::int64_t neuron) {
  // The first layer's weight and bias are the first parameters.
  std::vector<double> result = to_doubles(parameters[0][neuron]);
  result.push_back(parameters[1][neuron].item<double>());
  return result;
}

}  // namespace

FirstZeroSearch train_to_first_zero(const Network& network, const Weights& weights,
                                    const BatchSource& batches, std::uint64_t seed,
                                    const FirstZeroOptions& options) {
  if (options.iterations < 1) {
    throw InputError(fmt::format("a search of {} iterations: needs at least one", options.iterations));
  }
  const std::size_t relu = first_relu(network);
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(options.precision, options.device, options.kernel);
  StepwiseTraining training(network, arithmetic, {.optimizer = options.sgd});
  training.set_weights(weights);
  BatchStream stream(batches, {.seed = seed});
  FirstZeroSearch search;
  while (search.iterations < options.iterations) {
    const std::int64_t iteration = search.iterations++;
    Batch batch = stream.next();
    const TrainingStep step = training.forward(to_tensors(batch, network, arithmetic));
    if (step.zeros.front() > 0) {
      const at::Tensor& x = training.forward_pass().input_of(relu);
      const std::int64_t index = observe_zeros(relu, network.nodes()[relu].name, x).zeros.front();
      const std::int64_t neurons = x.numel() / x.size(0);
      const std::int64_t neuron = index % neurons;
      search.zero = FirstZero{.sample = index / neurons,
                              .neuron = neuron,
                              .batch = std::move(batch),
                              .parameters = parameters_of(training.parameters(), neuron)};
      break;
    }
    const BackwardPass backward(training.forward_pass(), options.kinks);
    training.update(backward.parameter_gradients(), options.rate.at(seed, iteration));
  }
  return search;
}

}  // namespace relu0
