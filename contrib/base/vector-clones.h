/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_VECTOR_CLONES_H
#define BASE_VECTOR_CLONES_H

/**
 * @def VECTOR_CLONES
 * Compile a function once for every vector width of x86-64 and choose at load time. For loops that
 * -O3 turns into vector code, which their source files are compiled with.
 *
 * From x86-64-v3 on, processors fuse a multiplication with an addition, which rounds once instead
 * of twice. Where all are to give the same bytes, the file is compiled with -ffp-contract=off.
 *
 * Sanitizers are left out: they are not ready yet when the function that chooses runs.
 */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTOR_CLONES
#endif

#endif // BASE_VECTOR_CLONES_H
