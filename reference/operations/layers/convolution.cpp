#include "reference/operations/layers/convolution.hpp"

#include "reference/operations/layers/bias_gradient.hpp"
#include "reference/operations/layers/padded.hpp"
#include "reference/operations/offsets.hpp"

#include <algorithm>
#include <array>

namespace relu0::reference {

namespace {

/// The part of a convolution's transpose that writes the input positions ≡ phase (mod stride) of one
/// dimension. Output position o meets input position i through tap k where o · stride + k = i + padding; so
/// the taps are k = tap + stride t, and o = (i + padding − tap) / stride − t.
struct Phase {
  std::int64_t tap;        ///< the smallest tap
  std::int64_t taps;       ///< how many there are
  std::int64_t first;      ///< the first input position
  std::int64_t positions;  ///< how many there are, at distance stride
  std::int64_t output;     ///< the output position that `first` meets through `tap`
};

std::vector<Phase> phases(std::int64_t kernel, std::int64_t stride, std::int64_t padding,
                          std::int64_t extent) {
  std::vector<Phase> result;
  for (std::int64_t tap = 0; tap < std::min(stride, kernel); ++tap) {
    // first + padding − tap is a multiple of the stride, and first ≥ 0 the least such.
    const std::int64_t first = (((tap - padding) % stride) + stride) % stride;
    if (first < extent) {
      result.push_back({.tap = tap,
                        .taps = (kernel - tap + stride - 1) / stride,
                        .first = first,
                        .positions = (extent - first + stride - 1) / stride,
                        .output = (first + padding - tap) / stride});
    }
  }
  return result;
}

/// One spatial dimension of a convolution.
struct Dimension {
  std::int64_t in;
  std::int64_t out;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t padding;

  /// Margins that the output's gradient needs so that every o of every phase lies inside.
  [[nodiscard]] std::int64_t before() const {
    std::int64_t result = 0;
    for (const Phase& phase : phases(kernel, stride, padding, in)) {
      result = std::max(result, phase.taps - 1 - phase.output);
    }
    return result;
  }
  [[nodiscard]] std::int64_t after() const {
    std::int64_t result = 0;
    for (const Phase& phase : phases(kernel, stride, padding, in)) {
      result = std::max(result, phase.output + phase.positions - out);
    }
    return result;
  }
};

class ConvolutionLayer : public Layer {
 public:
  ConvolutionLayer(const Convolution& convolution, const LayerContext& context)
      : context_{context},
        channels_in_{convolution.in_channels},
        channels_out_{convolution.out_channels},
        dimensions_{dimension(convolution, 0), dimension(convolution, 1)} {
    const auto& [rows, columns] = dimensions_;
    const std::int64_t padded_width = columns.in + 2 * columns.padding;
    const std::int64_t padded_plane = (rows.in + 2 * rows.padding) * padded_width;
    patches_ = offsets({{context.batch, channels_in_ * padded_plane},
                        {rows.out, rows.stride * padded_width},
                        {columns.out, columns.stride}});
    taps_ = offsets({{channels_in_, padded_plane}, {rows.kernel, padded_width}, {columns.kernel, 1}});
    const auto taps = static_cast<std::int64_t>(taps_.size());
    filters_ = offsets({{channels_out_, taps}});
    weights_ = offsets({{taps, 1}});
    const std::int64_t plane = rows.out * columns.out;
    positions_ = offsets({{context.batch, channels_out_ * plane}, {plane, 1}});
    channels_ = offsets({{channels_out_, plane}});
  }

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor images = padded_input(*inputs[0]);
    Tensor output(context_.bits, {context_.batch, channels_out_, dimensions_[0].out, dimensions_[1].out});
    const Tensor* bias = context_.parameters.size() > 1 ? &context_.parameters[1] : nullptr;
    const bool exact = multiply({images, patches_, taps_}, {context_.parameters[0], filters_, weights_},
                                {output, positions_, channels_}, bias, context_.product);
    return {std::move(output), exact};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(input_gradient(output_gradient, inputs[0]->shape()));
    result.parameters.emplace_back(context_.bits, context_.parameters[0].shape());
    const Tensor images = padded_input(*inputs[0]);
    multiply({output_gradient, channels_, positions_}, {images, taps_, patches_},
             {result.parameters[0], filters_, weights_}, nullptr, context_.product);
    if (context_.parameters.size() > 1) {
      result.parameters.push_back(
          bias_gradient(output_gradient, channels_, positions_, context_.product.threads));
    }
    return result;
  }

 private:
  [[nodiscard]] Dimension dimension(const Convolution& convolution, std::size_t i) const {
    return {.in = context_.input_shapes[0][i + 1],
            .out = context_.output_shape[i + 1],
            .kernel = convolution.window.kernel[i],
            .stride = convolution.window.stride[i],
            .padding = convolution.window.padding[i]};
  }

  [[nodiscard]] Tensor padded_input(const Tensor& input) const {
    const auto& [rows, columns] = dimensions_;
    return padded(input, rows.in, columns.in, {rows.padding, rows.padding, columns.padding, columns.padding},
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
    const Offsets in_channels = offsets({{channels_in_, in_plane}});
    const Offsets in_filters = offsets({{channels_in_, filter}});
    Tensor result(context_.bits, shape);
    for (const Phase& row : phases(rows.kernel, rows.stride, rows.padding, rows.in)) {
      for (const Phase& column : phases(columns.kernel, columns.stride, columns.padding, columns.in)) {
        const Offsets from = offsets({{context_.batch, channels_out_ * plane},
                                      {row.positions, width, (margins.top + row.output) * width},
                                      {column.positions, 1, margins.left + column.output}});
        const Offsets through = offsets({{channels_out_, plane}, {row.taps, -width}, {column.taps, -1}});
        const Offsets weights = offsets({{channels_out_, channels_in_ * filter},
                                         {row.taps, rows.stride * columns.kernel, row.tap * columns.kernel},
                                         {column.taps, columns.stride, column.tap}});
        const Offsets to = offsets({{context_.batch, channels_in_ * in_plane},
                                    {row.positions, rows.stride * columns.in, row.first * columns.in},
                                    {column.positions, columns.stride, column.first}});
        multiply({gradient, from, through}, {context_.parameters[0], in_filters, weights},
                 {result, to, in_channels}, nullptr, context_.product);
      }
    }
    return result;
  }

  LayerContext context_;
  std::int64_t channels_in_;
  std::int64_t channels_out_;
  std::array<Dimension, 2> dimensions_;
  Offsets patches_;    ///< of the padded images: sample, output row, output column
  Offsets taps_;       ///< of the padded images: channel, kernel row, kernel column
  Offsets filters_;    ///< of the weight: output channel
  Offsets weights_;    ///< of the weight: within a filter
  Offsets positions_;  ///< of the output: sample, row, column
  Offsets channels_;   ///< of the output: channel
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
  std::int64_t weight = channel * convolution.in_channels * window.kernel[0] * window.kernel[1];
  for (std::int64_t c = 0; c < convolution.in_channels; ++c) {
    for (std::int64_t tap_row = 0; tap_row < window.kernel[0]; ++tap_row) {
      for (std::int64_t tap_column = 0; tap_column < window.kernel[1]; ++tap_column, ++weight) {
        const std::int64_t row = position[0] * window.stride[0] + tap_row - window.padding[0];
        const std::int64_t column = position[1] * window.stride[1] + tap_column - window.padding[1];
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
