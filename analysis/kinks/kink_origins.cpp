#include "analysis/kinks/kink_origins.hpp"

#include "analysis/torch/backprop.hpp"
#include "analysis/zeros/sample_selection.hpp"
#include "reference/pass/equal_numbers.hpp"
#include "reference/pass/tie_origin.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <ATen/ops/nonzero.h>

namespace relu0 {

namespace {

/// A hit: of which node and place, and which element of the node's input (of a tie: its output) it is among
/// the samples that the reference runs.
struct Hit {
  std::size_t node;
  KinkPlace place;
  std::int64_t index;
};

/// The samples that the reference is to run, and of which kinds of kink their hits count.
struct Wanted {
  SampleSelection selection;
  std::map<Kink, std::set<std::int64_t>> samples;  ///< of the mini-batch
};

/// Takes from `samples_left` what it chooses.
Wanted choose(const Batch& batch, const KinkCensus& census, std::map<Kink, std::int64_t>& samples_left) {
  Wanted result;
  for (std::int64_t sample = 0; sample < batch.size(); ++sample) {
    for (const KinkHits& hits : census.kinks) {
      std::set<std::int64_t>& chosen = result.samples[hits.place.kink];
      std::int64_t& left = samples_left[hits.place.kink];
      if (left > 0 && hits.per_sample[static_cast<std::size_t>(sample)] > 0 && chosen.insert(sample).second) {
        --left;
      }
    }
  }
  result.selection = select_samples(batch, [&result](std::int64_t sample) {
    return std::any_of(result.samples.begin(), result.samples.end(),
                       [sample](const auto& of_kink) { return of_kink.second.contains(sample); });
  });
  return result;
}

std::vector<Hit> hits_in(const Wanted& wanted, const ForwardPass& forward) {
  std::vector<Hit> result;
  for (const KinkHits& hits : forward.census().kinks) {
    const std::set<std::int64_t>& samples = wanted.samples.at(hits.place.kink);
    if (hits.total == 0 || samples.empty()) {
      continue;
    }
    const at::Tensor mask = forward.hits_of(hits).flatten(1);
    const std::int64_t elements = mask.size(1);
    for (const std::int64_t sample : samples) {
      const std::int64_t place = wanted.selection.place[static_cast<std::size_t>(sample)];
      const at::Tensor at = mask[sample].nonzero().flatten().to(at::kCPU).contiguous();
      for (std::int64_t i = 0; i < at.numel(); ++i) {
        result.push_back({hits.node, hits.place, place * elements + at.data_ptr<std::int64_t>()[i]});
      }
    }
  }
  return result;
}

}  // namespace

KinkOrigins::KinkOrigins(const Network& network, const Weights& weights, const KinkSurveyOptions& options)
    : network_{network}, weights_{weights}, options_{options} {
  for (const NodeKink& kink : network.kinks()) {
    samples_left_[kink.place.kink] = options.explained_samples;
  }
}

void KinkOrigins::look_at(const Batch& batch, const ForwardPass& forward) {
  const Wanted wanted = choose(batch, forward.census(), samples_left_);
  const std::vector<Hit> hits = hits_in(wanted, forward);
  if (hits.empty()) {
    return;
  }
  const Batch samples = rounded_batch(wanted.selection.batch, options_.precision, options_.kernel);
  std::vector<reference::ZeroOrigin> explained;  // by the last run that certify() asks about
  const auto missing_bits = [&](const reference::Backprop& run) {
    reference::StructuralZeros structural(network_, weights_, samples, run);
    reference::EqualNumbers equal(network_, samples, [&run](std::size_t node, std::int64_t element) {
      return reference::certain_sign(run.kink_input(node).values[element]);
    });
    explained.clear();
    for (const Hit& hit : hits) {
      explained.push_back(
          hit.place.point
              ? reference::explain_hit(*hit.place.point, run, structural, network_, hit.node, hit.index)
              : reference::explain_tie(run, equal, network_, hit.node, hit.index));
    }
    // How close to the kink the number lies is not known: twice the bits.
    return std::find(explained.begin(), explained.end(), reference::ZeroOrigin::undecided) == explained.end()
               ? 0
               : run.loss.bits();
  };
  reference::CertifyOptions certify = options_.certify;
  certify.backprop.gradients = false;
  const reference::Backprop run = reference::certify(network_, weights_, samples, certify, missing_bits);
  most_bits_ = std::max(most_bits_, run.loss.bits());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    origins_[hits[i].place.kink].count(explained[i]);
  }
}

ZeroCounts KinkOrigins::of(Kink kink) const {
  const auto found = origins_.find(kink);
  return found == origins_.end() ? ZeroCounts{} : found->second;
}

}  // namespace relu0
