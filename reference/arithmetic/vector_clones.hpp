#pragma once

// Marks a function of simple loops for compilation once per instruction set; the fitting clone is chosen when
// the program starts. Use it only on loops whose result does not depend on the instruction set: integer
// operations, selections, and single correctly rounded operations (contraction is off in this project). The
// sanitizers cannot instrument the selection, which runs before they are ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define RELU0_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RELU0_VECTOR_CLONES
#endif
