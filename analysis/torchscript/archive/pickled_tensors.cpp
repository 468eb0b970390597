#include "analysis/torchscript/archive/pickled_tensors.hpp"

#include "analysis/torchscript/archive/pickle_steps.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace relu0 {

namespace {

struct Storage {
  std::uint64_t elements;
};

struct Value;
// Shared, so that a value that is fetched from the memo many times takes its memory once.
using Text = std::shared_ptr<const std::string>;
using Values = std::shared_ptr<const std::vector<Value>>;

/// What is known of a value on the stack; nothing of most.
struct Value {
  std::variant<std::monostate, Text, std::int64_t, Storage, Values> known{};
  int depth = 0;  ///< how deep values are in it
};

constexpr int deepest = 400;

/// Bytes of an element, by the name of the storage's class. LibTorch refuses all others.
std::optional<std::uint64_t> element_size(std::string_view name) {
  static const std::map<std::string_view, std::uint64_t> sizes{
      {"torch\nDoubleStorage\n", 8},       {"torch\nFloatStorage\n", 4},
      {"torch\nHalfStorage\n", 2},         {"torch\nBFloat16Storage\n", 2},
      {"torch\nLongStorage\n", 8},         {"torch\nIntStorage\n", 4},
      {"torch\nShortStorage\n", 2},        {"torch\nCharStorage\n", 1},
      {"torch\nByteStorage\n", 1},         {"torch\nBoolStorage\n", 1},
      {"torch\nComplexFloatStorage\n", 8}, {"torch\nComplexDoubleStorage\n", 16},
      {"torch\nComplexHalfStorage\n", 4},  {"torch\nQUInt8Storage\n", 1},
      {"torch\nQInt8Storage\n", 1},        {"torch\nQInt32Storage\n", 4},
      {"torch\nQUInt4x2Storage\n", 1},     {"torch\nQUInt2x4Storage\n", 1}};
  const auto found = sizes.find(name);
  return found == sizes.end() ? std::nullopt : std::optional(found->second);
}

/// Functions whose first arguments are a storage, the offset of a tensor in it, its shape and its strides.
bool rebuilds_tensor(const Value& function) {
  const auto* name = std::get_if<Text>(&function.known);
  return name != nullptr &&
         (**name == "torch._utils\n_rebuild_tensor\n" || **name == "torch._utils\n_rebuild_tensor_v2\n" ||
          **name == "torch._utils\n_rebuild_qtensor\n");
}

/// An integer with a sign, of two's complement.
std::int64_t signed_number(std::string_view bytes) {
  if (bytes.size() > sizeof(std::int64_t)) {
    refuse_pickle("has an integer of more than 64 bits");
  }
  std::uint64_t number = little_endian(bytes);
  if (!bytes.empty() && bytes.size() < sizeof(number) &&
      (static_cast<unsigned char>(bytes.back()) >> 7U) != 0) {
    number |= ~std::uint64_t{0} << (8 * bytes.size());
  }
  return static_cast<std::int64_t>(number);
}

/// The values of the tuple, where it is one of at least so many.
const std::vector<Value>& tuple_of(const Value& value, std::size_t least) {
  const auto* values = std::get_if<Values>(&value.known);
  if (values == nullptr || (*values)->size() < least) {
    refuse_pickle("describes a tensor in a way that torch.save() does not");
  }
  return **values;
}

template <typename Kind>
const Kind& of_kind(const Value& value) {
  const auto* result = std::get_if<Kind>(&value.known);
  if (result == nullptr) {
    refuse_pickle("describes a tensor in a way that torch.save() does not");
  }
  return *result;
}

/// Throws where an element of the tensor lies beyond its storage.
void check_extents(const std::vector<Value>& arguments) {
  const Storage storage = of_kind<Storage>(arguments[0]);
  const std::vector<Value>& shape = tuple_of(arguments[2], 0);
  const std::vector<Value>& strides = tuple_of(arguments[3], shape.size());
  const auto beyond = [] { refuse_pickle("describes a tensor that reaches beyond its numbers"); };
  const auto not_negative = [&beyond](const Value& value) {
    const std::int64_t number = of_kind<std::int64_t>(value);
    if (number < 0) {
      beyond();
    }
    return static_cast<std::uint64_t>(number);
  };
  std::uint64_t last = not_negative(arguments[1]);
  bool is_empty = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::uint64_t extent = not_negative(shape[i]);
    const std::uint64_t stride = not_negative(strides[i]);
    is_empty = is_empty || extent == 0;
    // Bounded before they are multiplied, so that nothing overflows.
    if (extent > 1 && stride > 0) {
      if (extent - 1 > storage.elements / stride) {
        last = storage.elements;
      } else {
        last += (extent - 1) * stride;
      }
    }
    last = std::min(last, storage.elements);
  }
  if (!is_empty && last >= storage.elements) {
    beyond();
  }
}

/// Goes through a pickle and keeps what tensors are made of.
class Walk {
 public:
  explicit Walk(std::string_view pickle) : steps_(pickle) {}

