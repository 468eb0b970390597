#include "analysis/gate/batches/pickled_items.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

constexpr char mark = '(';
constexpr char append = 'a';
constexpr char appends = 'e';
constexpr char set_item = 's';
constexpr char set_items = 'u';
constexpr char global = 'c';
constexpr char stop = '.';

/// What stands behind an opcode: so many bytes, or so many that hold the length of the rest.
struct Argument {
  std::size_t bytes = 0;
  bool is_length = false;
};

/// What an opcode does to the stack: takes so many of the topmost values, or all down to the last mark with
/// it, and puts one there or none.
struct Effect {
  std::size_t takes = 0;
  bool to_mark = false;
  bool puts = false;
};

struct Opcode {
  Argument argument;
  Effect effect;
};

const std::map<char, Opcode>& opcodes() {
  constexpr Effect nothing{};
  constexpr Effect value{.puts = true};
  constexpr auto of = [](std::size_t takes) { return Effect{.takes = takes, .puts = true}; };
  static const std::map<char, Opcode> result{
      {'\x80', {{.bytes = 1}, nothing}},                   // PROTO
      {'q', {{.bytes = 1}, nothing}},                      // BINPUT
      {'r', {{.bytes = 4}, nothing}},                      // LONG_BINPUT
      {'h', {{.bytes = 1}, value}},                        // BINGET
      {'j', {{.bytes = 4}, value}},                        // LONG_BINGET
      {']', {{}, value}},                                  // EMPTY_LIST
      {'}', {{}, value}},                                  // EMPTY_DICT
      {')', {{}, value}},                                  // EMPTY_TUPLE
      {'N', {{}, value}},                                  // NONE
      {'\x88', {{}, value}},                               // NEWTRUE
      {'\x89', {{}, value}},                               // NEWFALSE
      {'K', {{.bytes = 1}, value}},                        // BININT1
      {'M', {{.bytes = 2}, value}},                        // BININT2
      {'J', {{.bytes = 4}, value}},                        // BININT
      {'G', {{.bytes = 8}, value}},                        // BINFLOAT
      {'\x8a', {{.bytes = 1, .is_length = true}, value}},  // LONG1
      {'X', {{.bytes = 4, .is_length = true}, value}},     // BINUNICODE
      {global, {{}, value}},                               // two lines
      {'Q', {{}, of(1)}},                                  // BINPERSID
      {'\x85', {{}, of(1)}},                               // TUPLE1
      {'\x86', {{}, of(2)}},                               // TUPLE2
      {'\x87', {{}, of(3)}},                               // TUPLE3
      {'t', {{}, {.to_mark = true, .puts = true}}},        // TUPLE
      {'R', {{}, of(2)}},                                  // REDUCE
      {'\x81', {{}, of(2)}},                               // NEWOBJ
      {'b', {{}, {.takes = 1}}},                           // BUILD
      {append, {{}, {.takes = 1}}},                        //
      {set_item, {{}, {.takes = 2}}},                      //
      {appends, {{}, {.to_mark = true}}},                  //
      {set_items, {{}, {.to_mark = true}}},                //
  };
  return result;
}

/// A value on the stack, or a mark.
struct Made {
  std::size_t begin;      ///< where the opcodes begin that made it
  std::size_t value = 0;  ///< its number; one that was taken from the memo has that of the first
  bool is_mark = false;
  bool is_recalled = false;  ///< from the memo
};

constexpr int deepest = 100;

[[noreturn]] void refuse(const std::string& what) { throw InputError("its pickle " + what); }

/// Goes through a pickle and finds where marks are missing.
class Walk {
 public:
  explicit Walk(const std::string& pickle) : pickle_(pickle) {}

  std::string grouped() {
    std::size_t at = 0;
    while (at < pickle_.size() && pickle_[at] != stop) {
      at = step(at);
    }
    if (at == pickle_.size()) {
      refuse("has no end");
    }
    return rewritten();
  }

