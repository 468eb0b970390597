#include "analysis/torchscript/kinks/operator_kinds.hpp"

#include "analysis/torchscript/kinks/located_kinks.hpp"

#include <cmath>
#include <map>
#include <set>
#include <sstream>

namespace relu0 {

std::optional<std::size_t> OperatorArguments::index(std::string_view name) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (schema_->arguments()[i].name() == name) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<double> OperatorArguments::number(std::string_view name) const {
  const auto found = index(name);
  if (!found || !values_[*found].isScalar()) {
    return std::nullopt;
  }
  const at::Scalar scalar = values_[*found].toScalar();
  return scalar.isComplex() ? std::nullopt : std::optional(scalar.toDouble());
}

std::string_view OperatorArguments::text(std::string_view name) const {
  const auto found = index(name);
  return found && values_[*found].isString() ? std::string_view(values_[*found].toStringRef())
                                             : std::string_view();
}

namespace {

using Points = std::vector<PointKink>;

Points clamped(std::optional<double> lower, std::optional<double> upper) {
  Points points;
  if (lower) {
    points.push_back({!upper && *lower == 0 ? ScriptKink::relu : ScriptKink::clamp_lower, *lower});
  }
  if (upper) {
    points.push_back({ScriptKink::clamp_upper, *upper});
  }
  return points;
}

Points threshold_points(const OperatorArguments& arguments) {
  const double threshold = arguments.number("threshold").value_or(0);
  const bool is_relu = threshold == 0 && arguments.number("value") == 0.0;
  return {{is_relu ? ScriptKink::relu : ScriptKink::clamp_lower, threshold}};
}

/// Its slopes at 0 are alpha · input_scale · scale from below and scale from above.
Points elu_points(const OperatorArguments& arguments) {
  const double below = arguments.number("alpha").value_or(1) * arguments.number("input_scale").value_or(1);
  return below == 1 ? Points{} : Points{{ScriptKink::leaky_relu, 0}};
}

Points shrink_points(const OperatorArguments& arguments) {
  const double at = arguments.number("lambd").value_or(0.5);
  return {{ScriptKink::other_point, -at}, {ScriptKink::other_point, at}};
}

KinkedOperator at_points(std::function<Points(const OperatorArguments&)> points,
                         std::vector<std::string> ends = {}) {
  return {.family = KinkFamily::points, .points = std::move(points), .ends = std::move(ends)};
}
KinkedOperator at_fixed(Points points) {
  return at_points([points = std::move(points)](const OperatorArguments&) { return points; });
}

const std::map<std::string, KinkedOperator>& kinked_operators() {
  static const std::map<std::string, KinkedOperator> operators{
      {"aten::relu", at_fixed({{ScriptKink::relu, 0}})},
      {"aten::threshold", at_points(threshold_points, {"threshold", "value"})},
      {"aten::hardtanh", at_points(
                             [](const OperatorArguments& arguments) {
                               return clamped(arguments.number("min_val"), arguments.number("max_val"));
                             },
                             {"min_val", "max_val"})},
      // The overload whose ends are tensors has no numbers for ends; it is in clamp.Tensor.
      {"aten::clamp", at_points(
                          [](const OperatorArguments& arguments) {
                            return clamped(arguments.number("min"), arguments.number("max"));
                          },
                          {"min", "max"})},
      {"aten::clamp_min",
       at_points(
           [](const OperatorArguments& arguments) { return clamped(arguments.number("min"), std::nullopt); },
           {"min"})},
      {"aten::clamp_max",
       at_points(
           [](const OperatorArguments& arguments) { return clamped(std::nullopt, arguments.number("max")); },
           {"max"})},
      {"aten::leaky_relu", at_fixed({{ScriptKink::leaky_relu, 0}})},
      {"aten::prelu", at_fixed({{ScriptKink::leaky_relu, 0}})},
      {"aten::_prelu_kernel", at_fixed({{ScriptKink::leaky_relu, 0}})},
      {"aten::elu", at_points(elu_points)},
      {"aten::abs", at_fixed({{ScriptKink::absolute, 0}})},
      {"aten::hardsigmoid", at_fixed({{ScriptKink::other_point, -3}, {ScriptKink::other_point, 3}})},
      {"aten::hardswish", at_fixed({{ScriptKink::other_point, -3}, {ScriptKink::other_point, 3}})},
      {"aten::hardshrink", at_points(shrink_points, {"lambd"})},
      {"aten::softshrink", at_points(shrink_points, {"lambd"})},
      {"aten::maximum", {.family = KinkFamily::pairs, .others = {"other"}}},
      {"aten::minimum", {.family = KinkFamily::pairs, .others = {"other"}}},
      {"aten::fmax", {.family = KinkFamily::pairs, .others = {"other"}}},
      {"aten::fmin", {.family = KinkFamily::pairs, .others = {"other"}}},
      {"aten::clamp.Tensor", {.family = KinkFamily::pairs, .others = {"min", "max"}}},
      {"aten::clamp_min.Tensor", {.family = KinkFamily::pairs, .others = {"min"}}},
      {"aten::clamp_max.Tensor", {.family = KinkFamily::pairs, .others = {"max"}}},
      {"aten::max_pool2d_with_indices", {.family = KinkFamily::pool}},
      {"aten::max", {.family = KinkFamily::reduction}},
      {"aten::min", {.family = KinkFamily::reduction}},
      {"aten::max.dim", {.family = KinkFamily::reduction}},
      {"aten::min.dim", {.family = KinkFamily::reduction}},
      {"aten::amax", {.family = KinkFamily::reduction}},
      {"aten::amin", {.family = KinkFamily::reduction}},
  };
  return operators;
}

/// Names of aten without overload, separated by blanks.
std::set<std::string> names(const char* text) {
  std::set<std::string> result;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    result.insert("aten::" + word);
  }
  return result;
}

/// Kinks and jumps at places that the toolkit does not know (located_kinks.hpp has the others).
const std::set<std::string>& operators_with_other_kinks() {
  static const std::set<std::string> result = names(R"(
    adaptive_max_pool2d adaptive_max_pool3d cdist embedding_renorm fractional_max_pool2d fractional_max_pool3d
    grid_sampler_2d grid_sampler_3d isclose linalg_norm max_pool1d_with_indices max_pool3d_with_indices
    mkldnn_max_pool2d mkldnn_max_pool3d mode multi_margin_loss multilabel_margin_loss multilabel_margin_loss_forward
    nextafter renorm unique_consecutive quantize_per_tensor fake_quantize_per_tensor_affine_cachemask
    fake_quantize_per_channel_affine_cachemask)");
  return result;
}

const std::set<std::string>& smooth_operators() {
  static const std::set<std::string> result = names(R"(
    acos acosh _adaptive_avg_pool2d _adaptive_avg_pool3d add addbmm addcdiv addcmul addmm addmv addr
    affine_grid_generator alias arange as_strided asin asinh atan atanh avg_pool2d avg_pool3d baddbmm
    _batch_norm_impl_index bernoulli binary_cross_entropy binary_cross_entropy_with_logits bincount
    bitwise_and bitwise_not bitwise_or block_diag bmm _cast_Double _cast_Float cat cauchy celu
    channel_shuffle cholesky cholesky_solve clone col2im complex _conj conj _conj_physical conj_physical
    constant_pad_nd contiguous _convolution convolution convolution_overrideable cos cosh _ctc_loss
    cumprod cumsum deg2rad detach diag diag_embed diagonal diagonal_scatter digamma dot dropout
    _efficientzerotensor embedding _embedding_bag _embedding_bag_forward_only empty empty_like
    empty_strided erf erfc erfinv exp exp2 expand expm1 exponential eye _fft_c2c _fft_c2r fft_fft _fft_r2c
    fill flip full full_like _fused_dropout gather gelu glu huber_loss i0 im2col index index_add
    index_copy index_fill index_put _index_put_impl index_select inverse isfinite isinf isnan is_nonzero item lerp
    lgamma lift lift_fresh linalg_cholesky_ex linalg_cross _linalg_det linalg_det linalg_inv_ex
    linalg_matrix_exp _linalg_slogdet linalg_slogdet _linalg_solve_ex linalg_solve_triangular linear
    linspace _local_scalar_dense log log10 log1p log2 log_sigmoid_forward _log_softmax logaddexp
    logaddexp2 _logcumsumexp logcumsumexp logspace logsumexp masked_fill masked_scatter masked_select
    matmul max_unpool2d max_unpool3d mean mish mkldnn_convolution mkldnn_linear mm mse_loss mul
    multinomial mv mvlgamma nansum narrow native_batch_norm _native_batch_norm_legit
    _native_batch_norm_legit_no_training native_channel_shuffle native_dropout native_group_norm
    native_layer_norm neg _neg_view new_empty new_empty_strided new_full new_ones new_zeros
    nll_loss2d_forward nll_loss_forward normal one_hot ones ones_like permute pixel_shuffle
    pixel_unshuffle poisson polar polygamma pow prod put rad2deg rand rand_like randint randint_like randn
    randn_like random randperm reciprocal reflection_pad1d reflection_pad2d reflection_pad3d repeat
    repeat_interleave replication_pad1d replication_pad2d replication_pad3d _reshape_alias resize roll
    rot90 rsqrt rsub scalar_tensor _scaled_dot_product_attention
    _scaled_dot_product_flash_attention_for_cpu scatter scatter_add select select_scatter set sigmoid silu
    sin sinc sinh slice slice_scatter soft_margin_loss _softmax split split_with_sizes sqrt squeeze stack
    _standard_gamma sub sum t take tan tanh tensor_split _thnn_fused_gru_cell _thnn_fused_lstm_cell trace
    transpose triangular_solve tril tril_indices _trilinear triu triu_indices unbind unfold uniform
    unsafe_chunk unsafe_split unsafe_split_with_sizes _unsafe_view unsqueeze upsample_bicubic2d
    _upsample_bicubic2d_aa upsample_bilinear2d _upsample_bilinear2d_aa upsample_linear1d
    upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d
    _upsample_nearest_exact2d _upsample_nearest_exact3d upsample_trilinear3d var var_mean vdot view
    view_as view_as_complex view_as_real _weight_norm_cuda_interface _weight_norm_interface where xlogy
    zero zeros zeros_like)");
  return result;
}

bool takes_extremes(const OperatorArguments& arguments) {
  const std::string_view by = arguments.text("reduce");
  return by == "amax" || by == "amin" || by == "max" || by == "min";
}

bool embeds_maxima(const OperatorArguments& arguments) {
  return arguments.number("mode") == 2;  // after sum and mean
}

/// Converts real numbers to whole numbers or truth values.
bool converts_to_no_reals(const OperatorArguments& arguments) {
  const auto type = arguments.index("dtype");
  return type && arguments[*type].isInt() &&
         at::isIntegralType(static_cast<at::ScalarType>(arguments[*type].toInt()), /*includeBool=*/true);
}

/// The two pieces of a softplus, log(1 + exp x) and x, differ by log(1 + exp(−threshold)) where they meet,
/// and their slopes by as much to first order. LibTorch's default of 20 hides that in binary32's rounding.
bool has_visible_seam(const OperatorArguments& arguments) {
  return std::log1p(std::exp(-arguments.number("threshold").value_or(20))) > std::ldexp(1.0, -24);
}

/// Operators that have kinks under some arguments only, and when.
using HasKinks = bool (*)(const OperatorArguments& arguments);
const std::map<std::string, HasKinks>& operators_with_kinks_by_arguments() {
  static const std::map<std::string, HasKinks> result{
      {"aten::copy",
       [](const OperatorArguments& arguments) {
         return arguments[0].isTensor() &&
                at::isIntegralType(arguments[0].toTensor().scalar_type(), /*includeBool=*/true);
       }},
      {"aten::div",
       [](const OperatorArguments& arguments) { return !arguments.text("rounding_mode").empty(); }},
      {"aten::_embedding_bag", embeds_maxima},
      {"aten::_embedding_bag_forward_only", embeds_maxima},
      {"aten::index_reduce", takes_extremes},
      {"aten::logit", [](const OperatorArguments& arguments) { return arguments.number("eps").has_value(); }},
      {"aten::scatter_reduce", takes_extremes},
      {"aten::segment_reduce", takes_extremes},
      {"aten::smooth_l1_loss",
       [](const OperatorArguments& arguments) { return arguments.number("beta") == 0.0; }},
      {"aten::softplus", has_visible_seam},
      {"aten::_to_copy", converts_to_no_reals},
  };
  return result;
}

}  // namespace

