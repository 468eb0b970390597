#include "analysis/training/training.hpp"

#include "analysis/training/evaluation.hpp"
#include "analysis/training/observe_kinks.hpp"
#include "analysis/training/stepwise_training.hpp"
#include "analysis/training/training_identity.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

double TrainingOutcome::final_test_accuracy() const {
  if (epochs.empty()) {
    throw std::logic_error("a training that has not run an epoch has no accuracy");
  }
  return epochs.back().test_accuracy;
}

namespace {

const TrainingOptions& checked(const TrainingOptions& options) {
  require_rate(options.learning_rate, "learning rate");
  check(options.optimizer);
  check(options.schedule);
  require_finite({.relu = options.relu});
  if (options.epochs < 1 || options.control_steps < 0 || options.traced_steps < 0) {
    throw InputError(fmt::format(
        "a training of {} epochs with {} steps taken twice and {} traced: needs at least one epoch "
        "and no negative number",
        options.epochs, options.control_steps, options.traced_steps));
  }
  return options;
}

const BatchSource& fitting(const BatchSource& source, const Network& network) {
  const Shape& expected = network.output_shapes().front();
  if (source.image_shape() != expected) {
    throw InputError(fmt::format("network '{}' takes images of shape [{}], the data set '{}' has [{}]",
                                 network.name(), fmt::join(expected, ","), source.facts().name,
                                 fmt::join(source.image_shape(), ",")));
  }
  return source;
}

double mean(double sum, std::int64_t count) {
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

EpochOutcome finished_epoch(const EpochInProgress& epoch, double learning_rate, const Score& test) {
  return {.steps = epoch.steps,
          .learning_rate = learning_rate,
          .train_loss = mean(epoch.loss, epoch.images),
          .train_accuracy = mean(static_cast<double>(epoch.correct), epoch.images),
          .test_loss = test.loss,
          .test_accuracy = test.accuracy(),
          .gradient_norm = mean(epoch.gradient_norm, epoch.steps - epoch.skipped),
          .skipped = epoch.skipped,
          .steps_with_kinks = epoch.steps_with_kinks,
          .kinks = epoch.kinks};
}

}  // namespace

struct Training::Implementation {
  Implementation(const Network& network_trained, const Weights& weights, const BatchSource& train_batches,
                 const BatchSource& test_batches, std::uint64_t seed_drawn, const TrainingOptions& how)
      : network(network_trained),
        train(fitting(train_batches, network)),
        seed(seed_drawn),
        options(checked(how)),
        arithmetic(options.precision, options.device, options.kernel),
        training(
            network, arithmetic,
            {.optimizer = options.optimizer, .dropout_seed = seed, .loss_scaling = options.loss_scaling}),
        evaluate(network, arithmetic, fitting(test_batches, network)),
        identity(identity_of(network, weights, train, test_batches, seed, options)) {
    training.set_weights(weights);
    outcome.planned_epochs = options.epochs;
    begin_at(0);
  }

  /// Prepares for the step of that number: its mini-batch, and the control if it is taken twice.
  void begin_at(std::int64_t step) {
    const auto epoch_of_step = static_cast<std::uint64_t>(step / train.batches());
    stream.emplace(train, BatchKey{.seed = seed, .epoch = epoch_of_step, .index = step % train.batches()});
    control.reset();
    if (step < options.control_steps) {
      control = std::make_unique<StepwiseTraining>(training.fork());
    }
  }

  [[nodiscard]] bool finished() const {
    return std::ssize(outcome.epochs) == options.epochs || ended_in_nan();
  }

  [[nodiscard]] bool ended_in_nan() const {
    return outcome.first_non_finite && !options.loss_scaling &&
           outcome.first_non_finite->epoch < std::ssize(outcome.epochs);
  }

  [[nodiscard]] double rate() const {
    return rate_in(options.schedule, options.learning_rate, std::ssize(outcome.epochs), options.epochs);
  }

  void step() {
    const at::NoGradGuard no_autograd;
    const BatchTensors batch = to_tensors(stream->next(), network, arithmetic);
    const double unscaled = 1 / training.loss_scale().scale;
    const TrainingStep met = training.forward(batch);
    const BackwardPass backward(training.forward_pass(), {.relu = options.relu});
    const std::vector<at::Tensor> gradient = training.update(backward.parameter_gradients(), rate());
    take_note(batch, met, observe_kinks(backward, unscaled), gradient);
    if (control) {
      step_control(batch);
    }
    const bool lost = !std::isfinite(met.loss) && !options.loss_scaling;
    if (epoch.steps == train.batches() || lost) {
      end_epoch();
    }
  }

