#include "suites/run/scale.hpp"

#include "fixtures/error.hpp"

#include <fmt/format.h>

namespace relu0 {

std::string_view name(ScaleName scale) { return scale == ScaleName::quick ? "quick" : "paper"; }

ScaleName parse_scale(std::string_view text) {
  for (const ScaleName scale : {ScaleName::quick, ScaleName::paper}) {
    if (text == name(scale)) {
      return scale;
    }
  }
  throw InputError(fmt::format("unknown scale '{}': use quick or paper", text));
}

namespace {

/// Draws of a cell whose number was not set by hand.
struct NetworksFor {
  const Cell& cell;
  bool paper;

  std::int64_t operator()(const SweepWork& /*work*/) const {
    if (paper) {
      return 1000;
    }
    if (cell.precision == Precision::fp16) {
      return 60;
    }
    // The paper's own network answers several claims at once, and gets more draws.
    const auto* mlp = std::get_if<Mlp>(&cell.network);
    const bool is_main =
        mlp != nullptr && mlp->hidden_layers == 3 && mlp->width == 256 && cell.batch_size == 256;
    if (cell.precision == Precision::fp64) {
      return is_main ? 40 : 4;
    }
    return is_main ? 60 : 20;
  }

  // An image of ImageNet costs ResNet50 as much as some 27 of CIFAR-10 cost VGG11.
  std::int64_t operator()(const StreamWork& /*work*/) const {
    if (cell.data == datasets::imagenet) {
      return paper ? 100 : 1;
    }
    return paper ? 1000 : cell.data == datasets::cifar10 ? 2 : 1;
  }

  // The paper shows one training. At quick scale 64 bits cannot be decided, and at fp16 one network is
  // enough.
  std::int64_t operator()(const DivergenceWork& /*work*/) const {
    if (paper) {
      return 100;
    }
    return cell.precision == Precision::fp32 ? 7 : cell.precision == Precision::fp64 ? 2 : 1;
  }

  std::int64_t operator()(const ZeroTrainingWork& /*work*/) const { return 1; }

  // Errors of one network after another are much alike: a few show their spread.
  std::int64_t operator()(const ReferenceErrorWork& /*work*/) const {
    if (is_small()) {
      return paper ? 20 : 3;
    }
    return paper ? 5 : 1;
  }

  // At quick scale all networks of a precision together are just enough to rule out a share of a tenth.
  std::int64_t operator()(const ZeroOriginsWork& /*work*/) const {
    if (is_small()) {
      return paper ? 500 : std::holds_alternative<Mlp>(cell.network) ? 24 : 10;
    }
    return paper ? 20 : 1;
  }

  // A picture each.
  std::int64_t operator()(const ZoneShapeWork& /*work*/) const { return paper ? 10 : 1; }

  /// Whether a network takes the reference well below a second an image.
  [[nodiscard]] bool is_small() const {
    const auto* convolutional = std::get_if<ConvolutionalNetwork>(&cell.network);
    return convolutional == nullptr || convolutional->architecture == Architecture::lenet5;
  }
};

}  // namespace

std::int64_t Scale::networks_for(const Cell& cell) const {
  const auto& given = cell.precision == Precision::fp64 ? fp64_networks : networks;
  return given ? *given : std::visit(NetworksFor{cell, name == ScaleName::paper}, cell.work);
}

}  // namespace relu0
