#include "reference/operations/layers/convolution.hpp"

#include "reference/arithmetic/operator_norm.hpp"
#include "reference/operations/layers/bias_gradient.hpp"
#include "reference/operations/layers/joint_of_map.hpp"
#include "reference/operations/layers/padded.hpp"
#include "reference/operations/offsets.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace relu0::reference {

namespace {

/// The part of a convolution's transpose that writes the input positions ≡ phase (mod stride) of one
/// dimension. Output position o meets input position i through tap k where o · stride + k · dilation = i +
/// padding. With g the greatest common divisor of stride and dilation, the taps that meet i are k = tap +
/// stride / g · t, and o = (i + padding − tap · dilation) / stride − dilation / g · t.
struct Phase {
  std::int64_t tap;          ///< the smallest tap
  std::int64_t taps;         ///< how many there are
  std::int64_t tap_step;     ///< their distance, stride / g
  std::int64_t first;        ///< the first input position
  std::int64_t positions;    ///< how many there are, at distance stride
  std::int64_t output;       ///< the output position that `first` meets through `tap`
  std::int64_t output_step;  ///< dilation / g

  /// By how far output positions lie before the first.
  [[nodiscard]] std::int64_t before() const { return (taps - 1) * output_step - output; }
  /// One past the last of them.
  [[nodiscard]] std::int64_t end() const { return output + positions; }
};

/// One spatial dimension of a convolution.
struct Dimension {
  std::int64_t in;
  std::int64_t out;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t padding;
  std::int64_t padding_end;

  [[nodiscard]] std::int64_t padded() const { return padding + in + padding_end; }

  [[nodiscard]] std::vector<Phase> phases() const {
    std::vector<Phase> result;
    const std::int64_t divisor = std::gcd(stride, dilation);
    const std::int64_t tap_step = stride / divisor;
    for (std::int64_t tap = 0; tap < std::min(tap_step, kernel); ++tap) {
      // first + padding − tap · dilation is a multiple of the stride, and first ≥ 0 the least such.
      const std::int64_t first = (((tap * dilation - padding) % stride) + stride) % stride;
      if (first < in) {
        result.push_back({.tap = tap,
                          .taps = (kernel - tap + tap_step - 1) / tap_step,
                          .tap_step = tap_step,
                          .first = first,
                          .positions = (in - first + stride - 1) / stride,
                          .output = (first + padding - tap * dilation) / stride,
                          .output_step = dilation / divisor});
      }
    }
    return result;
  }

  /// The most patches that an element lies in.
  [[nodiscard]] std::int64_t overlap() const {
    std::int64_t result = 1;
    for (const Phase& phase : phases()) {
      result = std::max(result, phase.taps);
    }
    return result;
  }

