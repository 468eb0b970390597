#include "analysis/torchscript/archive/pickle_steps.hpp"

#include "fixtures/error.hpp"

#include <map>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// What stands behind an opcode: so many bytes, or so many that hold the length of the rest.
struct Argument {
  std::size_t bytes = 0;
  bool is_length = false;
};

/// What an opcode does to the stack: PickleStep.
struct Effect {
  std::size_t takes = 0;
  bool to_mark = false;
  bool puts = false;
};

struct Opcode {
  Argument argument;
  Effect effect;
};

constexpr char stop = '.';

const std::map<char, Opcode>& opcodes() {
  constexpr Effect nothing{};
  constexpr Effect value{.puts = true};
  constexpr auto of = [](std::size_t takes) { return Effect{.takes = takes, .puts = true}; };
  static const std::map<char, Opcode> result{
      {pickle::mark, {{}, nothing}},
      {'\x80', {{.bytes = 1}, nothing}},  // PROTO
      {pickle::binput, {{.bytes = 1}, nothing}},
      {pickle::long_binput, {{.bytes = 4}, nothing}},
      {pickle::binget, {{.bytes = 1}, value}},
      {pickle::long_binget, {{.bytes = 4}, value}},
      {pickle::empty_list, {{}, value}},
      {pickle::empty_dict, {{}, value}},
      {pickle::empty_tuple, {{}, value}},
      {'N', {{}, value}},     // NONE
      {'\x88', {{}, value}},  // NEWTRUE
      {'\x89', {{}, value}},  // NEWFALSE
      {pickle::binint1, {{.bytes = 1}, value}},
      {pickle::binint2, {{.bytes = 2}, value}},
      {pickle::binint, {{.bytes = 4}, value}},
      {'G', {{.bytes = 8}, value}},  // BINFLOAT
      {pickle::long1, {{.bytes = 1, .is_length = true}, value}},
      {pickle::binunicode, {{.bytes = 4, .is_length = true}, value}},
      {pickle::global, {{}, value}},  // two lines
      {pickle::binpersid, {{}, of(1)}},
      {pickle::tuple1, {{}, of(1)}},
      {pickle::tuple2, {{}, of(2)}},
      {pickle::tuple3, {{}, of(3)}},
      {pickle::tuple, {{}, {.to_mark = true, .puts = true}}},
      {pickle::reduce, {{}, of(2)}},
      {pickle::newobj, {{}, of(2)}},
      {'b', {{}, {.takes = 1}}},  // BUILD
      {pickle::append, {{}, {.takes = 1}}},
      {pickle::set_item, {{}, {.takes = 2}}},
      {pickle::appends, {{}, {.to_mark = true}}},
      {pickle::set_items, {{}, {.to_mark = true}}},
  };
  return result;
}

/// What begins at `begin`, `size` bytes of it.
std::string_view part(std::string_view pickle, std::size_t begin, std::uint64_t size) {
  if (size > pickle.size() - begin) {
    refuse_pickle("ends early");
  }
  return pickle.substr(begin, static_cast<std::size_t>(size));
}

/// The argument of the opcode at `at`.
std::string_view argument_at(std::string_view pickle, std::size_t at, Argument argument) {
  const std::size_t begin = at + 1;
  if (pickle[at] == pickle::global) {
    const std::size_t line = pickle.find('\n', begin);
    const std::size_t second = line == std::string_view::npos ? line : pickle.find('\n', line + 1);
    if (second == std::string_view::npos) {
      refuse_pickle("ends early");
    }
    return pickle.substr(begin, second + 1 - begin);
  }
  const std::string_view bytes = part(pickle, begin, argument.bytes);
  return argument.is_length ? part(pickle, begin + argument.bytes, little_endian(bytes)) : bytes;
}

}  // namespace

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    number = number << 8U | static_cast<unsigned char>(bytes[i - 1]);
  }
  return number;
}

void refuse_pickle(const std::string& what) { throw InputError("its pickle " + what); }

std::optional<PickleStep> PickleSteps::next() {
  if (at_ == pickle_.size()) {
    refuse_pickle("has no end");
  }
  const char code = pickle_[at_];
  if (code == stop) {
    return std::nullopt;
  }
  const auto known = opcodes().find(code);
  if (known == opcodes().end()) {
    refuse_pickle(fmt::format("has the opcode {:#04x}, which torch.save() does not write",
                              static_cast<unsigned char>(code)));
  }
  const std::string_view argument = argument_at(pickle_, at_, known->second.argument);
  const Effect& effect = known->second.effect;
  const PickleStep step{.code = code,
                        .begin = at_,
                        .end = static_cast<std::size_t>(argument.data() - pickle_.data()) + argument.size(),
                        .argument = argument,
                        .takes = effect.takes,
                        .to_mark = effect.to_mark,
                        .puts = effect.puts};
  at_ = step.end;
  return step;
}

}  // namespace relu0
