#include "analysis/torchscript/kinks/kink_meeting.hpp"

#include "analysis/autograd/derivative_at_kink.hpp"
#include "analysis/torch/ties/max_pool_ties.hpp"
#include "analysis/torch/ties/tied_windows.hpp"
#include "analysis/torchscript/kinks/detached_call.hpp"
#include "analysis/torchscript/kinks/kink_count.hpp"
#include "analysis/torchscript/kinks/source_place.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <stdexcept>

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/any.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <ATen/ops/nan_to_num.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/function.h>

namespace relu0 {

namespace {

using operations::with_choice_at;

constexpr double infinity = std::numeric_limits<double>::infinity();

std::shared_ptr<SiteRecord> new_record(const KinkedCall& call, KinkRecorder& recorder, ScriptKink kink,
                                       std::optional<double> point) {
  auto record = recorder.add({.place = current_place(call.name), .kink = kink, .point = point});
  record->census.needs_gradient = call.needs_gradient;
  return record;
}

/// `effective`: where hits can have an effect; undefined where none can.
void set_hits(SiteRecord& record, const at::Tensor& mask, const at::Tensor& effective) {
  record.mask = mask;
  record.effective = effective;
  record.census.hits_that_may_matter = effective.defined();
}

const DerivativeChoice* derivative_of(const SiteRecord& record) {
  return std::get_if<DerivativeChoice>(&record.census.choice);
}

void replace_at(const SiteRecord& record, const DerivativeChoice& choice, const at::Tensor& gradient,
                at::Tensor& of_argument) {
  if (of_argument.defined()) {
    of_argument = with_choice_at(record.mask, choice, gradient, of_argument);
  }
}

/// Moves the element of that rank by its distance onto the point, past autograd: what x came from keeps its
/// gradient as it is.
void move_onto(const at::Tensor& x, double point, std::int64_t rank) {
  if (!x.requires_grad() || x.is_leaf() || !x.is_non_overlapping_and_dense()) {
    return;
  }
  const at::Tensor data = x.variable_data();
  const at::Tensor elements = data.as_strided({data.numel()}, {1}, data.storage_offset());
  const at::Tensor distances = (elements - point).abs().nan_to_num_(infinity, infinity);
  if (rank >= distances.numel()) {
    return;
  }
  const auto [nearest, indices] = distances.topk(rank + 1, 0, /*largest=*/false);
  if (std::isfinite(nearest[rank].item<double>())) {
    elements.select(0, indices[rank].item<std::int64_t>()).fill_(point);
  }
}

/// At a number; `argument` is the one whose derivative is chosen.
KinkMeeting at_point(const KinkedCall& call, KinkRecorder& recorder, PointKink kink, std::size_t argument) {
  const at::Tensor& x = call.arguments[argument].toTensor();
  auto record = new_record(call, recorder, kink.kink, kink.point);
  if (const auto rank = recorder.probed_rank(record->census.site)) {
    move_onto(x, kink.point, *rank);
  }
  const PointCount count = count_point(x, kink.point, recorder.precision());
  record->census.elements = x.numel();
  record->census.hits = count.hits;
  record->census.zeros = count.zeros;
  record->census.nan = count.nan;
  if (count.hits > 0 && call.needs_gradient) {
    const at::Tensor hits = x.eq(kink.point);
    set_hits(*record, hits, hits);
  }
  return {record, [record, argument](const at::Tensor& gradient, std::vector<at::Tensor>& gradients) {
            if (const DerivativeChoice* choice = derivative_of(*record)) {
              replace_at(*record, *choice, gradient, gradients[argument]);
            }
          }};
}

/// The one number that all elements of a tensor hold which carries no gradient.
std::optional<double> constant_of(const at::Tensor& tensor) {
  if (tensor.requires_grad() || tensor.numel() == 0) {
    return std::nullopt;
  }
  const auto first = tensor.flatten()[0].item<double>();
  return tensor.numel() == 1 || tensor.eq(first).all().item<bool>() ? std::optional(first) : std::nullopt;
}

/// Whether an operator's result is the larger one of the two it compares, as clamp's with its lower end.
bool takes_larger(const KinkedCall& call, std::string_view other) {
  return other == "min" || call.name.starts_with("aten::maximum") || call.name.starts_with("aten::fmax");
}

KinkMeeting at_pair(const KinkedCall& call, KinkRecorder& recorder, const std::string& other_name,
                    std::size_t other_argument) {
  const at::Tensor& x = call.x();
  const at::Tensor& other = call.arguments[other_argument].toTensor();
  const bool larger = takes_larger(call, other_name);
  const auto as_point = [&](double point) {
    const ScriptKink end = larger ? ScriptKink::clamp_lower : ScriptKink::clamp_upper;
    return PointKink{larger && point == 0 ? ScriptKink::relu : end, point};
  };
  if (const auto point = constant_of(other)) {
    return at_point(call, recorder, as_point(*point), 0);
  }
  if (const auto point = constant_of(x)) {
    return at_point(call, recorder, as_point(*point), other_argument);
  }
  auto record = new_record(call, recorder, ScriptKink::pair_tie, std::nullopt);
  const at::Tensor ties = x.eq(other);
  record->census.elements = ties.numel();
  record->census.hits = ties.sum().item<std::int64_t>();
  record->census.nan = count_nan(x) + count_nan(other);
  if (record->census.hits > 0 && call.needs_gradient) {
    set_hits(*record, ties, ties);
  }
  // LibTorch has summed the gradient of a tensor that was broadcast: it is taken again without the ties.
  std::shared_ptr<const DetachedCall> again;
  if (record->mask.defined() && (x.sizes() != ties.sizes() || other.sizes() != ties.sizes())) {
    std::vector<c10::IValue> arguments(call.arguments.values().begin(), call.arguments.values().end());
    if (call.handle.schema().is_mutable()) {
      arguments.front() = x.detach().clone().set_requires_grad(x.requires_grad());
    }
    again = std::make_shared<const DetachedCall>(call.handle, std::move(arguments));
  }
  return {record,
          [record, other_argument, again](const at::Tensor& gradient, std::vector<at::Tensor>& gradients) {
            const DerivativeChoice* choice = derivative_of(*record);
            if (choice == nullptr) {
              return;
            }
            DerivativeChoice rest = *choice;
            rest.value = 1 - choice->value;
            if (!again) {
              replace_at(*record, *choice, gradient, gradients[0]);
              replace_at(*record, rest, gradient, gradients[other_argument]);
              return;
            }
            const std::vector<at::Tensor> beside = again->gradients(gradient.masked_fill(record->mask, 0));
            for (const auto& [argument, share] :
                 {std::pair(std::size_t{0}, *choice), std::pair(other_argument, rest)}) {
              if (gradients[argument].defined()) {
                const at::Tensor at_ties =
                    with_choice_at(record->mask, share, gradient, at::zeros_like(gradient));
                gradients[argument] = at::sum_to(beside[argument], gradients[argument].sizes()) +
                                      at::sum_to(at_ties, gradients[argument].sizes());
              }
            }
          }};
}

}  // namespace

std::vector<KinkMeeting> meetings_before(const KinkedCall& call, KinkRecorder& recorder) {
  std::vector<KinkMeeting> meetings;
  if (call.op.family == KinkFamily::points) {
    for (const PointKink& kink : call.op.points(call.arguments)) {
      meetings.push_back(at_point(call, recorder, kink, 0));
    }
  } else if (call.op.family == KinkFamily::pairs) {
    for (const std::string& other : call.op.others) {
      const auto index = call.arguments.index(other);
      if (index && call.arguments[*index].isTensor() && call.arguments[*index].toTensor().defined()) {
        meetings.push_back(at_pair(call, recorder, other, *index));
      }
    }
  }
  return meetings;
}

namespace {

std::array<std::int64_t, 2> two_numbers(const c10::IValue& value, std::array<std::int64_t, 2> otherwise) {
  const auto list = value.toIntVector();
  if (list.empty()) {
    return otherwise;
  }
  return {list.front(), list.back()};
}

/// The arguments of max_pool2d_with_indices: input, kernel, stride (the kernel where it is empty), padding,
/// dilation, ceil mode.
struct PoolCall {
  explicit PoolCall(const OperatorArguments& arguments) : x(arguments[0].toTensor().detach()) {
    window.kernel = two_numbers(arguments[1], {1, 1});
    window.stride = two_numbers(arguments[2], window.kernel);
    window.padding = two_numbers(arguments[3], {0, 0});
    window.dilation = two_numbers(arguments[4], {1, 1});
    window.ceil = arguments[5].toBool();
  }

