#include "analysis/gate/batches/pickled_items.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

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

/// A value on the stack, or a mark: where the opcodes begin that made it.
struct Made {
  std::size_t begin;
  bool is_mark = false;
};

/// Goes through a pickle and finds where marks are missing.
class Walk {
 public:
  explicit Walk(const std::string& pickle) : pickle_(pickle) {}

  /// Absent where it cannot be followed to its end.
  std::optional<std::string> grouped() {
    for (std::size_t at = 0; at < pickle_.size();) {
      if (pickle_[at] == stop) {
        return rewritten();
      }
      const auto next = step(at);
      if (!next) {
        return std::nullopt;
      }
      at = *next;
    }
    return std::nullopt;
  }

 private:
  /// The offset behind the opcode at this one and its argument.
  std::optional<std::size_t> step(std::size_t at) {
    if (pickle_[at] == mark) {
      stack_.push_back({.begin = at, .is_mark = true});
      return at + 1;
    }
    const auto known = opcodes().find(pickle_[at]);
    const auto end = known == opcodes().end() ? std::nullopt : end_of(at, known->second.argument);
    if (!end) {
      return std::nullopt;
    }
    const Effect& effect = known->second.effect;
    std::size_t takes = effect.takes;
    if (effect.to_mark) {
      const auto last =
          std::find_if(stack_.rbegin(), stack_.rend(), [](const Made& made) { return made.is_mark; });
      if (last == stack_.rend()) {
        return std::nullopt;
      }
      takes = static_cast<std::size_t>(last - stack_.rbegin()) + 1;
    }
    if (takes > stack_.size() ||
        (!effect.to_mark && std::any_of(stack_.end() - static_cast<std::ptrdiff_t>(takes), stack_.end(),
                                        [](const Made& made) { return made.is_mark; }))) {
      return std::nullopt;
    }
    const std::size_t begin = takes == 0 ? at : stack_[stack_.size() - takes].begin;
    if (pickle_[at] == append || pickle_[at] == set_item) {
      marks_.push_back(begin);
      singles_.push_back(at);
    }
    stack_.resize(stack_.size() - takes, Made{});
    if (effect.puts) {
      stack_.push_back({.begin = begin});
    }
    return end;
  }

  [[nodiscard]] std::optional<std::size_t> end_of(std::size_t at, Argument argument) const {
    if (pickle_[at] == global) {
      const std::size_t line = pickle_.find('\n', at);
      const std::size_t second = line == std::string::npos ? line : pickle_.find('\n', line + 1);
      return second == std::string::npos ? std::nullopt : std::optional(second + 1);
    }
    const std::size_t begin = at + 1;
    if (argument.bytes > pickle_.size() - begin) {
      return std::nullopt;
    }
    std::uint64_t length = 0;
    for (std::size_t i = argument.is_length ? argument.bytes : 0; i > 0; --i) {
      length = length << 8U | static_cast<unsigned char>(pickle_[begin + i - 1]);  // little-endian
    }
    const std::size_t rest = begin + argument.bytes;
    return length > pickle_.size() - rest ? std::nullopt : std::optional<std::size_t>(rest + length);
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
  std::vector<std::size_t> marks_;    ///< offsets before which one is missing
  std::vector<std::size_t> singles_;  ///< offsets of APPEND and SETITEM
};

}  // namespace

std::string with_grouped_items(const std::string& pickle) { return Walk(pickle).grouped().value_or(pickle); }

}  // namespace relu0::gate
