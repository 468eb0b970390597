#include "suites/measurements/cell.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace relu0 {

namespace {

/// What tells one kind of measurement from another; sweeps came first and carry no name.
struct KeyOfWork {
  const Cell& cell;
  const RunSettings& settings;
  nlohmann::json& identity;

  void operator()(const SweepWork& work) const {
    identity["extent"] = work.extent == Extent::all ? "all" : "until impacted";
    identity["magnitude"] = work.magnitude;
    identity["images"] = settings.images_of(cell.data);
    add_sweep();
  }
  void operator()(const ReferenceErrorWork& /*work*/) const {
    identity["measured"] = "reference error";
    identity["batch_size"] = images_compared(cell, settings);
    identity["s"] = {settings.s_a, settings.s_b};
    add_reference_bits();
  }
  void operator()(const ZeroOriginsWork& /*work*/) const {
    const ZeroOriginsOptions options = zero_origins_options(cell, settings);
    identity["measured"] = "zero origins";
    identity["images"] = options.images;
    identity["enough_zeros"] = options.enough_zeros;
    add_reference_bits();
  }
  void operator()(const StreamWork& /*work*/) const {
    const BatchOptions options = stream_options(cell);
    identity["measured"] = "stream";
    identity["images"] = settings.images_of(cell.data);
    identity["minibatches"] = stream_minibatches(cell, settings);
    identity["transform"] = name(options.transform);
    identity["order"] = options.order == Order::shuffled ? "shuffled" : "stored";
    add_sweep();
  }
  void operator()(const DivergenceWork& work) const {
    const DivergenceOptions options = divergence_options(cell, settings);
    identity["measured"] = "divergence";
    identity["images"] = settings.images_of(cell.data);
    identity["iterations"] = work.iterations;
    identity["s"] = {options.s_a, options.s_b};
    identity["learning_rate"] = {options.rate.low, options.rate.high};
    add_sgd(options.sgd);
  }
  void operator()(const ZeroTrainingWork& /*work*/) const {
    const ZeroTrainingOptions options = zero_training_options(cell, settings);
    identity["measured"] = "zeros in training";
    identity["images"] = settings.images_of(cell.data);
    identity["iterations"] = options.iterations;
    identity["s"] = options.relu_at_zero.value;
    identity["learning_rate"] = options.learning_rate;
    add_sgd(options.sgd);
  }
  void add_sgd(const SgdOptions& sgd) const {
    identity["momentum"] = sgd.momentum;
    identity["weight_decay"] = sgd.weight_decay;
  }
  void operator()(const ZoneShapeWork& /*work*/) const {
    const ZoneShapeOptions options = zone_shape_options(cell, settings);
    identity["measured"] = "zone shape";
    identity["images"] = settings.images_of(cell.data);
    identity["iterations"] = options.iterations;
    identity["learning_rate"] = {options.rate.low, options.rate.high};
    identity["s"] = options.relu_at_zero.value;
    identity["slice"] = {{"side", options.side}, {"half_width", options.half_width}};
    identity["reference_bits"] = options.reference_bits;
  }
  void add_sweep() const {
    identity["s"] = {settings.s_a, settings.s_b};
    identity["protocol"] = settings.protocol == Protocol::fast ? "fast" : "two-network";
  }
  void add_reference_bits() const {
    identity["reference_bits"] = {settings.reference_bits, settings.max_reference_bits};
  }
};

/// Of one sample's forward pass.
double forward_multiply_adds(const Network& network) {
  double sum = 0;
  for (std::size_t node = 0; node < network.nodes().size(); ++node) {
    const Operation& operation = network.nodes()[node].operation;
    if (const auto* linear = std::get_if<Linear>(&operation)) {
      sum += static_cast<double>(linear->in_features * linear->out_features);
    } else if (const auto* convolution = std::get_if<Convolution>(&operation)) {
      const Shape& output = network.output_shapes()[node];
      sum += static_cast<double>(element_count(output) * convolution->in_channels *
                                 convolution->window.kernel[0] * convolution->window.kernel[1]);
    }
  }
  return sum;
}

/// What a training step costs in forward passes: the gradients of inputs and of weights come on top.
constexpr double passes_of_step = 3;

/// How many forward passes over one image a draw is worth.
struct PassesOfWork {
  const Cell& cell;
  const RunSettings& settings;