  /// A pool may be called on one image without a dimension of samples.
  static at::Tensor batched(const at::Tensor& tensor) {
    return tensor.dim() == 3 ? tensor.unsqueeze(0) : tensor;
  }

  [[nodiscard]] at::Tensor gradient(const at::Tensor& output, const at::Tensor& of_output,
                                    const at::Tensor& tied, const at::Tensor& native,
                                    TieChoice choice) const {
    if (choice == TieChoice::first) {
      return native;  // its places are those of the first maxima
    }
    const at::Tensor images = batched(x);
    const auto backward = [&](const at::Tensor& gradient, const at::Tensor& places) {
      return at::max_pool2d_with_indices_backward(gradient, images, window.kernel, window.stride,
                                                  window.padding, window.dilation, window.ceil, places);
    };
    const at::Tensor gradients = batched(of_output);
    const at::Tensor last = last_maxima(window, images, batched(output));
    if (choice == TieChoice::last) {
      return backward(gradients, last).view(x.sizes());
    }
    // Windows without a tie keep LibTorch's order of sums.
    const at::Tensor ties = batched(tied);
    at::Tensor result = backward(gradients.masked_fill(ties, 0), last);
    result += gradient_of_ties(window, images, batched(output), gradients.masked_fill(ties.logical_not(), 0),
                               choice, [](at::Tensor&) {});
    return result.view(x.sizes());
  }

