#pragma once
#include <string>

namespace relu0::gate {

/// A pickle that gives the same value and adds items to lists and dictionaries in groups only (opcodes
/// APPENDS and SETITEMS behind a MARK). Python writes other opcodes, APPEND and SETITEM, where a list or
/// dictionary, or the last thousand of its items, is a single one; LibTorch 1.13 does not read those.
///
/// Nothing of the pickle is carried out. Throws InputError, whose message begins with "its pickle", for one
/// that ends early, has an opcode that torch.save() does not write, nests values more than 100 deep or in
/// themselves (LibTorch would end in a stack overflow), or takes what it did not make. Opcodes: Python's
/// pickletools.py.
std::string with_grouped_items(const std::string& pickle);

}  // namespace relu0::gate