  double operator()(const SweepWork& work) const {
    // At fp16 a sweep that may stop meets an impacted mini-batch after about a tenth of the images.
    const bool stops_early = cell.precision == Precision::fp16 && work.extent == Extent::until_impacted;
    return static_cast<double>(settings.images_of(cell.data)) * (stops_early ? 0.1 : 1);
  }
  double operator()(const StreamWork& /*work*/) const {
    // At fp16 nearly every mini-batch meets zeros and takes backward passes, but a few settle it.
    const double of_cap = cell.precision == Precision::fp16 || cell.precision == Precision::tf32 ? 0.3 : 1;
    return static_cast<double>(stream_minibatches(cell, settings) * cell.batch_size) * of_cap;
  }
  double operator()(const ReferenceErrorWork& /*work*/) const {
    // Forward and backward passes at twice and three times the significand's words, each operation some fifty
    // times as long as one of LibTorch's.
    constexpr double passes = 500;
    return static_cast<double>(images_compared(cell, settings)) * passes;
  }
  double operator()(const DivergenceWork& work) const {
    constexpr double trainings = 2;  // one and its control; those that drift apart come on top
    return static_cast<double>(work.iterations * cell.batch_size) * passes_of_step * trainings;
  }
  double operator()(const ZeroTrainingWork& /*work*/) const {
    return static_cast<double>(zero_training_options(cell, settings).iterations * cell.batch_size) *
           passes_of_step;
  }
  double operator()(const ZeroOriginsWork& /*work*/) const {
    return static_cast<double>(zero_origins_options(cell, settings).images);
  }
  double operator()(const ZoneShapeWork& /*work*/) const {
    // The slice is evaluated twice at fp32, and twice at fp64.
    const ZoneShapeOptions options = zone_shape_options(cell, settings);
    const auto neurons = static_cast<double>(element_count(build(cell.network).output_shapes().at(1)));
    const double layers = static_cast<double>(options.side * options.side) / neurons;
    constexpr double evaluations = 2 + 2 * 2;
    return (passes_of_step * static_cast<double>(options.iterations) + evaluations * layers) *
           static_cast<double>(cell.batch_size);
  }
};

reference::CertifyOptions certify_options(const RunSettings& settings, int threads) {
  reference::CertifyOptions options;
  options.backprop.bits = settings.reference_bits;
  options.backprop.product.threads = threads;
  options.max_bits = settings.max_reference_bits;
  return options;
}

}  // namespace

std::int64_t RunSettings::images_of(DataName name) const {
  const std::int64_t available = data.at(name).images;
  return std::min(images.value_or(available), available);
}

std::string key(const Cell& cell, const RunSettings& settings) {
  nlohmann::json identity{
      {"network", name(cell.network)}, {"precision", name(cell.precision)},
      {"batch_size", cell.batch_size}, {"data", settings.data.at(cell.data).identity},
      {"seed", settings.seed},         {"device", name(settings.device)},
  };
  std::visit(KeyOfWork{cell, settings, identity}, cell.work);
  return identity.dump();
}

std::string describe(const Cell& cell) {
  const auto* sweep = std::get_if<SweepWork>(&cell.work);
  std::string what;
  if (sweep != nullptr && sweep->magnitude) {
    what = ", all mini-batches";
  } else if (std::holds_alternative<ReferenceErrorWork>(cell.work)) {
    what = " and what shares its storage, against the reference";
  } else if (std::holds_alternative<ZeroOriginsWork>(cell.work)) {
    what = ", origin of zeros";
  } else if (std::holds_alternative<StreamWork>(cell.work)) {
    what = ", stream";
  } else if (std::holds_alternative<DivergenceWork>(cell.work)) {
    what = ", trainings that differ in s";
  } else if (std::holds_alternative<ZeroTrainingWork>(cell.work)) {
    what = ", zeros in training";
  } else if (std::holds_alternative<ZoneShapeWork>(cell.work)) {
    what = ", trained until it meets a zero";
  }
  return fmt::format("{}, {}, batch {}{}", name(cell.network), name(cell.precision), cell.batch_size, what);
}