std::string functional_name(const std::string& name) {
  return name.size() > 1 && name.back() == '_' && name[name.size() - 2] != '_'
             ? name.substr(0, name.size() - 1)
             : name;
}

const KinkedOperator* kinked_operator(const std::string& name) {
  const auto found = kinked_operators().find(name);
  return found != kinked_operators().end() ? &found->second : nullptr;
}

OperatorKind kind_of_operator(const std::string& name) {
  if (operators_with_kinks_by_arguments().contains(name)) {
    return OperatorKind::smooth;
  }
  if (has_located_kinks(name) || operators_with_other_kinks().contains(name)) {
    return OperatorKind::kinked;
  }
  return smooth_operators().contains(name) ? OperatorKind::smooth : OperatorKind::unknown;
}

OperatorKind kind_of_call(const std::string& name, const OperatorArguments& arguments) {
  const auto found = operators_with_kinks_by_arguments().find(name);
  return found != operators_with_kinks_by_arguments().end() && found->second(arguments)
             ? OperatorKind::kinked
             : kind_of_operator(name);
}

bool decomposes_into_kinks(const std::string& name) {
  static const std::set<std::string> result = names(R"(
    relu6 rrelu selu clip absolute max_pool1d max_pool2d max_pool3d max_pool1d_with_indices adaptive_max_pool1d
    l1_loss hinge_embedding_loss margin_ranking_loss triplet_margin_loss cosine_embedding_loss pairwise_distance
    cosine_similarity)");
  return result.contains(name);
}

}  // namespace relu0
