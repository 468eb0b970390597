#include "analysis/torchscript/kinks/kink_recorder.hpp"

#include "analysis/autograd/tensor_text.hpp"
#include "analysis/torchscript/kinks/source_place.hpp"
#include "fixtures/add_once.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include <ATen/TensorOperators.h>
#include <ATen/ops/count_nonzero.h>
#include <ATen/record_function.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/tensor.h>

namespace relu0 {

namespace {

std::int64_t reached_by(const at::Tensor& hits, const at::Tensor& gradient) {
  return hits.defined() ? hits.logical_and(gradient.ne(0)).count_nonzero().item<std::int64_t>() : 0;
}

}  // namespace

void SiteRecord::meet(const at::Tensor& gradient) {
  met_in_backward = true;
  if (!gradient.defined()) {
    return;
  }
  const std::int64_t hits = reached_by(mask, gradient);
  census.hits_with_gradient = census.hits_with_gradient.value_or(0) + hits;
  census.hits_that_matter += effective.is_same(mask) || hits == 0 ? hits : reached_by(effective, gradient);
}

KinkRecorder::~KinkRecorder() {
  for (const auto& site : sites_) {
    site->node.reset();
  }
}

std::shared_ptr<SiteRecord> KinkRecorder::add(KinkSite site) {
  site.occurrence = 0;
  site.occurrence = occurrences_[site.id()]++;
  auto record = std::make_shared<SiteRecord>();
  record->census.site = std::move(site);
  sites_.push_back(record);
  return record;
}

std::optional<std::int64_t> KinkRecorder::probed_rank(const KinkSite& site) const {
  return probe_ && probe_->site == site.id() ? std::optional(probe_->rank) : std::nullopt;
}

const SiteRecord* KinkRecorder::site_of(const torch::autograd::Node* node) const {
  const auto found = std::find_if(sites_.begin(), sites_.end(),
                                  [node](const auto& site) { return site->node.get() == node; });
  return node == nullptr || found == sites_.end() ? nullptr : found->get();
}

void KinkRecorder::add(std::shared_ptr<BranchOfCall> branch, std::string id) {
  branches_.emplace_back(std::move(id), std::move(branch));
}

Branches KinkRecorder::branches() const {
  Branches result;
  for (const auto& [id, call] : branches_) {
    result.emplace(id, call->branch());
  }
  return result;
}

std::vector<BranchDifference> KinkRecorder::differences(const Branches& others) const {
  std::vector<BranchDifference> result;
  for (const auto& [id, call] : branches_) {
    if (const auto other = others.find(id); other != others.end()) {
      result.push_back(call->difference(other->second));
    }
  }
  return result;
}

void KinkRecorder::begin_backward(const ScriptChoices& choices, const Branches* branches) {
  for (const auto& [id, call] : branches_) {
    const bool followed = branches != nullptr && branches->contains(id);
    call->follow(followed ? &branches->at(id) : nullptr);
  }
  for (const auto& [place, record] : uncontrolled_) {
    for (const auto& reached : record.reached) {
      reached->hits = 0;
    }
  }
  for (const auto& site : sites_) {
    SiteCensus& census = site->census;
    census.choice = choices.at(census.site.kink, census.site.id());
    const bool tie =
        census.site.kink == ScriptKink::max_pool_tie || census.site.kink == ScriptKink::reduction_tie;
    if (!std::holds_alternative<NativeChoice>(census.choice) &&
        std::holds_alternative<TieChoice>(census.choice) != tie) {
      throw std::logic_error("a choice that does not fit its kink");
    }
    census.hits_with_gradient.reset();
    census.hits_that_matter = 0;
    site->met_in_backward = false;
  }
}

void KinkRecorder::add_uncontrolled(const std::string& op, bool known_kink,
                                    const std::optional<LocatedHits>& met, const at::Tensor& result) {
  const OperatorPlace place = current_place(op);
  UncontrolledRecord& record =
      uncontrolled_
          .try_emplace(describe(place),
                       UncontrolledRecord{{.place = place, .known_kink = known_kink, .hits = 0}})
          .first->second;
  UncontrolledOperator& seen = record.seen;
  ++seen.runs;
  if (result.defined() && result.grad_fn()) {
    uncontrolled_nodes_.push_back(result.grad_fn());
  }
  if (!met || !seen.hits) {
    seen.hits.reset();
    return;
  }
  seen.elements += met->elements();
  const std::int64_t hits = met->hits();
  const bool has_gradient_to_follow = met->kind == LocatedKind::kink && result.defined() &&
                                      result.requires_grad() && result.sizes() == met->mask.sizes();
  if (hits == 0 || !has_gradient_to_follow) {
    *seen.hits += hits;
    return;
  }
  auto reached = std::make_shared<ReachedHits>(ReachedHits{.mask = met->mask});
  record.reached.push_back(reached);
  result.register_hook([reached](const at::Tensor& gradient) {
    const c10::AutoGradMode no_gradients(false);
    const at::DisableRecordFunctionGuard unseen;
    reached->hits += reached_by(reached->mask, gradient);
  });
}

void KinkRecorder::watch_indices(const at::Tensor& indices, std::shared_ptr<const SiteRecord> tied) {
  watched_.emplace_back(indices, std::move(tied));
}

std::vector<std::size_t> KinkRecorder::watched_among(std::span<const c10::IValue> arguments) const {
  std::vector<std::size_t> places;
  const auto see = [&](const c10::IValue& value) {
    for (std::size_t i = 0; value.isTensor() && i < watched_.size(); ++i) {
      if (watched_[i].first.is_same(value.toTensor())) {
        places.push_back(i);
      }
    }
  };
  for (const c10::IValue& argument : arguments) {
    if (watched_.empty()) {
      break;
    }
    see(argument);
    if (argument.isList()) {
      const auto elements = argument.toListRef();
      std::for_each(elements.begin(), elements.end(), see);
    }
  }
  return places;
}

void KinkRecorder::use_indices(const std::vector<std::size_t>& places, std::span<const c10::IValue> results) {
  for (const std::size_t place : places) {
    const auto [indices, tied] = watched_[place];
    bool is_view = false;
    for (const c10::IValue& result : results) {
      if (result.isTensor() && result.toTensor().defined() && result.toTensor().is_alias_of(indices)) {
        is_view = true;
        watched_.emplace_back(result.toTensor(), tied);
      }
    }
    if (is_view) {
      continue;
    }
    const SiteCensus& census = tied->census;
    uncontrolled_.try_emplace(
        describe(census.site.place) + " indices",
        UncontrolledRecord{{.place = census.site.place,
                            .known_kink = true,
                            .runs = 1,
                            .elements = census.elements,
                            .hits = census.hits,
                            .why = "the model uses its indices, which relu0 leaves as they are"}});
  }
}

void KinkRecorder::add_step(const std::string& op) { add_once(steps_, current_place(op)); }

void KinkRecorder::add_shortened(const std::string& op, at::ScalarType type) {
  add_once(shortened_, ShortenedNumbers{current_place(op), autograd::type_name(type)});
}

std::vector<UncontrolledOperator> KinkRecorder::uncontrolled() const {
  std::vector<UncontrolledOperator> result;
  for (const auto& [place, record] : uncontrolled_) {
    UncontrolledOperator& seen = result.emplace_back(record.seen);
    for (const auto& reached : record.reached) {
      if (seen.hits) {
        *seen.hits += reached->hits;
      }
    }
  }
  return result;
}

namespace {

/// The name that LibTorch gives the backward pass of "aten::leaky_relu", without its number:
/// "LeakyReluBackward".
std::string backward_name(const std::string& op) {
  std::string result;
  bool upper = true;
  for (const char letter : op.substr(op.find("::") + 2)) {
    if (letter == '_' || letter == '.') {
      upper = true;
      if (letter == '.') {
        break;
      }
      continue;
    }
    result += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
    upper = false;
  }
  return result + "Backward";
}

bool stands_for(const std::string& node, const std::string& prefix) {
  return node.starts_with(prefix) && node.size() <= prefix.size() + 1;
}

}  // namespace

void KinkRecorder::follow(const at::Tensor& loss) {
  using torch::autograd::Node;
  std::unordered_set<const Node*> known;
  std::set<std::string> kinked_names{"ReluBackward", "ThresholdBackward"};
  for (const auto& site : sites_) {
    if (site->node) {
      known.insert(site->node.get());
    }
    kinked_names.insert(backward_name(site->census.site.place.op));
  }
  for (const auto& node : uncontrolled_nodes_) {
    known.insert(node.get());
  }
  std::unordered_set<const Node*> reached;
  std::vector<const Node*> left{loss.grad_fn().get()};
  while (!left.empty()) {
    const Node* node = left.back();
    left.pop_back();
    if (node == nullptr || !reached.insert(node).second) {
      continue;
    }
    const std::string name = node->name();
    if (name.find("DifferentiableGraph") != std::string::npos) {
      throw std::logic_error(
          fmt::format("TorchScript's executor replaced part of the backward pass by its own ({}), so that "
                      "choices at kinks have no effect",
                      name));
    }
    for (const std::string& kinked : kinked_names) {
      if (stands_for(name, kinked) && !known.contains(node)) {
        throw std::logic_error(fmt::format(
            "the backward pass holds {}, which no kink that was seen stands for: its choice has no effect",
            name));
      }
    }
    // What changes a view in place is kept inside the node of its base.
    if (const auto* slices = dynamic_cast<const torch::autograd::CopySlices*>(node)) {
      left.push_back(slices->fn.get());
    }
    for (const auto& edge : node->next_edges()) {
      left.push_back(edge.function.get());
    }
  }
  for (const auto& site : sites_) {
    site->census.reaches_loss = site->node && reached.contains(site->node.get());
  }
}

void KinkRecorder::require_all_met() const {
  for (const auto& site : sites_) {
    if (site->census.reaches_loss && !site->met_in_backward) {
      throw std::logic_error(fmt::format("{} ran in the forward pass and not in the backward pass",
                                         describe(site->census.site.place)));
    }
  }
}

}  // namespace relu0
