/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_VECTOR_CLONES_H
#define ECLD_VECTOR_CLONES_H

/**
 * @def ECLD_VECTOR_CLONES
 * Compile a function once for every vector width and choose at load time. No clone may fuse a
 * multiplication and an addition (-ffp-contract=off), so all give the same bytes.
 * Sanitizers are left out: they run before the function that chooses.
 */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ECLD_VECTOR_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define ECLD_VECTOR_CLONES
#endif

#endif // ECLD_VECTOR_CLONES_H