  at::Tensor x;
  Window window{};
};

/// The dimensions of a slice: all where the operator names none.
std::vector<std::int64_t> reduced_dimensions(const KinkedCall& call) {
  const auto index = call.arguments.index("dim");
  std::vector<std::int64_t> dimensions;
  if (index && call.arguments[*index].isInt()) {
    dimensions.push_back(call.arguments[*index].toInt());
  } else if (index && call.arguments[*index].isIntList()) {
    dimensions = call.arguments[*index].toIntVector();
  }
  const std::int64_t count = call.x().dim();
  if (dimensions.empty()) {
    dimensions.resize(static_cast<std::size_t>(count));
    std::iota(dimensions.begin(), dimensions.end(), 0);
  }
  for (std::int64_t& dimension : dimensions) {
    dimension += dimension < 0 ? count : 0;
  }
  std::sort(dimensions.begin(), dimensions.end());
  return dimensions;
}

/// A reduction's result with its dimensions of size 1 put back.
at::Tensor with_dimensions(at::Tensor result, const std::vector<std::int64_t>& dimensions,
                           std::int64_t count) {
  if (result.dim() == count) {
    return result;
  }
  for (const std::int64_t dimension : dimensions) {
    result = result.unsqueeze(dimension);
  }
  return result;
}

/// Which elements of each slice hold its extremum first, or last: bool, the shape of x.
at::Tensor one_of(const at::Tensor& holders, const std::vector<std::int64_t>& dimensions, TieChoice choice) {
  // The reduced dimensions behind the others, joined into one, in row-major order.
  std::vector<std::int64_t> order;
  for (std::int64_t dimension = 0; dimension < holders.dim(); ++dimension) {
    if (!std::binary_search(dimensions.begin(), dimensions.end(), dimension)) {
      order.push_back(dimension);
    }
  }
  const auto kept = static_cast<std::int64_t>(order.size());
  order.insert(order.end(), dimensions.begin(), dimensions.end());
  const at::Tensor permuted = holders.permute(order);
  at::Tensor joined = permuted.flatten(kept);
  joined = choice == TieChoice::last ? joined.flip({kept}) : joined;
  joined = joined.logical_and(joined.cumsum(kept).eq(1));
  joined = choice == TieChoice::last ? joined.flip({kept}) : joined;
  std::vector<std::int64_t> back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  }
  return joined.reshape(permuted.sizes()).permute(back);
}

at::Tensor gradient_of_reduction(const at::Tensor& holders, const at::Tensor& tied,
                                 const at::Tensor& gradient, const std::vector<std::int64_t>& dimensions,
                                 const at::Tensor& native, TieChoice choice) {
  at::Tensor share = gradient;
  at::Tensor takes = holders;
  if (choice == TieChoice::mean) {
    share = gradient / holders.sum(dimensions, /*keepdim=*/true);
  } else {
    takes = one_of(holders, dimensions, choice);
  }
  const at::Tensor chosen = share.expand_as(holders).masked_fill(takes.logical_not(), 0);
  return at::where(tied, chosen, native);
}

}  // namespace

std::vector<KinkMeeting> meetings_of_result(const KinkedCall& call, KinkRecorder& recorder) {
  if (call.op.family == KinkFamily::pool) {
    return {{new_record(call, recorder, ScriptKink::max_pool_tie, std::nullopt)}};
  }
  if (call.op.family == KinkFamily::reduction) {
    return {{new_record(call, recorder, ScriptKink::reduction_tie, std::nullopt)}};
  }
  return {};
}

