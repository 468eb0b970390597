#include "analysis/gate/batches/npy.hpp"

#include "fixtures/error.hpp"
#include "fixtures/network/shape.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <regex>
#include <vector>

#include <ATen/ops/empty.h>
#include <fmt/format.h>

namespace relu0::gate {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header = 1 << 20;

struct Type {
  std::string_view name;  ///< NumPy's, without the byte order
  at::ScalarType type;
};

constexpr std::array types{Type{"b1", at::kBool},  Type{"u1", at::kByte},  Type{"i1", at::kChar},
                           Type{"i2", at::kShort}, Type{"i4", at::kInt},   Type{"i8", at::kLong},
                           Type{"f2", at::kHalf},  Type{"f4", at::kFloat}, Type{"f8", at::kDouble}};

struct Header {
  at::ScalarType type;
  bool fortran_order;
  Shape shape;
};

[[noreturn]] void fail(const std::string& source, const std::string& what) {
  throw InputError(fmt::format("{}: {}. Write it again with numpy.save() or numpy.savez()", source, what));
}

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

/// The value behind a key of the header, which is a dictionary as Python prints it.
std::string value_of(const std::string& header, const std::string& key, const char* form,
                     const std::string& source) {
  std::smatch match;
  if (!std::regex_search(header, match, std::regex("'" + key + "' *: *" + form))) {
    fail(source, fmt::format("the header of the .npy data has no '{}' that is understood", key));
  }
  return match[1].str();
}

at::ScalarType type_of(const std::string& description, const std::string& source) {
  const auto* const found = std::find_if(types.begin(), types.end(), [&description](const Type& type) {
    return description.size() == 3 && description.substr(1) == type.name;
  });
  const bool known_order =
      !description.empty() && (description[0] == '<' || description[0] == '|' || description[0] == '=');
  if (found == types.end() || !known_order) {
    fail(source, fmt::format("numbers of the type '{}' are not read: booleans, integers and little-endian "
                             "floating-point numbers of 16 to 64 bits are",
                             description));
  }
  return found->type;
}

Shape shape_of(const std::string& extents, const std::string& source) {
  static const std::regex number("[0-9]+");
  Shape shape;
  for (auto i = std::sregex_iterator(extents.begin(), extents.end(), number); i != std::sregex_iterator();
       ++i) {
    constexpr std::size_t most_digits = 18;
    if (i->length() > static_cast<std::ptrdiff_t>(most_digits)) {
      fail(source, "the shape in the header of the .npy data is out of range");
    }
    shape.push_back(std::stoll(i->str()));
  }
  return shape;
}

Header parse_header(const std::string& text, const std::string& source) {
  return {.type = type_of(value_of(text, "descr", "'([^']*)'", source), source),
          .fortran_order = value_of(text, "fortran_order", "(True|False)", source) == "True",
          .shape = shape_of(value_of(text, "shape", "\\(([0-9, ]*)\\)", source), source)};
}

/// Elements of a shape, none of which may be more than there are bytes.
std::size_t elements_within(const Shape& shape, std::size_t bytes, std::size_t element_size,
                            const std::string& source) {
  std::size_t elements = 1;
  for (const std::int64_t extent : shape) {
    const auto factor = static_cast<std::size_t>(extent);
    if (factor != 0 && elements > bytes / element_size / factor) {
      fail(source,
           fmt::format("the .npy data is cut off: its header promises a tensor of [{}]", shape_text(shape)));
    }
    elements *= factor;
  }
  return elements;
}

}  // namespace

at::Tensor read_npy(std::string_view bytes, const std::string& source) {
  constexpr std::size_t before_length = magic.size() + 2;
  if (!bytes.starts_with(magic) || bytes.size() < before_length + 2) {
    fail(source, "not NumPy's .npy data, or cut off");
  }
  const int version = static_cast<unsigned char>(bytes[magic.size()]);
  if (version < 1 || version > 3) {
    fail(source, fmt::format(".npy version {}, and versions 1 to 3 are read", version));
  }
  const std::size_t length_size = version == 1 ? 2 : 4;
  const std::size_t begin = before_length + length_size;
  const std::size_t length = little_endian(bytes.substr(before_length, length_size));
  if (length > longest_header || bytes.size() < begin || bytes.size() - begin < length) {
    fail(source, "the header of the .npy data is cut off");
  }
  const Header header = parse_header(std::string(bytes.substr(begin, length)), source);
  const std::string_view data = bytes.substr(begin + length);
  const std::size_t element_size = c10::elementSize(header.type);
  const std::size_t elements = elements_within(header.shape, data.size(), element_size, source);
  if (data.size() != elements * element_size) {
    fail(source, fmt::format("the .npy data holds {} bytes where its shape [{}] takes {}", data.size(),
                             shape_text(header.shape), elements * element_size));
  }
  // The last extent varies fastest, in Fortran's order the first.
  Shape shape = header.shape;
  if (header.fortran_order) {
    std::reverse(shape.begin(), shape.end());
  }
  const at::Tensor stored = at::empty(shape, header.type);
  if (!data.empty()) {
    std::memcpy(stored.data_ptr(), data.data(), data.size());
  }
  return header.fortran_order ? stored
                                    .permute([&] {
                                      std::vector<std::int64_t> order(shape.size());
                                      for (std::size_t i = 0; i < order.size(); ++i) {
                                        order[i] = static_cast<std::int64_t>(order.size() - 1 - i);
                                      }
                                      return order;
                                    }())
                                    .contiguous()
                              : stored;
}

}  // namespace relu0::gate