double cost(const Cell& cell, const RunSettings& settings) {
  return forward_multiply_adds(build(cell.network)) * std::visit(PassesOfWork{cell, settings}, cell.work) *
         (cell.precision == Precision::fp64 ? 2 : 1);
}

std::vector<Precision> precisions_stored_as(Precision storage) {
  std::vector<Precision> result;
  for (const Precision precision : all_precisions) {
    if (share_storage(precision, storage)) {
      result.push_back(precision);
    }
  }
  return result;
}

std::int64_t images_compared(const Cell& cell, const RunSettings& settings) {
  return std::min(cell.batch_size, settings.images_of(cell.data));
}

SweepOptions sweep_options(const Cell& cell, const RunSettings& settings) {
  // A stream is swept as a data set is by default.
  const auto* given = std::get_if<SweepWork>(&cell.work);
  const SweepWork work = given != nullptr ? *given : SweepWork{};
  return {.precision = cell.precision,
          .device = settings.device,
          .protocol = settings.protocol,
          .extent = work.extent,
          .batch_size = cell.batch_size,
          .s_a = settings.s_a,
          .s_b = settings.s_b,
          .magnitude = work.magnitude};
}

BatchOptions stream_options(const Cell& cell) {
  return {
      .batch_size = cell.batch_size, .transform = cell.data->training_transform, .order = Order::shuffled};
}

std::int64_t stream_minibatches(const Cell& cell, const RunSettings& settings) {
  return std::max<std::int64_t>(
      1, settings.stream_minibatches / std::get<StreamWork>(cell.work).one_minibatch_of);
}

ReferenceErrorOptions reference_error_options(const Cell& cell, const RunSettings& settings, int threads) {
  ReferenceErrorOptions options;
  options.precisions = precisions_stored_as(cell.precision);
  options.choices.clear();
  for (const Rule rule : all_rules) {
    for (const double s : {settings.s_a, settings.s_b}) {
      options.choices.push_back({.value = s, .rule = rule});
    }
  }
  options.device = settings.device;
  options.certify = certify_options(settings, threads);
  return options;
}

ZeroOriginsOptions zero_origins_options(const Cell& cell, const RunSettings& settings) {
  ZeroOriginsOptions options;
  options.precision = cell.precision;
  options.device = settings.device;
  options.batch_size = cell.batch_size;
  options.images = std::min(std::get<ZeroOriginsWork>(cell.work).images, settings.images_of(cell.data));
  options.certify = certify_options(settings, 1);
  return options;
}

DivergenceOptions divergence_options(const Cell& cell, const RunSettings& settings) {
  return {.precision = cell.precision,
          .device = settings.device,
          .s_a = settings.s_a,
          .s_b = settings.s_b,
          .iterations = std::get<DivergenceWork>(cell.work).iterations};
}

ZeroTrainingOptions zero_training_options(const Cell& cell, const RunSettings& settings) {
  const std::int64_t images = settings.data.at(cell.data).images;
  const std::int64_t minibatches = (images + cell.batch_size - 1) / cell.batch_size;
  ZeroTrainingOptions options;
  options.precision = cell.precision;
  options.device = settings.device;
  options.relu_at_zero = {.value = settings.s_a};
  options.iterations = std::get<ZeroTrainingWork>(cell.work).epochs * minibatches;
  if (settings.zero_training_multiply_adds) {
    const double of_iteration =
        forward_multiply_adds(build(cell.network)) * passes_of_step * static_cast<double>(cell.batch_size);
    const auto affordable = static_cast<std::int64_t>(*settings.zero_training_multiply_adds / of_iteration);
    options.iterations = std::clamp<std::int64_t>(affordable, 1, minibatches);
  }
  return options;
}

ZoneShapeOptions zone_shape_options(const Cell& cell, const RunSettings& settings) {
  ZoneShapeOptions options;
  options.device = settings.device;
  options.iterations = std::get<ZoneShapeWork>(cell.work).iterations;
  options.relu_at_zero = {.value = settings.s_a, .rule = Rule::chain_rule};
  options.reference_bits = settings.reference_bits;
  return options;
}

BatchOptions training_batches(const Cell& cell) {
  return {.batch_size = cell.batch_size, .transform = Unchanged{}, .order = Order::shuffled};
}

}  // namespace relu0
