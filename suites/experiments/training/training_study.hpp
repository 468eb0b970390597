#pragma once
#include "fixtures/published/published.hpp"
#include "reports/model/results.hpp"
#include "suites/measurements/training.hpp"
#include "suites/run/evidence.hpp"
#include "suites/verdicts/training_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the experiments on trainings share: networks that are trained alike but for s and the rule.
namespace relu0::training_study {

/// The published trainings' SGD, and the values of s that they were made with.
inline constexpr SgdOptions published_sgd{.momentum = 0.9, .weight_decay = 5e-4};
inline std::vector<double> published_levels() { return {0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1}; }

/// How networks are trained, whatever s is.
struct Condition {
  NetworkChoice network{};
  DataName data = datasets::mnist;
  Precision precision = Precision::fp32;
  std::string_view published_network = "mnist";  ///< what the authors' files call it
  bool batch_norm = false;
  OptimizerOptions optimizer = published_sgd;
  Schedule schedule = ConstantRate{};
  double default_rate = 0.01;        ///< where no learning rate was published
  std::optional<double> own_rate{};  ///< in place of both, for every s
  /// Whether every s is trained with the rate of s = 0, so that trainings differ in nothing but s. A short
  /// training tells a rate from another sooner than an s.
  bool one_rate = false;
  bool loss_scaling = false;
  std::int64_t batch_size = 128;
  TrainingPlan quick{};
  TrainingPlan paper{.draws = 10, .epochs = 200};
  std::vector<double> levels{0, 1};  ///< s, 0 first
  bool headline = false;             ///< whether the paper's claim is about it, in part at least
  /// Whether the published accuracies are of trainings like these, but for s and the epochs.
  bool published_alike = true;
  std::string own_label{};  ///< ends its name: ", rate 0.1" (own_training.hpp)

  /// Whether what is found of it is a headline: where the claim is about it, and at fp32, as published.
  [[nodiscard]] bool leads() const { return headline || precision == Precision::fp32; }
};

/// "mlp-3x256 on MNIST, fp32, SGD"; with "mixed" where the loss is scaled, and its own_label.
std::string name(const Condition& condition);

/// The learning rate of the trainings with an s, where it is not searched.
struct GivenRate {
  double rate = 0;
  std::optional<double>
      published_for{};  ///< the s that the authors found it for; absent: it was not published
  bool own = false;     ///< whether it is the condition's own_rate
};
GivenRate given_rate(const Condition& condition, double s);

/// The training with one s under one rule, at its given_rate() unless the run has rates searched.
TrainedNetwork training(const Condition& condition, double s, Rule rule);

/// All trainings of the conditions.
Measurements measurements(const std::vector<Condition>& conditions);

/// The trainings of one condition at one s under one rule.
struct Arm {
  double s = 0;
  Rule rule = Rule::chain_rule;
  EvidenceOf<TrainingOutcome> evidence;

  [[nodiscard]] std::vector<double> accuracies() const;
  /// What all trainings met at kinks, all epochs together.
  [[nodiscard]] KinkFlow kinks() const;
  /// How many trainings ended in a number that is not finite.
  [[nodiscard]] std::int64_t ended_in_nan() const;
  /// Whether there are trainings, and in none of them anything enters at a kink by s under the rule: they are
  /// then those with s = 0, bit for bit.
  [[nodiscard]] bool never_acted() const;
};

/// The trainings of one condition.
struct Trained {
  Condition condition;
  std::vector<Arm> arms;  ///< by rule, then by level; that of s = 0 stands under both

  [[nodiscard]] const Arm& at(double s, Rule rule) const;
  /// Those of one rule, by level.
  [[nodiscard]] std::vector<const Arm*> under(Rule rule) const;
  /// Final test accuracies of the draws that were made at every level: [draw][level].
  [[nodiscard]] std::vector<std::vector<double>> accuracies(Rule rule) const;
  /// For each of these draws, by how much s = 0 is more accurate than s.
  [[nodiscard]] std::vector<double> losses_of(double s, Rule rule) const;
  [[nodiscard]] Basis basis(Rule rule) const;
  /// How many epochs were run, beside those of the published protocol.
  [[nodiscard]] std::int64_t epochs() const;
  [[nodiscard]] bool measured() const;
};

Trained gather(const Condition& condition, const Evidence& evidence);
std::vector<Trained> gather(const std::vector<Condition>& conditions, const Evidence& evidence);

/// a − b, draw by draw, of the draws that both have.
std::vector<double> by_draw(std::vector<double> a, const std::vector<double>& b);

/// The published accuracies of a condition at some s; absent where there are none. With s = 0 the MLP of
/// 3 × 2048 has them by its probability of dropout.
std::optional<PublishedAccuracy> published(const Condition& condition, double s);

/// How far the trainings went beside the published ones: for as many epochs, on as many images, of the
/// network and the data set that the claim is about (Condition::headline), or not. Says the first of these
/// that they fall short in.
verdict_rules::Reach reach(const Trained& trained, std::int64_t published_epochs,
                           const RunSettings& settings);

/// Appends the figures and tables of trainings, for each condition of which something was measured; figures
/// of conditions that lead stand first. experiment: its id.
void append_figures(const std::string& experiment, const std::vector<Trained>& all, Results& results);
void append_tables(const std::string& experiment, const std::vector<Trained>& all, Results& results);

/// Appends the table of what trainings recorded epoch by epoch: medians over the trainings of an arm, of
/// the epochs 1, 4, 16, 64, 256 … and the last one.
void append_epochs(const std::string& experiment, const std::vector<Trained>& all, Results& results);

/// The epoch, from 1, after which s = 0 and s are told apart by their test accuracies and stay so: after it
/// and each later one the interval of the mean difference (Student's, at verdict_rules::confidence) does not
/// hold 0. Absent where they are not told apart at the end.
std::optional<std::int64_t> parted_from(const Trained& trained, double s, Rule rule);

/// Two conditions that are held against each other.
struct Beside {
  Trained one;
  Trained other;
};
/// Appends a figure for each pair of which something was measured: both final accuracies by s, of the values
/// of s that both were trained with. Pairs whose first one leads stand first.
void append_figures_beside(const std::string& experiment, const std::vector<Beside>& pairs, Results& results);

/// Appends the table of the learning rates that trainings had, and where each came from.
void append_learning_rates(const std::string& experiment, const std::vector<Trained>& all, Results& results);

/// "0.85 points [0.40, 1.30] over 7 draws": the mean of differences of accuracies, and its interval.
std::string mean_text(const std::vector<double>& differences);
/// "s = 0 is ahead of s = 1 by 0.85 points …", and where no training met a kink at which s acts under the
/// rule, that it could not have changed anything.
std::string effect_text(const Trained& trained, double s, Rule rule);

/// Why nothing was measured in a condition that the run leaves out, what would measure it, and what that
/// costs.
std::string left_out_text(const std::string& experiment, const Condition& condition,
                          const RunSettings& settings);

}  // namespace relu0::training_study
