#pragma once
#include "analysis/autograd/pass_watch.hpp"
#include "analysis/matchers/gradient_elements.hpp"
#include "analysis/matchers/gradient_function.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace relu0::matchers {

/// What one pass gave, and what it met.
struct SteeredPass {
  NamedGradients gradients;
  std::vector<autograd::FunctionCall> calls{};
  std::map<const void*, std::string> module_paths{};
};

/// Runs a pass under `choices`, for functions that take them, and `steer`, for relu0's functions. Throws
/// InputError where nothing can be said of its gradients, and where it steers nothing: a function that
/// neither takes choices nor calls a function of relu0's, or that calls LibTorch's own relu too.
inline SteeredPass steered_pass(const std::string& who, const GradientFunction& function,
                                autograd::PassWatch::Steer steer, const KinkChoices& choices) {
  autograd::PassWatch watch(std::move(steer));
  SteeredPass pass{.gradients = function(choices)};
  pass.calls = std::move(watch.calls);
  pass.module_paths = std::move(watch.module_paths);
  require_usable(who, pass.gradients);
  if (!function.takes_choices() && pass.calls.empty()) {
    throw InputError(who +
                     ": the pass called none of relu0's functions in this thread, so that no choice reaches "
                     "it; put relu0::relu() or relu0::nn::ReLU in the place of LibTorch's");
  }
  if (!watch.native_relus.empty()) {
    std::string nodes;
    for (const auto& [name, count] : watch.native_relus) {
      nodes += (nodes.empty() ? "" : ", ") + std::to_string(count) + " " + name;
    }
    throw InputError(who + ": the graph holds relus of LibTorch's own (" + nodes +
                     "), whose derivative at 0 no choice reaches; put relu0::relu() or relu0::nn::ReLU in "
                     "their place");
  }
  return pass;
}

/// "call 2, relu0::relu in module 'features.1', input float32 {1, 2}: 1 element at the kink relu"; one line
/// for each kink that the call met.
inline std::vector<std::string> met_kinks(const SteeredPass& pass, std::size_t call) {
  const autograd::FunctionCall& one = pass.calls[call];
  std::string place = "call " + std::to_string(call + 1) + ", " + one.function;
  if (const auto found = pass.module_paths.find(one.module); found != pass.module_paths.end()) {
    place += " in module '" + found->second + "'";
  }
  place += ", input " + one.input + ": ";
  std::vector<std::string> lines;
  for (const autograd::MetKink& met : one.kinks) {
    if (met.hits > 0) {
      const std::string noun = met.kink == Kink::max_pool_tie ? "window" : "element";
      lines.push_back(place + count_text(met.hits, noun) + " at the kink '" + std::string(name(met.kink)) +
                      "'");
    }
  }
  return lines;
}

/// How often a call met a kink.
inline std::int64_t hits(const autograd::FunctionCall& call, Kink kink) {
  std::int64_t sum = 0;
  for (const autograd::MetKink& met : call.kinks) {
    sum += met.kink == kink ? met.hits : 0;
  }
  return sum;
}

}  // namespace relu0::matchers
