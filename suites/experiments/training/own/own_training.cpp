#include "suites/experiments/training/own/own_training.hpp"

#include "fixtures/error.hpp"
#include "fixtures/finite_number.hpp"
#include "fixtures/letter_case.hpp"
#include "suites/command_line/arguments.hpp"
#include "suites/experiments/training/own/own_network.hpp"
#include "suites/measurements/base/field_values.hpp"
#include "suites/measurements/base/stored_value.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::training_study {

namespace {

const std::vector<std::string>& fields() {
  static const std::vector<std::string> names{
      "network",   "data",     "precision",    "mixed",         "batch-norm", "dropout", "batch",
      "optimizer", "momentum", "weight-decay", "learning-rate", "schedule",   "s"};
  return names;
}

/// What one --train says, field by field.
class Fields {
 public:
  explicit Fields(std::string_view text) : values_(parse_field_values(text, fields(), "trains nothing")) {
    for (const std::string& field : fields()) {
      if (field != "s" && all(field).size() > 1) {
        throw InputError(
            fmt::format("{} is given {} times; give another --train for each", field, all(field).size()));
      }
    }
  }

  [[nodiscard]] std::vector<std::string> all(std::string_view field) const {
    std::vector<std::string> result;
    for (const FieldValue& value : values_) {
      if (value.field == field) {
        result.push_back(value.value);
      }
    }
    return result;
  }
  [[nodiscard]] std::optional<std::string> find(std::string_view field) const {
    const std::vector<std::string> values = all(field);
    return values.empty() ? std::nullopt : std::optional(values.front());
  }
  [[nodiscard]] bool yes(std::string_view field) const {
    const std::string value = lower_case(find(field).value_or("no"));
    if (value != "yes" && value != "no") {
      throw InputError(fmt::format("{}={}: give yes or no", field, value));
    }
    return value == "yes";
  }
  /// A finite decimal number; `usual` where it is not given.
  [[nodiscard]] double number(std::string_view field, double usual) const {
    const std::optional<std::string> value = find(field);
    return value ? parse(field, *value) : usual;
  }

  static double parse(std::string_view field, std::string_view text) {
    if (const std::optional<double> value = finite_number(text)) {
      return *value;
    }
    throw InputError(fmt::format("{}={}: give a finite decimal number, such as 0.5", field, text));
  }