 private:
  /// The offset behind the opcode at this one and its argument.
  std::size_t step(std::size_t at) {
    const char code = pickle_[at];
    if (code == mark) {
      stack_.push_back({.begin = at, .is_mark = true});
      return at + 1;
    }
    const auto known = opcodes().find(code);
    if (known == opcodes().end()) {
      refuse(fmt::format("has the opcode {:#04x}, which torch.save() does not write",
                         static_cast<unsigned char>(code)));
    }
    const std::size_t end = end_of(at, known->second.argument);
    const Effect& effect = known->second.effect;
    std::size_t takes = effect.takes;
    if (effect.to_mark) {
      const auto last =
          std::find_if(stack_.rbegin(), stack_.rend(), [](const Made& made) { return made.is_mark; });
      takes =
          last == stack_.rend() ? stack_.size() + 1 : static_cast<std::size_t>(last - stack_.rbegin()) + 1;
    }
    if (takes > stack_.size()) {
      refuse("takes values that it did not make");
    }
    const std::size_t begin = takes == 0 ? at : stack_[stack_.size() - takes].begin;
    if (code == append || code == set_item) {
      marks_.push_back(begin);
      singles_.push_back(at);
    }
    const int depth = take(takes, effect.to_mark);
    if (effect.puts) {
      put({.begin = begin, .value = depths_.size()});
      depths_.push_back(depth);
      can_grow_.push_back(code == ']' || code == '}' || code == 'R' || code == '\x81');
      counts_.push_back(1);
      recall(at);
    } else if (takes > 0) {
      add_to_top(depth);
    } else if (code == 'q' || code == 'r') {
      if (stack_.empty() || stack_.back().is_mark) {
        refuse("keeps a value that it did not make");
      }
      memo_[number_at(at + 1, known->second.argument.bytes)] = stack_.back().value;
    }
    return end;
  }

  /// Takes the topmost values off the stack. Returns how deep something is that holds them.
  int take(std::size_t count, bool to_mark) {
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    int depth = 0;
    for (auto made = first; made != stack_.end(); ++made) {
      if (made->is_mark != (to_mark && made == first)) {
        refuse("takes a mark for a value");
      }
      if (!made->is_mark) {
        depth = std::max(depth, depths_[made->value]);
        --counts_[made->value];
      }
    }
    for (auto made = first; made != stack_.end(); ++made) {
      // It would become a part of what it is to be a part of.
      if (made->is_recalled && can_grow_[made->value] && counts_[made->value] > 0) {
        refuse("refers to a value that it is still making");
      }
    }
    stack_.erase(first, stack_.end());
    if (++depth > deepest) {
      refuse(fmt::format("holds values in values more than {} deep", deepest));
    }
    return depth;
  }

  /// The value on top, a list for one, holds more now.
  void add_to_top(int depth) {
    if (stack_.empty() || stack_.back().is_mark || stack_.back().is_recalled) {
      refuse("changes a value after it was made");
    }
    int& of_top = depths_[stack_.back().value];
    of_top = std::max(of_top, depth);
  }

  void put(const Made& made) { stack_.push_back(made); }

  /// Where the opcode fetches a value from the memo: the new value is that one.
  void recall(std::size_t at) {
    const char code = pickle_[at];
    if (code != 'h' && code != 'j') {
      return;
    }
    const auto found = memo_.find(number_at(at + 1, code == 'h' ? 1 : 4));
    if (found == memo_.end()) {
      refuse("fetches a value that it did not keep");
    }
    stack_.back().value = found->second;
    stack_.back().is_recalled = true;
    ++counts_[found->second];
  }

  /// Little-endian.
  [[nodiscard]] std::uint64_t number_at(std::size_t begin, std::size_t bytes) const {
    std::uint64_t number = 0;
    for (std::size_t i = bytes; i > 0; --i) {
      number = number << 8U | static_cast<unsigned char>(pickle_[begin + i - 1]);
    }
    return number;
  }

  [[nodiscard]] std::size_t end_of(std::size_t at, Argument argument) const {
    if (pickle_[at] == global) {
      const std::size_t line = pickle_.find('\n', at);
      const std::size_t second = line == std::string::npos ? line : pickle_.find('\n', line + 1);
      if (second == std::string::npos) {
        refuse("ends early");
      }
      return second + 1;
    }
    const std::size_t begin = at + 1;
    if (argument.bytes > pickle_.size() - begin) {
      refuse("ends early");
    }
    const std::size_t rest = begin + argument.bytes;
    const std::uint64_t length = argument.is_length ? number_at(begin, argument.bytes) : 0;
    if (length > pickle_.size() - rest) {
      refuse("ends early");
    }
    return rest + static_cast<std::size_t>(length);
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
        result[result.size() - (end - *single)] = pickle_[*single] == append ? appends : set_items;
      }
      copied = end;
    };
    for (const std::size_t offset : marks_) {
      copy_to(offset);
      result += mark;
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