  /// Margins that the output's gradient needs so that every o of every phase lies inside.
  [[nodiscard]] std::int64_t before() const {
    std::int64_t result = 0;
    for (const Phase& phase : phases()) {
      result = std::max(result, phase.before());
    }
    return result;
  }
  [[nodiscard]] std::int64_t after() const {
    std::int64_t result = 0;
    for (const Phase& phase : phases()) {
      result = std::max(result, phase.end() - out);
    }
    return result;
  }
};

class ConvolutionLayer : public Layer {
 public:
  ConvolutionLayer(const Convolution& convolution, const LayerContext& context)
      : context_{context},
        groups_{convolution.groups},
        channels_in_{convolution.in_channels / convolution.groups},
        channels_out_{convolution.out_channels / convolution.groups},
        dimensions_{dimension(convolution, 0), dimension(convolution, 1)} {
    const auto& [rows, columns] = dimensions_;
    const std::int64_t padded_width = columns.padded();
    const std::int64_t padded_plane = rows.padded() * padded_width;
    patches_ = offsets({{context.batch, groups_ * channels_in_ * padded_plane},
                        {rows.out, rows.stride * padded_width},
                        {columns.out, columns.stride}});
    const std::int64_t taps = channels_in_ * rows.kernel * columns.kernel;
    weights_ = offsets({{taps, 1}});
    const std::int64_t plane = rows.out * columns.out;
    positions_ = offsets({{context.batch, groups_ * channels_out_ * plane}, {plane, 1}});
    all_channels_ = offsets({{groups_ * channels_out_, plane}});
    for (std::int64_t group = 0; group < groups_; ++group) {
      parts_.push_back({.taps = offsets({{channels_in_, padded_plane, group * channels_in_ * padded_plane},
                                         {rows.kernel, rows.dilation * padded_width},
                                         {columns.kernel, columns.dilation}}),
                        .filters = offsets({{channels_out_, taps, group * channels_out_ * taps}}),
                        .channels = offsets({{channels_out_, plane, group * channels_out_ * plane}})});
    }
  }

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor images = padded_input(*inputs[0]);
    Tensor output(context_.bits,
                  {context_.batch, groups_ * channels_out_, dimensions_[0].out, dimensions_[1].out});
    for (std::int64_t group = 0; group < groups_; ++group) {
      const Part& part = parts_[static_cast<std::size_t>(group)];
      const std::optional<Tensor> bias = bias_of(group);
      multiply({images, patches_, part.taps}, {context_.parameters[0], part.filters, weights_},
               {output, positions_, part.channels}, bias ? &*bias : nullptr, context_.product);
    }
    set_norm();
    const Tensor* const biases = context_.parameters.size() > 1 ? &context_.parameters[1] : nullptr;
    output.set_joint_radius(
        joint_of_map(norm_, *inputs[0], context_.parameters[0], biases, std::ssize(weights_), output));
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(input_gradient(output_gradient, inputs[0]->shape()));
    result.parameters.emplace_back(context_.bits, context_.parameters[0].shape());
    const Tensor images = padded_input(*inputs[0]);
    for (const Part& part : parts_) {
      multiply({output_gradient, part.channels, positions_}, {images, part.taps, patches_},
               {result.parameters[0], part.filters, weights_}, nullptr, context_.product);
    }
    if (context_.parameters.size() > 1) {
      result.parameters.push_back(
          bias_gradient(output_gradient, all_channels_, positions_, context_.product.threads));
    }
    return result;
  }

 private:
  /// A patch is a part of the image, and each element of the image lies in as many patches as there are taps
  /// of a phase, at most: ‖patches‖₂² ≤ taps ‖image‖₂². Filters map patches, each group's its own. The
  /// transpose has the same norm.
  void set_norm() {
    norm_ = {};
    for (const Part& part : parts_) {
      norm_ = std::max(
          norm_, operator_norm({context_.parameters[0], part.filters, weights_}, context_.product.threads));
    }
    const auto patches = static_cast<std::uint64_t>(dimensions_[0].overlap() * dimensions_[1].overlap());
    norm_ = norm_ * Radius::above(patches, 0).square_root();
  }

  /// What belongs to one group of channels.
  struct Part {
    Offsets taps;      ///< of the padded images: channel, kernel row, kernel column
    Offsets filters;   ///< of the weight: output channel
    Offsets channels;  ///< of the output: channel
  };

  /// The bias of a group's output channels, where there is one.
  [[nodiscard]] std::optional<Tensor> bias_of(std::int64_t group) const {
    if (context_.parameters.size() < 2) {
      return std::nullopt;
    }
    Tensor result(context_.bits, {channels_out_});
    for (std::int64_t channel = 0; channel < channels_out_; ++channel) {
      result.copy_element(channel, context_.parameters[1], group * channels_out_ + channel);
    }
    return result;
  }

  [[nodiscard]] Dimension dimension(const Convolution& convolution, std::size_t i) const {
    return {.in = context_.input_shapes[0][i + 1],
            .out = context_.output_shape[i + 1],
            .kernel = convolution.window.kernel[i],
            .stride = convolution.window.stride[i],
            .dilation = convolution.window.dilation[i],
            .padding = convolution.window.padding[i],
            .padding_end = convolution.window.end_padding(i)};
  }

  [[nodiscard]] Tensor padded_input(const Tensor& input) const {
    const auto& [rows, columns] = dimensions_;
    return padded(input, rows.in, columns.in,
                  {rows.padding, rows.padding_end, columns.padding, columns.padding_end},
                  context_.product.threads);
  }

