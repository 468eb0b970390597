#include "analysis/torchscript/kinks/source_place.hpp"

#include <algorithm>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <torch/csrc/jit/runtime/interpreter.h>

namespace relu0 {

namespace {

thread_local const OperatorPlace* current_node = nullptr;

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

bool is_source_of_torch(const std::string& source) {
  return source.find("torch/nn/") != std::string::npos ||
         source.find("-packages/torch/") != std::string::npos;
}

namespace {

/// The text of a traced operator's source is Python's call stack, innermost line first: "model.py(12):
/// forward". The first line that is not PyTorch's own as "model.py:12:0"; "" where the text is no such stack
/// or has none.
std::string traced_line(const std::string& stack) {
  static const std::regex call(R"(^(.+)\((\d+)\): \S+$)");
  std::istringstream lines(stack);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.size() > 4096 || !std::regex_match(line, match, call)) {
      return "";
    }
    if (!is_source_of_torch(match[1])) {
      return fmt::format("{}:{}:0", match[1].str(), match[2].str());
    }
  }
  return "";
}

/// "file:line:column"; "" of a range that no Python source gave, whose file is empty.
std::string named(const torch::jit::SourceRange& range) {
  const auto place = range.file_line_col();
  return place && !std::get<0>(*place).empty()
             ? fmt::format("{}:{}:{}", std::get<0>(*place), std::get<1>(*place), std::get<2>(*place))
             : std::string();
}

}  // namespace

std::string source_of(const torch::jit::SourceRange& range) {
  const auto generated = range.findSourceRangeThatGenerated();
  if (generated && generated->source()) {
    if (const std::string line = traced_line(generated->source()->text_str().str()); !line.empty()) {
      return line;
    }
    if (const std::string python = named(*generated); !python.empty()) {
      return python;
    }
  }
  // A call of a function begins with the function's name, which is a constant that no Python source gave;
  // what stands behind it in the line, the parenthesis first, has the call's line.
  constexpr std::size_t longest = 4096;
  const auto source = range.source();
  const std::size_t end = source ? std::min(source->size(), range.start() + longest) : 0;
  for (std::size_t at = range.start() + 1; at < end && source->text_str().at(at) != '\n'; ++at) {
    const auto inner = torch::jit::SourceRange(source, at, at + 1).findSourceRangeThatGenerated();
    if (const std::string python = inner ? named(*inner) : ""; !python.empty()) {
      return python;
    }
  }
  return named(range);
}

NodePlace::NodePlace(const OperatorPlace& place) : outer_(current_node) { current_node = &place; }
NodePlace::~NodePlace() { current_node = outer_; }

OperatorPlace current_place(const std::string& op) {
  OperatorPlace place{.op = op, .module = "", .source = "loss"};
  const std::vector<torch::jit::StackEntry> frames = torch::jit::currentCallstack();
  if (frames.empty()) {
    if (current_node != nullptr) {
      place = *current_node;
      place.op = op;
    }
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