namespace {

/// Whether each element of what these nodes of LibTorch gave is an element of what they were given, to which
/// alone its gradient goes: an element that is 0 hands its gradient on to elements that are 0.
bool hands_on(const std::string& node) {
  static const std::set<std::string, std::less<>> names{
      "AliasBackward0",     "CatBackward0",          "CloneBackward0",     "MaxPool2DWithIndicesBackward0",
      "PermuteBackward0",   "ReshapeAliasBackward0", "SelectBackward0",    "SliceBackward0",
      "SqueezeBackward0",   "SqueezeBackward1",      "TransposeBackward0", "UnsafeViewBackward0",
      "UnsqueezeBackward0", "ViewBackward0"};
  return names.contains(node);
}

/// Whether a gradient that comes to elements which are 0, in what the node gave, ends as an exact 0 whatever
/// it was: what they come from are ReLUs of which no input lies on the kink. LibTorch's backward passes of
/// max(x, 0) select 0 where x is negative, they do not multiply.
bool ends_at_zeros(const torch::autograd::Node* node, const KinkRecorder& recorder) {
  if (node == nullptr) {
    return false;
  }
  if (hands_on(node->name())) {
    const auto& given = node->next_edges();
    return std::all_of(given.begin(), given.end(),
                       [&](const auto& edge) { return ends_at_zeros(edge.function.get(), recorder); });
  }
  const SiteRecord* site = recorder.site_of(node);
  return site != nullptr && site->census.site.kink == ScriptKink::relu && site->census.hits == 0;
}

}  // namespace

void count_in_result(const KinkedCall& call, const at::Tensor& result, const KinkRecorder& recorder,
                     KinkMeeting& meeting) {
  const std::shared_ptr<SiteRecord> record = meeting.record;
  const at::Tensor output = result.detach();
  at::Tensor ties;
  bool matters_at_zero = true;
  if (call.op.family == KinkFamily::pool) {
    PoolCall pool(call.arguments);
    ties =
        tied_windows(pool.window, PoolCall::batched(pool.x), PoolCall::batched(output)).view(output.sizes());
    matters_at_zero = !ends_at_zeros(call.x().grad_fn().get(), recorder);
    meeting.apply = [record, pool, output](const at::Tensor& gradient, std::vector<at::Tensor>& gradients) {
      const auto* choice = std::get_if<TieChoice>(&record->census.choice);
      if (choice != nullptr && gradients[0].defined()) {
        gradients[0] = pool.gradient(output, gradient, record->mask, gradients[0], *choice);
      }
    };
  } else {
    const std::vector<std::int64_t> dimensions = reduced_dimensions(call);
    const at::Tensor x = call.x().detach();
    const std::int64_t count = x.dim();
    const at::Tensor holders = x.eq(with_dimensions(output, dimensions, count));
    const at::Tensor tied = dimensions.empty() ? holders.logical_not()  // a scalar is its own extremum
                                               : holders.sum(dimensions, /*keepdim=*/true).gt(1);
    ties = tied.view(output.sizes());
    meeting.apply = [record, holders, tied, dimensions, count](const at::Tensor& gradient,
                                                               std::vector<at::Tensor>& gradients) {
      const auto* choice = std::get_if<TieChoice>(&record->census.choice);
      if (choice != nullptr && gradients[0].defined()) {
        gradients[0] = gradient_of_reduction(holders, tied, with_dimensions(gradient, dimensions, count),
                                             dimensions, gradients[0], *choice);
      }
    };
  }
  record->census.elements = ties.numel();
  record->census.hits = ties.sum().item<std::int64_t>();
  record->census.nan = count_nan(call.x());
  if (record->census.hits > 0 && call.needs_gradient) {
    at::Tensor effective = ties;
    if (!matters_at_zero) {
      effective = ties.logical_and(output.ne(0));
      effective = effective.any().item<bool>() ? effective : at::Tensor();
    }
    set_hits(*record, ties, effective);
  }
}

void apply_choices(const std::vector<KinkMeeting>& meetings, const at::Tensor& gradient,
                   std::vector<at::Tensor>& gradients) {
  for (const KinkMeeting& meeting : meetings) {
    const SiteCensus& census = meeting.record->census;
    if (gradient.defined() && census.hits > 0 && !std::holds_alternative<NativeChoice>(census.choice)) {
      meeting.apply(gradient, gradients);
    }
  }
}

}  // namespace relu0