 private:
  std::vector<FieldValue> values_;
};

std::optional<DataName> data_of(const Fields& given) {
  const std::optional<std::string> wanted = given.find("data");
  if (!wanted) {
    return std::nullopt;
  }
  std::vector<std::string_view> known;
  for (const DatasetDescription* set : datasets::all) {
    if (same_but_for_case(*wanted, set->id) || same_but_for_case(*wanted, set->title)) {
      return DataName(*set);
    }
    known.push_back(set->id);
  }
  throw InputError(
      fmt::format("data={}: there is no such data set; give one of {}", *wanted, fmt::join(known, ", ")));
}

double at_least_zero(const Fields& given, std::string_view field, double usual) {
  const double value = given.number(field, usual);
  if (value < 0) {
    throw InputError(fmt::format("{}={}: give a number of at least 0", field, value));
  }
  return value;
}

double dropout_of(const Fields& given) {
  const double value = at_least_zero(given, "dropout", 0);
  if (value >= 1) {
    throw InputError(fmt::format("dropout={}: give a probability below 1", value));
  }
  return value;
}

OptimizerOptions optimizer_of(const Fields& given) {
  const std::string wanted = lower_case(given.find("optimizer").value_or("sgd"));
  if (wanted == "sgd") {
    return SgdOptions{.momentum = at_least_zero(given, "momentum", published_sgd.momentum),
                      .weight_decay = at_least_zero(given, "weight-decay", published_sgd.weight_decay)};
  }
  if (wanted != "adam") {
    throw InputError(fmt::format("optimizer={}: give sgd or adam", wanted));
  }
  if (given.find("momentum")) {
    throw InputError("momentum: Adam has none; it is SGD's");
  }
  return AdamOptions{.weight_decay = at_least_zero(given, "weight-decay", 0)};
}

Schedule schedule_of(const Fields& given) {
  const std::string wanted = lower_case(given.find("schedule").value_or("constant"));
  if (wanted == "constant") {
    return ConstantRate{};
  }
  if (wanted == "cosine") {
    return CosineDecay{};
  }
  constexpr std::string_view step = "step:";
  const std::size_t colon = wanted.find(':', step.size());
  if (!wanted.starts_with(step) || colon == std::string::npos) {
    throw InputError(fmt::format(
        "schedule={}: give constant, cosine, or step:EPOCHS:FACTOR, such as step:30:0.1", wanted));
  }
  return StepDecay{.epochs = parse_count("schedule=step:EPOCHS",
                                         wanted.substr(step.size(), colon - step.size()), 1, largest_count),
                   .factor = Fields::parse("schedule=step:EPOCHS:FACTOR", wanted.substr(colon + 1))};
}

/// 0, and what else is given, in ascending order; 1 where nothing is.
std::vector<double> levels_of(const Fields& given, Precision precision) {
  std::vector<double> levels{0};
  std::vector<std::string> wanted = given.all("s");
  if (wanted.empty()) {
    wanted.emplace_back("1");
  }
  for (const std::string& text : wanted) {
    const double s = Fields::parse("s", text);
    if (std::find(levels.begin(), levels.end(), s) == levels.end()) {
      levels.push_back(s);
    }
  }
  if (levels.size() == 1) {
    throw InputError("s=0: give another value to train with, which s = 0 is held against");
  }
  std::sort(levels.begin() + 1, levels.end());
  std::set<double> seen;
  for (const double s : levels) {
    const double held = stored(s, precision);
    if (!std::isfinite(held) || !seen.insert(held).second) {
      throw InputError(
          fmt::format("s={}: {} stores it as {}, which is {}; give values that it tells apart, 0 among them",
                      s, name(precision), held, std::isfinite(held) ? "another value's too" : "no number"));
    }
  }
  return levels;
}

double positive(const Fields& given, std::string_view field) {
  const double value = given.number(field, 1);
  if (value <= 0) {
    throw InputError(fmt::format("{}={}: give a number above 0", field, value));
  }
  return value;
}

/// What a training is, beyond what every condition's name says, where it is not the usual: ", cosine, batch
/// 64".
std::string label_of(const Condition& condition) {
  std::string label;
  const auto* sgd = std::get_if<SgdOptions>(&condition.optimizer);
  if (sgd != nullptr && sgd->momentum != published_sgd.momentum) {
    label += fmt::format(", momentum {}", sgd->momentum);
  }
  const double usual_decay = sgd != nullptr ? published_sgd.weight_decay : AdamOptions{}.weight_decay;
  const double decay = std::visit([](const auto& of) { return of.weight_decay; }, condition.optimizer);
  if (decay != usual_decay) {
    label += fmt::format(", weight decay {}", decay);
  }
  if (condition.own_rate) {
    label += fmt::format(", rate {}", *condition.own_rate);
  }
  if (condition.schedule != Schedule(ConstantRate{})) {
    label += ", " + name(condition.schedule);
  }
  if (condition.batch_size != Condition{}.batch_size) {
    label += fmt::format(", batch {}", condition.batch_size);
  }
  return label;
}

/// What the authors' files call the network and its optimizer's trainings; empty where they trained no such
/// network in this way.
std::string_view published_name(const Condition& condition) {
  const bool is_theirs = condition.optimizer == OptimizerOptions(published_sgd) ||
                         condition.optimizer == OptimizerOptions(AdamOptions{});
  if (!is_theirs) {
    return "";
  }
  if (const auto* convolutional = std::get_if<ConvolutionalNetwork>(&condition.network)) {
    const std::string called = name(ConvolutionalNetwork{.architecture = convolutional->architecture,
                                                         .batch_norm = convolutional->batch_norm});
    if (name(*convolutional) != called) {
      return "";
    }
    return convolutional->architecture == Architecture::vgg11      ? "vgg11"
           : convolutional->architecture == Architecture::resnet18 ? "resnet18"
                                                                   : "";
  }
  const auto* mlp = std::get_if<Mlp>(&condition.network);
  return mlp != nullptr && name(*mlp) == name(Mlp{.width = 2048, .dropout = mlp->dropout}) ? "mnist" : "";
}

/// Whether it is trained as the authors trained such a network, but for s and the number of epochs.
bool is_as_published(const Condition& condition) {
  const Schedule theirs = std::holds_alternative<ConvolutionalNetwork>(condition.network)
                              ? Schedule(CosineDecay{})
                              : Schedule(ConstantRate{});
  return condition.precision == Precision::fp32 && condition.schedule == theirs && !condition.own_rate &&
         condition.batch_size == Condition{}.batch_size;
}

bool has_batch_norm(const NetworkChoice& network) {
  const auto* mlp = std::get_if<Mlp>(&network);
  const auto* convolutional = std::get_if<ConvolutionalNetwork>(&network);
  return (mlp != nullptr && mlp->batch_norm) || (convolutional != nullptr && convolutional->batch_norm);
}

Condition condition_of(const Fields& given) {
  const std::optional<std::string> network = given.find("network");
  if (!network) {
    throw InputError("network is missing; give one such as network=mlp-3x256 or network=LeNet-5");
  }
  const NetworkOnData of = network_on_data({.name = *network,
                                            .batch_norm = given.yes("batch-norm"),
                                            .dropout = dropout_of(given),
                                            .data = data_of(given)});
  Condition condition{.network = of.network, .data = of.data};
  condition.precision = parse_precision(lower_case(given.find("precision").value_or("fp32")));
  condition.batch_norm = has_batch_norm(of.network);
  condition.optimizer = optimizer_of(given);
  check(condition.optimizer);
  condition.schedule = schedule_of(given);
  check(condition.schedule);
  condition.published_network = published_name(condition);
  condition.default_rate = std::holds_alternative<SgdOptions>(condition.optimizer) ? 0.01 : 1e-3;
  condition.one_rate = true;
  const double usual_rate = given_rate(condition, 0).rate;
  if (const double rate = given.find("learning-rate") ? positive(given, "learning-rate") : usual_rate;
      rate != usual_rate) {
    condition.own_rate = rate;
  }
  condition.loss_scaling = given.yes("mixed");
  if (condition.loss_scaling && storage_bits(condition.precision) != 16) {
    throw InputError(
        fmt::format("mixed=yes: it is for passes at 16 bits; give precision=fp16 or bf16 in place of {}",
                    name(condition.precision)));
  }
  condition.batch_size = parse_count(
      "batch", given.find("batch").value_or(std::to_string(condition.batch_size)), 1, largest_count);
  if (condition.batch_size == 1 && condition.batch_norm &&
      !std::holds_alternative<ConvolutionalNetwork>(of.network)) {
    throw InputError(
        "batch=1: the batch-norms of an MLP have one value for each neuron then; give 2 images at least");
  }
  condition.levels = levels_of(given, condition.precision);
  condition.published_alike = is_as_published(condition);
  condition.quick = {.draws = 7, .epochs = 2};
  condition.headline = true;
  condition.own_label = label_of(condition);
  return condition;
}

}  // namespace

Condition parse_own_training(std::string_view text) {
  try {
    return condition_of(Fields(text));
  } catch (const InputError& error) {
    throw InputError(fmt::format("--train '{}': {}", text, error.what()));
  }
}

std::vector<Condition> parse_own_trainings(const std::vector<std::string>& texts) {
  std::vector<Condition> conditions;
  for (const std::string& text : texts) {
    Condition one = parse_own_training(text);
    if (std::any_of(conditions.begin(), conditions.end(),
                    [&](const Condition& other) { return name(other) == name(one); })) {
      throw InputError(fmt::format("--train '{}': {} is trained already; give all values of s in one --train",
                                   text, name(one)));
    }
    conditions.push_back(std::move(one));
  }
  return conditions;
}

}  // namespace relu0::training_study
