#include "analysis/torchscript/kinks/operator_kinds.hpp"

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

/// Comparisons stand here because a branch on a value that carries a gradient is a kink or a jump in another
/// guise: where(x > 0, x, 0).
const std::set<std::string>& operators_with_other_kinks() {
  static const std::set<std::string> result = names(R"(
    adaptive_max_pool2d adaptive_max_pool3d aminmax angle atan2 cdist _cdist_forward ceil copysign cummax cummin
    _cummax_helper _cummin_helper dist embedding_renorm eq _euclidean_dist floor floor_divide fmod frac
    fractional_max_pool2d fractional_max_pool3d ge grid_sampler_2d grid_sampler_3d gt hypot index_reduce kthvalue le
    linalg_norm linalg_vector_norm logit lt max_pool3d_with_indices median mkldnn_max_pool2d mkldnn_max_pool3d mode
    multi_margin_loss multilabel_margin_loss multilabel_margin_loss_forward nan_to_num nanmedian ne nextafter norm
    _pdist_forward remainder renorm round rrelu_with_noise scatter_reduce segment_reduce sgn sign sort topk trunc
    max_pool1d_with_indices quantize_per_tensor fake_quantize_per_tensor_affine_cachemask
    fake_quantize_per_channel_affine_cachemask isclose)");
  return result;
}

const std::set<std::string>& smooth_operators() {
  static const std::set<std::string> result = names(R"(
    acos acosh _adaptive_avg_pool2d _adaptive_avg_pool3d add addbmm addcdiv addcmul addmm addmv addr
    affine_grid_generator alias all any arange argmax argmin argsort as_strided asin asinh atan atanh avg_pool2d avg_pool3d
    baddbmm bernoulli binary_cross_entropy binary_cross_entropy_with_logits bincount bitwise_and bitwise_not bitwise_or
    block_diag bmm bucketize _cast_Double _cast_Float cat cauchy celu cholesky cholesky_solve clone col2im complex conj
    _conj constant_pad_nd contiguous convolution _convolution convolution_overrideable copy cos cosh count_nonzero
    _ctc_loss cumprod cumsum deg2rad detach diag diag_embed diagonal digamma div dot dropout _efficientzerotensor
    embedding _embedding_bag _embedding_bag_forward_only empty empty_like empty_strided erf erfc erfinv exp exp2 expand
    expm1 exponential eye fft_fft fill flip full full_like _fused_dropout gather gelu glu huber_loss i0 im2col index
    index_add index_copy index_fill index_put _index_put_impl index_select inverse is_nonzero isfinite isinf isnan item
    lerp lgamma lift lift_fresh linalg_cholesky_ex linalg_cross linalg_det _linalg_det linalg_inv_ex linalg_matrix_exp
    linalg_slogdet _linalg_slogdet linalg_solve_triangular _linalg_solve_ex linear linspace _local_scalar_dense log log10
    log1p log2 log_sigmoid_forward _log_softmax logaddexp logaddexp2 _logcumsumexp logcumsumexp logical_and logical_not
    logical_or logical_xor logspace logsumexp masked_fill masked_scatter masked_select matmul max_unpool2d max_unpool3d
    mean mish mkldnn_convolution mkldnn_linear mm mse_loss mul multinomial mv mvlgamma narrow native_batch_norm
    _native_batch_norm_legit _native_batch_norm_legit_no_training _batch_norm_impl_index native_dropout
    native_group_norm native_layer_norm neg nll_loss_forward nll_loss2d_forward nonzero normal one_hot ones
    ones_like permute pixel_shuffle pixel_unshuffle poisson polygamma pow prod put rad2deg rand rand_like randint
    randint_like randn randn_like random randperm reciprocal reflection_pad1d reflection_pad2d reflection_pad3d repeat
    repeat_interleave replication_pad1d replication_pad2d replication_pad3d _reshape_alias resize roll rot90 rsqrt rsub
    _scaled_dot_product_attention _scaled_dot_product_flash_attention_for_cpu scalar_tensor scatter scatter_add
    searchsorted select set sigmoid silu sin sinc sinh slice smooth_l1_loss soft_margin_loss _softmax softplus
    split split_with_sizes sqrt squeeze stack std std_mean sub sum t take tan tanh tensor_split
    _thnn_fused_lstm_cell _thnn_fused_gru_cell _to_copy trace transpose triangular_solve tril tril_indices _trilinear
    triu triu_indices unbind unfold uniform unique_consecutive unsafe_chunk unsafe_split unsafe_split_with_sizes
    _unsafe_view unsqueeze upsample_bicubic2d _upsample_bicubic2d_aa upsample_bilinear2d _upsample_bilinear2d_aa
    upsample_linear1d upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d
    _upsample_nearest_exact2d _upsample_nearest_exact3d upsample_trilinear3d var var_mean vdot view view_as_complex
    view_as_real view_as where xlogy zero zeros zeros_like _weight_norm_interface _weight_norm_cuda_interface)");
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
  if (operators_with_other_kinks().contains(name)) {
    return OperatorKind::kinked;
  }
  return smooth_operators().contains(name) ? OperatorKind::smooth : OperatorKind::unknown;
}

OperatorKind kind_of_call(const std::string& name, const OperatorArguments& arguments) {
  constexpr double mode_of_maximum = 2;  // after sum and mean
  const bool is_bag = name == "aten::_embedding_bag" || name == "aten::_embedding_bag_forward_only";
  return is_bag && arguments.number("mode") == mode_of_maximum ? OperatorKind::kinked
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
