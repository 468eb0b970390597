#pragma once
#include "analysis/training/search/rate_search.hpp"
#include "analysis/training/training.hpp"
#include "fixtures/data/images/image_transform.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/checkpoints/training_fields.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace relu0 {

/// How far a scale trains.
struct TrainingPlan {
  std::int64_t draws = 0;  ///< networks; 0: the scale leaves the training out
  std::int64_t epochs = 1;
  std::optional<std::int64_t> images{};  ///< only the first so many training images; absent: all

  bool operator==(const TrainingPlan&) const = default;
};

/// The search for the learning rate of a training by an optimizer, among so many candidates.
RateSearchOptions rate_search(const OptimizerOptions& optimizer, std::int64_t candidates);

/// A network is trained to the end with one s under one rule, and classifies the test images after each
/// epoch. Draw i of each training begins with the same θ, and meets the same mini-batches, as draw i of every
/// other one of the network.
///
/// A network of other images or fewer classes than the data set's is trained and scored on images of its own
/// size (of_side()) and on those of its classes (first_classes()).
///
/// Where the run has learning rates searched, each draw searches its own, on nothing but the training images:
/// draws stay independent of each other, so that the interval of an effect of s holds the luck of the search
/// too. Draw i of every training by the same optimizer tries the same candidates.
struct TrainedNetwork final : MeasurementOf<TrainedNetwork, TrainingOutcome> {
  static constexpr std::string_view kind_name = "training";
  using MeasurementOf::MeasurementOf;

  DerivativeChoice relu{};
  OptimizerOptions optimizer = SgdOptions{.momentum = 0.9, .weight_decay = 5e-4};
  double learning_rate = 0.01;  ///< where it is not searched
  Schedule schedule = ConstantRate{};
  bool loss_scaling = false;  ///< mixed precision, for passes at 16 bits
  TrainingPlan quick{};
  TrainingPlan paper{.draws = 10, .epochs = 200};

  /// Where quick scale leaves a training out and the run sets a number of draws by hand, it is the paper's.
  [[nodiscard]] const TrainingPlan& plan(RunScale scale) const {
    return scale == RunScale::quick && quick.draws > 0 ? quick : paper;
  }
  /// How many epochs a training is planned for, and on how many images.
  [[nodiscard]] std::int64_t epochs(const RunSettings& settings) const;
  [[nodiscard]] std::int64_t images(const RunSettings& settings) const;
  /// Why it cannot take a single step with these settings, and what to do; empty where it can. Mini-batches
  /// are whole: images that do not fill one are left out.
  [[nodiscard]] std::string impossible(const RunSettings& settings) const override;
  /// How its learning rate is searched; absent where it is given.
  [[nodiscard]] std::optional<RateSearchOptions> search(const RunSettings& settings) const;
  /// Checks the planned epochs, and by how many candidates the learning rate was searched.
  [[nodiscard]] std::string contradiction(const TrainingOutcome& outcome,
                                          const RunSettings& settings) const override;
  [[nodiscard]] bool evaluates() const override { return true; }
  [[nodiscard]] bool only_on_request() const override { return true; }
  [[nodiscard]] bool only_at_planned_number() const override { return true; }

 private:
  /// What the data set's transform is for a network of another input than the images that it makes.
  [[nodiscard]] ImageTransform fitted(const ImageTransform& transform) const;
  [[nodiscard]] TrainingOptions options(const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] std::vector<FieldValue> own_field_values() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override {
    return scale == RunScale::quick ? quick.draws : paper.draws;
  }
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

}  // namespace relu0
