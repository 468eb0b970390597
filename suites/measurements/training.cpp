#include "suites/measurements/training.hpp"

#include "fixtures/data/first_classes.hpp"
#include "fixtures/data/held_out_images.hpp"
#include "suites/measurements/base/cost.hpp"
#include "suites/measurements/base/held_out.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"
#include "suites/run/checkpoints/searched_rate.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <variant>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// Images that are classified side by side. No result depends on it but through the order of sums.
constexpr std::int64_t test_batch_size = 500;

std::string rule_of(const DerivativeChoice& relu) {
  return relu.value == 0 ? "either rule" : std::string(name(relu.rule));
}

/// What the draws depend on of how their learning rates are searched.
nlohmann::json identity_of(const RateSearchOptions& search) {
  return {{"searched_among", search.candidates},
          {"from", search.lowest},
          {"to", search.highest},
          {"halving_by", RateSearchOptions::factor},
          {"held_out_of", held_out_of}};
}

/// What each candidate of a draw's search is trained and scored on: training images, all of them.
struct SearchImages {
  BatchSource train;
  BatchSource validation;
};

}  // namespace

RateSearchOptions rate_search(const OptimizerOptions& optimizer, std::int64_t candidates) {
  // Four decades, which hold all that the authors found best: 2.2e-4 to 0.028 by SGD, 8e-5 to 0.0035 by Adam.
  const bool sgd = std::holds_alternative<SgdOptions>(optimizer);
  return {.candidates = candidates, .lowest = sgd ? 1e-4 : 1e-5, .highest = sgd ? 1 : 0.1};
}

std::int64_t TrainedNetwork::epochs(const RunSettings& settings) const {
  return settings.epochs.value_or(plan(settings.scale).epochs);
}

std::int64_t TrainedNetwork::images(const RunSettings& settings) const {
  const std::int64_t available = settings.images_of(setting.data);
  return std::min(available, settings.images ? available : plan(settings.scale).images.value_or(available));
}

ImageTransform TrainedNetwork::fitted(const ImageTransform& transform) const {
  const auto* convolutional = std::get_if<ConvolutionalNetwork>(&setting.network);
  return convolutional == nullptr
             ? transform
             : of_side(transform, static_cast<std::size_t>(input_shape(*convolutional).back()));
}

TrainingOptions TrainedNetwork::options(const RunSettings& settings) const {
  TrainingOptions options;
  options.precision = setting.precision;
  options.device = settings.device;
  options.kernel = kernel(settings);
  options.relu = relu;
  options.optimizer = optimizer;
  options.learning_rate = learning_rate;
  options.schedule = schedule;
  options.epochs = epochs(settings);
  if (loss_scaling) {
    options.loss_scaling = LossScaling{};
  }
  return options;
}

std::optional<RateSearchOptions> TrainedNetwork::search(const RunSettings& settings) const {
  return settings.rate_candidates ? std::optional(rate_search(optimizer, *settings.rate_candidates))
                                  : std::nullopt;
}

std::string TrainedNetwork::impossible(const RunSettings& settings) const {
  const std::int64_t all = images(settings);
  const std::int64_t trained_on = search(settings) ? all - all / held_out_of : all;
  return trained_on >= setting.batch_size
             ? ""
             : fmt::format(
                   "a mini-batch takes {} images, and there are {} to train on{}; take more images "
                   "(--images) or "
                   "a smaller mini-batch",
                   setting.batch_size, trained_on,
                   trained_on < all ? ", since a search holds one of six out" : "");
}

std::string TrainedNetwork::contradiction(const TrainingOutcome& outcome, const RunSettings& settings) const {
  if (outcome.planned_epochs != epochs(settings)) {
    return fmt::format("a training of {} epochs, where it is one of {}", outcome.planned_epochs,
                       epochs(settings));
  }
  const std::optional<RateSearchOptions> searched = search(settings);
  const std::int64_t wanted = searched ? searched->candidates : 0;
  const std::int64_t found = outcome.search ? std::ssize(outcome.search->candidates) : 0;
  return found == wanted ? ""
                         : fmt::format("its learning rate was searched among {} candidates, where it is {}{}",
                                       found, wanted, searched ? "" : ", since it is given");
}

void TrainedNetwork::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const TrainingOptions identified = options(settings);
  identity["measured"] = "training";
  identity["images"] = images(settings);
  identity["test_data"] = settings.data.at(setting.data).test_identity;
  identity["test_images"] = settings.test_images_of(setting.data);
  identity["transform"] = name(fitted(setting.data->training_transform));
  identity["epochs"] = identified.epochs;
  identity["s"] = relu.value;
  identity["rule"] = rule_of(relu);  // both rules mean the same by 0, so that it is measured once
  identity["optimizer"] = name(optimizer);
  const std::optional<RateSearchOptions> searched = search(settings);
  identity["learning_rate"] = searched ? identity_of(*searched) : nlohmann::json(learning_rate);
  identity["schedule"] = name(schedule);
  identity["loss_scaling"] = loss_scaling;
}

