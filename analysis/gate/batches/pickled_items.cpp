#include "analysis/gate/batches/pickled_items.hpp"

#include "analysis/torchscript/archive/pickle_steps.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// A value on the stack, or a mark.
struct Made {
  std::size_t begin;      ///< where the opcodes begin that made it
  std::size_t value = 0;  ///< its number; one that was taken from the memo has that of the first
  bool is_mark = false;
  bool is_recalled = false;  ///< from the memo
};

constexpr int deepest = 100;

/// Goes through a pickle and finds where marks are missing.
class Walk {
 public:
  explicit Walk(const std::string& pickle) : pickle_(pickle) {}

  std::string grouped() {
    PickleSteps steps(pickle_);
    while (const std::optional<PickleStep> next = steps.next()) {
      step(*next);
    }
    return rewritten();
  }

 private:
  void step(const PickleStep& step) {
    if (step.code == pickle::mark) {
      stack_.push_back({.begin = step.begin, .is_mark = true});
      return;
    }
    std::size_t takes = step.takes;
    if (step.to_mark) {
      const auto last =
          std::find_if(stack_.rbegin(), stack_.rend(), [](const Made& made) { return made.is_mark; });
      takes =
          last == stack_.rend() ? stack_.size() + 1 : static_cast<std::size_t>(last - stack_.rbegin()) + 1;
    }
    if (takes > stack_.size()) {
      refuse_pickle("takes values that it did not make");
    }
    const std::size_t begin = takes == 0 ? step.begin : stack_[stack_.size() - takes].begin;
    if (step.code == pickle::append || step.code == pickle::set_item) {
      marks_.push_back(begin);
      singles_.push_back(step.begin);
    }
    const int depth = take(takes, step.to_mark);
    if (step.puts) {
      put({.begin = begin, .value = depths_.size()});
      depths_.push_back(depth);
      can_grow_.push_back(step.code == pickle::empty_list || step.code == pickle::empty_dict ||
                          step.code == pickle::reduce || step.code == pickle::newobj);
      counts_.push_back(1);
      recall(step);
    } else if (takes > 0) {
      add_to_top(depth);
    } else if (step.code == pickle::binput || step.code == pickle::long_binput) {
      if (stack_.empty() || stack_.back().is_mark) {
        refuse_pickle("keeps a value that it did not make");
      }
      memo_[little_endian(step.argument)] = stack_.back().value;
    }
  }

  /// Takes the topmost values off the stack. Returns how deep something is that holds them.
  int take(std::size_t count, bool to_mark) {
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    int depth = 0;
    for (auto made = first; made != stack_.end(); ++made) {
      if (made->is_mark != (to_mark && made == first)) {
        refuse_pickle("takes a mark for a value");
      }
      if (!made->is_mark) {
        depth = std::max(depth, depths_[made->value]);
        --counts_[made->value];
      }
    }
    for (auto made = first; made != stack_.end(); ++made) {
      // It would become a part of what it is to be a part of.
      if (made->is_recalled && can_grow_[made->value] && counts_[made->value] > 0) {
        refuse_pickle("refers to a value that it is still making");
      }
    }
    stack_.erase(first, stack_.end());
    if (++depth > deepest) {
      refuse_pickle(fmt::format("holds values in values more than {} deep", deepest));
    }
    return depth;
  }

  /// The value on top, a list for one, holds more now.
  void add_to_top(int depth) {
    if (stack_.empty() || stack_.back().is_mark || stack_.back().is_recalled) {
      refuse_pickle("changes a value after it was made");
    }
    int& of_top = depths_[stack_.back().value];
    of_top = std::max(of_top, depth);
  }

  void put(const Made& made) { stack_.push_back(made); }

  /// Where the opcode fetches a value from the memo: the new value is that one.
  void recall(const PickleStep& step) {
    if (step.code != pickle::binget && step.code != pickle::long_binget) {
      return;
    }
    const auto found = memo_.find(little_endian(step.argument));
    if (found == memo_.end()) {
      refuse_pickle("fetches a value that it did not keep");
    }
    stack_.back().value = found->second;
    stack_.back().is_recalled = true;
    ++counts_[found->second];
  }

  [[nodiscard]] std::string rewritten() {
    std::sort(marks_.begin(), marks_.end());
    std::string result;
    result.reserve(pickle_.size() + marks_.size());
    std::size_t copied = 0;
    auto single = singles_.begin();  // ascending, as they were met
    const auto copy_to = [&](std::size_t end) {
      result.append(pickle_, copied, end - copied);
      for (; single != singles_.end() && *single < end; ++single) {
        result[result.size() - (end - *single)] =
            pickle_[*single] == pickle::append ? pickle::appends : pickle::set_items;
      }
      copied = end;
    };
    for (const std::size_t offset : marks_) {
      copy_to(offset);
      result += pickle::mark;
    }
    copy_to(pickle_.size());
    return result;
  }

  const std::string& pickle_;
  std::vector<Made> stack_;
  std::vector<int> depths_;     ///< of each value, by its number: how deep values are in it
  std::vector<bool> can_grow_;  ///< whether later opcodes may add to it
  std::vector<int> counts_;     ///< of each value: how often it is on the stack
  std::unordered_map<std::uint64_t, std::size_t> memo_;
  std::vector<std::size_t> marks_;    ///< offsets before which one is missing
  std::vector<std::size_t> singles_;  ///< offsets of APPEND and SETITEM
};

}  // namespace

std::string with_grouped_items(const std::string& pickle) { return Walk(pickle).grouped(); }

}  // namespace relu0::gate
