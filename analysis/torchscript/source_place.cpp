#include "analysis/torchscript/source_place.hpp"

#include <fmt/format.h>
#include <torch/csrc/jit/runtime/interpreter.h>

namespace relu0 {

namespace {

/// The path of the submodule in the frames of an interpreter: "TOP(Net)::forward", "inner(Inner)::forward",
/// "act(ReLU)::forward", "CALL_FUNCTION::relu()::relu" give "inner.act".
std::string module_path(const std::vector<std::string>& frames) {
  std::string path;
  for (const std::string& frame : frames) {
    const std::string member = frame.substr(0, frame.find('('));
    if (member == "TOP" || member == "SELF" || member.find("::") != std::string::npos || member.empty()) {
      continue;
    }
    path += path.empty() ? member : "." + member;
  }
  return path;
}

}  // namespace

bool is_source_of_torch(const std::string& source) { return source.find("torch/nn/") != std::string::npos; }

std::string source_of(const torch::jit::SourceRange& range) {
  const auto generated = range.findSourceRangeThatGenerated();
  const torch::jit::SourceRange& best = generated ? *generated : range;
  const auto place = best.file_line_col();
  return place ? fmt::format("{}:{}:{}", std::get<0>(*place), std::get<1>(*place), std::get<2>(*place)) : "";
}

OperatorPlace current_place(const std::string& op) {
  OperatorPlace place{op, "", "loss"};
  const std::vector<torch::jit::StackEntry> frames = torch::jit::currentCallstack();
  if (frames.empty()) {
    return place;
  }
  place.module = module_path(torch::jit::currentModuleHierarchy());
  place.source = "unknown line";
  for (const torch::jit::StackEntry& frame : frames) {  // innermost first
    const std::string source = source_of(frame.range);
    if (source.empty()) {
      continue;
    }
    if (place.source == "unknown line") {
      place.source = source;
    }
    if (!is_source_of_torch(source)) {
      place.source = source;
      break;
    }
  }
  return place;
}

}  // namespace relu0