std::string TrainedNetwork::work() const {
  return fmt::format("trained by {}{} with s = {}, {}", name(optimizer),
                     loss_scaling ? " in mixed precision" : "", relu.value, rule_of(relu));
}

std::vector<FieldValue> TrainedNetwork::own_field_values() const {
  std::vector<FieldValue> result{{"s", fmt::format("{}", relu.value)},
                                 {"optimizer", std::string(relu0::kind(optimizer))}};
  for (const Rule rule : all_rules) {
    if (relu.value == 0 || relu.rule == rule) {
      result.push_back({"rule", std::string(name(rule))});
    }
  }
  return result;
}

double TrainedNetwork::passes(const Network& network, const RunSettings& settings) const {
  // Images are taken for as many of each class.
  const std::int64_t of_data = settings.data.at(setting.data).classes;
  const double share = std::min(
      1.0, of_data == 0 ? 1 : static_cast<double>(class_count(network)) / static_cast<double>(of_data));
  const double of_images = share * static_cast<double>(images(settings));
  const double training = static_cast<double>(epochs(settings)) *
                          (of_images * passes_of_training_step +
                           share * static_cast<double>(settings.test_images_of(setting.data)));
  const std::optional<RateSearchOptions> searched = search(settings);
  if (!searched) {
    return training;
  }
  // In images, of which each step takes a mini-batch.
  const auto searched_on = static_cast<std::int64_t>(of_images);
  const std::int64_t held_out = searched_on / held_out_of;
  const std::vector<Rung> rungs = rungs_of(*searched, epochs(settings) * (searched_on - held_out));
  double scored = 0;
  for (const Rung& rung : rungs) {
    scored += static_cast<double>(rung.candidates * held_out);
  }
  return training + passes_of_training_step * static_cast<double>(steps_of_search(rungs)) + scored;
}

TrainedNetwork::OutcomeMeasurer TrainedNetwork::measurer(const Network& network, const GroupData& data,
                                                         const RunSettings& settings, int threads) const {
  const BatchOptions of_training{.batch_size = setting.batch_size,
                                 .transform = fitted(setting.data->training_transform),
                                 .order = Order::shuffled,
                                 .threads = threads};
  const BatchOptions of_scoring{.batch_size = test_batch_size,
                                .transform = fitted(setting.data->evaluation_transform),
                                .threads = threads};
  const std::int64_t classes = class_count(network);
  const std::shared_ptr<const ImageSource> all =
      first_classes(first_images(data.images(), images(settings)), classes);
  const auto train = std::make_shared<BatchSource>(all, of_training);
  const auto test = std::make_shared<BatchSource>(
      first_classes(data.test_images(settings.test_images_of(setting.data)), classes), of_scoring);
  const std::optional<RateSearchOptions> searched = search(settings);
  std::shared_ptr<const SearchImages> search_images;
  if (searched) {
    const HeldOutImages parts = hold_out(all, held_out_of);
    search_images = std::make_shared<SearchImages>(
        SearchImages{.train = {parts.rest, of_training}, .validation = {parts.held_out, of_scoring}});
  }
  return [&network, train, test, searched, search_images, how = options(settings), settings,
          key = key(settings), named = describe()](const Weights& weights, std::uint64_t seed) {
    std::int64_t steps = how.epochs * train->batches();
    const std::int64_t of_search = searched ? how.epochs * search_images->train.batches() : 0;
    if (searched) {
      steps += steps_of_search(rungs_of(*searched, of_search));
    }
    CheckpointedTrainings trainings(
        {.file = settings.checkpoints.empty() ? std::nullopt
                                              : std::optional(checkpoint_of(settings.checkpoints, key, seed)),
         .shown = fmt::format("{}, network {}", named, seed),
         .steps = steps,
         .tell = settings.tell});
    TrainingOptions of_draw = how;
    std::optional<RateSearchOutcome> search;
    if (searched) {
      const auto begin = [&](double rate) {
        TrainingOptions of_candidate = how;
        of_candidate.learning_rate = rate;
        of_candidate.control_steps = 0;
        of_candidate.traced_steps = 0;
        return Training(network, weights, search_images->train, search_images->validation, seed,
                        of_candidate);
      };
      search = search_rate_by_training(*searched, seed, of_search, begin, trainings);
      of_draw.learning_rate = search->best().rate;
    }
    Training training(network, weights, *train, *test, seed, of_draw);
    trainings.take_up(training, "");
    trainings.run(training, "", training.planned_steps(), "");
    TrainingOutcome outcome = training.outcome();
    outcome.search = std::move(search);
    return outcome;
  };
}

}  // namespace relu0