  /// The transpose of the convolution. Each phase of the stride is a product of its own, so that every
  /// element is one sum, and no product has a zero that the stride put there.
  [[nodiscard]] Tensor input_gradient(const Tensor& output_gradient, const Shape& shape) const {
    const auto& [rows, columns] = dimensions_;
    const Margins margins{rows.before(), rows.after(), columns.before(), columns.after()};
    const Tensor gradient = padded(output_gradient, rows.out, columns.out, margins, context_.product.threads);
    const std::int64_t width = margins.left + columns.out + margins.right;
    const std::int64_t plane = (margins.top + rows.out + margins.bottom) * width;
    const std::int64_t in_plane = rows.in * columns.in;
    const std::int64_t filter = rows.kernel * columns.kernel;
    const std::int64_t group_weights = channels_out_ * channels_in_ * filter;
    const Offsets in_filters = offsets({{channels_in_, filter}});
    Tensor result(context_.bits, shape);
    const std::int64_t taps = channels_out_ * dimensions_[0].overlap() * dimensions_[1].overlap();
    for (const Phase& row : rows.phases()) {
      for (const Phase& column : columns.phases()) {
        const Offsets from = offsets({{context_.batch, groups_ * channels_out_ * plane},
                                      {row.positions, width, (margins.top + row.output) * width},
                                      {column.positions, 1, margins.left + column.output}});
        const Offsets to = offsets({{context_.batch, groups_ * channels_in_ * in_plane},
                                    {row.positions, rows.stride * columns.in, row.first * columns.in},
                                    {column.positions, columns.stride, column.first}});
        for (std::int64_t group = 0; group < groups_; ++group) {
          const Offsets through = offsets({{channels_out_, plane, group * channels_out_ * plane},
                                           {row.taps, -row.output_step * width},
                                           {column.taps, -column.output_step}});
          const Offsets weights =
              offsets({{channels_out_, channels_in_ * filter, group * group_weights},
                       {row.taps, row.tap_step * columns.kernel, row.tap * columns.kernel},
                       {column.taps, column.tap_step, column.tap}});
          const Offsets in_channels = offsets({{channels_in_, in_plane, group * channels_in_ * in_plane}});
          multiply({gradient, from, through}, {context_.parameters[0], in_filters, weights},
                   {result, to, in_channels}, nullptr, context_.product);
        }
      }
    }
    result.set_joint_radius(
        joint_of_map(norm_, output_gradient, context_.parameters[0], nullptr, taps, result));
    return result;
  }

  LayerContext context_;
  std::int64_t groups_;
  std::int64_t channels_in_;   ///< of a group
  std::int64_t channels_out_;  ///< of a group
  std::array<Dimension, 2> dimensions_;
  Offsets patches_;       ///< of the padded images: sample, output row, output column
  Offsets weights_;       ///< of the weight: within a filter
  Offsets positions_;     ///< of the output: sample, row, column
  Offsets all_channels_;  ///< of the output: channel, of all groups
  std::vector<Part> parts_;
  Radius norm_;  ///< of the convolution as a linear map
};

}  // namespace

std::unique_ptr<Layer> make(const Convolution& convolution, const LayerContext& context) {
  return std::make_unique<ConvolutionLayer>(convolution, context);
}

bool is_structural_zero(const Convolution& convolution, const ZeroQuestion& at) {
  const Shape& input = at.input();
  const Shape& output = at.output();
  const std::int64_t channel = at.within() / (output[1] * output[2]);
  if (convolution.bias && at.parameter(1, channel) != 0) {
    return false;
  }
  const Window& window = convolution.window;
  const std::array position{at.within() % (output[1] * output[2]) / output[2], at.within() % output[2]};
  const std::int64_t channels = convolution.in_channels / convolution.groups;
  const std::int64_t first = channel / (convolution.out_channels / convolution.groups) * channels;
  std::int64_t weight = channel * channels * window.kernel[0] * window.kernel[1];
  for (std::int64_t c = first; c < first + channels; ++c) {
    for (std::int64_t tap_row = 0; tap_row < window.kernel[0]; ++tap_row) {
      for (std::int64_t tap_column = 0; tap_column < window.kernel[1]; ++tap_column, ++weight) {
        const std::int64_t row =
            position[0] * window.stride[0] + tap_row * window.dilation[0] - window.padding[0];
        const std::int64_t column =
            position[1] * window.stride[1] + tap_column * window.dilation[1] - window.padding[1];
        const bool padding = row < 0 || row >= input[1] || column < 0 || column >= input[2];
        const std::int64_t element = ((at.sample() * input[0] + c) * input[1] + row) * input[2] + column;
        if (!padding && at.parameter(0, weight) != 0 && !at.input_is_zero(element)) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace relu0::reference