  void step_control(const BatchTensors& batch) {
    control->forward(batch);
    control->update(BackwardPass(control->forward_pass(), {.relu = options.relu}).parameter_gradients(),
                    rate());
    outcome.deterministic = outcome.deterministic && control->same_state(training);
    if (training.steps() >= options.control_steps) {
      control.reset();
    }
  }

  void take_note(const BatchTensors& batch, const TrainingStep& met, const KinkFlow& kinks,
                 const std::vector<at::Tensor>& gradient) {
    const std::int64_t images = batch.labels.size(0);
    if (!outcome.first_non_finite && !std::isfinite(met.loss)) {
      outcome.first_non_finite = TrainingPlace{.epoch = std::ssize(outcome.epochs), .step = epoch.steps};
    }
    ++epoch.steps;
    epoch.images += images;
    epoch.correct +=
        count_correct(training.forward_pass().input_of(network.nodes().size() - 1), batch.labels);
    epoch.loss += met.loss * static_cast<double>(images);
    if (gradient.empty()) {
      ++epoch.skipped;
    } else {
      epoch.gradient_norm += l2_norm(gradient);
    }
    epoch.steps_with_kinks += kinks.met > 0 ? 1 : 0;
    // A gradient that overflowed goes nowhere.
    const KinkFlow flow = gradient.empty() ? KinkFlow{.met = kinks.met, .reached = kinks.reached} : kinks;
    epoch.kinks += flow;
    if (training.steps() <= options.traced_steps) {
      outcome.first_steps.push_back(flow);
    }
  }

  Score evaluate_now() { return evaluate(training.weights(), training.running_statistics()); }

  void end_epoch() {
    const Score test = evaluate_now();
    outcome.epochs.push_back(finished_epoch(epoch, rate(), test));
    epoch = {};
  }

  void restore(TrainingSnapshot snapshot) {
    const std::int64_t steps = snapshot.state.steps;
    const std::int64_t epochs = std::ssize(snapshot.outcome.epochs);
    const bool whole_epochs = !snapshot.outcome.first_non_finite || options.loss_scaling;
    if (steps < 0 || epochs > options.epochs ||
        (whole_epochs && steps != epochs * train.batches() + snapshot.epoch.steps)) {
      throw InputError(
          fmt::format("a training's state of {} steps and {} epochs does not fit {} epochs of {}", steps,
                      epochs, options.epochs, train.batches()));
    }
    training.restore(snapshot.state);
    epoch = snapshot.epoch;
    outcome = std::move(snapshot.outcome);
    scores = std::move(snapshot.scores);
    begin_at(steps);
  }

  const Network& network;
  const BatchSource& train;
  std::uint64_t seed;
  TrainingOptions options;
  Arithmetic arithmetic;
  StepwiseTraining training;
  Evaluation evaluate;
  std::vector<IdentityField> identity;
  std::unique_ptr<StepwiseTraining> control{};
  std::optional<BatchStream> stream{};
  EpochInProgress epoch{};
  TrainingOutcome outcome{};
  std::vector<Score> scores{};
};

Training::Training(const Network& network, const Weights& weights, const BatchSource& train,
                   const BatchSource& test, std::uint64_t seed, const TrainingOptions& options)
    : implementation_(std::make_unique<Implementation>(network, weights, train, test, seed, options)) {}

Training::~Training() = default;
Training::Training(Training&&) noexcept = default;
Training& Training::operator=(Training&&) noexcept = default;

bool Training::finished() const { return implementation_->finished(); }

void Training::step() { implementation_->step(); }

Score Training::score() {
  const at::NoGradGuard no_autograd;
  return implementation_->scores.emplace_back(implementation_->evaluate_now());
}

const std::vector<Score>& Training::scores() const { return implementation_->scores; }

const TrainingOutcome& Training::outcome() const { return implementation_->outcome; }

const EpochInProgress& Training::epoch_in_progress() const { return implementation_->epoch; }

std::int64_t Training::steps() const { return implementation_->training.steps(); }

std::int64_t Training::planned_steps() const {
  return implementation_->options.epochs * implementation_->train.batches();
}

Weights Training::weights() const { return implementation_->training.weights(); }

const std::vector<IdentityField>& Training::identity() const { return implementation_->identity; }

TrainingSnapshot Training::snapshot() const {
  return {implementation_->training.state(), implementation_->epoch, implementation_->outcome,
          implementation_->scores};
}

void Training::restore(TrainingSnapshot snapshot) { implementation_->restore(std::move(snapshot)); }

}  // namespace relu0
