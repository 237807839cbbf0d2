/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_CPU_SETUP_H
#define AGENTS_CPU_SETUP_H

namespace agents
{

/**
 * @ingroup agents
 * Set the environment variables that LibTorch and OpenBLAS read when they load; call first.
 *
 * What a user has set stays as it is.
 * - one thread: networks of this size only lose by more, and sweeps run one process a core;
 * - ATEN_CPU_CAPABILITY and OPENBLAS_CORETYPE: Debian's LibTorch stops at AVX2, and OpenBLAS
 *   takes a processor that it does not know for one of 2013;
 * - malloc keeps freed memory: else each gradient step gives pages back and asks for them again.
 */
void SetUpCpu();

} // namespace agents

#endif // AGENTS_CPU_SETUP_H