  std::vector<PickledStorage> storages() {
    while (const std::optional<PickleStep> step = steps_.next()) {
      take_step(*step);
    }
    return std::move(storages_);
  }

 private:
  void take_step(const PickleStep& step) {
    if (step.code == pickle::mark) {
      marks_.push_back(stack_.size());
      return;
    }
    if (step.code == pickle::binput || step.code == pickle::long_binput) {
      memo_[little_endian(step.argument)] = top();
      return;
    }
    std::vector<Value> taken = take(step);
    const int depth = depth_of_what_holds(taken);
    if (step.puts) {
      Value made = value_of(step, std::move(taken));
      made.depth = std::max(made.depth, depth);
      stack_.push_back(std::move(made));
    } else if (!taken.empty()) {
      // What a list, a dictionary or an object holds.
      top().depth = std::max(top().depth, depth);
    }
  }

  static int depth_of_what_holds(const std::vector<Value>& values) {
    int depth = 0;
    for (const Value& value : values) {
      depth = std::max(depth, value.depth + 1);
    }
    if (depth > deepest) {
      refuse_pickle(fmt::format("holds values in values more than {} deep", deepest));
    }
    return depth;
  }

  Value& top() {
    if (stack_.empty() || (!marks_.empty() && marks_.back() == stack_.size())) {
      refuse_pickle("takes values that it did not make");
    }
    return stack_.back();
  }

  std::vector<Value> take(const PickleStep& step) {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (step.to_mark ? marks_.empty() : step.takes > stack_.size() - floor) {
      refuse_pickle("takes values that it did not make");
    }
    const std::size_t first = step.to_mark ? floor : stack_.size() - step.takes;
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Value> result(std::make_move_iterator(begin), std::make_move_iterator(stack_.end()));
    stack_.erase(begin, stack_.end());
    if (step.to_mark) {
      marks_.pop_back();
    }
    return result;
  }

  Value value_of(const PickleStep& step, std::vector<Value> taken) {
    switch (step.code) {
      case pickle::binunicode:
      case pickle::global:
        return {std::make_shared<const std::string>(step.argument)};
      case pickle::binint1:
      case pickle::binint2:
        return {static_cast<std::int64_t>(little_endian(step.argument))};
      case pickle::binint:
      case pickle::long1:
        return {signed_number(step.argument)};
      case pickle::empty_tuple:
      case pickle::tuple:
      case pickle::tuple1:
      case pickle::tuple2:
      case pickle::tuple3:
        return {std::make_shared<const std::vector<Value>>(std::move(taken))};
      case pickle::binget:
      case pickle::long_binget: {
        const auto found = memo_.find(little_endian(step.argument));
        if (found == memo_.end()) {
          refuse_pickle("fetches a value that it did not keep");
        }
        return found->second;
      }
      case pickle::binpersid:
        return {storage_of(tuple_of(taken.front(), 5))};
      case pickle::reduce:
        if (rebuilds_tensor(taken[0])) {
          check_extents(tuple_of(taken[1], 4));
        }
        return {};
      default:
        return {};
    }
  }

  /// The storage of ("storage", its class, its key, its device, its number of elements).
  Storage storage_of(const std::vector<Value>& parts) {
    const std::optional<std::uint64_t> size = element_size(*of_kind<Text>(parts[1]));
    const std::int64_t elements = of_kind<std::int64_t>(parts[4]);
    if (!size) {
      refuse_pickle("has a storage of an unknown class");
    }
    if (elements < 0 || elements > std::int64_t{1} << 56) {
      refuse_pickle(fmt::format("has a storage of {} elements", elements));
    }
    const auto count = static_cast<std::uint64_t>(elements);
    storages_.push_back({*of_kind<Text>(parts[2]), count * *size});
    return {count};
  }

  PickleSteps steps_;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;  ///< sizes of the stack
  std::unordered_map<std::uint64_t, Value> memo_;
  std::vector<PickledStorage> storages_;
};

}  // namespace

std::vector<PickledStorage> storages_of(std::string_view pickle) { return Walk(pickle).storages(); }

void check_storages(const std::filesystem::path& path, const ZipArchive& archive, std::string_view pickle,
                    std::string_view folder) {
  const ZipRecord* record = archive.find(pickle);
  if (record == nullptr) {
    return;
  }
  const auto damaged = [&](const std::string& what) {
    throw InputError(fmt::format("{}: truncated or damaged archive ({}): copy it again, or save it again",
                                 path.string(), what));
  };
  std::vector<PickledStorage> storages;
  try {
    storages = storages_of(archive.content(*record));
  } catch (const InputError& error) {
    damaged(error.what());
  }
  for (const PickledStorage& storage : storages) {
    const std::string name = std::string(folder) + storage.key;
    const ZipRecord* const numbers = archive.find(name);
    // LibTorch reads nothing for a tensor of no elements.
    if (storage.bytes > (numbers == nullptr ? 0 : numbers->size)) {
      damaged(fmt::format("a tensor's numbers are {} bytes of the record '{}', which {}", storage.bytes, name,
                          numbers == nullptr ? "is missing" : fmt::format("has {}", numbers->size)));
    }
  }
}

}  // namespace relu0
